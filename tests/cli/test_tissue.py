import csv
import json
import os
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from segmenter.cli.main import main
from segmenter.work import Progress
from tests.images.dicom_files import save_series
from tests.segment.tissue.heads import T2, dice, head


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    for name, made in (("sub-01_T1w", head()), ("sub-01_T2w", head(means=T2))):
        volume = nib.Nifti1Image(made.image.pixels[..., 0], made.image.affine)
        nib.save(volume, folder / f"{name}.nii.gz")
    mask = nib.Nifti1Image(head().brain.astype(np.uint8), head().image.affine)
    nib.save(mask, folder / "mask.nii.gz")
    return folder


def test_a_scan_gives_labels_maps_and_numbers(folder, tmp_path, capsys):
    scan, mask = folder / "sub-01_T1w.nii.gz", folder / "mask.nii.gz"
    assert main(["tissue", str(scan), "-o", str(tmp_path), "--mask", str(mask)]) == 0
    printed = capsys.readouterr().out
    assert "Gray matter" in printed
    labels = nib.load(tmp_path / "sub-01_dseg.nii.gz")
    np.testing.assert_allclose(labels.affine, head().image.affine)
    found = np.asarray(labels.dataobj)
    assert dice(found, head().labels, 2) > 0.85
    white = nib.load(tmp_path / "sub-01_label-WM_probseg.nii.gz").get_fdata()
    assert (white[found == 3] > 1 / 3).all()
    for name in ("desc-brain_mask", "desc-bias_field", "desc-outliers_pvalues"):
        assert nib.load(tmp_path / f"sub-01_{name}.nii.gz").shape == found.shape
    with open(tmp_path / "sub-01_volumes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["volume_ml"]) == pytest.approx((found == 2).sum() * 0.027)
    facts = json.loads((tmp_path / "sub-01_volumes.json").read_text())
    assert facts["Recipe"]["atlas"] == "icbm152"
    assert 0.5 < facts["parenchymal_fraction"] < 1


def test_options_reach_the_recipe(folder, tmp_path, capsys):
    scan = str(folder / "sub-01_T1w.nii.gz")
    options = ["--no-bias", "--atlas", "none", "--names", "gel,fat", "--false-alarm", "0.01"]
    assert main(["tissue", scan, "-o", str(tmp_path), "--json", *options]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert summary["recipe"]["false_alarm_rate"] == 0.01
    assert [tissue["name"] for tissue in summary["tissues"]] == ["gel", "fat"]
    assert not (tmp_path / "sub-01_desc-bias_field.nii.gz").exists()


def test_slices_and_fractions_are_written_only_when_asked_for(folder, tmp_path, capsys):
    arguments = ["tissue", str(folder / "sub-01_T1w.nii.gz"), "--atlas", "none", "-o"]
    assert main([*arguments, str(tmp_path / "plain")]) == 0
    assert not list((tmp_path / "plain").glob("*_axial_*"))
    assert not list((tmp_path / "plain").glob("*fraction*"))
    assert main([*arguments, str(tmp_path / "more"), "--slices", "--fractions"]) == 0
    assert len(list((tmp_path / "more").glob("*_axial_*.png"))) == head().image.grid[2]
    assert len(list((tmp_path / "more").glob("*_desc-fraction_probseg.nii.gz"))) == 3


def test_a_dicom_segmentation_of_another_scan_is_refused(folder, tmp_path, capsys):
    arguments = ["tissue", str(folder / "sub-01_T1w.nii.gz"), "--atlas", "none", "--dicom-seg"]
    assert main([*arguments, "-o", str(tmp_path / "none")]) == 2
    assert "no DICOM scan" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_channels_are_fitted_together(folder, tmp_path, capsys):
    scans = [str(folder / f"sub-01_{name}.nii.gz") for name in ("T1w", "T2w")]
    arguments = ["tissue", scans[0], "--channels", scans[1], "-o", str(tmp_path), "--json"]
    assert main(arguments) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert len(summary["tissues"][0]["gaussians"][0]["mean"]) == 2


def test_channels_alone_are_one_scan(folder, tmp_path, capsys):
    scans = [str(folder / f"sub-01_{name}.nii.gz") for name in ("T1w", "T2w")]
    arguments = ["tissue", "--channels", *scans, "-o", str(tmp_path), "--json", "--atlas", "none"]
    assert main(arguments) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert summary["file"] == scans[0]
    assert len(summary["tissues"][0]["gaussians"][0]["mean"]) == 2


@pytest.mark.parametrize("named", [[], ["a.nii", "b.nii", "--channels", "c.nii"]])
def test_what_to_segment_must_be_clear(named, tmp_path, capsys):
    assert main(["tissue", *named, "-o", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "none").exists()


def test_a_mask_that_lies_elsewhere_is_refused(folder, tmp_path, capsys):
    mask = nib.load(folder / "mask.nii.gz")
    moved = nib.Nifti1Image(np.asarray(mask.dataobj), mask.affine @ np.diag([-1, 1, 1, 1]))
    nib.save(moved, tmp_path / "moved.nii.gz")
    scan, output = str(folder / "sub-01_T1w.nii.gz"), str(tmp_path / "none")
    assert main(["tissue", scan, "--mask", str(tmp_path / "moved.nii.gz"), "-o", output]) == 2
    assert "different places" in capsys.readouterr().err


def test_one_bad_file_does_not_stop_the_others(folder, tmp_path, capsys):
    scan = str(folder / "sub-01_T1w.nii.gz")
    code = main(["tissue", "nowhere.nii", scan, scan, "-o", str(tmp_path), "--json"])
    assert code == 2
    missing, first, second = json.loads(capsys.readouterr().out)
    assert "nowhere.nii" in missing["error"]
    assert not set(first["files"]) & set(second["files"])
    with open(tmp_path / "volumes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["nowhere.nii", scan, scan]
    assert "nowhere.nii" in rows[0]["error"]
    assert rows[0]["gray_matter_expected_ml"] == ""
    gray = float(rows[1]["gray_matter_expected_ml"])
    assert gray == pytest.approx(first["tissues"][1]["expected_ml"], abs=1e-5)
    assert 0.5 < float(rows[2]["parenchymal_fraction"]) < 1


def test_a_folder_of_scans_is_segmented_and_again_with_its_masks(folder, tmp_path, capsys):
    study = tmp_path / "study"
    for person in ("one", "two"):
        (study / person).mkdir(parents=True)
        shutil.copy(folder / "sub-01_T1w.nii.gz", study / person / "T1.nii.gz")
    (study / "bad.nii.gz").write_bytes(b"no volume")
    out, again = tmp_path / "out", tmp_path / "again"
    assert main(["tissue", str(study), "-o", str(out), "--atlas", "none"]) == 2
    with open(out / "volumes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [bool(row["error"]) for row in rows] == [True, False, False]
    page = (out / "report.html").read_text()
    assert 'src="two/T1_overview.png"' in page
    assert "bad.nii.gz" in page
    printed = capsys.readouterr().out
    assert str(study / "two" / "T1.nii.gz") in printed
    assert f"3 scans: {(out / 'volumes.csv').resolve()}" in printed
    mask = out / "two" / "T1_desc-brain_mask.nii.gz"
    (out / "one" / "T1_desc-brain_mask.nii.gz").unlink()
    (study / "raw").mkdir()
    (study / "raw" / "IM0001").write_bytes(bytes(128) + b"DICM" + bytes(60))
    options = ["-o", str(again), "--atlas", "none", "--mask", str(out)]
    assert main(["tissue", str(study), *options]) == 2
    told = capsys.readouterr().err
    assert "no brain mask of T1.nii.gz" in told
    assert f"name each, with no volume in it, by itself:\n  {study / 'raw'}\n" in told
    written = nib.load(again / "two" / mask.name)
    np.testing.assert_array_equal(written.dataobj, nib.load(mask).dataobj)
    assert not (again / "one").exists()


def test_a_study_of_dicom_series_is_segmented_as_one_of_volumes_is(tmp_path, capsys):
    values = np.round(head().image.pixels[..., 0]).astype(np.int16).transpose(2, 1, 0)
    study, out, again = (tmp_path / name for name in ("study", "out", "again"))
    for patient, uid in (("one", "1"), ("two", "2")):
        save_series(study / patient / "T1", values, uid=uid, SeriesDescription="T1", spacing=(3, 3))
    save_series(study / "two" / "scout", values[:1], uid="3", SeriesDescription="scout")
    options = ["--atlas", "none", "--resume", "-o"]
    assert main(["tissue", str(study), *options, str(out)]) == 0
    printed = capsys.readouterr()
    assert f"{study / 'two' / 'T1'} (2 of 2)" in printed.out
    assert printed.err.splitlines()[1:] == ["  scout"]
    assert (out / "two" / "T1_dseg.nii.gz").is_file()
    assert 'src="two/T1_overview.png"' in (out / "report.html").read_text()
    assert main(["tissue", str(study), *options, str(out), "--json"]) == 0
    assert [each["series"] for each in json.loads(capsys.readouterr().out)] == ["1", "2"]
    for patient, uid in (("one", "4"), ("one", "5")):  # of one name, in one folder, and elsewhere
        save_series(study / patient / "T1" / uid, values, uid=uid, spacing=(3, 3), Modality="MR")
    save_series(study / "three", values[:5], uid="5")
    mask = out / "one" / "T1_desc-brain_mask.nii.gz"
    masked = ["--mask", str(out), "--json", "--only", "one"]
    assert main(["tissue", str(study), *options, str(again), *masked]) == 2
    first, no_mask, spread = json.loads(capsys.readouterr().out)
    assert first["file"] == str(study / "one" / "T1")
    written = nib.load(again / "one" / mask.name)
    np.testing.assert_array_equal(written.dataobj, nib.load(mask).dataobj)
    assert "no brain mask of 4" in no_mask["error"]
    assert "series 5 lie in one/T1/5, three" in spread["error"]


def test_a_mask_that_is_read_is_not_replaced(folder, tmp_path, capsys):
    scan = folder / "sub-01_T1w.nii.gz"
    mask = shutil.copy(folder / "mask.nii.gz", tmp_path / "sub-01_desc-brain_mask.nii.gz")
    before = mask.read_bytes()
    assert main(["tissue", str(scan), "--mask", str(mask), "-o", str(tmp_path)]) == 2
    assert "sub-01_desc-brain_mask.nii.gz is what is read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [mask]
    assert mask.read_bytes() == before


@pytest.fixture(scope="module")
def segmented(folder, tmp_path_factory):
    """A folder with a study of two and its output, segmented without the atlas."""
    whole = tmp_path_factory.mktemp("segmented")
    for person in ("one", "two"):
        (whole / "study" / person).mkdir(parents=True)
        shutil.copy(folder / "sub-01_T1w.nii.gz", whole / "study" / person / "T1.nii.gz")
    assert main(command_in(whole)) == 0
    return whole


def command_in(folder):
    return ["tissue", str(folder / "study"), "-o", str(folder / "out"), "--atlas", "none"]


@pytest.fixture
def study(segmented, tmp_path):
    """A copy of it, to be changed; and the command that segmented it."""
    shutil.copytree(segmented, tmp_path, dirs_exist_ok=True)
    return command_in(tmp_path)


def resumed(command, capsys, *options):
    """Go on; return the summaries, the rows of the group's table, and which scans were left."""
    out = Path(command[3])
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*_dseg.nii.gz")}
    capsys.readouterr()
    assert main([*command, "--resume", "--json", *options]) == 0
    summaries = json.loads(capsys.readouterr().out)
    rows = rows_of(out / "volumes.csv")
    left = {file.parent.name for file, time in before.items() if file.stat().st_mtime_ns == time}
    return summaries, rows, left


def rows_of(table):
    with open(table, newline="") as file:
        return list(csv.DictReader(file))


def test_going_on_leaves_what_is_done_and_keeps_its_row(study, capsys):
    out = Path(study[3])
    before = rows_of(out / "volumes.csv")
    (out / "two" / "T1_record.json").unlink()  # it was killed here, in the middle of a file
    abandoned = out / "two" / f".{'0' * 32}.part"
    abandoned.touch()
    os.utime(abandoned, (0, 0))
    summaries, rows, left = resumed(study, capsys)
    assert left == {"one"}
    assert not abandoned.exists()
    assert [row | {"file": ""} for row in rows] == [row | {"file": ""} for row in before]
    assert [Path(each["file"]).parent.name for each in summaries] == ["one", "two"]
    assert summaries[0]["tissues"] == summaries[1]["tissues"]
    assert all(Path(name).is_file() for each in summaries for name in each["files"])
    assert main([*study, "--resume"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("Left as it is") == 2
    assert "T1.nii.gz (2 of 2)" in printed.out
    assert not printed.err


@pytest.mark.parametrize("options", [["--no-bias"], ["--fractions"], ["--names", "a,b,c"]])
def test_going_on_with_other_settings_segments_anew(study, capsys, options):
    assert resumed(study, capsys, *options)[2] == set()
    assert resumed(study, capsys, *options)[2] == {"one", "two"}


def test_going_on_segments_anew_what_has_changed_or_lost_a_file(study, folder, capsys):
    out, scan = Path(study[3]), Path(study[1]) / "one" / "T1.nii.gz"
    shutil.copy(folder / "sub-01_T2w.nii.gz", scan)
    (out / "two" / "T1_dseg.tsv").unlink()
    assert resumed(study, capsys)[2] == set()
    volume = nib.load(scan)
    nib.save(nib.Nifti1Image(np.asarray(volume.dataobj), volume.affine * 1.01), scan)
    assert resumed(study, capsys)[2] == {"two"}


def test_a_result_that_is_being_replaced_is_not_taken_for_whole(study, capsys, monkeypatch):
    out = Path(study[3])

    def interrupted(*_):
        yield Progress("Writing")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("segmenter.export.tissue.export_tissue", interrupted)
        assert main([*study, "--no-bias"]) == 130
    assert capsys.readouterr().err == "segmenter: Interrupted; nothing half-written was left.\n"
    assert not (out / "one" / "T1_record.json").exists()
    assert resumed(study, capsys)[2] == {"two"}


def test_what_an_older_program_did_is_done_anew_unless_it_is_to_stay(study, capsys):
    record = Path(study[3]) / "one" / "T1_record.json"
    kept = json.loads(record.read_text())
    kept["made_of"]["program"] = "0.0.1"
    record.write_text(json.dumps(kept))
    _, rows, left = resumed(study, capsys, "--any-version")
    assert left == {"one", "two"}
    assert "another version" in rows[0]["notes"]
    assert "another version" not in rows[1]["notes"]
    assert main([*study, "--resume"]) == 0
    assert f"1 result in {study[3]} was made by another version" in capsys.readouterr().err
    _, rows, left = resumed(study, capsys)
    assert left == {"one", "two"}
    assert "another version" not in rows[0]["notes"]


def test_an_output_that_is_a_file_is_refused_before_the_work(folder, tmp_path, capsys):
    (tmp_path / "out").write_text("precious")
    assert main(["tissue", str(folder / "sub-01_T1w.nii.gz"), "-o", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert "is a file; name a folder" in printed.err
    assert not printed.out


def test_any_version_means_nothing_without_resume(study, capsys):
    assert main([*study, "--any-version"]) == 2
    assert "goes with --resume" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_of": 1, "files": 2, "summary": 3}'])
def test_a_record_that_is_none_is_as_good_as_no_record(study, capsys, text):
    (Path(study[3]) / "one" / "T1_record.json").write_text(text)
    assert resumed(study, capsys)[2] == {"two"}

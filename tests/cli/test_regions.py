import json
import os
import shutil
import subprocess
import sys

import cv2
import nibabel
import numpy as np
import pytest
from PIL import Image as PillowImage

from segmenter.cli.main import main
from tests.phantom import head_phantom


@pytest.fixture
def photo(tmp_path):
    """A photo of three colors, and its path."""
    colors = np.array([[30, 30, 90], [200, 40, 40], [240, 240, 200]])
    truth = np.arange(60) * 3 // 60 * np.ones((40, 1), int)
    noise = np.random.default_rng(0).integers(-6, 7, (40, 60, 3))
    path = tmp_path / "photo.png"
    PillowImage.fromarray((colors[truth] + noise).astype(np.uint8)).save(path)
    return path


def test_writes_masks_that_another_library_reads_back(photo, tmp_path, capsys):
    out = tmp_path / "new" / "masks"
    assert main(["regions", str(photo), "-k", "3", "-o", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    labels = cv2.imread(str(out / "photo-labels.png"), cv2.IMREAD_UNCHANGED)
    assert labels.shape == (40, 60)
    assert set(np.unique(labels)) == {1, 2, 3}
    for value in (1, 2, 3):
        mask = cv2.imread(str(out / f"photo-{value}-region-{value}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(mask, np.where(labels == value, 255, 0))


def test_soft_masks_and_cutouts_agree_with_the_labels(photo, tmp_path):
    out = tmp_path / "masks"
    arguments = ["regions", str(photo), "-k", "3", "-o", str(out), "--soft", "--cutout"]
    assert main([*arguments, "--bits", "16", "--overlay"]) == 0
    labels = cv2.imread(str(out / "photo-labels.png"), cv2.IMREAD_UNCHANGED)
    soft = np.stack(
        [
            cv2.imread(str(out / f"photo-{value}-region-{value}-soft.png"), cv2.IMREAD_UNCHANGED)
            for value in (1, 2, 3)
        ]
    )
    assert soft.dtype == np.uint16
    np.testing.assert_array_equal(soft.argmax(axis=0) + 1, labels)
    cutout = cv2.imread(str(out / "photo-2-region-2-cutout.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(cutout[..., 3], np.where(labels == 2, 255, 0))
    assert cv2.imread(str(out / "photo-overlay.png")).shape == (40, 60, 3)


def test_json_summary_describes_every_label(photo, tmp_path, capsys):
    assert main(["regions", str(photo), "-k", "3", "-o", str(tmp_path / "m"), "--json"]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert summary["size"] == [60, 40]
    assert [label["value"] for label in summary["labels"]] == [1, 2, 3]
    assert sum(label["share"] for label in summary["labels"]) == pytest.approx(1)
    assert all(os.path.isfile(path) for path in summary["files"])
    assert summary["recipe"]["n_regions"] == 3


def test_a_bad_file_among_several_does_not_stop_the_others(photo, tmp_path, capsys):
    out = tmp_path / "masks"
    assert main(["regions", "nowhere.jpg", str(photo), "-k", "3", "-o", str(out)]) == 2
    assert (out / "photo-labels.png").exists()
    assert "nowhere.jpg" in capsys.readouterr().err


def test_a_photo_is_not_replaced_by_the_masks_of_another(photo, tmp_path, capsys):
    other = shutil.copy(photo, tmp_path / "photo-labels.png")
    before = other.read_bytes()
    assert main(["regions", str(photo), str(other), "-k", "2", "-o", str(tmp_path)]) == 2
    assert "photo-labels.png is what is read" in capsys.readouterr().err
    assert other.read_bytes() == before


def test_files_of_the_same_name_do_not_overwrite_each_other(photo, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "photo.png").write_bytes(photo.read_bytes())
    out = tmp_path / "masks"
    arguments = ["regions", str(photo), str(other / "photo.png"), "-k", "3", "-o", str(out)]
    assert main(arguments) == 0
    assert (out / "photo-labels.png").read_bytes() == (out / "photo-2-labels.png").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["regions", "PHOTO", "-k", "0"],
        ["regions", "PHOTO", "-k", "many"],
        ["regions", "PHOTO", "-k", "300"],
        ["regions", "PHOTO", "--smoothness", "2"],
        ["regions", "PHOTO", "--features", "smell"],
        ["regions", "PHOTO", "--covariance", "round"],
        ["regions", "PHOTO", "--page", "5"],
        ["regions", "sample:nothing"],
        ["regions"],
        ["dance"],
    ],
    ids=" ".join,
)
def test_bad_arguments_exit_with_two_and_write_nothing(arguments, photo, tmp_path, capsys):
    out = tmp_path / "masks"
    arguments = [str(photo) if word == "PHOTO" else word for word in arguments]
    if arguments[0] == "regions":
        arguments += ["-o", str(out)]
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()


def test_a_flat_photo_is_refused_and_nothing_is_written(tmp_path, capsys):
    path, out = tmp_path / "flat.png", tmp_path / "masks"
    PillowImage.new("RGB", (20, 20), (9, 9, 9)).save(path)
    assert main(["regions", str(path), "-o", str(out)]) == 2
    assert "single color" in capsys.readouterr().err
    assert not out.exists()


def test_of_connected_regions_nothing_is_said_of_components_nobody_asked_for(tmp_path, capsys):
    PillowImage.new("RGB", (20, 20), (9, 9, 9)).save(tmp_path / "flat.png")
    named = [str(tmp_path / "flat.png"), "-o", str(tmp_path)]
    assert main(["regions", *named, "--reading", "regions"]) == 0
    printed = capsys.readouterr().out
    assert "1 region" in printed
    assert "component" not in printed
    assert "likelihood" not in printed


def test_an_output_that_is_a_file_is_refused(photo, tmp_path, capsys):
    out = tmp_path / "masks"
    out.write_text("precious")
    assert main(["regions", str(photo), "-k", "3", "-o", str(out)]) == 2
    assert out.read_text() == "precious"
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bug_gives_a_report_and_exit_code_one(photo, tmp_path, capsys, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("segmenter.images.read.read_image", broken)
    assert main(["regions", str(photo), "-o", str(tmp_path / "masks")]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_no_progress_bar_where_there_is_no_terminal(photo, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "segmenter", "regions", photo, "-k", "3", "-o", tmp_path / "m"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_connected_regions_with_their_table_and_outlines(photo, tmp_path, capsys):
    out = tmp_path / "masks"
    arguments = ["regions", str(photo), "--reading", "regions", "-k", "3", "--table", "--outlines"]
    arguments += ["--boundaries", "--table-json"]
    assert main([*arguments, "--json", "-o", str(out)]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert [label["size"] for label in summary["labels"]] == pytest.approx([800] * 3, abs=20)
    assert summary["recipe"]["reading"] == "regions"
    assert sorted(path.name for path in out.iterdir()) == [
        "photo-boundaries.png",
        "photo-colors.png",
        "photo-labels.png",
        "photo-outlines.geojson",
        "photo-table.csv",
        "photo-table.json",
    ]


@pytest.mark.parametrize("wrong", [["--detail", "2"], ["--min-size", "-3"], ["--reading", "parts"]])
def test_settings_of_regions_out_of_range_are_one_sentence(photo, wrong, capsys):
    assert main(["regions", str(photo), *wrong]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["--detail", "0.9"], "--detail is of regions; add --reading regions"),
        (["--min-size", "9"], "--min-size is of regions"),
        (["--reading", "regions", "--features", "rgb"], "--features is of classes"),
    ],
)
def test_settings_that_would_change_nothing_are_refused(photo, settings, sentence, capsys):
    assert main(["regions", str(photo), *settings]) == 2
    assert sentence in capsys.readouterr().err


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """A small head of thick slices with its own codes, and its path."""
    image = head_phantom((6.0, 6.0, 9.0), "LPS", turn=8).image
    stored = nibabel.Nifti1Image(image.pixels[..., 0], image.affine)
    stored.set_qform(image.affine, 1)
    stored.set_sform(image.affine, 3)
    path = tmp_path_factory.mktemp("scans") / "sub-01_T1w.nii.gz"
    nibabel.save(stored, path)
    return path


@pytest.mark.parametrize("reading", ["classes", "regions"])
def test_a_volume_is_labeled_on_its_own_grid(scan, reading, tmp_path, capsys):
    arguments = ["regions", str(scan), "-k", "3", "--reading", reading, "--soft", "--table"]
    assert main([*arguments, "--json", "-o", str(tmp_path)]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    source, labels = nibabel.load(scan), nibabel.load(tmp_path / "sub-01_dseg.nii.gz")
    np.testing.assert_allclose(labels.affine, source.affine, atol=1e-4)
    assert (int(labels.header["qform_code"]), int(labels.header["sform_code"])) == (1, 3)
    values = np.asanyarray(labels.dataobj)
    assert values.dtype == np.uint8
    assert set(np.unique(values)) == {1, 2, 3}
    assert summary["size"] == list(values.shape)
    soft = [
        np.asanyarray(nibabel.load(tmp_path / f"sub-01_label-Region{value}_probseg.nii.gz").dataobj)
        for value in (1, 2, 3)
    ]
    np.testing.assert_array_equal(np.argmax(soft, axis=0) + 1, values)
    assert (tmp_path / "sub-01_dseg.csv").read_text().count("\n") == 4


@pytest.mark.parametrize("kind", ["--cutout", "--overlay", "--outlines"])
def test_kinds_of_pictures_are_refused_of_a_volume(scan, kind, tmp_path, capsys):
    assert main(["regions", str(scan), kind, "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"segmenter: sub-01_T1w.nii.gz is a volume, which has no {kind}; leave it out.\n"
    )
    assert not (tmp_path / "out").exists()


def test_it_is_said_which_page_of_several_it_is(photo, tmp_path, capsys):
    page = PillowImage.open(photo)
    page.save(tmp_path / "pages.tif", save_all=True, append_images=[page, page])
    command = ["regions", str(tmp_path / "pages.tif"), "-k", "2", "-o", str(tmp_path), "--page"]
    assert main([*command, "2"]) == 0
    assert "  this is page 2 of 3\n" in capsys.readouterr().out


def test_slices_are_refused_of_a_picture(photo, tmp_path, capsys):
    assert main(["regions", str(photo), "--slices", "-o", str(tmp_path / "out")]) == 2
    assert "picture" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

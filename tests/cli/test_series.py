"""Which series of a study of DICOM files are segmented, and what they are called."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from segmenter.cli.scans import scans_of
from segmenter.cli.series import series_scans
from segmenter.errors import ReadError
from segmenter.images.read import read_image
from segmenter.images.read_volume import source_slices
from tests.images.dicom_files import AXIAL, dataset, save, save_series

VALUES = np.arange(6 * 5 * 7, dtype=np.int16).reshape(6, 5, 7)  # slices, rows, columns


@pytest.fixture
def study(tmp_path):
    """One patient with a series a folder, one with all of them in one, both with a localizer."""
    save_series(tmp_path / "p1" / "a", VALUES, uid="1.1", SeriesDescription="T1 MPRAGE")
    save_series(tmp_path / "p1" / "b", VALUES, uid="1.2", SeriesDescription="T2")
    save_series(tmp_path / "p1" / "c", VALUES[:3], uid="1.3", SeriesDescription="localizer")
    for uid, words in (("2.1", "T1 MPRAGE"), ("2.2", "T1 MPRAGE"), ("2.3", "FLAIR/dark")):
        _into(tmp_path / "p2", uid, VALUES, SeriesDescription=words)
    _into(tmp_path / "p2", "2.4", VALUES[:1], SeriesDescription="localizer")
    (tmp_path / "p1" / "notes.txt").write_text("no DICOM")
    return tmp_path


def _into(folder, uid, values, name="", **elements):
    """Save a series among others: under names that begin with its number."""
    own = save_series(folder / uid, values, uid=uid, **elements)
    for file in own.iterdir():
        file.rename(folder / f"{uid}{name}-{file.name}")
    own.rmdir()


def _save_damaged(file):
    place = {"ImagePositionPatient": [0, 0, 0], "ImageOrientationPatient": [*AXIAL]}
    header = dataset(VALUES[0], PixelSpacing=[1, 1], **place)
    del header.Columns
    save(file, header)


def told_of(study, only=""):
    told = []
    return scans_of([str(study)], only, told.append), told


def test_every_series_that_makes_a_volume_is_a_scan_in_a_folder_like_its_own(study):
    scans, _ = told_of(study / "p1")
    assert [(scan.name, scan.uid, scan.problem) for scan in scans] == [
        ("a", "1.1", ""), ("b", "1.2", ""),
    ]  # fmt: skip
    assert [(scan.folder, scan.stem) for scan in scans] == [(Path(), "a"), (Path(), "b")]
    assert scans[0].shown == str(study / "p1" / "a")


def test_where_a_folder_holds_several_series_all_are_called_by_their_description(study):
    scans, told = told_of(study)
    assert [(scan.name, scan.uid, scan.problem) for scan in scans] == [
        ("p1/a/t1-mprage", "1.1", ""),
        ("p1/b/t2", "1.2", ""),
        ("p2/t1-mprage", "2.1", ""),
        ("p2/t1-mprage", "2.2", ""),
        ("p2/flair-dark", "2.3", ""),
    ]
    assert (scans[2].folder, scans[2].stem) == (Path("p2/t1-mprage"), "p2")
    assert scans[2].shown == f"{study / 'p2'} (t1-mprage)"
    assert told == [
        "Series that make no volume, such as localizers, are left out:\n  localizer (2 series)"
    ]


def test_series_are_chosen_by_their_description_or_place_and_keep_their_names(study):
    scans, told = told_of(study, "mprage")
    assert [scan.name for scan in scans] == ["p1/a/t1-mprage", *["p2/t1-mprage"] * 2]
    assert told == []
    assert [scan.name for scan in told_of(study, "P1/")[0]] == ["p1/a/t1-mprage", "p1/b/t2"]


def test_a_series_in_several_folders_is_one_scan_if_it_is_alone(tmp_path):
    for index in range(2):
        save_series(tmp_path / f"{index}", VALUES, uid="1", skip=range(3 * index, 3 * index + 3))
    ((scan,), _) = told_of(tmp_path)
    assert (scan.file, scan.name, scan.problem) == (str(tmp_path), tmp_path.name, "")


def test_a_series_in_several_folders_among_others_is_joined_where_they_meet(study):
    for index in range(2):
        some = range(3 * index, 3 * index + 3)
        save_series(study / "p3" / f"{index}" / "IM", VALUES, uid="3.1", skip=some)
    scans, _ = told_of(study)
    assert [(scan.name, scan.uid, scan.problem) for scan in scans][-1:] == [
        ("p3/series", "3.1", "")
    ]
    image = read_image(scans[-1].file, series=scans[-1].series)
    np.testing.assert_array_equal(image.pixels[..., 0].T, VALUES)
    scans, _ = told_of(study / "p3")
    assert [(scan.file, scan.name) for scan in scans] == [(str(study / "p3"), "p3")]


def test_series_that_share_their_folders_are_joined_and_told_apart_by_their_description(tmp_path):
    for index in range(2):
        for uid in ("1", "2"):
            some = range(3 * index, 3 * index + 3)
            _into(tmp_path / f"{index}", uid, VALUES, skip=some, SeriesDescription=f"T{uid}")
    assert [(scan.name, scan.problem) for scan in told_of(tmp_path)[0]] == [("t1", ""), ("t2", "")]


def test_a_series_whose_slices_are_in_two_folders_twice_is_not_joined(tmp_path):
    original = save_series(tmp_path / "one", VALUES, uid="1")
    shutil.copytree(original, tmp_path / "two")
    ((scan,), _) = told_of(tmp_path)
    assert scan.problem.startswith("Files of the series 1 lie in one, two: name each folder")


@pytest.mark.parametrize("apart", [1.5, 3 * len(VALUES), 230])
@pytest.mark.parametrize("number", ["PatientID", "StudyInstanceUID", "FrameOfReferenceUID"])
def test_scans_of_two_patients_that_have_one_number_are_not_joined(tmp_path, apart, number):
    for index, patient in enumerate(("one", "two")):
        origin = (-10, -20, -30 + apart * index)
        save_series(tmp_path / patient, VALUES, uid="1", origin=origin, **{number: f"1.{index}"})
    ((scan,), _) = told_of(tmp_path)
    assert scan.problem.startswith("Files of the series 1 lie in one, two: name each folder")


def test_parts_of_a_series_between_which_slices_are_missing_are_not_joined(tmp_path):
    save_series(tmp_path / "one", VALUES, uid="1")
    save_series(tmp_path / "two", VALUES, uid="1", origin=(-10, -20, 200))
    ((scan,), _) = told_of(tmp_path)
    assert scan.problem.startswith("Files of the series 1 lie in one, two: name each folder")


def test_scans_of_two_folders_that_have_one_number_are_not_mixed(tmp_path):
    for patient in ("one", "two"):
        save_series(tmp_path / patient, VALUES, uid="1")
    ((scan,), _) = told_of(tmp_path)
    assert scan.problem.startswith("Files of the series 1 lie in one, two: name each folder")


def test_a_series_in_several_folders_among_others_is_named_once(study):
    save_series(study / "p3", VALUES, uid="1.1")
    scans, _ = told_of(study)
    (problem,) = [scan.problem for scan in scans if scan.problem]
    assert problem.startswith("Files of the series 1.1 lie in p1/a, p3: name each folder")
    assert len(scans) == 5


def test_series_without_a_number_are_those_of_their_folders(tmp_path):
    for patient in ("one", "two"):
        save_series(tmp_path / patient, VALUES, uid="")
    assert [scan.name for scan in told_of(tmp_path)[0]] == ["one", "two"]


def test_a_damaged_file_stops_its_folder_alone(study):
    _save_damaged(study / "p4" / "IM1")
    scans, _ = told_of(study)
    (bad,) = [scan for scan in scans if scan.problem]
    assert bad.name == "p4"
    assert "holds IM1, which is damaged" in bad.problem
    assert len(scans) == 6
    assert bad in told_of(study, "mprage")[0]
    with pytest.raises(ReadError, match="holds IM1, which is damaged"):
        told_of(study / "p4")


def test_a_series_that_should_be_a_volume_and_is_none_has_a_problem(study):
    for name, skipped in (("a", ()), ("b", (0, 1))):
        values = VALUES + ord(name)
        _into(study / "p5", "5", values, name=name, skip=skipped, SeriesDescription="T1 twice")
    directions = ([1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 0, -1])
    save_series(
        study / "p5" / "scout", VALUES, uid="6", SeriesDescription="scout",
        each=lambda index: {"ImageOrientationPatient": directions[index % 3]},
    )  # fmt: skip
    scans, told = told_of(study)
    (bad,) = [scan for scan in scans if scan.problem]
    assert bad.name == "p5/t1-twice"
    assert "p5 holds between 1 and 2 slices of each position" in bad.problem
    assert told[0].splitlines()[1:] == ["  localizer (2 series)", "  scout"]


def test_a_series_is_read_from_its_own_files_alone(tmp_path):
    """Be there damaged files below it, what BIDS derived, or others beside one without number."""
    _into(tmp_path / "a", "1", VALUES, SeriesDescription="T1")
    _into(tmp_path / "a", "0", VALUES * 2, SeriesDescription="T0", SeriesInstanceUID="")
    save_series(tmp_path / "a" / "derivatives", VALUES, uid="1")
    _save_damaged(tmp_path / "a" / "below" / "IM1")
    bare, numbered, bad = told_of(tmp_path)[0]
    assert (bare.name, numbered.name, bad.name) == ("a/t0", "a/t1", "a/below")
    for scan, factor in ((bare, 2), (numbered, 1)):
        assert scan.problem == ""
        image = read_image(scan.file, series=scan.series)
        assert image.pixels.sum() == VALUES.sum() * factor
        assert len(source_slices(image)) == len(VALUES)


def test_the_folder_one_is_in_has_a_name_while_it_is_looked_through(study, monkeypatch):
    monkeypatch.chdir(study / "p1")
    messages = [progress.message for progress in series_scans(Path())]
    assert messages[:2] == ["Looking through p1", "Looking through a"]


def test_a_study_of_localizers_is_read_as_it_is_to_say_what_is_wrong(tmp_path):
    for uid in "12":
        save_series(tmp_path / uid, VALUES[:2], uid=uid)
    scans, told = told_of(tmp_path)
    assert [scan.name for scan in scans] == ["1"]
    assert told == []

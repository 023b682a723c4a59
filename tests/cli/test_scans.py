import os
from pathlib import Path

import pytest

from segmenter.cli.scan import Scan
from segmenter.cli.scans import mask_for, scans_of
from segmenter.errors import ParameterError


@pytest.fixture
def study(tmp_path):
    for name in (
        "a/T1.nii.gz", "a/T1_dseg.nii.gz", "a/T1_desc-brain_mask.nii.gz", "a/notes.txt",
        "b/T1.NII", "b/pair.hdr", "b/pair.img", ".trash/old.nii", "derivatives/x/T1.nii",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_folder_stands_for_the_volumes_in_it_but_not_for_what_was_made_of_them(study):
    found = [scan.file for scan in scans_of([str(study)])]
    assert found == [str(study / name) for name in ("a/T1.nii.gz", "b/T1.NII", "b/pair.hdr")]


def test_results_go_into_folders_like_those_of_the_scans(study):
    assert [scan.name for scan in scans_of([str(study)])] == ["a/T1", "b/T1", "b/pair"]


def test_of_a_bids_data_set_the_t1_scans_are_taken(study):
    folder = study / "sub-01" / "anat"
    folder.mkdir(parents=True)
    for name in ("sub-01_T1w.nii.gz", "sub-01_T2w.nii.gz"):
        (folder / name).touch()
    assert [scan.name for scan in scans_of([str(study)])] == ["sub-01/anat/sub-01"]
    (second,) = scans_of([str(study)], "t2w")
    assert second.file == str(folder / "sub-01_T2w.nii.gz")


def test_scans_of_a_folder_can_be_chosen_by_their_path(study):
    assert [scan.name for scan in scans_of([str(study)], "B/t1")] == ["b/T1"]
    for named, words in ((study, "no scan in"), (study / "b" / "T1.NII", "is none; leave it out")):
        with pytest.raises(ParameterError, match=words):
            scans_of([str(named)], "flair")


def test_files_and_folders_without_volumes_are_taken_as_they_are(study, tmp_path):
    (tmp_path / "dicom").mkdir()
    (tmp_path / "dicom" / "IM0001").touch()
    named = [str(study / "b" / "pair.hdr"), str(tmp_path / "dicom"), "nowhere.nii"]
    assert scans_of(named) == [
        Scan(named[0], "pair"), Scan(named[1], "dicom"), Scan(named[2], "nowhere"),
    ]  # fmt: skip


def left_out(*named):
    told = []
    scans_of(named, tell=told.append)
    return [Path(line.strip()) for message in told for line in message.splitlines()[1:]]


def test_folders_of_dicom_files_in_a_study_of_volumes_are_told(study):
    assert left_out(str(study), "nowhere.nii") == []
    for name in ("b/IM0001", "c/1/IM0001", "c/1/IM0002", ".trash/IM0001", "a/T1_dseg.dcm"):
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_bytes(bytes(128) + b"DICM" + bytes(60))
    assert left_out(str(study)) == [study / "b", study / "c" / "1"]
    assert left_out(str(study / "a")) == []


def test_a_folder_that_cannot_be_looked_into_and_a_pipe_do_not_stop_a_study(study, monkeypatch):
    (study / "locked").mkdir()
    (study / "b" / "IM0001").write_bytes(bytes(128) + b"DICM")
    if hasattr(os, "mkfifo"):
        os.mkfifo(study / "a" / "pipe")
    scandir = os.scandir

    def locked(folder):
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", locked)
    assert left_out(str(study)) == [study / "b"]


def test_masks_of_an_earlier_output_are_found(study):
    first, second, _ = scans_of([str(study)])
    assert mask_for(first, study) == study / "a" / "T1_desc-brain_mask.nii.gz"
    with pytest.raises(ParameterError, match=r"T1_desc-brain_mask\.nii\.gz"):
        mask_for(second, study)


def test_the_folder_one_is_in_has_a_name_in_messages(study, monkeypatch):
    monkeypatch.chdir(study / "b")
    with pytest.raises(ParameterError, match=r"no brain mask of b in"):
        mask_for(Scan(".", "b"), study / "a")


def test_masks_of_scans_that_were_numbered_are_in_folders_of_their_own(study):
    (study / "out" / "T1-2").mkdir(parents=True)
    (study / "out" / "T1-2" / "T1_desc-brain_mask.nii.gz").touch()
    numbered = Scan(str(study / "b" / "T1.NII"), "T1-2")
    found = mask_for(numbered, study / "out")
    assert found == study / "out" / "T1-2" / "T1_desc-brain_mask.nii.gz"

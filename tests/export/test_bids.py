import csv
import json

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from segmenter.export.bids import TISSUE_LABELS, bids_stem, write_probability, write_segmentation

GRID = (3, 4, 5)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("sub-01_T1w.nii.gz", "sub-01"),
        ("sub-01_ses-2_acq-mprage_T1w.nii", "sub-01_ses-2_acq-mprage"),
        ("sub-01.nii.gz", "sub-01"),
        ("sub-01_ses-2.nii.gz", "sub-01_ses-2"),
        ("brain_T1.nii.gz", "brain_T1"),
        ("scan.v2.nrrd", "scan.v2"),
        ("SCAN.NII.GZ", "SCAN"),
        ("folder", "folder"),
        ("IM0001.dcm", "IM0001"),
        ("1.2.840.5", "1.2.840.5"),
    ],
)
def test_stems(name, stem):
    assert bids_stem(name) == stem


def test_labels_keep_their_numbers_and_the_table_maps_them_to_the_standard(make_volume, tmp_path):
    labels = np.random.default_rng(0).integers(0, 4, GRID).astype(np.uint8)
    write_segmentation(tmp_path, "sub-01", labels, make_volume(GRID), TISSUE_LABELS, {"Seed": 0})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "sub-01_dseg.json", "sub-01_dseg.nii.gz", "sub-01_dseg.tsv",
    ]  # fmt: skip
    written = np.asanyarray(nib.load(tmp_path / "sub-01_dseg.nii.gz").dataobj)
    assert_array_equal(written, labels)
    with (tmp_path / "sub-01_dseg.tsv").open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert [(row["index"], row["abbreviation"], row["mapping"]) for row in rows] == [
        ("1", "CSF", "3"), ("2", "GM", "1"), ("3", "WM", "2"),
    ]  # fmt: skip
    assert all(len(row["color"]) == 7 and row["color"][0] == "#" for row in rows)
    facts = json.loads((tmp_path / "sub-01_dseg.json").read_text())
    assert (facts["Sources"], facts["Seed"]) == (["scan"], 0)
    assert facts["GeneratedBy"][0]["Name"] == "Segmenter"


def test_probabilities(make_volume, tmp_path):
    posterior = np.random.default_rng(0).random(GRID, np.float32)
    written = write_probability(tmp_path, "a", posterior, make_volume(GRID), TISSUE_LABELS[1])
    assert written.path == tmp_path / "a_label-GM_probseg.nii.gz"
    assert_array_equal(np.asanyarray(nib.load(written.path).dataobj), posterior)
    facts = json.loads((tmp_path / "a_label-GM_probseg.json").read_text())
    assert facts["Description"] == "Probability of gray matter, 0 to 1"

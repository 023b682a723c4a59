"""DICOM segmentations, read back by pydicom and highdicom."""

import sys

import highdicom
import numpy as np
import pydicom
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pydicom.uid import generate_uid

from segmenter.errors import ParameterError
from segmenter.export.bids import TISSUE_LABELS
from segmenter.export.dicom_seg import write_dicom_labels, write_dicom_posteriors
from segmenter.images.read import read_image
from tests.images.dicom_files import save_series

GRID = (4, 3, 5)  # columns, rows, slices


@pytest.fixture
def scan(tmp_path):
    """A series with a patient's name, as a volume."""

    def scan(**options):
        folder = save_series(
            tmp_path / "scan", np.zeros((5, 3, 4), np.int16), PatientID="17", Modality="MR",
            StudyInstanceUID=generate_uid(), FrameOfReferenceUID=generate_uid(), **options,
        )  # fmt: skip
        return read_image(folder)

    return scan


@pytest.fixture
def labels():
    return np.random.default_rng(0).integers(0, 4, GRID).astype(np.uint8)


def as_read(path):
    """Read a segmentation by highdicom: values by slice, segment and pixel, and their names."""
    segmentation = highdicom.seg.segread(path)
    return segmentation, segmentation.get_volume(combine_segments=False)


@pytest.mark.parametrize("step", [(0, 0, 3), (0, 0, -3)])
def test_labels_lie_where_the_slices_lie(step, scan, labels, tmp_path):
    image = scan(step=step)
    write_dicom_labels(tmp_path / "seg.dcm", labels, image, TISSUE_LABELS)
    segmentation, volume = as_read(tmp_path / "seg.dcm")
    assert segmentation.SegmentationType == "BINARY"
    names = [segment.SegmentLabel for segment in segmentation.SegmentSequence]
    assert names == [label.name for label in TISSUE_LABELS]
    lps = np.diag([-1, -1, 1, 1]) @ image.affine
    for index in np.ndindex(GRID):
        place = lps @ [*index, 1]
        k, row, column = np.rint(np.linalg.solve(volume.affine, place)[:3]).astype(int)
        inside = volume.array[k, row, column]
        assert_array_equal(inside, [labels[index] == label.value for label in TISSUE_LABELS])


def test_probabilities_are_kept_in_steps(scan, labels, tmp_path):
    posteriors = np.random.default_rng(0).dirichlet(np.ones(3), GRID)
    write_dicom_posteriors(tmp_path / "seg.dcm", posteriors, scan(), TISSUE_LABELS)
    segmentation, volume = as_read(tmp_path / "seg.dcm")
    assert segmentation.SegmentationFractionalType == "PROBABILITY"
    assert_allclose(
        np.sort(volume.array.ravel()), np.sort(posteriors.ravel()), atol=0.5 / 255 + 1e-6
    )


def test_it_belongs_to_the_study_and_names_no_patient(scan, labels, tmp_path):
    image = scan()
    write_dicom_labels(tmp_path / "seg.dcm", labels, image, TISSUE_LABELS)
    written = pydicom.dcmread(tmp_path / "seg.dcm")
    source = pydicom.dcmread(next((tmp_path / "scan").iterdir()))
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.PatientID == "17"
    assert b"Doe" not in (tmp_path / "seg.dcm").read_bytes()


def test_a_missing_slice_has_no_frame(scan, labels, tmp_path):
    image = scan(skip=(2,))
    write_dicom_labels(tmp_path / "seg.dcm", np.maximum(labels, 1), image, TISSUE_LABELS)
    segmentation, _ = as_read(tmp_path / "seg.dcm")
    heights = {
        float(groups.PlanePositionSequence[0].ImagePositionPatient[2])
        for groups in segmentation.PerFrameFunctionalGroupsSequence
    }
    assert heights == {-30, -27, -21, -18}


def test_an_image_of_another_format_is_refused(make_volume, labels, tmp_path):
    with pytest.raises(ParameterError, match=r"^scan was not read from a DICOM series.*NIfTI"):
        write_dicom_labels(tmp_path / "seg.dcm", labels, make_volume(GRID), TISSUE_LABELS)


def test_another_grid_is_refused(scan, labels, tmp_path):
    with pytest.raises(ParameterError, match="do not lie on the grid of scan"):
        write_dicom_labels(tmp_path / "seg.dcm", labels[:2], scan(), TISSUE_LABELS)


def test_without_highdicom_the_extra_is_named(scan, labels, tmp_path, monkeypatch):
    image = scan()
    monkeypatch.setitem(sys.modules, "highdicom", None)
    with pytest.raises(ParameterError, match=r"pip install 'segmenter\[dicom\]'\.$"):
        write_dicom_labels(tmp_path / "seg.dcm", labels, image, TISSUE_LABELS)

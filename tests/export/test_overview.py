"""The picture of a labelled volume, as other eyes see it."""

import numpy as np
import pytest
from PIL import Image as PillowImage

from segmenter.export.overview import PLACES, TILE, write_overview
from segmenter.images.image import Image
from segmenter.segment.labels import Color

RED, GREEN = Color(255, 0, 0), Color(0, 255, 0)
PITCH = TILE + 8


@pytest.fixture
def picture(tmp_path):
    """Write the overview of a box, its right half label 1, its left label 2; return it."""

    def picture(flip=False, spacing=(2.0, 1.0, 6.0), convention="radiological"):
        labels = np.zeros((60, 90, 30), np.uint8)
        labels[10:30, 10:80, 5:25], labels[30:50, 10:80, 5:25] = 2, 1
        affine = np.diag((*spacing, 1.0))
        if flip:
            labels, affine = labels[::-1], affine @ np.diag((-1, 1, 1, 1))
        values = np.where(labels > 0, 100, 0).astype(np.uint8)[..., np.newaxis]
        image = Image(values, "gray", spacing=spacing, affine=affine)
        write_overview(tmp_path / "a.png", image, labels, (RED, GREEN), convention)
        return np.asarray(PillowImage.open(tmp_path / "a.png")).astype(int)

    return picture


def is_redder(pixels):
    return pixels[..., 0] > pixels[..., 1]


def test_the_left_of_a_slice_is_the_right_of_the_patient_or_the_left(picture):
    for flip in (False, True):
        shown = picture(flip)
        assert shown.shape == (3 * PITCH, len(PLACES) * PITCH, 3)
        for row in (0, 1):
            middle = shown[row * PITCH + PITCH // 2, 2 * PITCH : 3 * PITCH]
            assert is_redder(middle[PITCH // 2 - 20])
            assert not is_redder(middle[PITCH // 2 + 20])
    other = picture(convention="neurological")
    assert not is_redder(other[PITCH // 2, 2 * PITCH + PITCH // 2 - 20])


def test_sagittal_slices_go_from_one_half_to_the_other(picture):
    rows = picture()[2 * PITCH + PITCH // 2]
    assert not is_redder(rows[PITCH // 2])
    assert is_redder(rows[4 * PITCH + PITCH // 2])


def test_a_millimeter_is_as_long_in_all_directions(picture):
    shown = picture()
    axial = shown[:PITCH, 2 * PITCH : 3 * PITCH].max(axis=2) > 40
    coronal = shown[PITCH : 2 * PITCH, 2 * PITCH : 3 * PITCH].max(axis=2) > 40
    across = axial.any(axis=0).sum()
    assert across == coronal.any(axis=0).sum()
    assert axial.any(axis=1).sum() / across == pytest.approx(70 / 80, abs=0.04)
    assert coronal.any(axis=1).sum() / across == pytest.approx(120 / 80, abs=0.04)


def test_without_labels_the_whole_volume_is_shown(tmp_path):
    image = Image(np.full((9, 8, 7, 1), 3, np.uint8), "gray", affine=np.eye(4))
    labels = np.zeros((9, 8, 7), np.uint8)
    assert write_overview(tmp_path / "a.png", image, labels, ()).grid == (3 * PITCH, 5 * PITCH)

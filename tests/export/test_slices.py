import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image as PillowImage

from segmenter.errors import ParameterError
from segmenter.export.slices import write_slices
from segmenter.work import finish

GRID = (4, 5, 6)
# To the right, the front and the top, in this order; each label is a corner of the head.
LEFT_BACK_BOTTOM, RIGHT_BACK_BOTTOM, LEFT_FRONT_BOTTOM, LEFT_BACK_TOP = 1, 2, 3, 4
AFFINES = [
    np.diag([2.0, 3, 4, 1]),
    np.diag([-2.0, 3, 4, 1]),
    np.array([[0, -2.0, 0, 0], [0, 0, -3, 0], [4, 0, 0, 0], [0, 0, 0, 1]]),
]


def corners(affine):
    """Mark four corners of the head on a grid, whichever way it lies."""
    indices = np.stack(np.meshgrid(*map(np.arange, GRID), indexing="ij"), axis=-1)
    places = indices @ affine[:3, :3].T
    low, high = places.min(axis=(0, 1, 2)), places.max(axis=(0, 1, 2))
    labels = np.zeros(GRID, np.uint8)
    for value, ends in enumerate([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], 1):
        labels[(places == np.where(ends, high, low)).all(axis=-1)] = value
    return labels


def written(folder, plane):
    files = sorted(folder.glob(f"a_{plane}_*.png"))
    return np.stack([np.asarray(PillowImage.open(file)) for file in files])


@pytest.mark.parametrize("affine", AFFINES)
def test_every_side_is_where_the_record_says(affine, make_volume, tmp_path):
    finish(write_slices(tmp_path, "a", corners(affine), make_volume(GRID, affine), "axial"))
    slices = written(tmp_path, "axial")
    first, last = slices[0], slices[-1]
    assert first[-1, -1] == LEFT_BACK_BOTTOM  # radiological: the patient's left is on the right
    assert first[-1, 0] == RIGHT_BACK_BOTTOM
    assert first[0, -1] == LEFT_FRONT_BOTTOM
    assert last[-1, -1] == LEFT_BACK_TOP
    facts = json.loads((tmp_path / "a_axial.json").read_text())
    assert facts["Edges"] == {"Left": "right", "Right": "left", "Top": "front", "Bottom": "back"}
    assert len(facts["SlicePositions"]) == len(slices)
    assert_allclose(np.diff(facts["SlicePositions"]), facts["SliceSpacing"])


@pytest.mark.parametrize("affine", AFFINES)
def test_coronal_and_sagittal(affine, make_volume, tmp_path):
    labels, image = corners(affine), make_volume(GRID, affine)
    for plane in ("coronal", "sagittal"):
        finish(write_slices(tmp_path, "a", labels, image, plane, "neurological"))
    coronal, sagittal = written(tmp_path, "coronal"), written(tmp_path, "sagittal")
    assert coronal[0][-1, 0] == LEFT_BACK_BOTTOM
    assert coronal[0][-1, -1] == RIGHT_BACK_BOTTOM
    assert coronal[0][0, 0] == LEFT_BACK_TOP
    assert coronal[-1][-1, 0] == LEFT_FRONT_BOTTOM
    assert sagittal[0][-1, 0] == LEFT_BACK_BOTTOM
    assert sagittal[0][-1, -1] == LEFT_FRONT_BOTTOM
    assert sagittal[0][0, 0] == LEFT_BACK_TOP
    assert sagittal[-1][-1, 0] == RIGHT_BACK_BOTTOM
    facts = json.loads((tmp_path / "a_coronal.json").read_text())
    assert (facts["Edges"]["Left"], facts["FirstSlice"]) == ("left", "back")


def test_nothing_is_lost_and_many_labels_take_16_bits(make_volume, tmp_path):
    labels = np.arange(120).reshape(GRID) * 9
    files = finish(write_slices(tmp_path, "a", labels, make_volume(GRID), "sagittal"))
    assert len(files) == 4
    assert_array_equal(np.sort(written(tmp_path, "sagittal").ravel()), labels.ravel())


def test_pixels_have_the_spacing_of_the_grid(make_volume, tmp_path):
    finish(write_slices(tmp_path, "a", np.zeros(GRID, "u1"), make_volume(GRID, AFFINES[2])))
    facts = json.loads((tmp_path / "a_axial.json").read_text())
    assert facts["PixelSpacing"] == {"Down": 3, "Across": 2}
    assert facts["SliceSpacing"] == 4
    assert_allclose(facts["SlicePositions"], [0, 4, 8, 12])


def test_another_grid_is_refused(make_volume, tmp_path):
    with pytest.raises(ParameterError, match="do not lie on the grid of scan"):
        finish(write_slices(tmp_path, "a", np.zeros((2, 2, 2), "u1"), make_volume(GRID)))

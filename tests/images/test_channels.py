from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from segmenter.errors import ParameterError
from segmenter.images.channels import stack_channels
from segmenter.images.image import Image, Source

GRID = (3, 4, 5)


def volume(value, grid=GRID, affine=None, dtype=np.int16, missing=None, name="scan"):
    affine = np.diag([-2.0, 2, 3, 1]) if affine is None else affine
    pixels = np.full((*grid, 1), value, dtype)
    spacing = tuple(np.linalg.norm(affine[:3, :3], axis=0))
    return Image(pixels, "gray", missing=missing, spacing=spacing, affine=affine,
                 source=Source(name))  # fmt: skip


def test_channels_keep_their_values_order_and_place():
    first, second = volume(1, name="T1.nii"), volume(2.5, dtype=np.float32, name="T2.nii")
    image = stack_channels([first, second])
    assert (image.grid, image.n_channels, image.color_space) == (GRID, 2, "channels")
    assert_array_equal(image.pixels[0, 0, 0], [1, 2.5])
    assert image.channel_names == ("T1.nii", "T2.nii")
    assert_array_equal(image.affine, first.affine)
    assert image.spacing == first.spacing


def test_channels_can_be_named():
    assert stack_channels([volume(1), volume(2)], ["T1", "T2"]).channel_names == ("T1", "T2")
    with pytest.raises(ParameterError, match="3 names for 2 channels"):
        stack_channels([volume(1), volume(2)], ["T1", "T2", "PD"])


def test_one_volume_stays_gray():
    image = stack_channels([volume(7)], ["T1"])
    assert (image.color_space, image.channel_names) == ("gray", ("T1",))


def test_a_voxel_missing_in_one_is_missing():
    holes = np.zeros(GRID, bool)
    holes[1, 2, 3] = True
    image = stack_channels([volume(1), volume(2, missing=holes)])
    assert_array_equal(image.missing, holes)


def test_channels_saved_in_another_order_of_axes_are_turned():
    first = replace(volume(0), pixels=np.arange(60, dtype=np.int16).reshape(*GRID, 1))
    turn = np.array([[0, 0, 1, 0], [-1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 0, 1.0]])
    other = np.ascontiguousarray(first.pixels[:, ::-1].transpose(1, 2, 0, 3))
    affine = first.affine @ turn
    second = Image(other, "gray", spacing=(2.0, 3.0, 2.0), affine=affine, source=Source("T2"))
    stacked = stack_channels([first, second])
    assert_array_equal(stacked.pixels[..., 0], stacked.pixels[..., 1])


def test_another_size_is_refused():
    with pytest.raises(ParameterError, match=r"not of one size \(3 x 4 x 5 and 3 x 5 x 4 voxels\)"):
        stack_channels([volume(1), volume(2, (3, 5, 4))])


@pytest.mark.parametrize("corner", [(0, 3), (2, 2), (1, 0)])
def test_another_place_is_refused(corner):
    affine = np.diag([-2.0, 2, 3, 1])
    affine[corner] += 0.5
    with pytest.raises(ParameterError, match=r"do not lie at the same place: .* mm apart"):
        stack_channels([volume(1), volume(2, affine=affine)])


def test_a_rounded_affine_is_the_same_place():
    affine = np.diag([-2.0, 2, 3, 1]) + 1e-4
    affine[3] = (0, 0, 0, 1)
    assert stack_channels([volume(1), volume(2, affine=affine)]).n_channels == 2


def test_nothing_and_pictures_are_refused():
    with pytest.raises(ParameterError, match="no volumes"):
        stack_channels([])
    picture = Image(np.zeros((3, 4, 1), np.uint8), "gray")
    with pytest.raises(ParameterError, match="not pictures"):
        stack_channels([volume(1), picture])

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.transform import Rotation

from segmenter.images.geometry import (
    canonical_affine,
    canonical_axes,
    from_canonical,
    grid_spacing,
    is_affine,
    obliqueness,
    orientation_code,
    to_canonical,
)

GRID = (3, 4, 5)
spacings = st.tuples(*[st.floats(0.1, 20)] * 3)
signed_axes = st.tuples(st.permutations(range(3)), st.tuples(*[st.sampled_from((-1, 1))] * 3))


@st.composite
def affines(draw, degrees=0.0):
    """All 48 orders and flips of the axes, turned by up to so many degrees, anywhere in space."""
    order, signs = draw(signed_axes)
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[:, order] * signs * draw(spacings)
    axis = np.array(draw(st.tuples(*[st.floats(0.1, 1)] * 3)))
    angle = np.radians(draw(st.floats(-degrees, degrees)))
    turn = Rotation.from_rotvec(axis / np.linalg.norm(axis) * angle).as_matrix()
    affine[:3, :3] = turn @ affine[:3, :3]
    affine[:3, 3] = draw(st.tuples(*[st.floats(-500, 500)] * 3))
    return affine


@given(affines(degrees=40))
def test_orientation_code_agrees_with_nibabel(affine):
    assert orientation_code(affine) == "".join(nib.aff2axcodes(affine))


@given(affines(degrees=40))
def test_to_canonical_agrees_with_nibabel(affine):
    values = np.arange(np.prod(GRID)).reshape(GRID)
    expected = nib.as_closest_canonical(nib.Nifti1Image(values.astype(np.int32), affine))
    assert_array_equal(to_canonical(values, affine), np.asarray(expected.dataobj))
    assert_allclose(canonical_affine(affine, GRID), expected.affine, atol=1e-9)


@given(affines(degrees=40))
def test_from_canonical_undoes_it_with_further_axes(affine):
    values = np.arange(np.prod(GRID) * 2).reshape(*GRID, 2)
    assert_array_equal(from_canonical(to_canonical(values, affine), affine), values)


@given(affines(degrees=30))
def test_the_canonical_affine_keeps_every_voxels_place(affine):
    indices = np.stack(np.indices(GRID), axis=-1)
    turned = to_canonical(indices, affine)
    canonical = canonical_affine(affine, GRID)
    there = np.stack(np.indices(turned.shape[:3]), axis=-1)
    assert orientation_code(canonical) == "RAS"
    assert_allclose(
        there @ canonical[:3, :3].T + canonical[:3, 3],
        turned @ affine[:3, :3].T + affine[:3, 3],
        atol=1e-6,
    )


@given(affines(degrees=40))
def test_spacing_agrees_with_nibabel(affine):
    assert_allclose(grid_spacing(affine), nib.affines.voxel_sizes(affine))


@given(affines(degrees=40))
def test_obliqueness_agrees_with_nibabel(affine):
    assert obliqueness(affine) == pytest.approx(
        np.degrees(np.abs(nib.affines.obliquity(affine))).max(), abs=1e-4
    )


@given(affines())
def test_what_is_not_turned_is_not_oblique(affine):
    assert obliqueness(affine) == pytest.approx(0, abs=1e-5)


def test_axes_are_named_by_where_they_run():
    affine = np.array([[0, 0, -2, 0], [3, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)
    axes = canonical_axes(affine)
    assert (axes.order, axes.flips) == ((2, 0, 1), (True, False, True))
    assert orientation_code(affine) == "AIL"
    assert grid_spacing(affine) == (3, 1, 2)


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((4, 4)),
        np.full((4, 4), np.nan),
        np.diag([1.0, 1, 0, 1]),
        np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
        np.diag([1.0, 1, 1, 2]),
        np.eye(3),
    ],
)
def test_what_places_no_grid_is_no_affine(matrix):
    assert not is_affine(matrix)


def test_small_steps_are_still_an_affine():
    assert is_affine(np.diag([1e-6, 1e-6, 1e-6, 1]))

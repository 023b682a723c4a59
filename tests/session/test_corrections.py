import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.session.corrections import BrushStroke, corrected

GRID = (14, 12, 10)
OBLIQUE = np.array(
    [[1.0, 0.3, 0.0, 5.0], [-0.2, 1.6, 0.1, 0.0], [0.0, 0.2, 2.5, -3.0], [0.0, 0.0, 0.0, 1.0]]
)
place = st.tuples(*(st.floats(-2, side + 1) for side in GRID))


def exactly(stroke, affine):
    """Return the covered voxels by trying all voxels against finely spaced places."""
    voxels = np.stack(np.indices(GRID), axis=-1).reshape(-1, 3)
    near = np.zeros(len(voxels), bool)
    for start, end in stroke.segments:
        shares = np.linspace(0, 1, 400)[:, None]
        line = np.array(start) * (1 - shares) + np.array(end) * shares
        distance = np.linalg.norm((voxels[:, None] - line) @ affine[:3, :3].T, axis=-1).min(axis=1)
        near |= distance <= stroke.radius
    if stroke.slice_axis is not None:
        near &= voxels[:, stroke.slice_axis] == round(stroke.points[0][stroke.slice_axis])
    return set(np.flatnonzero(near))


@settings(max_examples=30, deadline=None)
@given(st.lists(place, min_size=1, max_size=3), st.floats(1.5, 5.0))
def test_a_ball_covers_what_is_nearer_than_its_radius_in_mm(points, radius):
    stroke = BrushStroke(tuple(points), radius, None, "labels", 1)
    covered = set(stroke.covered(GRID, OBLIQUE))
    wanted = exactly(stroke, OBLIQUE)
    assert wanted <= covered
    slightly_larger = BrushStroke(tuple(points), radius + 0.05, None, "labels", 1)
    middles = {
        int(np.ravel_multi_index(tuple(np.rint(start).astype(int)), GRID))
        for start, _ in stroke.segments
        if all(0 <= round(at) < side for at, side in zip(start, GRID, strict=True))
    }
    assert covered - middles <= exactly(slightly_larger, OBLIQUE)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_disc_stays_in_its_slice(axis):
    stroke = BrushStroke(((5.0, 6.0, 4.0), (7.0, 6.0, 4.0)), 3.01, axis, "labels", 2)
    if axis == 0:
        stroke = BrushStroke(((5.0, 6.0, 4.0), (5.0, 8.0, 4.0)), 3.01, axis, "labels", 2)
    covered = stroke.covered(GRID, np.eye(4))
    places = np.unravel_index(covered, GRID)
    assert set(places[axis]) == {(5, 6, 4)[axis]}
    assert len(covered) > 25
    assert set(covered) == exactly(stroke, np.eye(4))


def test_a_brush_smaller_than_a_voxel_paints_one():
    stroke = BrushStroke(((3.2, 4.4, 5.1),), 0.1, None, "labels", 1)
    assert list(stroke.covered(GRID, np.eye(4))) == [np.ravel_multi_index((3, 4, 5), GRID)]


def test_later_strokes_win_and_other_targets_are_left_alone():
    labels = np.full(GRID, 3, np.uint8)
    dot = ((5.0, 5.0, 5.0),)
    strokes = [
        BrushStroke(dot, 2.0, None, "labels", 1),
        BrushStroke(dot, 1.0, None, "labels", 0),
        BrushStroke(dot, 3.0, None, "brain", 0),
    ]
    painted = corrected(labels, strokes, np.eye(4))
    assert painted[5, 5, 5] == 0
    assert painted[5, 5, 7] == 1
    assert painted[5, 5, 8] == 3
    assert (labels == 3).all()
    assert corrected(labels, strokes, np.eye(4), "brain")[5, 5, 8] == 0

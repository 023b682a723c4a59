import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.export.overlay import overlay_picture

COLORS = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]
RGB = arrays.arrays(np.uint8, (6, 7, 3))
LABELS = arrays.arrays(np.uint8, (6, 7), elements=st.integers(0, 3))


@given(rgb=RGB, label_map=LABELS, opacity=st.floats(0, 1))
def test_areas_are_blended(rgb, label_map, opacity):
    before = rgb.copy()
    painted = overlay_picture(rgb, label_map, COLORS, opacity=opacity)
    share = np.where(label_map > 0, opacity, 0)[..., None]
    color = np.array([(0, 0, 0), *COLORS])[label_map]
    assert_allclose(painted, rgb * (1 - share) + color * share, atol=1.6 + 255 * 0.5 / 255)
    assert_array_equal(painted[label_map == 0], rgb[label_map == 0])
    assert_array_equal(rgb, before)


@given(rgb=RGB, label_map=LABELS)
def test_no_opacity_changes_nothing_and_full_opacity_hides(rgb, label_map):
    assert_array_equal(overlay_picture(rgb, label_map, COLORS, opacity=0), rgb)
    hidden = overlay_picture(rgb, label_map, COLORS, opacity=1)
    colors = np.array([(0, 0, 0), *COLORS])[label_map]
    assert_array_equal(hidden, np.where(label_map[..., None] > 0, colors, rgb))


@pytest.mark.parametrize("outlines_only", [False, True])
@given(rgb=RGB, label_map=LABELS, visible=st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_an_invisible_label_is_painted_like_none(outlines_only, rgb, label_map, visible):
    kept = np.array([False, *visible])[label_map]
    assert_array_equal(
        overlay_picture(rgb, label_map, COLORS, outlines_only=outlines_only, visible=visible),
        overlay_picture(rgb, label_map * kept, COLORS, outlines_only=outlines_only),
    )


def test_an_outline_is_a_line_of_color_with_dark_beside_it():
    rgb = np.full((11, 11, 3), 200, np.uint8)
    label_map = np.zeros((11, 11), np.uint8)
    label_map[2:9, 2:9] = 2
    row = overlay_picture(rgb, label_map, COLORS, outlines_only=True)[5].astype(int)
    assert_array_equal(row[0], [200] * 3)
    assert (row[1] < 100).all()  # the casing outside
    assert_array_equal(row[2], COLORS[1])
    assert_allclose(row[3], (np.array(COLORS[1]) + row[1]) / 2, atol=1)  # the half pixel
    assert_array_equal(row[4:7], [[200] * 3] * 3)


def test_two_labels_meet_in_their_own_colors():
    label_map = np.repeat([[1, 3]], 5, axis=1).repeat(6, axis=0)
    row = overlay_picture(
        np.zeros((6, 10, 3), np.uint8), label_map, COLORS, outlines_only=True
    )[3]  # fmt: skip
    assert_array_equal(row[4], COLORS[0])
    assert_array_equal(row[5], COLORS[2])


@given(rgb=RGB)
def test_one_label_everywhere_has_no_outline(rgb):
    label_map = np.ones(rgb.shape[:2], np.uint8)
    assert_array_equal(overlay_picture(rgb, label_map, COLORS, outlines_only=True), rgb)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (300, 700)])
def test_every_size_is_painted(shape):
    rgb = np.full((*shape, 3), 100, np.uint8)
    labels = np.ones(shape, np.uint8)
    assert_array_equal(
        overlay_picture(rgb, labels, COLORS, opacity=1), np.full((*shape, 3), COLORS[0])
    )
    assert overlay_picture(rgb, labels, COLORS, outlines_only=True).shape == (*shape, 3)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmenter.gui.canvas.levels import (
    SMALLEST_SIDE,
    doubt_levels,
    label_levels,
    picture_levels,
    value_levels,
)
from segmenter.gui.canvas.tables import uncertainty_table

sides = st.integers(1, 700)


@given(sides, sides)
def test_each_level_covers_the_image_with_half_the_pixels(height, width):
    levels = picture_levels(np.zeros((height, width, 3), np.uint8))
    assert (levels.width, levels.height) == (width, height)
    for index, level in enumerate(levels.levels):
        assert level.factor == 2**index
        assert level.pixels.shape[:2] == (level.height, level.width)
        assert level.width == -(-width // level.factor)
        assert level.height == -(-height // level.factor)
    assert max(levels.levels[-1].width, levels.levels[-1].height) <= SMALLEST_SIDE


def test_pictures_are_averaged():
    checks = np.indices((512, 512)).sum(axis=0) % 2 * np.uint8(200)
    levels = picture_levels(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8))
    assert np.unique(levels.levels[1].pixels).tolist() == [100]


def test_labels_are_never_averaged():
    labels = np.random.default_rng(0).choice(np.array([1, 9], np.uint8), (600, 700))
    for level in label_levels(labels, labels.shape).levels:
        assert set(np.unique(level.pixels)) <= {1, 9}


def test_values_keep_their_ends():
    plane = np.linspace(0, 1, 600 * 500, dtype=np.float32).reshape(600, 500)
    finest = value_levels(plane).levels[0].pixels
    assert finest[0, 0] == 0
    assert finest[-1, -1] == 255


@given(st.floats(0.01, 64))
def test_the_level_for_a_zoom_has_a_pixel_for_each_on_screen_and_hardly_more(zoom):
    levels = picture_levels(np.zeros((1500, 2000, 3), np.uint8))
    level = levels.at(zoom)
    assert level.factor == 1 or level.factor * zoom <= 1
    assert level is levels.levels[-1] or level.factor * zoom > 0.5


def test_transparency_comes_along():
    rgb = np.full((4, 4, 3), 9, np.uint8)
    alpha = np.arange(16, dtype=np.uint8).reshape(4, 4)
    finest = picture_levels(rgb, alpha).levels[0].pixels
    assert (finest[..., 3] == alpha).all()
    assert (finest[..., :3] == 9).all()


def test_doubt_is_never_0_where_pixels_take_part():
    plane = np.array([[0.0, 0.5], [1.0, 0.0]], np.float32)
    valid = np.array([[True, True], [True, False]])
    assert doubt_levels(plane, valid).levels[0].pixels.tolist() == [[1, 128], [255, 0]]
    assert doubt_levels(plane, None).levels[0].pixels.tolist() == [[1, 128], [255, 1]]
    assert uncertainty_table()[0] == 0

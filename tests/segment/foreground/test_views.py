import numpy as np
import pytest

from segmenter.images.image import Image
from segmenter.segment.colors import colors_of
from segmenter.segment.foreground.pyramid import halved, pyramid_of
from segmenter.segment.foreground.views import edge_costs, resampled, view_of


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_halving_averages_blocks(dtype):
    pixels = np.random.default_rng(0).integers(0, 200, (300, 14, 3)).astype(dtype)
    expected = pixels.reshape(150, 2, 7, 2, 3).astype(float).mean((1, 3))
    assert halved(pixels).dtype == dtype
    np.testing.assert_allclose(halved(pixels), expected, atol=0.5)


def test_an_odd_last_row_is_averaged_with_itself():
    pixels = np.array([[[1.0], [3.0], [5.0]]], np.float32)
    np.testing.assert_array_equal(halved(pixels), [[[2.0], [5.0]]])


def test_the_pyramid_stops_above_the_smallest_size():
    levels = pyramid_of(np.zeros((400, 300, 1), np.uint8), 20_000)
    assert [level.shape[:2] for level in levels] == [(400, 300), (200, 150)]


def test_averaging_to_a_divisor_is_exact_and_keeps_the_mean():
    planes = np.random.default_rng(1).random((60, 80, 2)).astype(np.float32)
    expected = planes.reshape(20, 3, 20, 4, 2).mean((1, 3))
    np.testing.assert_allclose(resampled(planes, (20, 20)), expected, rtol=1e-5)


def test_enlarging_keeps_a_ramp():
    ramp = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 6, 1), np.float32)
    fine = resampled(ramp, (40, 24))[..., 0]
    wanted = np.clip((np.arange(40) + 0.5) / 4 - 0.5, 0, 9)
    np.testing.assert_allclose(fine, np.broadcast_to(wanted[:, None], (40, 24)), atol=1e-5)


def test_edges_cost_less_where_the_color_changes():
    colors = np.zeros((20, 20, 3), np.float32)
    colors[:, 10:] = 0.5
    costs = edge_costs(colors)
    assert costs[5, 9] < 0.1
    assert costs[5, 3] == pytest.approx(1)


def test_places_and_positions_agree_with_the_image():
    pixels = np.zeros((400, 600, 3), np.uint8)
    view = view_of(pixels, None, colors_of(Image(pixels, "rgb")), 15_000, (400, 600))
    assert view.grid == (100, 150)
    assert view.place(0, 0) == (0, 0)
    assert view.place(599, 399) == (99, 149)
    assert view.place(300, 200) == (50, 75)
    np.testing.assert_allclose(view.samples[-1, -2:] * view.side, [149, 99], rtol=1e-5)

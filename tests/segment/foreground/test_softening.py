import numpy as np
import pytest

from segmenter.segment.foreground.softening import TILE, softened
from segmenter.segment.foreground.unmixing import object_colors
from segmenter.work import finish

OWN, BEHIND = np.array([0.9, 0.3, 0.2]), np.array([0.1, 0.4, 0.8])


def soft_edge(height, width, middle, half_width):
    """A wavy soft edge between two plain colors: alpha and picture."""
    rows, columns = np.indices((height, width))
    edge = middle + 0.05 * width * np.sin(rows / 40)
    alpha = np.clip((edge + half_width - columns) / (2 * half_width), 0, 1).astype(np.float32)
    picture = alpha[..., None] * OWN + (1 - alpha[..., None]) * BEHIND
    return alpha, picture


@pytest.mark.parametrize("width", [200, TILE + 150])
def test_levels_and_tiles_find_the_alpha(width):
    alpha, picture = soft_edge(220, width, TILE - 10 if width > TILE else 100, 12)
    unknown = np.abs(alpha - 0.5) < 0.5
    unknown |= np.roll(unknown, 4, 1) | np.roll(unknown, -4, 1)
    found = np.where(unknown, alpha > 0.5, alpha).astype(np.float32)
    finish(softened(np.rint(picture * 255).astype(np.uint8), found, unknown))
    assert np.abs(found - alpha).max() < 0.05


def test_known_pixels_stay():
    alpha, picture = soft_edge(90, 120, 60, 5)
    unknown = (alpha > 0) & (alpha < 1)
    found = np.where(unknown, np.float32(0.5), alpha)
    finish(softened(np.rint(picture * 255).astype(np.uint8), found, unknown))
    np.testing.assert_array_equal(found[~unknown], alpha[~unknown])


def test_mixed_colors_become_the_objects_and_pure_ones_stay():
    alpha, picture = soft_edge(70, 130, 60, 8)
    picture = picture.astype(np.float32)
    cleaned = object_colors(picture, alpha)
    pure = (alpha == 0) | (alpha == 1)
    np.testing.assert_array_equal(cleaned[pure], picture[pure])
    mixed = (alpha > 0.3) & (alpha < 1)
    assert np.abs(cleaned - OWN)[mixed].mean() < 0.25 * np.abs(picture - OWN)[mixed].mean()


@pytest.mark.parametrize("grid", [(1, 1), (1, 9), (2, 2), (5, 3)])
def test_tiny_pictures_do_not_crash(grid):
    alpha = np.full(grid, 0.5, np.float32)
    finish(softened(np.full((*grid, 3), 90, np.uint8), alpha, np.ones(grid, bool)))
    assert np.isfinite(alpha).all()
    assert np.isfinite(object_colors(np.full((*grid, 1), 0.4, np.float32), alpha)).all()

from types import SimpleNamespace

import numpy as np
import pytest

from segmenter.images.image import Image
from segmenter.segment.foreground.equals import is_amid_equals


def ball(*grid):
    places = np.indices(grid).T - (np.array(grid) - 1) / 2
    return (np.square(places).sum(-1) < (min(grid) / 2 - 5) ** 2).T


class Watched:
    """Pixels that count how many of them are asked for."""

    def __init__(self, pixels):
        self.pixels, self.n_seen = pixels, 0

    def __getitem__(self, place):
        seen = self.pixels[place]
        self.n_seen += seen.size
        return seen


@pytest.mark.parametrize("grid", [(60, 80), (600, 560), (40, 30, 35), (150, 140, 130)])
def test_an_outline_is_looked_at_in_pictures_and_volumes_small_and_large(grid):
    mask = ball(*grid)
    plain = np.full((*grid, 1), 7, np.uint8)
    assert is_amid_equals(Image(plain, "gray"), mask)
    assert not is_amid_equals(Image(plain + mask[..., None], "gray"), mask)
    assert not is_amid_equals(Image(plain, "gray"), np.zeros(grid, bool))


@pytest.mark.parametrize(("grid", "most"), [((500, 500), 256), ((127, 127, 127), 64)])
def test_of_a_large_object_few_lines_are_looked_at(grid, most):
    image = SimpleNamespace(pixels=Watched(np.zeros((*grid, 1), np.uint8)))
    assert is_amid_equals(image, ball(*grid))
    n_axes = len(grid)
    assert 0 < image.pixels.n_seen <= n_axes * most ** (n_axes - 1) * max(grid)

from dataclasses import dataclass

import numpy as np
import pytest

from segmenter.images.image import Image


@dataclass(frozen=True)
class Scene:
    """A noisy picture of a disk on two other colors, and where the disk is."""

    image: Image
    truth: np.ndarray

    def iou(self, mask):
        return (mask & self.truth).sum() / (mask | self.truth).sum()


def disk(grid, row, column, radius):
    rows, columns = np.indices(grid)
    return np.hypot(rows - row, columns - column) <= radius


def make_scene(grid=(120, 160), seed=0):
    truth = disk(grid, 0.5 * grid[0], 0.6 * grid[1], 0.28 * grid[0])
    colors = np.array([[70, 120, 60], [110, 140, 180], [190, 60, 50]])
    labels = np.where(truth, 2, (np.indices(grid)[0] < 0.45 * grid[0]).astype(int))
    noise = np.random.default_rng(seed).normal(0, 12, (*grid, 3))
    return Scene(Image(np.clip(colors[labels] + noise, 0, 255).astype(np.uint8), "rgb"), truth)


@pytest.fixture(scope="session")
def scene():
    return make_scene()


@pytest.fixture(scope="session")
def large_scene():
    """Larger than the working size, so that the outline is followed through two levels."""
    return make_scene((420, 560))

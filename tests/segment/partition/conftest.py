"""Images whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segmenter.images.image import Image


def noisy(levels: NDArray[np.float64], seed: int = 0) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, 4, (*levels.shape, 3))
    return np.clip(levels[..., None] + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def quarters() -> Image:
    """Four patches of gray, 64 x 96; the upper left one is as dark as the lower right one."""
    levels = np.full((64, 96), 60.0)
    levels[:32, 48:] = 200.0
    levels[32:, :48] = 130.0
    return Image(noisy(levels), "rgb")

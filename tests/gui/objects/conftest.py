import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

CENTERS = tuple((row, column) for row in (30, 90) for column in (30, 90, 150))
"""Row and column of the middle of each disk."""

RADII = (14, 14, 14, 14, 14, 8)


@pytest.fixture
def reading():
    """The reading of these tests."""
    return "objects"


@pytest.fixture
def photo(tmp_path):
    """Six bright disks on a dark ground, the last of them smaller."""
    y, x = np.mgrid[:120, :180]
    pixels = np.full((120, 180), 20.0)
    for (row, column), radius in zip(CENTERS, RADII, strict=True):
        pixels[(y - row) ** 2 + (x - column) ** 2 < radius**2] = 170
    pixels = cv2.GaussianBlur(pixels, (0, 0), 1.5) + np.random.default_rng(0).normal(0, 3, y.shape)
    path = tmp_path / "disks.png"
    PillowImage.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def counted(window, photo, finish_fit, qtbot):
    """Return the window with the disks open and found."""
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    finish_fit()
    return window

import numpy as np
import pytest

from segmenter.images.image import Image, Source


@pytest.fixture
def make_volume():
    """Build a volume of zeros as an image that no file stands behind."""

    def make_volume(grid=(4, 5, 6), affine=None, header=None, pixels=None):
        affine = np.diag([-2.0, 1.5, 3.0, 1.0]) if affine is None else affine
        pixels = np.zeros((*grid, 1), np.int16) if pixels is None else pixels
        spacing = tuple(np.linalg.norm(affine[:3, :3], axis=0))
        return Image(
            pixels, "gray", spacing=spacing, affine=affine, source=Source("scan"), header=header
        )

    return make_volume

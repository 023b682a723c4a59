import io

import numpy as np
import pytest
from PIL import Image as PillowImage


@pytest.fixture
def picture():
    """A color picture with no symmetry, so that every turn of it differs: uint8 (24, 36, 3)."""
    rows, columns = np.mgrid[:24, :36]
    return np.stack([rows * 10, columns * 7, (rows + 2 * columns) * 2], axis=-1).astype(np.uint8)


@pytest.fixture
def gray(picture):
    return np.ascontiguousarray(picture[..., 2])


@pytest.fixture
def save(tmp_path):
    """Write bytes to a file and return its path."""

    def save(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


@pytest.fixture
def encode():
    """Encode an array or a Pillow picture with Pillow and return the bytes."""

    def encode(pixels, kind, **options):
        if isinstance(pixels, np.ndarray):
            pixels = PillowImage.fromarray(pixels)
        stream = io.BytesIO()
        pixels.save(stream, kind, **options)
        return stream.getvalue()

    return encode

import numpy as np
import pytest
from PIL import Image

from assets.smaller_png import write_smaller


@pytest.fixture
def picture():
    """A flat window with a swatch, beside a noisy photo."""
    pixels = np.full((120, 200, 3), (237, 237, 239), np.uint8)
    pixels[10:26, 150:166] = (0, 114, 178)
    y, x = np.mgrid[:120, :120]
    photo = np.stack([x * 2, y * 2, 255 - x], axis=-1) + np.random.default_rng(0).normal(
        0, 6, (120, 120, 3)
    )
    pixels[:, :120] = photo.clip(0, 255).astype(np.uint8)
    return pixels


def test_flat_colors_are_exact_and_the_photo_is_near(picture, tmp_path):
    path = tmp_path / "picture.png"
    write_smaller(path, picture)
    read = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert (read[11:25, 151:165] == (0, 114, 178)).all()
    assert (read[60:, 130:] == (237, 237, 239)).all()
    assert np.abs(read - picture)[:, :120].mean() < 8
    exact = tmp_path / "exact.png"
    Image.fromarray(picture).save(exact, optimize=True)
    assert path.stat().st_size < 0.6 * exact.stat().st_size

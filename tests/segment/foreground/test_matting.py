import numpy as np
import pytest

from segmenter.images.image import Image
from segmenter.segment.foreground import matte_steps, segment_foreground
from segmenter.segment.foreground.matting import closed_form_alpha
from segmenter.work import finish


def ramp(height=40, width=60, first=22, last=38):
    """Alpha that falls from 1 to 0 between two columns, and the picture it makes of two colors."""
    columns = np.arange(width)
    alpha = np.clip((last - columns) / (last - first), 0, 1)
    alpha = np.broadcast_to(alpha, (height, width)).astype(np.float32)
    own, behind = np.array([0.9, 0.3, 0.2]), np.array([0.1, 0.4, 0.8])
    picture = alpha[..., None] * own + (1 - alpha[..., None]) * behind
    return alpha, picture.astype(np.float32)


def test_alpha_of_two_plain_colors_is_exact():
    alpha, picture = ramp()
    known = np.ones(alpha.shape, bool)
    known[:, 18:42] = False
    start = np.where(known, alpha, 0.5).astype(np.float32)
    np.testing.assert_allclose(closed_form_alpha(picture, known, start), alpha, atol=0.01)


def test_known_pixels_stay_and_values_are_shares():
    random = np.random.default_rng(0)
    picture = random.random((30, 30, 3)).astype(np.float32)
    known = random.random((30, 30)) < 0.3
    start = (random.random((30, 30)) < 0.5).astype(np.float32)
    alpha = closed_form_alpha(picture, known, start)
    np.testing.assert_array_equal(alpha[known], start[known])
    assert alpha.min() >= 0
    assert alpha.max() <= 1


@pytest.fixture(scope="module")
def blurred():
    """A picture with a soft edge, cut with a trimap, and its true alpha."""
    alpha, picture = ramp(80, 120, 50, 64)
    image = Image(np.rint(picture * 255).astype(np.uint8), "rgb")
    hints = np.where(alpha == 1, 1, np.where(alpha == 0, -1, 0)).astype(np.int8)
    return alpha, segment_foreground(image, hints=hints)


def test_a_trimap_leaves_open_exactly_what_it_does_not_mark(blurred):
    alpha, result = blurred
    matte = finish(matte_steps(result))
    np.testing.assert_allclose(matte.alpha, alpha, atol=0.03)


def test_the_background_is_taken_out_of_mixed_colors(blurred):
    alpha, result = blurred
    matte = finish(matte_steps(result))
    mixed = (alpha > 0.3) & (alpha < 1)
    own = np.array([0.9, 0.3, 0.2]) * 255
    before = np.abs(result.image.pixels[mixed] - own).mean()
    after = np.abs(matte.image.pixels[mixed].astype(float) - own).mean()
    assert after < 0.35 * before
    np.testing.assert_array_equal(matte.image.pixels[alpha == 1], result.image.pixels[alpha == 1])


def test_alpha_is_the_mask_away_from_the_outline(scene):
    result = segment_foreground(scene.image, foreground=[(96, 60)])
    matte = finish(matte_steps(result))
    rows, columns = np.indices(scene.image.grid)
    far = np.abs(np.hypot(rows - 60, columns - 96) - 33.6) > 6
    np.testing.assert_array_equal(matte.alpha[far], result.mask[far])


def test_a_painted_region_is_opened_too(scene):
    result = segment_foreground(scene.image, foreground=[(96, 60)])
    region = np.zeros(scene.image.grid, bool)
    region[50:70, 120:150] = True
    alpha = finish(matte_steps(result, region)).alpha
    assert ((alpha > 0) & (alpha < 1))[50:70, 135:150].any()

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal

from segmenter.images.display import display_rgb
from segmenter.images.image import Image


def image_of(pixels, color_space="gray", **parts):
    pixels = np.asarray(pixels)
    return Image(pixels if pixels.ndim == 3 else pixels[..., None], color_space, **parts)


def test_8_bit_color_is_shown_as_it_is(picture):
    shown = display_rgb(image_of(picture, "rgb"))
    assert_array_equal(shown, picture)
    assert np.shares_memory(shown, picture)


def test_8_bit_gray_is_shown_as_it_is(gray):
    assert_array_equal(display_rgb(image_of(gray)), np.dstack([gray] * 3))


@given(arrays.arrays(np.uint8, (5, 7, 3)))
def test_16_bit_color_of_full_range_looks_like_its_8_bits(pixels):
    pixels[0, 0] = 255
    deep = image_of(pixels.astype(np.uint16) * 257, "rgb")
    assert_array_equal(display_rgb(deep), pixels)


@given(arrays.arrays(np.uint8, (5, 7, 3)))
def test_float_color_between_0_and_1_looks_like_its_8_bits(pixels):
    pixels[0, 0] = 255
    floats = image_of(pixels.astype(np.float32) / 255, "rgb")
    assert_array_equal(display_rgb(floats), pixels)


def test_dark_16_bit_color_is_stretched(picture):
    """A 12-bit camera in a 16-bit file would be black on the screen."""
    dark = image_of(picture.astype(np.uint16) * 16, "rgb")
    shown = display_rgb(dark)
    assert shown.max() == 255
    brightest = np.unravel_index(picture.argmax(), picture.shape)
    assert shown[brightest] == 255
    assert np.corrcoef(shown.ravel(), picture.ravel())[0, 1] > 0.999  # no channel on its own


def test_color_beyond_its_range_is_pressed_into_it(picture):
    bright = image_of(picture.astype(np.float32) / 100, "rgb")
    assert display_rgb(bright)[picture < 200].max() < 255


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32, np.float32, np.float64])
def test_gray_goes_from_the_darkest_to_the_brightest(dtype):
    values = np.linspace(-500 if np.dtype(dtype).kind != "u" else 0, 3000, 10_000).astype(dtype)
    shown = display_rgb(image_of(values.reshape(100, 100)))
    assert (shown.min(), shown.max()) == (0, 255)
    assert (np.diff(shown[..., 0].ravel().astype(int)) >= 0).all()


def test_a_few_hot_pixels_do_not_darken_the_rest():
    values = np.tile(np.arange(100, 200, dtype=np.uint16), (100, 1))
    values[0, 0] = 65535
    shown = display_rgb(image_of(values))
    assert shown[5:].max() > 250


def test_pixels_that_take_no_part_do_not_count():
    values = np.tile(np.arange(100, 200, dtype=np.uint16), (100, 1))
    alpha = np.full(values.shape, 255, np.uint8)
    values[:50], alpha[:50] = 60000, 0
    assert display_rgb(image_of(values, alpha=alpha))[50:].max() == 255


@pytest.mark.parametrize("value", [0, 7, 65535])
@pytest.mark.parametrize("color_space", ["gray", "rgb"])
def test_a_flat_image_is_shown_flat(value, color_space):
    pixels = np.full((4, 4, 1 if color_space == "gray" else 3), value, np.uint16)
    shown = display_rgb(image_of(pixels, color_space))
    assert shown.shape == (4, 4, 3)
    assert np.ptp(shown) == 0


def test_an_image_of_no_valid_pixels_is_shown():
    image = image_of(np.ones((3, 3), np.float32), missing=np.ones((3, 3), bool))
    assert display_rgb(image).shape == (3, 3, 3)


@pytest.mark.parametrize(("n_channels", "shown_channels"), [(2, (0, 1, 0)), (5, (0, 1, 2))])
def test_which_channels_are_shown(n_channels, shown_channels):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, n_channels)).astype(np.uint8)
    shown = display_rgb(image_of(pixels, "channels"))
    assert_array_equal(shown, pixels[..., list(shown_channels)])


def test_channels_of_no_stated_color_have_limits_of_their_own():
    pixels = np.stack([np.arange(1000), np.arange(1000) * 30, np.arange(1000)], axis=-1)
    shown = display_rgb(image_of(pixels.reshape(20, 50, 3).astype(np.uint16), "channels"))
    assert_array_equal(shown[..., 0], shown[..., 1])


@given(
    pixels=st.sampled_from(["u1", "u2", "u4", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]).flatmap(
        lambda dtype: arrays.arrays(
            dtype,
            (4, 5, 3),
            elements={"allow_nan": False, "allow_infinity": False} if dtype[0] == "f" else None,
        )
    ),
    color_space=st.sampled_from(["rgb", "channels"]),
)
def test_whatever_is_finite_is_shown_without_a_warning(pixels, color_space):
    """The largest floats there are must not overflow; order is kept between the limits."""
    shown = display_rgb(image_of(pixels, color_space))
    assert shown.dtype == np.uint8
    for channel in range(3):
        order = np.argsort(pixels[..., channel], axis=None, kind="stable")
        assert (np.diff(shown[..., channel].ravel()[order].astype(int)) >= 0).all()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_differences_that_are_next_to_nothing_are_shown_without_a_warning(dtype):
    """Between the limits there may be less than one step of a float."""
    tiny, almost_flat = np.zeros((2, 40, 40, 1), dtype)
    tiny[0, :20] = np.finfo(dtype).smallest_subnormal
    almost_flat[:] = 1
    almost_flat[0, :2] = np.nextafter(almost_flat[0, 0], 2)
    for pixels in (tiny, almost_flat):
        shown = display_rgb(image_of(pixels, "gray"))[..., 0]
        assert (shown[pixels[..., 0] == pixels.max()] >= shown[-1, -1]).all()


def test_large_whole_numbers_keep_their_differences():
    values = 1_000_000_000 + np.arange(10_000, dtype=np.int32).reshape(100, 100) % 11
    assert len(np.unique(display_rgb(image_of(values)))) == 11

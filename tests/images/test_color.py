"""Color profiles, inks, Lab and premultiplied alpha, against Little CMS through Pillow."""

import io
import struct

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage
from PIL import ImageCms

from segmenter.images.color import straight, widened
from segmenter.images.read import describe_file, read_image

ADOBE_RGB = imagecodecs.cms_profile("adobergb")
SRGB = imagecodecs.cms_profile("srgb")
DARK_GRAY = imagecodecs.cms_profile("gray", gamma=1.0)


def ink_profile():
    """Build an ICC profile of inks by hand: each corner of CMYK has a Lab color of its own."""
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    ramp = bytes(range(256))
    corners = np.random.default_rng(0).integers(60, 200, (16, 3)).astype(np.uint8)
    table = b"mft1" + bytes([0, 0, 0, 0, 4, 3, 2, 0]) + identity
    table += 4 * ramp + corners.tobytes() + 3 * ramp
    start = 128 + 4 + 12
    date = struct.pack(">6H", 2024, 1, 1, 0, 0, 0)
    header = struct.pack(">I4sI", start + len(table), b"lcms", 0x02400000)
    header += b"prtr" + b"CMYK" + b"Lab " + date + b"acsp"
    header += bytes(28) + struct.pack(">3I", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"A2B0", start, len(table)) + table


def by_pillow(pixels, profile, mode):
    transform = ImageCms.buildTransform(
        io.BytesIO(profile), io.BytesIO(SRGB), mode, "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )  # fmt: skip
    picture = PillowImage.frombytes(mode, pixels.shape[1::-1], pixels.tobytes())
    return np.asarray(ImageCms.applyTransform(picture, transform))


@pytest.mark.parametrize("kind", ["png", "tiff", "webp"])
def test_a_wide_profile_becomes_srgb(kind, picture, save, encode):
    options = {"lossless": True} if kind == "webp" else {}
    path = save("a", encode(picture, kind, icc_profile=ADOBE_RGB, **options))
    image = read_image(path)
    assert_array_equal(image.pixels, by_pillow(picture, ADOBE_RGB, "RGB"))
    assert image.source.notes == ("converted to sRGB by its color profile",)
    assert describe_file(path).profile


def test_an_srgb_profile_changes_nothing(picture, save, encode):
    image = read_image(save("a.png", encode(picture, "png", icc_profile=SRGB)))
    assert_array_equal(image.pixels, picture)
    assert image.source.notes == ()


def test_a_profile_keeps_16_bits(picture, tmp_path):
    deep = picture.astype(np.uint16) * 257
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, deep, photometric="rgb", iccprofile=ADOBE_RGB)
    pixels = read_image(path).pixels
    assert pixels.dtype == np.uint16
    error = pixels / 257 - by_pillow(picture, ADOBE_RGB, "RGB")
    assert np.abs(error).mean() < 0.5  # Little CMS rounds its 8-bit path coarser in the dark
    assert len(np.unique(pixels)) > 256


def test_a_gray_profile_keeps_one_channel(gray, save, encode):
    path = save("a.png", encode(gray, "png", icc_profile=DARK_GRAY))
    image = read_image(path)
    assert image.n_channels == 1
    assert_array_equal(image.pixels[..., 0], by_pillow(gray, DARK_GRAY, "L")[..., 0])
    assert image.source.notes == ("converted by its gray profile",)


@pytest.mark.parametrize("deep", [False, True])
def test_inks_go_through_their_profile(deep, picture, tmp_path):
    inks = np.dstack([picture, picture[::-1, ::-1, 0]])
    path = tmp_path / "a.tif"
    stored = inks.astype(np.uint16) * 257 if deep else inks
    tifffile.imwrite(path, stored, photometric="separated", iccprofile=ink_profile())
    image = read_image(path)
    assert image.source.notes == ("converted to sRGB by its color profile",)
    expected = by_pillow(inks, ink_profile(), "CMYK")
    assert image.pixels.dtype == stored.dtype
    shown = image.pixels / 257 if deep else image.pixels
    np.testing.assert_allclose(shown, expected, atol=1.5 if deep else 0)


def test_a_jpeg_of_inks_goes_through_its_profile(picture, save, encode):
    inks = np.dstack([picture, picture[::-1, ::-1, 0]])
    stored = PillowImage.frombytes("CMYK", inks.shape[1::-1], inks.tobytes())
    path = save("a.jpg", encode(stored, "jpeg", icc_profile=ink_profile()))
    with PillowImage.open(path) as lossy:
        expected = by_pillow(np.asarray(lossy), ink_profile(), "CMYK")
    assert_array_equal(read_image(path).pixels, expected)


@pytest.mark.parametrize(
    ("profile", "note"),
    [
        (DARK_GRAY, "its color profile is for other colors than it has and was left out"),
        (SRGB[:200], "its color profile is damaged and was left out"),
        (b"not a profile", "its color profile is for other colors than it has and was left out"),
    ],
)
def test_a_profile_that_cannot_be_used_is_left_out(profile, note, picture, save, encode):
    image = read_image(save("a.png", encode(picture, "png", icc_profile=profile)))
    assert_array_equal(image.pixels, picture)
    assert image.source.notes == (note,)


def test_an_srgb_profile_of_floats_needs_no_note(picture, tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, picture / np.float32(255), photometric="rgb", iccprofile=SRGB)
    assert read_image(path).source.notes == ()


def test_a_wide_profile_of_floats_is_left_out(picture, tmp_path):
    path = tmp_path / "a.tif"
    floats = picture.astype(np.float32) / 255
    tifffile.imwrite(path, floats, photometric="rgb", iccprofile=ADOBE_RGB)
    image = read_image(path)
    assert_array_equal(image.pixels, floats)
    assert "does not apply" in image.source.notes[0]


def test_lab_becomes_srgb(save):
    """Neutral grays of CIELAB have equal channels; a lightness of 50 is sRGB 119."""
    lab = np.zeros((2, 3, 3), np.uint8)
    lab[..., 0] = (0, 128, 255)
    path = save("a.tif", b"")
    tifffile.imwrite(path, lab, photometric="cielab")
    pixels = read_image(path).pixels
    assert np.ptp(pixels.astype(int), axis=-1).max() <= 1
    np.testing.assert_allclose(pixels[0, :, 0], [0, 120, 255], atol=1)


def test_lab_colors_have_signs(tmp_path):
    """Positive a is red, negative a green; positive b yellow, negative b blue."""
    lab = np.full((1, 4, 3), 128, np.uint8)
    lab[0, :, 1] = [60, 256 - 60, 0, 0]
    lab[0, :, 2] = [0, 0, 60, 256 - 60]
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, lab, photometric="cielab")
    red, green, yellow, blue = read_image(path).pixels[0].astype(int)
    assert red[0] > red[1] + 50
    assert green[1] > green[0] + 50
    assert yellow[0] > yellow[2] + 50
    assert blue[2] > blue[0] + 50


@given(
    arrays.arrays(np.uint8, (4, 5, 3)),
    arrays.arrays(np.uint8, (4, 5), elements=st.integers(0, 255)),
)
def test_premultiplied_colors_come_back_where_they_are_opaque_enough(colors, alpha):
    premultiplied = np.rint(colors * (alpha[..., None] / 255)).astype(np.uint8)
    restored = straight(premultiplied, alpha)
    half_step = 0.5 * 255 / np.maximum(alpha, 1)[..., None] + 0.5
    error = np.abs(restored.astype(float) - colors)
    assert (error <= half_step)[alpha > 0].all()
    assert (restored[alpha == 0] == 0).all()


@given(st.integers(1, 16))
def test_widening_maps_the_ends_to_the_ends_and_keeps_order(bits):
    dtype = np.uint8 if bits <= 8 else np.uint16
    values = np.arange(2**bits, dtype=np.int64).astype(dtype)
    wide = widened(values, bits).astype(int)
    assert (wide[0], wide[-1]) == (0, np.iinfo(dtype).max)
    assert (np.diff(wide) > 0).all()

"""EXIF orientation is applied once, in every format that can have it."""

import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage
from PIL import ImageOps

from segmenter.images.orientation import upright
from segmenter.images.read import describe_file, read_image

ALL = range(1, 9)


def stored_for(shown, orientation):
    """What a camera held that way would store, by Pillow's turns."""
    transpose = PillowImage.Transpose
    inverse = {
        2: transpose.FLIP_LEFT_RIGHT, 3: transpose.ROTATE_180, 4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE, 6: transpose.ROTATE_90, 7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }  # fmt: skip
    picture = PillowImage.fromarray(shown)
    return picture.transpose(inverse[orientation]) if orientation in inverse else picture


def exif(orientation):
    block = PillowImage.Exif()
    block[0x0112] = orientation
    return block


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("kind", ["png", "webp", "tiff"])
def test_all_turns_come_the_same_way_up(kind, orientation, picture, save, encode):
    options = {"lossless": True} if kind == "webp" else {}
    stored = stored_for(picture, orientation)
    path = save("a", encode(stored, kind, exif=exif(orientation), **options))
    image = read_image(path)
    assert_array_equal(image.pixels, picture)
    assert bool(image.source.notes) == (orientation != 1)
    info = describe_file(path)
    assert (info.height, info.width) == picture.shape[:2]
    assert info.orientation == orientation


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("kind", ["jpeg", "avif"])
def test_lossy_turns_equal_pillow(kind, orientation, picture, save, encode):
    path = save("a", encode(picture, kind, exif=exif(orientation)))
    with PillowImage.open(path) as stored:
        assert_array_equal(read_image(path).pixels, np.asarray(ImageOps.exif_transpose(stored)))


@pytest.mark.parametrize("orientation", ALL)
def test_jpeg_turns_equal_opencv(orientation, picture, save, encode):
    path = save("a.jpg", encode(picture, "jpeg", exif=exif(orientation)))
    assert_array_equal(read_image(path).pixels, cv2.imread(str(path))[..., ::-1])


def test_alpha_turns_with_the_pixels(picture, save, encode):
    rgba = np.dstack([picture, np.maximum(picture[..., 1], 1)])
    path = save("a.png", encode(stored_for(rgba, 6), "png", exif=exif(6)))
    image = read_image(path)
    assert_array_equal(image.pixels, picture)
    assert_array_equal(image.alpha, rgba[..., 3])


def test_exif_after_the_pixels_of_a_png(picture, save, encode):
    content = encode(stored_for(picture, 8), "png")
    body = exif(8).tobytes()[6:]
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body
    chunk += struct.pack(">I", zlib.crc32(b"eXIf" + body))
    image = read_image(save("a.png", content[:-12] + chunk + content[-12:]))
    assert_array_equal(image.pixels, picture)


@pytest.mark.parametrize("orientation", ALL)
def test_luma_and_chroma_tiff_is_not_turned_twice(orientation, gray, save, encode):
    """libtiff reads this kind for us, and turns it halfway by itself."""
    stored = stored_for(np.dstack([gray] * 3), orientation).convert("YCbCr")
    path = save("a.tif", encode(stored, "tiff", tiffinfo={274: orientation}))
    image = read_image(path)
    assert image.pixels.shape == (*gray.shape, 3)
    assert np.abs(image.pixels.astype(int) - gray[..., None]).max() <= 2


def test_missing_pixels_turn_too(gray, tmp_path):
    floats = gray.astype(np.float32)
    floats[0, 3] = np.nan
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, floats, extratags=[(274, "H", 1, 6, True)])
    image = read_image(path, skip_missing=True)
    assert_array_equal(image.missing, np.isnan(np.rot90(floats, -1)))


@pytest.mark.parametrize("orientation", [0, 9, -3])
def test_a_nonsense_orientation_counts_as_upright(orientation, gray):
    assert_array_equal(upright(gray, orientation), gray)

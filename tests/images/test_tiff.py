"""The many kinds of TIFF, written by tifffile and by Pillow's libtiff."""

import numpy as np
import pytest
import tifffile
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage

from segmenter.errors import ReadError
from segmenter.images.read import describe_file, read_image


@pytest.fixture
def write(tmp_path):
    def write(pixels, **options):
        path = tmp_path / "a.tif"
        tifffile.imwrite(path, pixels, **options)
        return path

    return write


@pytest.mark.parametrize(
    "dtype", ["u1", "u2", "u4", "i1", "i2", "i4", "f2", "f4", "f8", ">u2", ">f4"]
)
def test_gray_keeps_its_dtype(dtype, gray, write):
    pixels = gray.astype(dtype)
    image = read_image(write(pixels, photometric="minisblack"))
    assert image.pixels.dtype == np.dtype(dtype).newbyteorder("=")
    assert_array_equal(image.pixels[..., 0], pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"tile": (16, 16)},
        {"compression": "deflate", "predictor": True},
        {"compression": "lzw", "rowsperstrip": 5},
        {"compression": "zstd", "tile": (16, 32)},
        {"bigtiff": True, "byteorder": ">"},
    ],
)
def test_color_in_every_layout(dtype, options, picture, write):
    pixels = picture.astype(dtype)
    assert_array_equal(read_image(write(pixels, photometric="rgb", **options)).pixels, pixels)


@pytest.mark.parametrize("options", [{}, {"tile": (16, 16), "compression": "deflate"}])
def test_planes_apart_are_put_together(options, picture, write):
    planes = np.moveaxis(picture, -1, 0)
    path = write(planes, photometric="rgb", planarconfig="separate", **options)
    image = read_image(path)
    assert_array_equal(image.pixels, picture)
    assert image.pixels.flags.c_contiguous


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_is_zero_is_inverted(dtype, gray, write):
    pixels = gray.astype(dtype)
    image = read_image(write(pixels, photometric="miniswhite"))
    assert_array_equal(image.pixels[..., 0], np.iinfo(dtype).max - pixels)


@pytest.mark.parametrize("compression", [None, "group3", "group4", "packbits", "tiff_lzw"])
def test_one_bit_is_black_and_white(compression, gray, tmp_path):
    path = tmp_path / "a.tif"
    bilevel = PillowImage.fromarray(gray).convert("1")
    bilevel.save(path, compression=compression)
    assert_array_equal(read_image(path).pixels[..., 0], np.asarray(bilevel.convert("L")))


def test_gray_of_12_bits_keeps_its_values(gray, write):
    pixels = gray.astype(np.uint16) * 16
    image = read_image(write(pixels, photometric="minisblack", bitspersample=12))
    assert_array_equal(image.pixels[..., 0], pixels)
    inverted = read_image(write(pixels, photometric="miniswhite", bitspersample=12))
    assert_array_equal(inverted.pixels[..., 0], 4095 - pixels)


def test_alpha_of_12_bits_spans_16(gray, write):
    pixels = np.dstack([gray, gray]).astype(np.uint16) * 16 + 15
    path = write(
        pixels, photometric="minisblack", planarconfig="contig", bitspersample=12,
        extrasamples=["unassalpha"],
    )  # fmt: skip
    image = read_image(path)
    assert_array_equal(image.pixels[..., 0], pixels[..., 0])
    assert_array_equal(image.alpha, np.rint(pixels[..., 1] * (65535 / 4095)))


def test_color_of_12_bits_spans_16(picture, write):
    pixels = picture.astype(np.uint16) * 16
    image = read_image(write(pixels, photometric="rgb", bitspersample=12))
    assert_array_equal(image.pixels, np.rint(pixels * (65535 / 4095)))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_straight_alpha(dtype, picture, write):
    rgba = np.dstack([picture, picture[..., 0]]).astype(dtype)
    image = read_image(write(rgba, photometric="rgb", extrasamples=["unassalpha"]))
    assert_array_equal(image.pixels, rgba[..., :3])
    assert_array_equal(image.alpha, rgba[..., 3])


def test_premultiplied_alpha_is_divided_out(write):
    rgba = np.array([[[50, 25, 0, 100], [60000, 0, 1, 65535], [0, 0, 0, 0]]], np.uint16)
    image = read_image(write(rgba, photometric="rgb", extrasamples=["assocalpha"]))
    expected = [[32768, 16384, 0], [60000, 0, 1], [0, 0, 0]]
    assert_array_equal(image.pixels[0], expected)
    assert_array_equal(image.alpha[0], [100, 65535, 0])


def test_premultiplied_floats_that_are_not_finite_stay_missing(write):
    rgba = np.array([[[np.inf, 0, 0, 0], [0.25, 0.5, 0, 0.5]]], np.float32)
    path = write(rgba, photometric="rgb", extrasamples=["assocalpha"])
    image = read_image(path, skip_missing=True)
    assert_array_equal(image.missing, [[True, False]])
    assert_array_equal(image.pixels[0, 1], [0.5, 1, 0])


def test_gray_with_alpha_in_planes(gray, write):
    planes = np.stack([gray, gray[::-1]])
    path = write(
        planes, photometric="minisblack", planarconfig="separate", extrasamples=["unassalpha"]
    )
    image = read_image(path)
    assert_array_equal(image.pixels[..., 0], gray)
    assert_array_equal(image.alpha, gray[::-1])


def test_an_unnamed_fourth_sample_of_color_is_left_out_with_a_note(picture, write):
    extra = np.dstack([picture, picture[..., 0]])
    image = read_image(write(extra, photometric="rgb", extrasamples=["unspecified"]))
    assert_array_equal(image.pixels, picture)
    assert image.alpha is None
    assert image.source.notes == ("channels after the first 3 were left out",)


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
def test_many_channels_stay(planarconfig, gray, write):
    stack = np.stack([gray, gray // 2, gray // 3, gray // 4, gray // 5], axis=-1)
    stored = stack if planarconfig == "contig" else np.moveaxis(stack, -1, 0)
    image = read_image(write(stored, photometric="minisblack", planarconfig=planarconfig))
    assert image.color_space == "channels"
    assert_array_equal(image.pixels, stack)


def test_palette(gray, write):
    colors = np.random.default_rng(0).integers(0, 65536, (3, 256)).astype(np.uint16)
    image = read_image(write(gray, photometric="palette", colormap=colors))
    assert_array_equal(image.pixels, (colors.T >> 8)[gray])


def test_palette_of_8_bit_values_as_some_write_it(gray, write):
    colors = np.random.default_rng(0).integers(0, 256, (3, 256)).astype(np.uint16)
    image = read_image(write(gray, photometric="palette", colormap=colors))
    assert_array_equal(image.pixels, colors.T[gray])


def test_indices_without_a_palette_are_refused(gray, write):
    path = write(gray, photometric="minisblack")
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags["PhotometricInterpretation"].overwrite(3)
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(path)


def test_cmyk_of_16_bits(picture, write):
    inks = np.dstack([picture, picture[..., 0]]).astype(np.uint16) * 257
    image = read_image(write(inks, photometric="separated"))
    share = inks / 65535
    expected = 65535 * (1 - share[..., :3]) * (1 - share[..., 3:])
    assert np.abs(image.pixels - expected).max() <= 0.6


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg"])
def test_luma_and_chroma(compression, picture, tmp_path):
    path = tmp_path / "a.tif"
    luma_and_chroma = PillowImage.fromarray(picture).convert("YCbCr")
    luma_and_chroma.save(path, compression=compression)
    expected = np.asarray(luma_and_chroma.convert("RGB"))
    tolerance = 8 if compression == "jpeg" else 1
    error = np.abs(read_image(path).pixels.astype(int) - expected)
    assert np.percentile(error, 95) <= tolerance


def test_pages(gray, tmp_path):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(gray, photometric="minisblack")
        file.write(gray[:9, :7].astype(np.uint16), photometric="minisblack")
    assert describe_file(path).n_pages == 2
    second = read_image(path, page=1)
    assert_array_equal(second.pixels[..., 0], gray[:9, :7])
    assert (describe_file(path, page=1).width, describe_file(path, page=1).dtype) == (7, "uint16")


def test_times_of_imagej_are_pages(gray, write):
    stack = np.stack([gray, gray + 1, gray + 2]).astype(np.uint16)
    path = write(stack, imagej=True, metadata={"axes": "TYX"})
    for page in range(3):
        assert_array_equal(read_image(path, page=page).pixels[..., 0], stack[page])


@pytest.mark.parametrize(
    ("pixels", "options", "words"),
    [
        (np.ones((8, 8), np.complex64), {"photometric": "minisblack"}, "neither whole nor real"),
        (np.ones((8, 8), np.uint16), {"photometric": "cfa"}, "camera raw"),
        (
            np.ones((16, 16, 16), np.uint8),
            {"photometric": "minisblack", "volumetric": True, "tile": (16, 16, 16)},
            "holds a volume",
        ),
        (np.ones((8, 8, 3), np.uint8), {"photometric": "itulab"}, "not supported"),
        (np.ones((8, 8, 3), np.float32), {"photometric": "icclab"}, "stores Lab"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(pixels, options, words, write):
    with pytest.raises(ReadError, match=words):
        read_image(write(pixels, **options))


def test_a_camera_raw_file_does_not_open_as_its_thumbnail(picture, tmp_path):
    path = tmp_path / "a.nef"
    with tifffile.TiffWriter(path) as file:
        file.write(picture, photometric="rgb", subifds=1)
        file.write(np.ones((64, 64), np.uint16), photometric="cfa")
    with pytest.raises(ReadError, match=r"^a\.nef is a camera raw file; develop it"):
        read_image(path)


def test_not_finite_values_are_counted_and_refused(gray, write):
    floats = gray.astype(np.float32)
    floats[2, 3], floats[4, 5] = np.nan, np.inf
    with pytest.raises(
        ReadError, match=r"a\.tif has 2 pixels .*; skip missing pixels to leave them out\.$"
    ):
        read_image(write(floats))


def test_not_finite_values_can_be_skipped(gray, write):
    floats = gray.astype(np.float32)
    floats[2, 3], floats[4, 5] = np.nan, -np.inf
    image = read_image(write(floats), skip_missing=True)
    assert np.isfinite(image.pixels).all()
    assert_array_equal(np.argwhere(image.missing), [[2, 3], [4, 5]])
    assert_array_equal(image.pixels[..., 0][~image.missing], floats[np.isfinite(floats)])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_stands_for_no_value_can_be_skipped(gray, dtype, write):
    floats = gray.astype(dtype)
    floats[2, 3], floats[4, 5] = np.finfo(dtype).min, 2e18
    with pytest.raises(ReadError, match="2 pixels that are NaN, infinite or beyond 1e18"):
        read_image(write(floats))
    image = read_image(write(floats), skip_missing=True)
    assert_array_equal(np.argwhere(image.missing), [[2, 3], [4, 5]])


def test_one_channel_that_is_not_finite_makes_the_pixel_missing(picture, write):
    floats = picture.astype(np.float32) / 255
    floats[7, 8, 1] = np.nan
    image = read_image(write(floats, photometric="rgb"), skip_missing=True)
    assert_array_equal(np.argwhere(image.missing), [[7, 8]])


def test_nothing_finite_is_refused_even_when_skipping(write):
    with pytest.raises(ReadError, match=r"no pixel with a finite value.*; get a whole copy"):
        read_image(write(np.full((3, 3), np.nan, np.float32)), skip_missing=True)


def test_fewer_strips_than_rows_are_refused(gray, write):
    """tifffile alone would show the rest as black."""
    path = write(gray, photometric="minisblack", rowsperstrip=8)
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags["ImageLength"].overwrite(240)
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(path)


def test_color_of_one_sample_is_refused(gray, write):
    path = write(gray, photometric="minisblack")
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags["PhotometricInterpretation"].overwrite(2)
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(path)

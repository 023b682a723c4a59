"""Formats open with the pixels another library wrote or reads; content decides, not the name."""

import io
import struct
import zlib

import cv2
import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage

from segmenter.errors import ParameterError
from segmenter.images.read import describe_file, read_image

LOSSLESS = ("png", "bmp", "gif", "ppm", "tga", "tiff", "webp")


def animation(kind, frames, **options):
    pictures = [PillowImage.fromarray(frame) for frame in frames]
    stream = io.BytesIO()
    pictures[0].save(stream, kind, save_all=True, append_images=pictures[1:], **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", [kind for kind in LOSSLESS if kind != "gif"])
def test_color_opens_as_written(kind, picture, save, encode):
    options = {"lossless": True} if kind == "webp" else {}
    image = read_image(save(f"a.{kind}", encode(picture, kind, **options)))
    assert_array_equal(image.pixels, picture)
    assert image.color_space == "rgb"
    assert image.alpha is None


@pytest.mark.parametrize("kind", [kind for kind in LOSSLESS if kind not in ("webp", "tga")])
def test_gray_stays_one_channel(kind, gray, save, encode):
    image = read_image(save("a", encode(gray, kind)))
    assert_array_equal(image.pixels, gray[..., None])
    assert image.color_space == "gray"


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif", "jpeg2000"])
def test_lossy_color_equals_another_decoder(kind, picture, save, encode):
    options = {"irreversible": True, "quality_layers": [20]} if kind == "jpeg2000" else {}
    path = save("a", encode(picture, kind, **options))
    with PillowImage.open(path) as expected:
        assert_array_equal(read_image(path).pixels, np.asarray(expected.convert("RGB")))


@pytest.mark.parametrize("options", [{"progressive": True}, {"keep_rgb": True}, {"subsampling": 2}])
def test_jpeg_kinds_equal_opencv(options, picture, save, encode):
    path = save("a.jpg", encode(picture, "jpeg", **options))
    assert_array_equal(read_image(path).pixels, cv2.imread(str(path))[..., ::-1])


def test_the_name_does_not_decide(picture, save, encode):
    image = read_image(save("photo.jpg", encode(picture, "png")))
    assert image.source.format == "PNG"
    assert image.source.name == "photo.jpg"
    assert_array_equal(image.pixels, picture)


def test_pixels_are_read_only_contiguous_and_upright_shaped(picture, save, encode):
    rgba = np.dstack([picture, picture[..., 0]])
    image = read_image(save("a.png", encode(rgba, "png")))
    assert image.pixels.flags.c_contiguous
    assert not image.pixels.flags.writeable
    assert not image.alpha.flags.writeable
    assert image.grid == picture.shape[:2]


@given(
    pixels=st.sampled_from([np.uint8, np.uint16]).flatmap(
        lambda dtype: arrays.arrays(
            dtype,
            st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4)),
        )
    )
)
def test_png_of_any_depth_and_channels_opens_as_written(pixels, tmp_path_factory):
    path = tmp_path_factory.mktemp("png") / "a.png"
    stored = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    path.write_bytes(imagecodecs.png_encode(stored))
    image = read_image(path)
    n_colors = 1 if pixels.shape[-1] < 3 else 3
    assert image.pixels.dtype == pixels.dtype
    assert_array_equal(image.pixels, pixels[..., :n_colors])
    if pixels.shape[-1] in (2, 4):
        assert_array_equal(image.alpha, pixels[..., -1])
    else:
        assert image.alpha is None


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_span_the_full_range(bits, save):
    """Zeros to ones in a PNG of few bits are black to white; the file is built by hand."""
    levels = 2**bits
    row = np.repeat(np.arange(levels, dtype=np.uint8), 8 // bits)
    packed = np.packbits(np.unpackbits(row[:, None], axis=1)[:, -bits:].ravel()).tobytes()
    header = struct.pack(">IIBBBBB", len(row), 1, bits, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + packed)), (b"IEND", b"")
        )
    )  # fmt: skip
    expected = row * (255 // (levels - 1))
    assert_array_equal(read_image(save("a.png", content)).pixels[0, :, 0], expected)


def test_palette_becomes_its_colors(picture, save, encode):
    indexed = PillowImage.fromarray(picture).quantize(16)
    image = read_image(save("a.png", encode(indexed, "png")))
    assert_array_equal(image.pixels, np.asarray(indexed.convert("RGB")))


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_palette_of_grays_becomes_gray(kind, gray, save, encode):
    indexed = PillowImage.frombytes("P", gray.shape[::-1], (gray // 16).tobytes())
    indexed.putpalette([level for step in range(16) for level in (step * 10,) * 3])
    image = read_image(save("a", encode(indexed, kind)))
    assert image.color_space == "gray"
    assert_array_equal(image.pixels[..., 0], gray // 16 * 10)


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_transparent_palette_color_takes_no_part(kind, gray, save, encode):
    indexed = PillowImage.frombytes("P", gray.shape[::-1], (gray // 16).tobytes())
    indexed.putpalette([level for step in range(16) for level in (step * 16, 0, 255 - step)])
    image = read_image(save("a", encode(indexed, kind, transparency=3)))
    assert_array_equal(image.valid, gray // 16 != 3)


@pytest.mark.parametrize("kind", ["png", "webp", "tiff"])
def test_alpha_comes_apart(kind, picture, save, encode):
    rgba = np.dstack([picture, np.maximum(picture[..., 0], 1)])
    options = {"lossless": True, "exact": True} if kind == "webp" else {}
    image = read_image(save("a", encode(rgba, kind, **options)))
    assert_array_equal(image.pixels, picture)
    assert_array_equal(image.alpha, rgba[..., 3])


def test_transparent_gray_of_a_png_takes_no_part(gray, save, encode):
    image = read_image(save("a.png", encode(gray, "png", transparency=int(gray[5, 5]))))
    assert image.n_channels == 1
    assert_array_equal(image.valid, gray != gray[5, 5])


@pytest.mark.parametrize("bits", [12, 16])
def test_deep_jpeg_2000(bits, picture, save):
    deep = picture.astype(np.uint16) << (bits - 8)
    color = read_image(save("c.jp2", imagecodecs.jpeg2k_encode(deep, level=0, bitspersample=bits)))
    expected = np.rint(deep.astype(float) * 65535 / (2**bits - 1))
    assert_array_equal(color.pixels, expected)
    flat = np.ascontiguousarray(deep[..., 0])
    plain = read_image(save("g.jp2", imagecodecs.jpeg2k_encode(flat, level=0, bitspersample=bits)))
    assert_array_equal(plain.pixels[..., 0], flat)
    assert describe_file(plain.source.path).dtype == "uint16"


def test_a_bare_codestream_of_jpeg_2000(picture, save):
    content = imagecodecs.jpeg2k_encode(picture, level=0, codecformat="j2k")
    assert_array_equal(read_image(save("a.j2k", content)).pixels, picture)


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif_is_stretched_to_16_bits(bits, save):
    full = 2**bits - 1
    steps = np.linspace(0, full, 64).astype(np.uint16)
    pixels = np.tile(steps[None, :, None], (64, 1, 3))
    content = imagecodecs.avif_encode(pixels, bitspersample=bits, level=100)
    image = read_image(save("a.avif", content))
    assert image.pixels.dtype == np.uint16
    assert describe_file(image.source.path).dtype == "uint16"
    error = image.pixels.astype(float) - pixels.astype(float) * 65535 / full
    assert np.abs(error).max() < 0.01 * 65535


def test_an_avif_may_call_itself_heif_first(picture, save, encode):
    content = encode(picture, "avif")
    assert content[4:12] == b"ftypavif"
    general = content[:8] + b"mif1" + content[12:]
    assert_array_equal(read_image(save("a", general)).pixels, read_image(save("b", content)).pixels)


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_frames_are_pages(kind, gray, save):
    frames = [np.full_like(gray, 30), np.full_like(gray, 200), gray]
    frames = [np.dstack([frame] * 3) for frame in frames]
    options = {"webp": {"lossless": True}, "gif": {}, "png": {}}[kind]
    path = save("a", animation(kind, frames, **options))
    assert describe_file(path).n_pages == 3
    for page in range(2):
        image = read_image(path, page=page)
        assert image.source.page == page
        assert image.source.n_pages == 3
        assert np.abs(image.pixels.astype(int) - frames[page][..., : image.n_channels]).max() <= 3


def test_a_frame_that_is_a_patch_comes_composed(save):
    """The second frame of a GIF stores only what changed."""
    first = np.full((20, 30, 3), 255, np.uint8)
    second = first.copy()
    second[5:9, 5:9] = (255, 0, 0)
    image = read_image(save("a.gif", animation("gif", [first, second], disposal=1)), page=1)
    assert image.grid == (20, 30)
    assert_array_equal(image.pixels, second)


@pytest.mark.parametrize("page", [-1, 2, 99])
@pytest.mark.parametrize("kind", ["gif", "tiff"])
def test_a_page_that_is_not_there(kind, page, gray, save):
    path = save("two.x", animation(kind, [gray, gray[::-1].copy()]))
    with pytest.raises(ParameterError, match=r"^two.x has 2 pages; choose one that is there\.$"):
        read_image(path, page=page)


def test_a_jpeg_with_more_pictures_opens_its_main_one(picture, save):
    other = np.zeros_like(picture)
    path = save("a.jpg", animation("mpo", [picture, other], quality=95))
    image = read_image(path)
    assert (image.source.format, image.source.n_pages) == ("JPEG", 1)
    assert np.abs(image.pixels.astype(int) - picture).mean() < 8


def test_cmyk_without_a_profile_is_the_product_of_its_inks(picture, save, encode):
    inks = np.dstack([picture, picture[..., 1] // 2])
    stored = PillowImage.frombytes("CMYK", inks.shape[1::-1], inks.tobytes())
    path = save("a.jpg", encode(stored, "jpeg", quality=100))
    with PillowImage.open(path) as stored:
        ink = np.asarray(stored).astype(float) / 255
    expected = 255 * (1 - ink[..., :3]) * (1 - ink[..., 3:])
    image = read_image(path)
    assert image.color_space == "rgb"
    assert np.abs(image.pixels - expected).max() <= 0.51


def test_a_sample_opens_by_its_name():
    image = read_image("sample:astronaut")
    assert image.grid == (512, 512)
    assert (image.source.name, image.source.format) == ("astronaut", "PNG")


def test_describing_agrees_with_reading(picture, save, encode):
    rgba = np.dstack([picture, picture[..., 0]])
    path = save("a.png", encode(rgba, "png"))
    info = describe_file(path)
    assert (info.width, info.height, info.n_channels) == (36, 24, 3)
    assert (info.has_alpha, info.dtype, info.colors) == (True, "uint8", "rgb")
    assert info.n_bytes == path.stat().st_size


def test_describing_needs_no_whole_file(picture, save, encode):
    content = encode(picture, "png")
    assert describe_file(save("a.png", content[: len(content) // 2])).width == 36


def test_a_series_of_a_file_is_refused(picture, save, encode):
    with pytest.raises(ParameterError, match=r"is a file, not a folder of DICOM series; leave"):
        read_image(save("photo.png", encode(picture, "png")), series="1.2.3")

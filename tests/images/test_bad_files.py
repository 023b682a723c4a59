"""What cannot be read is refused in one sentence; what is only untidy opens, with a note."""

import io
import os
import struct
import zlib
from contextlib import suppress

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage

from segmenter.errors import ReadError
from segmenter.images import limits
from segmenter.images.read import describe_file, read_image

CANNOT_DECODE = r"cannot be decoded: it is damaged, cut short or of a rare kind; .*\.$"


def one_sentence(error):
    text = str(error.value)
    return text.endswith(".") and "\n" not in text and ". " not in text


def png(width, height, bits=8, color_type=2):
    """Build a PNG that claims a size and has no pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b""))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def whole_files(picture):
    """One file of every kind, by name."""
    files = {}
    for kind, options in {
        "png": {}, "jpeg": {"quality": 95}, "gif": {}, "bmp": {}, "ppm": {}, "webp": {}, "avif": {},
        "tiff": {}, "jpeg2000": {}, "tga": {},
    }.items():  # fmt: skip
        stream = io.BytesIO()
        PillowImage.fromarray(picture).save(stream, kind, **options)
        files[f"a.{kind}"] = stream.getvalue()
    stream = io.BytesIO()
    PillowImage.fromarray(picture).save(stream, "jpeg", progressive=True, quality=95)
    files["progressive.jpg"] = stream.getvalue()
    files["deep.png"] = imagecodecs.png_encode(picture.astype(np.uint16) * 257)
    for name, options in {
        "deflate": {"compression": "deflate"},
        "lzw": {"compression": "lzw", "rowsperstrip": 8},
        "tiles": {"tile": (16, 16)},
        "jpeg": {"compression": "jpeg", "rowsperstrip": 8},
    }.items():
        stream = io.BytesIO()
        tifffile.imwrite(stream, picture, photometric="rgb", **options)
        files[f"{name}.tif"] = stream.getvalue()
    stream = io.BytesIO()
    luma_and_chroma = PillowImage.fromarray(picture).convert("YCbCr")
    luma_and_chroma.save(stream, "tiff", compression="tiff_lzw")
    files["luma.tif"] = stream.getvalue()
    return files


@pytest.fixture
def noisy():
    """A picture that no format can store in a few bytes."""
    return np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)


NAMES = sorted(whole_files(np.zeros((32, 32, 3), np.uint8)))


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_opens_and_a_cut_one_does_not(name, noisy, save):
    content = whole_files(noisy)[name]
    assert read_image(save(name, content)).grid == (48, 64)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(ReadError) as error:
            read_image(save(name, content[: int(len(content) * share)]))
        assert one_sentence(error), share


@pytest.mark.parametrize("name", NAMES)
def test_a_file_whose_last_bytes_are_gone_is_refused_or_whole(name, noisy, save):
    content = whole_files(noisy)[name]
    whole = read_image(save(name, content)).pixels
    for missing in (1, 2, 7, 40):
        try:
            opened = read_image(save(name, content[:-missing])).pixels
        except ReadError:
            continue
        assert_array_equal(opened, whole)


def test_a_cut_jpeg_with_a_thumbnail_is_refused(picture, save, encode):
    """The thumbnail is a whole JPEG, with an end of its own, in the first part of the file."""
    thumbnail = encode(picture[:8, :8], "jpeg")
    content = encode(np.tile(picture, (9, 9, 1)), "jpeg")
    segment = b"Exif\0\0" + thumbnail
    app1 = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    whole = content[:2] + app1 + content[2:]
    assert read_image(save("a.jpg", whole)).grid == (216, 324)
    with pytest.raises(ReadError, match=CANNOT_DECODE):
        read_image(save("a.jpg", whole[: len(whole) // 2]))


def test_a_missing_file(tmp_path):
    with pytest.raises(
        ReadError, match=r"^There is no file .*nowhere\.png; check its name and folder\.$"
    ):
        read_image(tmp_path / "nowhere.png")


def test_an_empty_file(save):
    with pytest.raises(ReadError, match=r"^a\.png is empty; get a whole copy of it\.$"):
        read_image(save("a.png", b""))


def test_a_folder(tmp_path):
    with pytest.raises(
        ReadError,
        match=r"holds no DICOM series that says where its slices lie; choose an image in it\.$",
    ):
        read_image(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadError, match=r"is not an ordinary file"):
        read_image(tmp_path / "pipe")


def test_no_permission(picture, save, encode, monkeypatch):
    path = save("a.png", encode(picture, "png"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything: let the system say no in its place

        def refuse(*_args, **_options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(ReadError, match=r"may not be read: you have no permission for it\.$"):
        read_image(path)


def test_a_disk_error(picture, save, encode, monkeypatch):
    path = save("a.png", encode(picture, "png"))

    def fail(*_args, **_options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.open", fail)
    with pytest.raises(ReadError, match=r"cannot be read: Input/output error\.$"):
        read_image(path)


@pytest.mark.parametrize("content", [b"hello, world\n", b"\0" * 5000, b"P9 1 1", b"GIF90a", b"x"])
def test_what_is_not_a_picture(content, save):
    with pytest.raises(ReadError, match=r"^a\.png is not a picture that Segmenter can read; .*\.$"):
        read_image(save("a.png", content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0" * 128 + b"DICM", "a DICOM file"),
        (b"II*\0" + b"\0" * 124 + b"DICM", "a DICOM file"),
        (b"II*\0\x10\0\0\0CR\x02\0", "a camera raw file"),
        (b"\x02\0\0\0UL\x04\0", "a DICOM file"),
        (b"\x1f\x8b\x08" + b"\0" * 50, "compressed and holds no volume"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC photo"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04abc", "a ZIP archive"),
        (b"<?xml version='1.0'?><svg/>", "an XML or SVG file"),
    ],
)
def test_known_files_that_are_not_read_yet_are_named(content, words, save):
    with pytest.raises(ReadError, match=words) as error:
        read_image(save("a", content))
    assert one_sentence(error)


@pytest.mark.parametrize("content", [b"P6 0 0 255\n", b"P5 0 3 255\n", b"P5 3 0 255\n"])
def test_no_pixels(content, save):
    with pytest.raises(ReadError, match=r"^a has no pixels: its size is \d x \d pixels\.$"):
        read_image(save("a", content))


@pytest.mark.parametrize("content", [png(0, 5), png(5, 0), b"GIF89a" + bytes(7) + b";"])
def test_no_pixels_in_files_that_may_not_have_none(content, save):
    with pytest.raises(ReadError) as error:
        read_image(save("a", content))
    assert one_sentence(error)


def test_one_pixel_opens(save, encode):
    assert read_image(save("a.png", encode(np.zeros((1, 1), np.uint8), "png"))).grid == (1, 1)


def test_a_bomb_is_refused_by_its_header_and_the_way_out_is_said(save):
    with pytest.raises(ReadError, match=r"claims 60000 x 60000 pixels, 3,600 megapixels") as error:
        read_image(save("a.png", png(60000, 60000)))
    assert "the limit is 1,000" in str(error.value)
    assert "SEGMENTER_MAX_MEGAPIXELS" in str(error.value)
    assert one_sentence(error)


def test_pillows_own_limit_does_not_hold_and_stays(picture, save, encode, monkeypatch):
    monkeypatch.setattr(PillowImage, "MAX_IMAGE_PIXELS", 10)
    for kind in ("png", "gif"):
        assert read_image(save("a", encode(picture, kind))).grid == (24, 36)
    assert PillowImage.MAX_IMAGE_PIXELS == 10


def test_the_limit_can_be_moved(picture, save, encode, monkeypatch):
    path = save("a.png", encode(picture, "png"))
    monkeypatch.setenv("SEGMENTER_MAX_MEGAPIXELS", "0.0001")
    with pytest.raises(ReadError, match="the limit is"):
        read_image(path)
    monkeypatch.setenv("SEGMENTER_MAX_MEGAPIXELS", "1")
    assert read_image(path).grid == (24, 36)


def test_a_limit_that_is_no_number(picture, save, encode, monkeypatch):
    monkeypatch.setenv("SEGMENTER_MAX_MEGAPIXELS", "lots")
    with pytest.raises(ReadError, match="'lots', which is not a number"):
        read_image(save("a.png", encode(picture, "png")))


def test_what_does_not_fit_into_the_memory_is_refused_first(picture, save, encode, monkeypatch):
    monkeypatch.setattr(limits, "_free_megabytes", lambda: 0.001)
    with pytest.raises(ReadError, match=r"needs about .* MB of memory and 0 MB are free"):
        read_image(save("a.png", encode(picture, "png")))


def test_running_out_of_memory_is_said(picture, save, encode, monkeypatch):
    def run_out(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(imagecodecs, "png_decode", run_out)
    with pytest.raises(ReadError, match="does not fit into the free memory"):
        read_image(save("a.png", encode(picture, "png")))


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"]
)
@pytest.mark.parametrize("kind", ["jpeg", "webp", "png"])
def test_a_damaged_exif_block_does_not_matter(kind, exif, picture, save, encode):
    path = save("a", encode(picture, kind, exif=exif))
    assert read_image(path).grid == (24, 36)
    assert describe_file(path).orientation == 1


@pytest.mark.parametrize("kind", ["webp", "png"])
def test_a_damaged_exif_block_is_noted(kind, picture, save, encode):
    path = save("a", encode(picture, kind, exif=b"Exif\0\0nonsense"))
    assert read_image(path).source.notes == ("its EXIF block is damaged and was left out",)


@pytest.mark.parametrize("decoded", [(20, 36, 3), (24, 36, 1), (36, 24, 3)])
def test_a_decoder_that_disagrees_with_the_header(decoded, picture, save, encode, monkeypatch):
    path = save("a.png", encode(picture, "png"))
    monkeypatch.setattr(imagecodecs, "png_decode", lambda _content: np.zeros(decoded, np.uint8))
    with pytest.raises(ReadError, match=CANNOT_DECODE):
        read_image(path)


def test_nothing_is_printed_or_warned(noisy, save, encode, capfd, recwarn):
    """Libraries warn, log and print about these; none of it is for the user."""
    indexed = PillowImage.fromarray(noisy).quantize(9)
    content = encode(indexed, "png", transparency=bytes(range(200)))
    content = content.replace(b"tRNS", b"tRNT")  # a bad chunk: libpng warns of it
    files = {**whole_files(noisy), "bad.png": content}
    files["exif.jpg"] = encode(noisy, "jpeg", exif=b"Exif\0\0II*\0\x08\0\0\0\x09\0\x12\x01")
    for name, whole in files.items():
        for part in (whole, whole[: len(whole) // 2]):
            with suppress(ReadError):
                read_image(save(name, part))
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert not recwarn.list


def test_no_bytes_whatever_raise_anything_but_a_read_error(noisy, save):
    """Flip bytes of files of every kind; they open or are refused, and nothing else."""
    rng = np.random.default_rng(0)
    for name, content in whole_files(noisy).items():
        for _ in range(8):
            damaged = bytearray(content)
            for place in rng.integers(0, min(len(content), 400), 4):
                damaged[place] = rng.integers(0, 256)
            with suppress(ReadError):
                assert read_image(save(name, bytes(damaged))).pixels.size > 0

"""What is written is what other libraries read: values, palette, alpha, texts, and equal bytes."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal
from PIL import Image as PillowImage

from segmenter.errors import ParameterError, WriteError
from segmenter.export import png, verify
from segmenter.images.image import Image
from segmenter.images.read import read_image

SHAPES = st.tuples(st.integers(1, 11), st.integers(1, 11))
COLORS = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("export") / "a.png"


def by_opencv(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def image_of(pixels, **parts):
    return Image(pixels, "gray" if pixels.shape[-1] == 1 else "rgb", **parts)


@given(mask=arrays.arrays(bool, SHAPES))
def test_binary_mask(mask, file):
    written = png.write_binary_mask(file, mask)
    assert_array_equal(by_opencv(file), mask * 255)
    assert (written.path, written.grid) == (file, mask.shape)
    with PillowImage.open(file) as picture:
        assert picture.mode == "L"


@given(
    label_map=arrays.arrays(np.uint16, SHAPES, elements=st.integers(0, 255)),
    dtype=st.sampled_from([np.uint8, np.int32, np.int64]),
)
def test_label_values_of_8_bits(label_map, dtype, file):
    png.write_label_values(file, label_map.astype(dtype))
    assert_array_equal(by_opencv(file), label_map)
    assert by_opencv(file).dtype == np.uint8


@given(label_map=arrays.arrays(np.int32, SHAPES, elements=st.integers(0, 65535)))
def test_label_values_of_16_bits(label_map, file):
    png.write_label_values(file, label_map, bits=16)
    assert_array_equal(by_opencv(file), label_map)
    assert by_opencv(file).dtype == np.uint16


@given(
    label_map=arrays.arrays(np.uint8, SHAPES),
    colors=arrays.arrays(np.uint8, (255, 3)),
)
def test_indexed_labels(label_map, colors, file):
    """Indices are labels for who reads them, and the palette gives each label its color."""
    png.write_indexed_labels(file, label_map, colors)
    with PillowImage.open(file) as picture:
        assert picture.mode == "P"
        assert_array_equal(np.asarray(picture), label_map)
        shown = np.asarray(picture.convert("RGBA"))
    table = np.vstack([[(0, 0, 0)], colors])
    assert_array_equal(shown[..., :3], table[label_map])
    assert_array_equal(shown[..., 3], np.where(label_map > 0, 255, 0))


@pytest.mark.parametrize(("bits", "full"), [(8, 255), (16, 65535)])
@given(posterior=arrays.arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)))
def test_posterior_is_rounded_to_the_nearest(bits, full, posterior, file):
    png.write_posterior(file, posterior, bits=bits)
    read = by_opencv(file).astype(np.float64)
    assert np.abs(read - posterior.astype(np.float64) * full).max() <= 0.5 + full * 1e-7
    assert_array_equal(read[posterior == 1], full)
    assert_array_equal(read[posterior == 0], 0)


def test_posterior_that_is_outside_or_no_number_goes_to_the_nearest_end(file):
    png.write_posterior(file, np.array([[-1, 2, np.nan, np.inf, 0.5]], np.float32))
    assert_array_equal(by_opencv(file), [[0, 255, 0, 255, 128]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("n_channels", [1, 3])
@given(shape=SHAPES, seed=st.integers(0, 9))
def test_cutout_has_the_images_colors_and_straight_alpha(dtype, n_channels, shape, seed, file):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(1, np.iinfo(dtype).max, (*shape, n_channels)).astype(dtype)
    opacity = rng.integers(0, 256, shape) / np.float32(255)
    png.write_cutout(file, image_of(pixels), opacity)
    read = by_opencv(file)
    colors = np.broadcast_to(pixels, (*shape, 3))
    assert read.dtype == dtype
    assert_array_equal(read[..., 3], np.rint(opacity * np.float64(np.iinfo(dtype).max)))
    assert_array_equal(read[..., 2::-1], np.where(opacity[..., None] > 0, colors, 0))


def test_cutout_by_a_mask(file):
    pixels = np.full((2, 2, 3), 77, np.uint8)
    png.write_cutout(file, image_of(pixels), np.array([[True, False], [False, True]]))
    assert_array_equal(by_opencv(file)[..., 3], [[255, 0], [0, 255]])


def test_cutout_keeps_the_images_own_transparency(file):
    pixels = np.full((1, 3, 1), 9, np.uint8)
    alpha = np.array([[0, 100, 255]], np.uint8)
    png.write_cutout(file, image_of(pixels, alpha=alpha), np.array([[1, 0.5, 0.5]], np.float32))
    assert_array_equal(by_opencv(file)[..., 3], [[0, 50, 128]])


def test_cutout_leaves_missing_pixels_out(file):
    missing = np.array([[True, False]])
    image = image_of(np.array([[[0.2], [0.9]]], np.float32), missing=missing)
    png.write_cutout(file, image, np.ones((1, 2), bool))
    assert_array_equal(by_opencv(file)[..., 3], [[0, 255]])


@given(rgb=st.tuples(SHAPES).flatmap(lambda s: arrays.arrays(np.uint8, (*s[0], 3))))
def test_overlay(rgb, file):
    png.write_overlay(file, rgb)
    assert_array_equal(by_opencv(file)[..., ::-1], rgb)


def test_a_map_larger_than_pillow_likes_is_written(file, monkeypatch):
    """Pillow refuses what it takes for a bomb, and warns long before; ours is no bomb."""
    monkeypatch.setattr(PillowImage, "MAX_IMAGE_PIXELS", 10)
    png.write_indexed_labels(file, np.ones((9, 9), np.uint8), COLORS)
    assert PillowImage.MAX_IMAGE_PIXELS == 10
    monkeypatch.undo()
    assert by_opencv(file).shape[:2] == (9, 9)


def test_views_are_written_like_copies(file):
    rgb = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    png.write_overlay(file, rgb[::-2, 3::4])
    assert_array_equal(by_opencv(file)[..., ::-1], rgb[::-2, 3::4])


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_texts_are_embedded(text, file):
    png.write_binary_mask(file, np.ones((2, 2), bool), text={"Software": "x", "Source": text})
    with PillowImage.open(file) as picture:
        picture.load()
        assert picture.text["Source"] == text
        assert picture.text["Software"] == "x"


def test_equal_input_gives_equal_bytes(tmp_path):
    label_map = np.random.default_rng(0).integers(0, 4, (30, 40))
    for name in ("a.png", "b.png"):
        png.write_indexed_labels(tmp_path / name, label_map, COLORS, text={"Source": "photo.jpg"})
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_our_own_reader_agrees(file):
    """What the export says is 16 bits deep comes back so."""
    pixels = np.random.default_rng(0).integers(1, 65536, (9, 8, 3)).astype(np.uint16)
    png.write_cutout(file, image_of(pixels), np.ones((9, 8), bool))
    image = read_image(file)
    assert_array_equal(image.pixels, pixels)
    assert (image.alpha == 65535).all()


@pytest.mark.parametrize(
    ("label", "write"),
    [
        (256, png.write_label_values),
        (-1, png.write_label_values),
        (65536, lambda path, labels: png.write_label_values(path, labels, bits=16)),
        (4, lambda path, labels: png.write_indexed_labels(path, labels, COLORS)),
    ],
)
def test_a_label_that_does_not_fit_is_refused_and_nothing_written(label, write, tmp_path):
    with pytest.raises(ParameterError, match=rf"^Label {label} does not fit .*\.$"):
        write(tmp_path / "a.png", np.array([[0, label]]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "write",
    [
        lambda path: png.write_binary_mask(path, np.zeros((3, 3), bool)),
        lambda path: png.write_indexed_labels(path, np.zeros((3, 3), int), COLORS),
    ],
)
def test_a_file_that_reads_back_differently_is_not_kept(write, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"the older file")
    encode = verify.encode_png

    def encode_wrongly(pixels, **options):
        wrong = pixels.copy()
        wrong.flat[0] ^= 1
        return encode(wrong, **options)

    monkeypatch.setattr(verify, "encode_png", encode_wrongly)
    with pytest.raises(WriteError, match=r"did not read back as it was written"):
        write(path)
    assert path.read_bytes() == b"the older file"
    assert [item.name for item in tmp_path.iterdir()] == ["a.png"]

"""The Netpbm family, against OpenCV and Pillow and by hand."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_array_equal

from segmenter.errors import ReadError
from segmenter.images.read import read_image


@given(
    pixels=st.sampled_from([np.uint8, np.uint16]).flatmap(
        lambda dtype: arrays.arrays(dtype, st.tuples(st.integers(1, 7), st.integers(1, 7)))
    ),
    plain=st.booleans(),
    color=st.booleans(),
)
def test_every_depth_opens_as_opencv_writes_it(pixels, plain, color, tmp_path_factory):
    path = tmp_path_factory.mktemp("pnm") / ("a.ppm" if color else "a.pgm")
    stored = np.dstack([pixels, pixels[::-1], pixels[:, ::-1]]) if color else pixels
    if plain:
        words = " ".join(map(str, stored.ravel()))
        kind, full = "P3" if color else "P2", np.iinfo(stored.dtype).max
        path.write_text(
            f"{kind}\n# a comment\n{pixels.shape[1]} {pixels.shape[0]}\n{full}\n{words}"
        )
    else:
        cv2.imwrite(str(path), stored[..., ::-1] if color else stored)
    image = read_image(path)
    assert image.pixels.dtype == pixels.dtype
    assert_array_equal(image.pixels, stored if color else stored[..., None])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"P1\n3 2\n1 0 1\n0 1 0\n", [[0, 255, 0], [255, 0, 255]]),
        (b"P1 3 2 101010", [[0, 255, 0], [255, 0, 255]]),
        (b"P1\n# x\n3 2\n1 0 1 # y\n0 1 0\n", [[0, 255, 0], [255, 0, 255]]),
        (b"P4\n3 2\n\xa0\x40", [[0, 255, 0], [255, 0, 255]]),
        (b"P5 2 1 100\n\x00\x64", [[0, 255]]),
        (b"P5 2 1 1000\n\x00\x00\x03\xe8", [[0, 1000]]),
        (b"P6 1 1 1000\n\x00\x00\x01\xf4\x03\xe8", [[[0, 32768, 65535]]]),
        (b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n\x00\x01",
         [[0, 255]]),
    ],
)  # fmt: skip
def test_by_hand(content, expected, save):
    pixels = read_image(save("a", content)).pixels
    assert_array_equal(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels, expected)


def test_arbitrary_map_with_alpha(save):
    head = b"P7\nWIDTH 1\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    image = read_image(save("a.pam", head + bytes(range(8))))
    assert_array_equal(image.pixels, [[[0, 1, 2]], [[4, 5, 6]]])
    assert_array_equal(image.alpha, [[3], [7]])


@pytest.mark.parametrize("order", ["<", ">"])
def test_float_map_is_stored_bottom_up(order, save):
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    scale = b"-1.0" if order == "<" else b"1.0"
    content = b"Pf\n3 2\n" + scale + b"\n" + values[::-1].astype(order + "f4").tobytes()
    assert_array_equal(read_image(save("a.pfm", content)).pixels[..., 0], values)


@pytest.mark.parametrize(
    "content",
    [
        b"P5\n",
        b"P5 4",
        b"P5 4 4 255\nabc",
        b"P2 2 2 255\n1 2 3",
        b"P2 2 2 9\n1 2 3 10",
        b"P2 1 1 255\n300",
        b"P5 2 1 100\n\x00\x65",
        b"P5 2 1 99999\n\x00\x65",
        b"P1 2 2 1012",
        b"P6 -4 4 255\n",
        b"P7\nWIDTH 2\n",
        b"P7\nWIDTH 2\nENDHDR\n",
        b"P5 x y 255\n",
    ],
)
def test_what_is_damaged_is_refused(content, save):
    with pytest.raises(ReadError, match=r"^a\.pnm cannot be decoded"):
        read_image(save("a.pnm", content))

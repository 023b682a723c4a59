"""MetaImage volumes; their headers are written here as ITK writes them."""

import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ReadError
from segmenter.images.read import read_image
from tests.images.placements import affines

GRID = (3, 4, 5)
VALUES = np.arange(60, dtype=np.int16).reshape(GRID)
KINDS = {"i1": "CHAR", "u1": "UCHAR", "i2": "SHORT", "u2": "USHORT", "i4": "INT", "u4": "UINT",
         "f4": "FLOAT", "f8": "DOUBLE"}  # fmt: skip


def header(affine=None, kind="SHORT", sizes=GRID, where="LOCAL", **more):
    """Write the words of a header; an affine is RAS+ and the file's is LPS+."""
    fields = {"ObjectType": "Image", "NDims": len(sizes)}
    if affine is not None:
        there = np.diag([-1, -1, 1, 1]) @ affine
        steps = np.linalg.norm(there[:3, :3], axis=0)
        fields["TransformMatrix"] = " ".join(map(repr, (there[:3, :3] / steps).T.ravel().tolist()))
        fields["Offset"] = " ".join(map(repr, there[:3, 3].tolist()))
        fields["ElementSpacing"] = " ".join(map(repr, steps.tolist()))
    fields |= {"DimSize": " ".join(map(str, sizes)), "ElementType": f"MET_{kind}", **more}
    fields["ElementDataFile"] = where
    return "".join(f"{name} = {value}\n" for name, value in fields.items()).encode()


def content(values=VALUES):
    return values.tobytes(order="F")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(affine=affines())
def test_it_lies_where_it_was_put(affine, save):
    image = read_image(save("a.mha", header(affine) + content()))
    assert_array_equal(image.pixels[..., 0], VALUES)
    assert_allclose(image.affine, affine, rtol=1e-9, atol=1e-9)
    assert (image.source.format, image.source.notes) == ("MetaImage", ())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", KINDS)
def test_dtypes_and_byte_orders(dtype, order, save):
    stored = VALUES.astype(np.dtype(dtype).newbyteorder(order))
    words = header(np.eye(4), KINDS[dtype], BinaryDataByteOrderMSB=order == ">")
    image = read_image(save("a.mha", words + content(stored)))
    assert image.pixels.dtype == np.dtype(dtype)
    assert_array_equal(image.pixels[..., 0], VALUES)


def test_deflated_voxels(save):
    packed = zlib.compress(content())
    words = header(np.eye(4), CompressedData=True, CompressedDataSize=len(packed))
    assert_array_equal(read_image(save("a.mha", words + packed)).pixels[..., 0], VALUES)


@pytest.mark.parametrize(("size", "before"), [(7, 7), (-1, 13)])
def test_voxels_in_a_file_of_their_own(size, before, save):
    save("a.raw", b"x" * before + content())
    path = save("a.mhd", header(np.eye(4), where="a.raw", HeaderSize=size))
    assert_array_equal(read_image(path).pixels[..., 0], VALUES)


def test_a_header_alone_says_what_is_missing(save):
    with pytest.raises(ReadError, match=r"put a\.raw into the same folder"):
        read_image(save("a.mhd", header(where="a.raw")))


def test_values_of_a_voxel_are_channels(save):
    words = header(np.eye(4), ElementNumberOfChannels=2)
    interleaved = np.stack([VALUES, VALUES * 2])
    image = read_image(save("a.mha", words + content(interleaved)))
    assert_array_equal(image.pixels, np.moveaxis(interleaved, 0, -1))


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_fourth_axis_is_volumes(is_packed, save):
    stacked = content(np.stack([VALUES, VALUES * 2], axis=-1))
    words = header(sizes=(*GRID, 2), CompressedData=is_packed)
    image = read_image(
        save("a.mha", words + (zlib.compress(stacked) if is_packed else stacked)), volume=1
    )
    assert_array_equal(image.pixels[..., 0], VALUES * 2)


def test_without_directions_it_is_said(save):
    image = read_image(save("a.mha", header(ElementSpacing="1 2 3") + content()))
    assert image.spacing == (1, 2, 3)
    assert "does not say how it lies" in image.source.notes[0]


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"where": "LIST"}, "several files"), ({"kind": "OTHER"}, "not supported"),
     ({"BinaryData": False}, "not supported"), ({"sizes": (3, 4, 5, 1, 1)}, "5 dimensions")],
)  # fmt: skip
def test_what_is_not_supported_is_said(fields, words, save):
    with pytest.raises(ReadError, match=words):
        read_image(save("a.mha", header(**fields) + content()))


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_cut_file_is_refused(is_packed, save):
    noise = np.random.default_rng(0).integers(0, 99, GRID).astype("i2").tobytes()
    voxels = zlib.compress(noise) if is_packed else noise
    whole = header(np.eye(4), CompressedData=is_packed) + voxels
    for n_missing in (1, 8, 40):
        with pytest.raises(ReadError, match="cannot be decoded"):
            read_image(save("a.mha", whole[:-n_missing]))
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(save("a.mha", whole[:60]))


def test_packed_voxels_that_were_damaged_are_refused(save):
    noise = np.random.default_rng(0).integers(0, 200, (9, 9, 9)).astype("i2").tobytes()
    packed = bytearray(zlib.compress(noise))
    packed[len(packed) * 3 // 4] ^= 1
    with pytest.raises(ReadError, match="is damaged, cut short"):
        read_image(save("a.mha", header(np.eye(4), sizes=(9, 9, 9), CompressedData=True) + packed))

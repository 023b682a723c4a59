"""Bytes that are unpacked as they are read, beside what Python's gzip and zlib give."""

import gzip
import io
import zlib

import numpy as np
import pytest

from segmenter.images.formats import streams
from segmenter.images.formats.streams import Unpacked, check_end, read_exactly, unpacked

CONTENT = np.random.default_rng(0).integers(0, 99, 300_000).astype("u1").tobytes()
PACKED = gzip.compress(CONTENT)


def read_all(packed):
    """Read all voxels, and what shows that they are whole."""
    stream = Unpacked(io.BytesIO(packed))
    content = read_exactly(stream, len(CONTENT))
    check_end(stream)
    return content


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_is_packed_is_unpacked(pack):
    assert read_all(pack(CONTENT)) == CONTENT


def test_it_goes_forwards_to_a_place():
    stream = Unpacked(io.BytesIO(PACKED))
    for place in (3, 500, 200_000, 299_999):
        stream.seek(place)
        assert stream.tell() == place
        assert read_exactly(stream, 1) == CONTENT[place : place + 1]
    stream.seek(400_000)
    assert stream.read() == b""
    with pytest.raises(io.UnsupportedOperation):
        stream.seek(3)


@pytest.mark.parametrize("n_between", [0, 1, 600, 200_000])
def test_parts_are_joined_over_zeros(n_between):
    parts = (CONTENT[:100], b"", CONTENT[100:])
    assert read_all((b"\0" * n_between).join(map(gzip.compress, parts))) == CONTENT


@pytest.mark.parametrize("after", [b"\0", b"\0" * 600, b"more", b"\x1f", b"x" * 300_000])
def test_what_follows_and_is_not_packed_is_passed_over(after):
    assert read_all(PACKED + after) == CONTENT


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
@pytest.mark.parametrize("n_cut", [1, 4, 8, 100])
def test_missing_bytes_are_noticed(n_cut, pack):
    with pytest.raises(EOFError):
        read_all(pack(CONTENT)[:-n_cut])


@pytest.mark.parametrize("place", [-1, -5, -1000])  # length, checksum, content
def test_damage_is_noticed(place):
    damaged = bytearray(PACKED)
    damaged[place] ^= 1
    with pytest.raises(zlib.error):
        read_all(bytes(damaged))


def test_damage_of_a_part_that_follows_is_noticed():
    after = bytearray(gzip.compress(b"more"))
    after[2] = 0  # a way of packing that there is not
    with pytest.raises(zlib.error):
        read_all(PACKED + after)


def test_the_checksum_is_met_where_it_is_not_too_far_away(monkeypatch):
    damaged = bytearray(PACKED)
    damaged[-5] ^= 1
    stream = Unpacked(io.BytesIO(damaged))
    stream.read(10)
    with pytest.raises(zlib.error):
        check_end(stream)
    monkeypatch.setattr(streams, "TAIL", 1000)
    stream = Unpacked(io.BytesIO(damaged))
    stream.read(10)
    check_end(stream)


def test_a_file_that_is_not_packed_is_not_read_to_its_end(tmp_path):
    (tmp_path / "a").write_bytes(CONTENT)
    with unpacked(tmp_path / "a") as stream:
        assert read_exactly(stream, 10) == CONTENT[:10]
        check_end(stream)
        assert stream.tell() == 10

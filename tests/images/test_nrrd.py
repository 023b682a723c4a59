"""NRRD volumes, written by pynrrd."""

import nrrd
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ReadError
from segmenter.images.read import read_image
from tests.images.placements import affines

GRID = (3, 4, 5)
SPACES = {
    "right-anterior-superior": (1, 1, 1),
    "left-posterior-superior": (-1, -1, 1),
    "left-anterior-superior": (-1, 1, 1),
}
VALUES = np.arange(60, dtype=np.int16).reshape(GRID)


def placed(affine, space="left-posterior-superior"):
    """Header fields of an affine that leads to a space."""
    there = np.diag([*SPACES[space], 1]) @ affine
    return {"space": space, "space directions": there[:3, :3].T, "space origin": there[:3, 3]}


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(affine=affines(), space=st.sampled_from(sorted(SPACES)))
def test_it_lies_where_it_was_put(affine, space, tmp_path):
    path = str(tmp_path / "a.nrrd")
    nrrd.write(path, VALUES, placed(affine, space))
    image = read_image(path)
    assert_array_equal(image.pixels[..., 0], VALUES)
    assert_allclose(image.affine, affine, rtol=1e-9, atol=1e-9)
    assert (image.source.format, image.source.notes) == ("NRRD", ())


@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2", "text"])
@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_dtypes_and_encodings(dtype, encoding, tmp_path):
    path = str(tmp_path / "a.nrrd")
    nrrd.write(path, VALUES.astype(dtype), {"encoding": encoding, **placed(np.eye(4))})
    image = read_image(path)
    assert image.pixels.dtype == np.dtype(dtype)
    assert_array_equal(image.pixels[..., 0], VALUES)


def test_a_detached_header(tmp_path):
    path = str(tmp_path / "a.nhdr")
    nrrd.write(path, VALUES, placed(np.eye(4)), detached_header=True)
    assert_array_equal(read_image(path).pixels[..., 0], VALUES)


@pytest.mark.parametrize("first", [True, False])
def test_a_list_is_volumes_and_a_vector_is_channels(first, tmp_path):
    stacked = np.stack([VALUES, VALUES * 2], axis=0 if first else -1)
    directions = placed(np.eye(4))["space directions"]
    nowhere = np.full((1, 3), np.nan)
    parts = (nowhere, directions) if first else (directions, nowhere)
    kinds = ["domain"] * 3
    kinds.insert(0 if first else 3, "vector" if first else "list")
    header = {**placed(np.eye(4)), "space directions": np.concatenate(parts), "kinds": kinds}
    path = str(tmp_path / "a.nrrd")
    nrrd.write(path, stacked, header)
    if first:
        image = read_image(path)
        assert (image.n_channels, image.source.n_pages) == (2, 1)
        assert_array_equal(image.pixels, np.stack([VALUES, VALUES * 2], axis=-1))
    else:
        image = read_image(path, volume=1)
        assert (image.n_channels, image.source.n_pages) == (1, 2)
        assert_array_equal(image.pixels[..., 0], VALUES * 2)


def test_without_a_space_steps_are_kept_and_it_is_said(tmp_path):
    path = str(tmp_path / "a.nrrd")
    nrrd.write(path, VALUES, {"spacings": [1, 2, 3]})
    image = read_image(path)
    assert_allclose(image.spacing, (1, 2, 3))
    assert "which side is left" in image.source.notes[0]


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "a.nrrd"
    nrrd.write(str(path), VALUES, {"encoding": "raw"})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(path)

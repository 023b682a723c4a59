"""FreeSurfer's volumes, written by nibabel."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ReadError
from segmenter.images.geometry import orientation_code
from segmenter.images.read import read_image
from tests.images.placements import affines

GRID = (3, 4, 5)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(affine=affines())
def test_it_lies_where_nibabel_says(affine, tmp_path):
    values = np.arange(60, dtype=np.float32).reshape(GRID)
    nib.save(nib.MGHImage(values, affine), tmp_path / "a.mgz")
    image = read_image(tmp_path / "a.mgz")
    assert_array_equal(image.pixels[..., 0], values)
    assert_allclose(image.affine, nib.load(tmp_path / "a.mgz").affine, atol=1e-4)
    assert image.source.format == "MGH"
    assert image.source.notes == ()


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f4"])
@pytest.mark.parametrize("name", ["a.mgh", "a.mgz"])
def test_dtypes_and_volumes(name, dtype, tmp_path):
    values = np.arange(120).reshape(*GRID, 2).astype(dtype)
    nib.save(nib.MGHImage(values, np.eye(4)), tmp_path / name)
    image = read_image(tmp_path / name, volume=1)
    assert image.pixels.dtype == np.dtype(dtype)
    assert image.source.n_pages == 2
    assert_array_equal(image.pixels[..., 0], values[..., 1])


def test_without_a_place_it_is_coronal_and_said(tmp_path):
    nib.save(nib.MGHImage(np.zeros(GRID, "u1"), np.eye(4)), tmp_path / "a.mgh")
    content = bytearray((tmp_path / "a.mgh").read_bytes())
    content[28:30] = bytes(2)
    (tmp_path / "a.mgh").write_bytes(bytes(content))
    image = read_image(tmp_path / "a.mgh")
    assert orientation_code(image.affine) == "LIA"  # as FreeSurfer's own volumes lie
    assert "does not say how it lies" in image.source.notes[0]


def test_a_cut_file_is_refused(tmp_path):
    nib.save(nib.MGHImage(np.zeros(GRID, "f4"), np.eye(4)), tmp_path / "a.mgh")
    (tmp_path / "a.mgh").write_bytes((tmp_path / "a.mgh").read_bytes()[:300])
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(tmp_path / "a.mgh")


def test_packed_voxels_that_were_damaged_are_refused(tmp_path):
    noise = np.random.default_rng(0).integers(0, 200, (9, 9, 9)).astype("i2")
    nib.save(nib.MGHImage(noise, np.eye(4)), tmp_path / "a.mgz")
    content = bytearray((tmp_path / "a.mgz").read_bytes())
    content[len(content) * 3 // 4] ^= 1
    (tmp_path / "a.mgz").write_bytes(content)
    with pytest.raises(ReadError, match="is damaged, cut short"):
        read_image(tmp_path / "a.mgz")

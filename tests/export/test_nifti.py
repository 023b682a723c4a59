"""NIfTI files that line up with their source: nibabel reads both."""

import gzip

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ParameterError, WriteError
from segmenter.export.nifti import (
    write_label_volume,
    write_posterior_volume,
    write_value_volume,
)
from segmenter.images.read import read_image
from tests.images.placements import affines

GRID = (3, 4, 5)
same_folder = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(
    affine=affines(),
    q_code=st.sampled_from([0, 1, 2, 3, 4]),
    s_code=st.sampled_from([0, 1, 2, 3, 4]),
    labels=arrays.arrays(st.sampled_from([np.uint8, np.uint16, np.uint32]), GRID),
)
def test_labels_lie_where_the_source_lies(affine, q_code, s_code, labels, tmp_path):
    source = nib.Nifti1Image(np.ones(GRID, np.int16), None)
    source.header.set_qform(affine, q_code)
    source.header.set_sform(affine, s_code)
    nib.save(source, tmp_path / "source.nii")
    write_label_volume(tmp_path / "labels.nii.gz", labels, read_image(tmp_path / "source.nii"))
    source, written = nib.load(tmp_path / "source.nii"), nib.load(tmp_path / "labels.nii.gz")
    assert_allclose(written.affine, source.affine, atol=1e-4)
    for get in ("get_qform", "get_sform"):
        if code := getattr(source.header, get)(coded=True)[1]:
            assert_allclose(
                getattr(written.header, get)(), getattr(source.header, get)(), atol=1e-4
            )
            assert getattr(written.header, get)(coded=True)[1] == code
    assert_array_equal(np.asanyarray(written.dataobj), labels)
    with gzip.open(tmp_path / "labels.nii.gz") as stream:  # nibabel clears the two on loading
        header = nib.Nifti1Header(stream.read(348))
    assert (header["scl_slope"], header["scl_inter"]) == (1, 0)


@same_folder
@given(affine=affines(), labels=arrays.arrays(np.uint8, GRID))
def test_what_is_written_reads_back_equal(affine, labels, make_volume, tmp_path):
    image = make_volume(GRID, affine)
    write_label_volume(tmp_path / "a.nii", labels, image)
    read = read_image(tmp_path / "a.nii")
    assert_array_equal(read.pixels[..., 0], labels)
    assert_allclose(read.affine, affine, rtol=1e-6, atol=1e-4)


def test_a_qform_that_differs_from_the_sform_is_kept(tmp_path):
    source = nib.Nifti1Image(np.ones(GRID, np.int16), None)
    source.header.set_sform(np.diag([2.0, 2, 2, 1]), 4)
    source.header.set_qform(np.diag([-1.0, 1, 1, 1]), 1)
    nib.save(source, tmp_path / "source.nii")
    image = read_image(tmp_path / "source.nii")
    write_label_volume(tmp_path / "a.nii", np.ones(GRID, np.uint8), image)
    written = nib.load(tmp_path / "a.nii").header
    assert_allclose(written.get_qform(), np.diag([-1.0, 1, 1, 1]))
    assert_allclose(written.get_sform(), np.diag([2.0, 2, 2, 1]))


def test_the_unit_of_the_source_is_kept(tmp_path):
    source = nib.Nifti1Image(np.ones(GRID, np.int16), np.diag([500.0, 500, 500, 1]))
    source.header.set_xyzt_units("micron")
    nib.save(source, tmp_path / "source.nii")
    image = read_image(tmp_path / "source.nii")
    assert image.spacing == (0.5, 0.5, 0.5)
    write_label_volume(tmp_path / "a.nii", np.ones(GRID, np.uint8), image)
    written = nib.load(tmp_path / "a.nii")
    assert written.header.get_xyzt_units()[0] == "micron"
    assert_allclose(written.affine, source.affine)


@pytest.mark.parametrize(("largest", "dtype"), [(3, "u1"), (255, "u1"), (256, "u2"), (65536, "u4")])
@pytest.mark.parametrize("given_as", ["i8", "i4", "u4"])
def test_labels_are_unsigned_and_narrow(given_as, largest, dtype, make_volume, tmp_path):
    labels = np.zeros(GRID, given_as)
    labels[1, 2, 3] = largest
    write_label_volume(tmp_path / "a.nii.gz", labels, make_volume(GRID))
    written = nib.load(tmp_path / "a.nii.gz")
    assert written.get_data_dtype() == np.dtype(dtype)
    assert_array_equal(np.asanyarray(written.dataobj), labels)


def test_a_mask_is_written_as_ones(make_volume, tmp_path):
    mask = np.zeros(GRID, bool)
    mask[0] = True
    written = write_label_volume(tmp_path / "a.nii", mask, make_volume(GRID))
    assert (written.path, written.grid) == (tmp_path / "a.nii", GRID)
    assert_array_equal(np.asanyarray(nib.load(tmp_path / "a.nii").dataobj), mask.astype("u1"))


@pytest.mark.parametrize("labels", [np.full(GRID, -1), np.full(GRID, 0.5), np.full(GRID, 2**33)])
def test_what_is_no_label_is_refused(labels, make_volume, tmp_path):
    with pytest.raises(ParameterError, match=r"^Label"):
        write_label_volume(tmp_path / "a.nii", labels, make_volume(GRID))
    assert not list(tmp_path.iterdir())


def test_another_grid_is_refused(make_volume, tmp_path):
    with pytest.raises(ParameterError, match="3 x 4 x 5 do not lie on the grid of scan, which is"):
        write_label_volume(tmp_path / "a.nii", np.ones(GRID, "u1"), make_volume((5, 4, 3)))


def test_another_suffix_is_refused(make_volume, tmp_path):
    with pytest.raises(ParameterError, match=r"a\.png must end in \.nii\.gz or \.nii"):
        write_label_volume(tmp_path / "a.png", np.ones(GRID, "u1"), make_volume(GRID))


def test_probabilities_are_float32_and_exact(make_volume, tmp_path):
    posterior = np.random.default_rng(0).random(GRID, np.float32)
    write_posterior_volume(tmp_path / "a.nii.gz", posterior, make_volume(GRID))
    written = nib.load(tmp_path / "a.nii.gz")
    assert written.get_data_dtype() == np.float32
    assert_array_equal(np.asanyarray(written.dataobj), posterior)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(wrong, make_volume, tmp_path):
    with pytest.raises(ParameterError, match="between 0 and 1"):
        write_posterior_volume(tmp_path / "a.nii", np.full(GRID, wrong), make_volume(GRID))


def test_values_may_be_missing(make_volume, tmp_path):
    values = np.full(GRID, np.nan)
    values[0] = 3
    write_value_volume(tmp_path / "a.nii", values, make_volume(GRID), "a map")
    assert_array_equal(np.asanyarray(nib.load(tmp_path / "a.nii").dataobj), values)


def test_sheared_axes_have_an_sform_alone(make_volume, tmp_path):
    affine = np.array([[1.0, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    write_label_volume(tmp_path / "a.nii", np.ones(GRID, "u1"), make_volume(GRID, affine))
    header = nib.load(tmp_path / "a.nii").header
    assert (int(header["qform_code"]), int(header["sform_code"])) == (0, 2)
    assert_allclose(header.get_sform(), affine)


def test_long_axes_become_nifti_2(make_volume, tmp_path):
    grid = (40000, 1, 1)
    write_label_volume(tmp_path / "a.nii.gz", np.ones(grid, "u1"), make_volume(grid))
    assert isinstance(nib.load(tmp_path / "a.nii.gz"), nib.Nifti2Image)


def test_the_same_labels_give_the_same_bytes(make_volume, tmp_path):
    for name in ("a.nii.gz", "b.nii.gz"):
        write_label_volume(tmp_path / name, np.ones(GRID, "u1"), make_volume(GRID))
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def test_what_does_not_read_back_leaves_the_older_file(make_volume, tmp_path, monkeypatch):
    path = tmp_path / "a.nii.gz"
    path.write_bytes(b"the older file")
    monkeypatch.setattr("imagecodecs.gzip_encode", lambda content, level: content[:-1])
    with pytest.raises(WriteError, match="did not read back"):
        write_label_volume(path, np.ones(GRID, "u1"), make_volume(GRID))
    assert path.read_bytes() == b"the older file"
    assert len(list(tmp_path.iterdir())) == 1

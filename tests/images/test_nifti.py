"""NIfTI and Analyze files, beside what nibabel reads of them."""

import gzip

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ParameterError, ReadError
from segmenter.images.read import describe_file, read_image

AFFINE = np.array([[0, -2.0, 0, 30], [0, 0, 3.0, -20], [-1.5, 0, 0, 10], [0, 0, 0, 1]])
DTYPES = ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")


@pytest.fixture
def values():
    """Values without symmetry, shape (4, 5, 6)."""
    return np.arange(120).reshape(4, 5, 6)


@pytest.fixture
def nifti(tmp_path):
    """Write an array with nibabel and return the path."""

    def nifti(values, affine=AFFINE, name="a.nii", kind=nib.Nifti1Image, **fields):
        image = kind(values, affine, dtype=values.dtype)
        for field, value in fields.items():
            image.header[field] = value
        nib.save(image, tmp_path / name)
        return tmp_path / name

    return nifti


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_voxels_keep_their_dtype_axes_and_place(dtype, name, kind, values, nifti):
    path = nifti(values.astype(dtype), name=name, kind=kind)
    image = read_image(path)
    assert image.pixels.dtype == np.dtype(dtype)
    assert image.is_volume
    assert_array_equal(image.pixels[..., 0], values)
    assert_allclose(image.affine, nib.load(path).affine)
    assert_allclose(image.spacing, (1.5, 2, 3))
    assert image.color_space == "gray"
    assert image.source.notes == ()


def test_names_do_not_matter(values, nifti, tmp_path):
    path = nifti(values.astype("i2"), name="a.nii.gz")
    renamed = path.rename(tmp_path / "scan.jpg")
    assert_array_equal(read_image(renamed).pixels[..., 0], values)


@pytest.mark.parametrize("opened", ["a.hdr", "a.img"])
@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("kind", [nib.Nifti1Pair, nib.Nifti2Pair, nib.AnalyzeImage])
def test_pairs_open_by_either_file(kind, ending, opened, values, nifti, tmp_path):
    nifti(values.astype("i2"), name=f"a.img{ending}", kind=kind)
    image = read_image(tmp_path / f"{opened}{ending}")
    assert_array_equal(image.pixels[..., 0], values)


def test_a_header_alone_says_what_is_missing(values, nifti, tmp_path):
    nifti(values.astype("i2"), name="a.img", kind=nib.Nifti1Pair)
    (tmp_path / "a.img").unlink()
    with pytest.raises(ReadError, match=r"^a\.hdr is a header without its voxels; put a\.img"):
        read_image(tmp_path / "a.hdr")


@pytest.mark.parametrize("order", ["<", ">"])
def test_either_byte_order(order, values, tmp_path):
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype("i2").newbyteorder(order))
    image = nib.Nifti1Image(values.astype("i2"), AFFINE, header)
    nib.save(image, tmp_path / "a.nii")
    read = read_image(tmp_path / "a.nii")
    assert_array_equal(read.pixels[..., 0], values)
    assert read.pixels.dtype.isnative


def test_a_last_axis_of_one_is_dropped(values, nifti):
    image = read_image(nifti(values.astype("u1")[..., None]))
    assert image.grid == values.shape
    assert (image.source.n_pages, image.source.notes) == (1, ())


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_one_volume_of_four_axes_is_read_and_said(name, values, nifti):
    path = nifti(np.stack([values, values * 2, values * 3], axis=-1).astype("i2"), name=name)
    assert_array_equal(read_image(path).pixels[..., 0], values)
    image = read_image(path, volume=2)
    assert_array_equal(image.pixels[..., 0], values * 3)
    assert (image.source.page, image.source.n_pages) == (2, 3)
    assert "this is volume 3 of 3" in image.source.notes
    assert_array_equal(read_image(path, page=1).pixels[..., 0], values * 2)
    with pytest.raises(ParameterError, match=r"has 3 volumes; choose one that is there\.$"):
        read_image(path, volume=3)


def test_a_picture_has_no_volumes(save, encode, gray):
    with pytest.raises(ParameterError, match="is a picture and has no volumes"):
        read_image(save("a.png", encode(gray, "png")), volume=0)


def test_values_of_a_voxel_become_channels(values, nifti):
    stacked = np.stack([values, -values], axis=-1)[:, :, :, None].astype("i2")
    image = read_image(nifti(stacked))
    assert (image.grid, image.n_channels, image.color_space) == (values.shape, 2, "channels")
    assert_array_equal(image.pixels, stacked[:, :, :, 0])


def test_colors_become_channels(values, tmp_path):
    color = np.zeros(values.shape, [("R", "u1"), ("G", "u1"), ("B", "u1")])
    color["R"], color["G"], color["B"] = values, values + 1, values + 2
    nib.save(nib.Nifti1Image(color, AFFINE), tmp_path / "a.nii")
    image = read_image(tmp_path / "a.nii")
    assert image.channel_names == ("Red", "Green", "Blue")
    assert_array_equal(image.pixels, np.stack([values, values + 1, values + 2], axis=-1))


@pytest.mark.parametrize(
    ("slope", "intercept"),
    [(2.5, -7), (1, 3), (1e-4, 0), (-1, 0), (0, 5), (np.nan, np.nan), (np.inf, 0)],
)
def test_scales_agree_with_nibabel(slope, intercept, values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "scl_slope", slope)
    set_field(path, "scl_inter", intercept)
    image = read_image(path)
    expected = np.asanyarray(nib.load(path).dataobj)
    is_scaled = np.isfinite(slope) and slope != 0
    assert image.pixels.dtype == (np.float32 if is_scaled else np.int16)
    assert_allclose(image.pixels[..., 0], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("slope", [1e37, 1e-38])
def test_scales_beyond_float32_keep_their_values(slope, values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "scl_slope", slope)
    pixels = read_image(path).pixels
    assert pixels.dtype == np.float64
    assert_allclose(pixels[..., 0], values * float(np.float32(slope)))


def test_an_infinite_intercept_is_refused(values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "scl_slope", 2)
    set_field(path, "scl_inter", np.inf)
    with pytest.raises(ReadError, match="has a scale factor that is no number"):
        read_image(path)


def set_field(path, field, value):
    """Write a field into a header behind nibabel's back."""
    content = bytearray(path.read_bytes())
    dtype, offset = nib.nifti1.header_dtype.fields[field]
    part = np.asarray(value, dtype.base).tobytes()
    content[offset : offset + len(part)] = part
    path.write_bytes(bytes(content))


def test_voxels_that_are_not_finite_are_missing(values, nifti):
    broken = values.astype("f4") + 10
    broken[0, 1, 2], broken[3, 4, 5] = np.nan, np.inf
    image = read_image(nifti(broken))
    assert_array_equal(np.argwhere(image.missing), [[0, 1, 2], [3, 4, 5]])
    assert_array_equal(image.pixels[image.missing], np.full((2, 1), 10))  # the lowest there is
    assert image.source.notes == ("2 voxels without a finite value take no part",)


def test_nothing_finite_is_refused(nifti):
    with pytest.raises(
        ReadError, match=r"^a\.nii has no voxel with a finite value; get a whole copy of it\.$"
    ):
        read_image(nifti(np.full((2, 2, 2), np.nan, "f4")))


@pytest.mark.parametrize(("sform", "qform"), [(0, 0), (0, 1), (2, 0), (1, 4)])
def test_the_affine_is_the_one_nibabel_takes(sform, qform, values, tmp_path):
    other = np.diag([2.0, 2, 2, 1])
    image = nib.Nifti1Image(values.astype("i2"), None)
    image.header.set_sform(AFFINE, sform)
    image.header.set_qform(other, qform)
    nib.save(image, tmp_path / "a.nii")
    read = read_image(tmp_path / "a.nii")
    assert_allclose(read.affine, nib.load(tmp_path / "a.nii").affine)
    placement = read.header.placement
    assert (placement.qform_code, placement.sform_code) == (qform, sform)
    said = " ".join(read.source.notes)
    assert ("which side is left" in said) == (sform == qform == 0)
    assert ("qform and sform" in said) == (sform > 0 and qform > 0)


@pytest.mark.parametrize("broken", [0, np.nan])
def test_an_affine_that_makes_no_sense_is_left_out_with_a_note(broken, values, nifti):
    path = nifti(values.astype("i2"), qform_code=1)
    set_field(path, "srow_x", [broken] * 4)
    image = read_image(path)
    assert_allclose(image.affine, AFFINE, atol=1e-5)  # the qform says the same
    assert "one of its affines makes no sense and was left out" in image.source.notes


def test_steps_of_zero_count_as_one(values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "sform_code", 0)
    set_field(path, "pixdim", [1, 0, np.nan, 2])
    assert read_image(path).spacing == (1, 1, 2)


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1), ("micron", 1e-3), ("unknown", 1)])
def test_units_become_millimeters(unit, factor, values, tmp_path):
    image = nib.Nifti1Image(values.astype("i2"), AFFINE)
    image.header.set_xyzt_units(unit)
    nib.save(image, tmp_path / "a.nii")
    assert_allclose(read_image(tmp_path / "a.nii").spacing, np.multiply((1.5, 2, 3), factor))


@pytest.mark.parametrize(("step", "expected"), [(0.001, 1.0), (1.0, 1.0)])
def test_meters_are_believed_only_where_they_can_be(step, expected, values, tmp_path):
    image = nib.Nifti1Image(values.astype("i2"), np.diag([step, step, step, 1]))
    image.header.set_xyzt_units("meter")
    nib.save(image, tmp_path / "a.nii")
    read = read_image(tmp_path / "a.nii")
    assert_allclose(read.spacing, (expected,) * 3, rtol=1e-6)
    assert bool(read.source.notes) == (step == 1.0)


@pytest.mark.parametrize("shape", [(4, 5), (7,), (4, 5, 1)])
def test_fewer_axes_are_a_thin_volume(shape, nifti):
    assert read_image(nifti(np.ones(shape, "u1"))).grid == (*shape, 1, 1)[:3]


def test_six_axes_are_refused(nifti):
    with pytest.raises(ReadError, match="has 6 dimensions"):
        read_image(nifti(np.ones((2, 2, 2, 1, 1, 2), "u1")))


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_values_that_are_not_real_numbers_of_8_bytes_are_refused(dtype, nifti):
    with pytest.raises(ReadError, match="values, which are not supported"):
        read_image(nifti(np.ones((2, 2, 2), dtype)))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.98])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_a_cut_file_is_refused(name, share, nifti):
    noise = np.random.default_rng(0).integers(0, 1000, (20, 20, 20)).astype("i2")
    path = nifti(noise, name=name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ReadError, match="cannot be decoded: it is damaged, cut short"):
        read_image(path)


def test_a_huge_volume_is_refused_by_its_header(values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "dim", [3, 32000, 32000, 32000])
    with pytest.raises(ReadError, match=r"claims 32000 x 32000 x 32000 voxels"):
        read_image(path)


def test_an_empty_volume_is_refused(values, nifti):
    path = nifti(values.astype("i2"))
    set_field(path, "dim", [3, 4, 0, 6])
    with pytest.raises(ReadError, match=r"has no voxels: its size is 4 x 0 x 6 voxels\.$"):
        read_image(path)


def test_several_compressed_parts_in_a_file(values, nifti, tmp_path):
    content = nifti(values.astype("i2")).read_bytes()
    parts = gzip.compress(content[:400]) + gzip.compress(content[400:])
    (tmp_path / "a.nii.gz").write_bytes(parts)
    assert_array_equal(read_image(tmp_path / "a.nii.gz").pixels[..., 0], values)


@pytest.mark.parametrize("n_volumes", [1, 2])
def test_packed_voxels_that_were_damaged_are_refused(n_volumes, nifti):
    noise = np.random.default_rng(0).integers(0, 200, (9, 9, 9, n_volumes)).astype("i2")
    path = nifti(noise, name="a.nii.gz")
    content = bytearray(path.read_bytes())
    content[len(content) * 3 // 4] ^= 1  # which unpacks to other voxels, as many as there were
    path.write_bytes(content)
    with gzip.open(path) as stream:
        assert len(stream.read(noise.nbytes)) == noise.nbytes
    with pytest.raises(ReadError, match="is damaged, cut short"):
        read_image(path, volume=n_volumes - 1)


def test_damage_is_noticed_far_behind_the_volume_that_is_read(nifti):
    noise = np.random.default_rng(0).integers(0, 200, (64, 64, 32, 9)).astype("i2")
    path = nifti(noise, name="a.nii.gz")
    content = bytearray(path.read_bytes())
    content[len(content) // 12] ^= 1  # a number in the first volume
    path.write_bytes(content)
    with gzip.open(path) as stream:
        assert len(stream.read(noise.nbytes)) == noise.nbytes
    with pytest.raises(ReadError, match="is damaged, cut short"):
        read_image(path, volume=0)


@pytest.mark.parametrize("n_cut", [1, 8])
def test_a_packed_file_without_its_last_bytes_is_refused(n_cut, values, nifti):
    path = nifti(values.astype("i2"), name="a.nii.gz")
    path.write_bytes(path.read_bytes()[:-n_cut])
    with pytest.raises(ReadError, match="is damaged, cut short"):
        read_image(path)


def test_what_follows_a_packed_volume_is_passed_over(values, nifti):
    path = nifti(values.astype("i2"), name="a.nii.gz")
    path.write_bytes(path.read_bytes() + b"more")
    assert_array_equal(read_image(path).pixels[..., 0], values)


def test_a_compressed_picture_is_not_taken_for_a_volume(save, encode, gray):
    with pytest.raises(ReadError, match="is compressed and holds no volume"):
        read_image(save("a.png.gz", gzip.compress(encode(gray, "png"))))


def test_texts_and_window_of_the_header_are_kept(values, nifti):
    path = nifti(values.astype("i2"), descrip=b"a scan", cal_min=5, cal_max=90)
    header = describe_file(path).header
    assert dict(header.texts) == {"description": "a scan"}
    assert header.window == (5, 90)


def test_damaged_headers_raise_nothing_but_a_sentence(values, nifti):
    path = nifti(values.astype("i2"))
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(4, 344, 3):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            image = read_image(path)
        except ReadError:
            continue
        assert np.isfinite(image.affine).all()
        assert all(step > 0 for step in image.spacing)

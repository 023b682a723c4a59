"""TIFF files that say they are volumes, written by tifffile."""

import numpy as np
import pytest
import tifffile
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.errors import ReadError
from segmenter.images.geometry import to_canonical
from segmenter.images.orientation import upright
from segmenter.images.read import read_image

VALUES = np.arange(3 * 4 * 5 * 2 * 6, dtype=np.uint16).reshape(3, 4, 5, 2, 6)


@pytest.fixture
def stack(tmp_path):
    """Write values of so many axes with tifffile and return the path."""

    def stack(axes, **options):
        values = VALUES[tuple(slice(None) if axis in axes else 0 for axis in "TZYCX")]
        order = [axis for axis in "TZYCX" if axis in axes]
        values = values.transpose([order.index(axis) for axis in axes])
        metadata = {"axes": axes, **options.pop("metadata", {})}
        tifffile.imwrite(tmp_path / "a.tif", values, metadata=metadata, **options)
        return tmp_path / "a.tif"

    return stack


def test_imagej_slices_are_a_volume_with_their_steps(stack):
    path = stack("ZYX", imagej=True, resolution=(2, 4), metadata={"spacing": 3, "unit": "mm"})
    image = read_image(path)
    assert_array_equal(image.pixels[..., 0], VALUES[0, :, :, 0].transpose(2, 1, 0))
    assert_allclose(image.spacing, (0.5, 0.25, 3))
    assert image.source.format == "ImageJ TIFF"


def test_imagej_times_are_volumes_and_channels_channels(stack):
    path = stack("TZCYX", imagej=True, metadata={"unit": "um", "spacing": 1}, resolution=(1, 1))
    image = read_image(path, volume=2)
    assert (image.source.n_pages, image.n_channels) == (3, 2)
    assert_array_equal(image.pixels, VALUES[2].transpose(3, 1, 0, 2))
    assert_allclose(image.spacing, (1e-3,) * 3)


def test_ome_has_steps_and_names(stack):
    metadata = {
        "PhysicalSizeX": 0.5, "PhysicalSizeY": 250, "PhysicalSizeYUnit": "nm", "PhysicalSizeZ": 2,
        "Channel": {"Name": ["DAPI", "GFP"]},
    }  # fmt: skip
    image = read_image(stack("CZYX", ome=True, metadata=metadata))
    assert_array_equal(image.pixels, VALUES[0].transpose(3, 1, 0, 2))
    assert_allclose(image.spacing, (5e-4, 2.5e-4, 2e-3))
    assert image.channel_names == ("DAPI", "GFP")
    assert image.source.format == "OME-TIFF"


def test_without_steps_it_is_said(stack):
    image = read_image(stack("ZYX", imagej=True))
    assert image.spacing == (1, 1, 1)
    assert any("how large its voxels are" in note for note in image.source.notes)


def test_pages_without_words_stay_pages(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", VALUES[0, :, :, 0], photometric="minisblack")
    image = read_image(tmp_path / "a.tif", page=2)
    assert (image.grid, image.source.n_pages) == ((5, 6), 4)


def test_color_pages_stay_pages(tmp_path):
    values = np.zeros((4, 8, 9, 3), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", values, imagej=True, metadata={"axes": "ZYXS"})
    assert read_image(tmp_path / "a.tif").source.n_pages == 4


@pytest.mark.parametrize("options", [{"imagej": True}, {"ome": True, "compression": "zlib"}])
def test_a_cut_stack_is_refused_or_shows_what_is_there(options, tmp_path):
    """Cut off with the words that made it a volume, its first page is a picture like any other."""
    noise = np.random.default_rng(0).integers(0, 9999, (9, 40, 50)).astype(np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, noise, metadata={"axes": "ZYX"}, **options)
    assert read_image(path).is_volume
    whole = path.read_bytes()
    for share in (0.05, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            image = read_image(path)
        except ReadError:
            continue
        assert_array_equal(image.pixels[..., 0], noise[0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_stack_that_lies_otherwise_is_where_its_pictures_are(stack, orientation):
    path = stack("ZYX", ome=True, extratags=[(274, "H", 1, orientation, True)])
    image = read_image(path)
    shown = to_canonical(image.pixels[..., 0], image.affine)[::-1, ::-1]  # to the left, the back
    expected = upright(VALUES[0, 1, :, 0], orientation)
    assert_array_equal(shown[:, :, 1].T, expected)

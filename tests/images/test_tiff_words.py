"""What microscopes write: the size of a pixel, and channels as pages."""

import numpy as np
import pytest
import tifffile
from numpy.testing import assert_allclose, assert_array_equal

from segmenter.cli.main import main
from segmenter.images.file_info import FileInfo
from segmenter.images.read import describe_file, read_image

PLANE = np.arange(40 * 50, dtype=np.uint16).reshape(40, 50)
VALUES = np.stack([[PLANE + 100 * channel + 7 * time for channel in range(2)] for time in range(3)])
MICRON = {"unit": "micron"}


@pytest.fixture
def write(tmp_path):
    def write(values, **options):
        path = tmp_path / "a.tif"
        tifffile.imwrite(path, values, **options)
        return path

    return write


@pytest.mark.parametrize(
    ("options", "spacing"),
    [
        ({"imagej": True, "resolution": (1 / 0.65, 2), "metadata": MICRON}, (5e-4, 6.5e-4)),
        ({"imagej": True, "resolution": (2, 2), "metadata": {"unit": "\\u00B5m"}}, (5e-4, 5e-4)),
        ({"imagej": True, "resolution": (5, 5), "metadata": {"unit": "mm"}}, (0.2, 0.2)),
        ({"imagej": True, "resolution": (2, 2), "metadata": {"unit": "pixel"}}, None),
        ({"imagej": True, "resolution": (300, 300), "metadata": {"unit": "inch"}}, None),
        (
            {"ome": True, "metadata": {"PhysicalSizeX": 0.325, "PhysicalSizeY": 0.325}},
            (3.25e-4, 3.25e-4),
        ),
        ({"ome": True, "metadata": {}}, None),
        ({"resolution": (20_000, 10_000), "resolutionunit": "CENTIMETER"}, (1e-3, 5e-4)),
        ({"resolution": (25_400, 25_400), "resolutionunit": "INCH"}, (1e-3, 1e-3)),
        ({"resolution": (300, 300), "resolutionunit": "INCH"}, None),  # for printers
        ({"resolution": (118.11, 118.11), "resolutionunit": "CENTIMETER"}, None),
        ({"resolution": (2, 2), "resolutionunit": "NONE"}, None),
        ({}, None),
    ],
)
def test_the_size_of_a_pixel_is_read_where_it_is_one(write, options, spacing):
    image = read_image(write(PLANE, **options))
    if spacing is None:
        assert image.spacing is None
    else:
        assert_allclose(image.spacing, spacing, rtol=1e-5)


def test_the_size_of_a_pixel_turns_with_the_picture(write):
    path = write(
        PLANE,
        resolution=(20_000, 10_000),
        resolutionunit="CENTIMETER",
        extratags=[(274, "H", 1, 6, True)],
    )
    assert_allclose(read_image(path).spacing, (5e-4, 1e-3))


@pytest.mark.parametrize(
    "options",
    [
        {"imagej": True, "metadata": {"axes": "CYX"}},
        {"ome": True, "metadata": {"axes": "CYX"}},
        {"ome": True, "metadata": {"axes": "CYX"}, "compression": "zlib"},
        {"metadata": {"axes": "CYX"}},
        {"metadata": {"axes": "CYX"}, "byteorder": ">"},
    ],
)
def test_channels_are_channels_and_no_pages(write, options):
    path = write(VALUES[0], **options)
    image = read_image(path)
    assert_array_equal(image.pixels, np.moveaxis(VALUES[0], 0, -1))
    assert image.pixels.dtype == np.uint16
    assert (image.color_space, image.source.n_pages) == ("channels", 1)
    info = describe_file(path)
    assert isinstance(info, FileInfo)
    assert (info.n_channels, info.n_pages) == (2, 1)


@pytest.mark.parametrize(
    ("axes", "options"),
    [
        ("TCYX", {"imagej": True}),
        ("TCYX", {"ome": True}),
        ("CTYX", {"ome": True, "compression": "zlib"}),
        ("CTYX", {"ome": True}),
    ],
)
def test_times_of_channels_are_pages(write, axes, options):
    values = VALUES.transpose([("TCYX").index(axis) for axis in axes])
    image = read_image(write(values, metadata={"axes": axes}, **options), page=2)
    assert image.source.n_pages == 3
    assert_array_equal(image.pixels, np.moveaxis(VALUES[2], 0, -1))


def test_channels_have_their_names_and_size(write):
    metadata = {"axes": "CYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}
    path = write(VALUES[0], ome=True, metadata={**metadata, "Channel": {"Name": ["DAPI", "GFP"]}})
    image = read_image(path)
    assert image.channel_names == ("DAPI", "GFP")
    assert image.cell_extent == (pytest.approx(0.25), "µm²")
    assert image.source.format == "OME-TIFF"


def test_pages_that_are_called_nothing_stay_pages(write):
    assert read_image(write(VALUES[0])).source.n_pages == 2
    path = write(VALUES[0], metadata={"axes": "TYX"}, imagej=True)
    assert read_image(path, page=1).source.n_pages == 2


def test_color_stays_color(write):
    colors = np.stack([PLANE.astype(np.uint8)] * 3)
    image = read_image(write(colors, photometric="rgb", metadata={"axes": "CYX"}))
    assert image.color_space == "rgb"


def test_info_tells_how_large_pixels_are(write, capsys):
    path = write(PLANE, imagej=True, resolution=(4, 2), metadata=MICRON)
    assert main(["info", str(path)]) == 0
    assert "pixel size    0.25 x 0.5 µm" in capsys.readouterr().out


def test_channels_in_another_order_are_not_mixed(write):
    path = write(np.stack([PLANE, PLANE + 1, PLANE + 2], -1), metadata={"axes": "YXC"},
                 photometric="minisblack")  # fmt: skip
    assert_array_equal(read_image(path).pixels[..., 0], tifffile.imread(path)[0])


@pytest.mark.parametrize(("code", "value", "dtype"), [(282, 4.0, "f"), (296, (2, 2), "H")])
def test_odd_resolutions_do_not_keep_a_picture_from_being_read(write, code, value, dtype):
    path = write(PLANE, resolution=(300, 300), resolutionunit="INCH")
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[code].overwrite(value, dtype=dtype)
    image = read_image(path)
    assert_array_equal(image.pixels[..., 0], PLANE)
    assert image.spacing is None

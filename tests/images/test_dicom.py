"""DICOM files and series; the files are made by pydicom, and nibabel and pydicom are the judges."""

import shutil
import sys

import imagecodecs
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGExtended12Bit, JPEGLosslessSV1, RLELossless

from segmenter.errors import ParameterError, ReadError
from segmenter.images.read import describe_file, list_series, read_image
from tests.images.dicom_files import dataset, item, save, save_series

GRID = (5, 3, 4)  # slices, rows, columns


@pytest.fixture
def values():
    return np.arange(60, dtype=np.int16).reshape(GRID)


@pytest.fixture
def voxels(values):
    """The same as they must come: columns, rows, slices."""
    return values.transpose(2, 1, 0)


def test_a_series_is_sorted_by_position_and_placed(values, voxels, tmp_path):
    image = read_image(save_series(tmp_path / "scan", values))
    assert_array_equal(image.pixels[..., 0], voxels)
    assert image.pixels.dtype == np.int16
    expected = [[-1.5, 0, 0, 10], [0, -2, 0, 20], [0, 0, 3, -30], [0, 0, 0, 1]]
    assert_allclose(image.affine, expected)
    assert_allclose(image.spacing, (1.5, 2, 3))
    assert (image.source.name, image.source.format) == ("scan", "DICOM")
    assert image.source.notes == ()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "directions",
    [(1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 0, -1), (0, 0.6, 0.8, 1, 0, 0)],
)
def test_every_voxel_lies_where_its_file_says(directions, sign, values, tmp_path):
    normal = sign * np.cross(directions[:3], directions[3:])
    folder = save_series(tmp_path / "scan", values, step=3 * normal, directions=directions)
    image = read_image(folder)
    for slice_, row, column in [(0, 0, 0), (4, 2, 3), (2, 1, 0), (1, 0, 3)]:
        place = np.add((-10.0, -20, -30), 3 * normal * slice_)
        place += np.multiply(directions[:3], 1.5 * column)
        place += np.multiply(directions[3:], 2 * row)
        place *= (-1, -1, 1)  # to the right, front and top
        index = np.linalg.solve(image.affine, [*place, 1])[:3]
        found = image.pixels[tuple(np.rint(index).astype(int))][0]
        assert found == values[slice_, row, column]


def test_several_series_must_be_chosen_from(values, voxels, tmp_path):
    save_series(tmp_path / "a", values, uid="1.2.3", SeriesDescription="T1")
    save_series(tmp_path / "b", values * 2, uid="1.2.4", SeriesDescription="T2")
    (tmp_path / "notes.txt").write_text("not DICOM")
    with pytest.raises(ParameterError, match=r"holds 2 .* by its UID: 1\.2\.3 \(T1, 5 slices\)"):
        read_image(tmp_path)
    assert_array_equal(read_image(tmp_path, series="1.2.4").pixels[..., 0], voxels * 2)
    with pytest.raises(ParameterError, match=r"holds no series 9; .* choose one of these"):
        read_image(tmp_path, series="9")
    save_series(tmp_path / "c", values, uid="1.2.5")
    with pytest.raises(ParameterError, match=r"1\.2\.5 \(5 slices\)\.$"):
        read_image(tmp_path)
    shutil.rmtree(tmp_path / "c")
    listed = list_series(tmp_path)
    assert [(one.uid, one.description, len(one.files)) for one in listed] == [
        ("1.2.3", "T1", 5), ("1.2.4", "T2", 5),
    ]  # fmt: skip
    assert listed[0].header.grid == (4, 3, 5)


def test_a_missing_slice_is_left_empty_and_said(values, voxels, tmp_path):
    image = read_image(save_series(tmp_path / "scan", values, skip=(2,)))
    assert image.grid == (4, 3, 5)
    assert_array_equal(image.pixels[:, :, [0, 1, 3, 4], 0], voxels[:, :, [0, 1, 3, 4]])
    assert_array_equal(image.missing, np.broadcast_to(np.arange(5) == 2, (4, 3, 5)))
    assert "slice 3 is missing and left empty" in image.source.notes


def test_a_slice_that_is_there_twice_counts_once(values, voxels, tmp_path):
    folder = save_series(tmp_path / "scan", values)
    (folder / "copy").write_bytes((folder / "0002").read_bytes())
    image = read_image(folder)
    assert_array_equal(image.pixels[..., 0], voxels)
    assert "1 slice is there twice; the copies were left out" in image.source.notes


def test_repeats_of_every_position_are_volumes_in_the_order_taken(values, voxels, tmp_path):
    for repeat in (1, 0):
        save_series(tmp_path / f"{repeat}", values + 100 * repeat, AcquisitionNumber=repeat + 1)
    image = read_image(tmp_path)
    assert image.source.n_pages == 2
    assert_array_equal(image.pixels[..., 0], voxels)
    assert_array_equal(read_image(tmp_path, volume=1).pixels[..., 0], voxels + 100)


def test_repeats_of_some_positions_are_refused(values, tmp_path):
    save_series(tmp_path / "a", values)
    save_series(tmp_path / "b", values, skip=(0, 1))
    with pytest.raises(ReadError, match="between 1 and 2 slices of each position"):
        read_image(tmp_path)


def test_a_file_without_a_position_is_left_out_and_said(values, voxels, tmp_path):
    folder = save_series(tmp_path / "scan", values)
    save(folder / "more", dataset(values[0], SeriesInstanceUID="1.2.3"))
    image = read_image(folder)
    assert_array_equal(image.pixels[..., 0], voxels)
    assert image.source.notes == ("1 file without a stated position left out",)


def test_a_tilted_gantry_is_kept_and_said(values, voxels, tmp_path):
    image = read_image(save_series(tmp_path / "scan", values, step=(0, 1, 3)))
    assert_array_equal(image.pixels[..., 0], voxels)
    assert_allclose(image.affine[:3, 2], (0, -1, 3))
    assert any("gantry was tilted by 18.4°" in note for note in image.source.notes)


def test_uneven_distances_are_said(values, tmp_path):
    heights = [0, 3, 6.5, 9, 12]
    folder = save_series(
        tmp_path / "scan", values, each=lambda i: {"ImagePositionPatient": [0, 0, heights[i]]}
    )
    image = read_image(folder)
    assert image.spacing[2] == pytest.approx(3)
    assert any("2.50 to 3.50 mm apart" in note for note in image.source.notes)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "several directions"),
        ({"PixelSpacing": [2, 2]}, "different pixel sizes"),
    ],
)
def test_mixed_slices_are_refused(odd, words, values, tmp_path):
    folder = save_series(tmp_path / "scan", values, each=lambda i: odd if i == 0 else {})
    with pytest.raises(ReadError, match=words):
        read_image(folder)
    (listed,) = list_series(tmp_path)
    assert words in listed.problem


def test_mixed_sizes_are_refused(values, tmp_path):
    save_series(tmp_path / "a", values)
    save_series(tmp_path / "b", values[:, :2], origin=(0, 0, 90))
    with pytest.raises(ReadError, match="different sizes"):
        read_image(tmp_path)


def test_rescaled_values_window_and_texts(values, voxels, tmp_path):
    folder = save_series(
        tmp_path / "scan", values, RescaleSlope=2, RescaleIntercept=-1024, WindowCenter=[40, 50],
        WindowWidth=[80, 10], Modality="CT", SeriesDescription="head",
    )  # fmt: skip
    image = read_image(folder)
    assert image.pixels.dtype == np.float32
    assert_array_equal(image.pixels[..., 0], voxels * 2.0 - 1024)
    assert image.header.window == (0, 80)
    texts = dict(image.header.texts)
    assert (texts["modality"], texts["series"]) == ("CT", "head")
    assert "Doe" not in repr((image.header.texts, image.source))


def test_inverted_values_are_turned_over(values, voxels, tmp_path):
    folder = save_series(
        tmp_path / "scan", values.astype(np.uint16), PhotometricInterpretation="MONOCHROME1",
        BitsStored=12, HighBit=11,
    )  # fmt: skip
    assert_array_equal(read_image(folder).pixels[..., 0], 4095 - voxels)


def test_overlays_above_the_stored_bits_are_cut_off(values, voxels, tmp_path):
    folder = save_series(
        tmp_path / "scan", values.astype(np.uint16) | 0x8000, BitsStored=12, HighBit=11
    )
    assert_array_equal(read_image(folder).pixels[..., 0], voxels)


@pytest.fixture
def enhanced(values, tmp_path):
    """One file of frames in an odd order, with two time points and a scale of their own."""

    def enhanced():
        frames = [(time, index) for index in (3, 0, 4, 1, 2) for time in (2, 1)]
        pixels = np.stack([values[index] + 100 * (time - 1) for time, index in frames])
        header = dataset(pixels, NumberOfFrames=len(frames))
        header.SharedFunctionalGroupsSequence = item(
            PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
            PixelMeasuresSequence=item(PixelSpacing=[2, 1.5], SliceThickness=3),
        )
        groups = []
        for time, index in frames:
            groups += item(
                PlanePositionSequence=item(ImagePositionPatient=[0, 0, 3 * index]),
                FrameContentSequence=item(TemporalPositionIndex=time),
                PixelValueTransformationSequence=item(RescaleSlope=time, RescaleIntercept=0),
            )
        header.PerFrameFunctionalGroupsSequence = groups
        return save(tmp_path / "enhanced.dcm", header)

    return enhanced


def test_frames_of_one_file_are_placed_one_by_one(enhanced, voxels):
    path = enhanced()
    image = read_image(path)
    assert image.source.n_pages == 2
    assert_array_equal(image.pixels[..., 0], voxels)
    assert_array_equal(read_image(path, volume=1).pixels[..., 0], (voxels + 100) * 2)
    assert_allclose(image.spacing, (1.5, 2, 3))
    assert describe_file(path).header.grid == (4, 3, 5)


def test_mosaics_are_cut_into_their_slices(values, voxels, tmp_path):
    """Five slices of 3 rows and 4 columns on 3 by 3 places; a file a time."""
    for time in (1, 2):
        mosaic = np.zeros((9, 12), np.int16)
        for index, pixels in enumerate(values * time):
            row, column = 3 * (index // 3), 4 * (index % 3)
            mosaic[row : row + 3, column : column + 4] = pixels
        header = dataset(
            mosaic, ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"], SeriesInstanceUID="1.2",
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[2, 1.5], SliceThickness=3,
            ImagePositionPatient=[-16, -26, -30], SpacingBetweenSlices=4, AcquisitionNumber=time,
        )  # fmt: skip
        header.private_block(0x19, "SIEMENS MR HEADER", create=True).add_new(0x0A, "US", 5)
        save(tmp_path / "scan" / f"{time}.dcm", header)
    image = read_image(tmp_path / "scan", volume=1)
    assert image.source.n_pages == 2
    assert_array_equal(image.pixels[..., 0], voxels * 2)
    expected = [[-1.5, 0, 0, 10], [0, -2, 0, 20], [0, 0, 4, -30], [0, 0, 0, 1]]
    assert_allclose(image.affine, expected)
    assert_array_equal(read_image(tmp_path / "scan" / "1.dcm").pixels[..., 0], voxels)


def test_a_mosaic_without_a_count_is_refused(tmp_path):
    header = dataset(
        np.zeros((9, 12), np.int16), ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[2, 1.5],
        ImagePositionPatient=[-16, -26, -30],
    )  # fmt: skip
    with pytest.raises(ReadError, match="does not say how many slices it holds"):
        read_image(save(tmp_path / "a.dcm", header))


def test_one_slice_is_a_picture_with_a_note(values, tmp_path):
    folder = save_series(tmp_path / "scan", values[:1])
    image = read_image(folder / "0000")
    assert_array_equal(image.pixels[..., 0], values[0])
    assert (image.color_space, image.spacing) == ("gray", (2, 1.5))
    assert image.source.notes == ("it is one slice; open its folder for the whole scan",)


def test_color_frames_are_pages(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 6, 5, 3)).astype(np.uint8)
    path = save(tmp_path / "a.dcm", dataset(pixels, NumberOfFrames=2))
    image = read_image(path, page=1)
    assert (image.color_space, image.source.n_pages) == ("rgb", 2)
    assert_array_equal(image.pixels, pixels[1])


def test_tiles_of_a_slide_are_put_together(tmp_path):
    slide = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    padded = np.pad(slide, ((0, 1), (0, 2), (0, 0)))
    tiles = np.stack([padded[r : r + 3, c : c + 3] for r in range(0, 6, 3) for c in range(0, 9, 3)])
    header = dataset(tiles, NumberOfFrames=6, TotalPixelMatrixRows=5, TotalPixelMatrixColumns=7)
    assert_array_equal(read_image(save(tmp_path / "a.dcm", header)).pixels, slide)


def test_palettes_are_looked_up(tmp_path):
    indices = np.array([[0, 1], [2, 1]], np.uint8)
    table = np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90], [0, 0, 0]], np.uint8)
    header = dataset(indices, PhotometricInterpretation="PALETTE COLOR")
    for channel, name in enumerate(("Red", "Green", "Blue")):
        setattr(header, f"{name}PaletteColorLookupTableDescriptor", [4, 0, 8])
        setattr(header, f"{name}PaletteColorLookupTableData", table[:, channel].tobytes())
    image = read_image(save(tmp_path / "a.dcm", header))
    assert_array_equal(image.pixels, table[indices])


@pytest.mark.parametrize(
    ("syntax", "bits", "options"),
    [(JPEGLosslessSV1, 16, {"lossless": True, "bitspersample": 16}),
     (JPEGExtended12Bit, 12, {"level": 100, "bitspersample": 12})],
)  # fmt: skip
def test_jpegs_that_other_plugins_leave_out(syntax, bits, options, tmp_path):
    rows, columns = np.mgrid[:16, :24]
    pixels = ((rows * 7 + columns * 3) * 10).astype(np.uint16)
    header = dataset(pixels, BitsStored=bits, HighBit=bits - 1)
    header.file_meta.TransferSyntaxUID = syntax
    header.PixelData = encapsulate([imagecodecs.jpeg8_encode(pixels, **options)])
    read = read_image(save(tmp_path / "a.dcm", header)).pixels[..., 0]
    assert_allclose(read.astype(int), pixels, atol=0 if bits == 16 else 8)


def test_run_lengths(values, tmp_path):
    header = dataset(values[0].astype(np.uint16))
    header.compress(RLELossless)
    assert_array_equal(read_image(save(tmp_path / "a.dcm", header)).pixels[..., 0], values[0])


def test_a_file_without_the_preamble_opens(values, tmp_path):
    path = save(tmp_path / "a.dcm", dataset(values[0]))
    path.write_bytes(path.read_bytes()[132:])
    assert_array_equal(read_image(path).pixels[..., 0], values[0])


def test_a_segmentation_is_no_image(values, tmp_path):
    header = dataset(values[0], SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4")
    with pytest.raises(ReadError, match="is a DICOM segmentation; open the images it was"):
        read_image(save(tmp_path / "a.dcm", header))


def test_more_frames_than_said_are_refused(values, tmp_path):
    path = save(tmp_path / "a.dcm", dataset(values, NumberOfFrames=2))
    with pytest.raises(ReadError, match="holds more frames than it says"):
        read_image(path)


def test_without_pydicom_the_extra_is_named(values, tmp_path, monkeypatch):
    folder = save_series(tmp_path / "scan", values)
    monkeypatch.setitem(sys.modules, "pydicom", None)
    for path in (folder, folder / "0000"):
        with pytest.raises(ReadError, match=r"pip install 'segmenter\[dicom\]'\.$"):
            read_image(path)


def test_a_missing_plugin_is_named(values, tmp_path, monkeypatch):
    header = dataset(values[0].astype(np.uint8))
    header.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.80"
    header.PixelData = encapsulate([imagecodecs.jpegls_encode(values[0].astype(np.uint8))])
    path = save(tmp_path / "a.dcm", header)
    assert_array_equal(read_image(path).pixels[..., 0], values[0])
    from pydicom.pixels.decoders import JPEGLSLosslessDecoder

    monkeypatch.setattr(JPEGLSLosslessDecoder, "_available", {})
    with pytest.raises(ReadError, match=r"is compressed as JPEG-LS .*; .*'segmenter\[dicom\]'\.$"):
        read_image(path)


def test_a_cut_file_of_a_series_is_named(values, tmp_path):
    folder = save_series(tmp_path / "scan", values)
    path = folder / "0003"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ReadError, match=r"^scan holds 0003, which is damaged or cut short; "):
        read_image(folder)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_file_is_refused(share, tmp_path):
    noise = np.random.default_rng(0).integers(0, 1000, (40, 50)).astype(np.uint16)
    path = save(tmp_path / "a.dcm", dataset(noise))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ReadError, match="cannot be decoded"):
        read_image(path)


def test_damaged_files_raise_nothing_but_a_sentence_and_print_nothing(enhanced, capfd, recwarn):
    path = enhanced()
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(content)
        for place in rng.integers(132, 2000, 4):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            image = read_image(path)
        except (ReadError, ParameterError):
            continue
        assert image.pixels.size > 0
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert not recwarn.list

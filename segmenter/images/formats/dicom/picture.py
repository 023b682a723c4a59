"""Pictures of DICOM files: color, single slices and frames that do not say where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.dicom.dataset import (
    header_of,
    imported,
    numbers,
    text,
    whole,
)
from segmenter.images.formats.dicom.pixels import bright, frame_of, n_frames
from segmenter.images.formats.dicom.series import is_derived
from segmenter.images.formats.dicom.slices import is_gray, scale_of, slices_of
from segmenter.images.formats.scaling import scaled, scaled_dtype
from segmenter.images.raster import CannotDecodeError, Header, Raster

if TYPE_CHECKING:
    from pydicom import Dataset

_SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66"


def describe(file: Path, _page: int = 0) -> Header:
    """Say what a file holds."""
    return _header(header_of(file), file)


def decode(file: Path, page: int = 0) -> Raster:
    """Decode a frame; the tiles of a microscope's slide are put together."""
    dataset = whole(file)
    header = _header(dataset, file)
    _check_frames(dataset)
    if _tiles(dataset) is not None:
        pixels = _whole_slide(dataset)
    else:
        pixels = _colors(frame_of(dataset, page), dataset)
    if header.model == "gray":
        pixels = scaled(bright(pixels, dataset), *scale_of(dataset))
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    return Raster(header, np.ascontiguousarray(pixels.astype(header.dtype, copy=False)))


def _header(dataset: Dataset, file: Path) -> Header:
    if is_derived(dataset):
        if _is_segmentation(dataset):
            raise CannotDecodeError("is a DICOM segmentation; open the images it was made for")
        raise CannotDecodeError("is a list of DICOM files; open the folder they are in")
    if "Rows" not in dataset or "Columns" not in dataset:
        raise CannotDecodeError("is a DICOM file without an image; open one that holds pixels")
    is_color = not is_gray(dataset)
    tiles = _tiles(dataset)
    rows, columns = (dataset.Rows, dataset.Columns) if tiles is None else tiles
    return Header(
        format="DICOM",
        width=int(columns),
        height=int(rows),
        dtype=_dtype(dataset),
        model="rgb" if is_color else "gray",
        n_channels=3 if is_color else 1,
        n_pages=n_frames(dataset) if tiles is None else 1,
        spacing=_spacing(dataset),
        notes=_notes(dataset, file),
    )


def _is_segmentation(dataset: Dataset) -> bool:
    return text(dataset, "SOPClassUID").startswith(_SEGMENTATION)


def _dtype(dataset: Dataset) -> np.dtype[Any]:
    if text(dataset, "PhotometricInterpretation") == "PALETTE COLOR":
        bits = int((dataset.get("RedPaletteColorLookupTableDescriptor") or [0, 0, 8])[2])
        return np.dtype(np.uint8 if bits <= 8 else np.uint16)
    kind = "i" if int(dataset.get("PixelRepresentation", 0)) else "u"
    stored = np.dtype(f"{kind}{max(8, int(dataset.get('BitsAllocated', 8))) // 8}")
    return scaled_dtype(stored, *scale_of(dataset)) if is_gray(dataset) else stored


def _spacing(dataset: Dataset) -> tuple[float, float] | None:
    steps = numbers(dataset, "PixelSpacing", 2) or numbers(dataset, "ImagerPixelSpacing", 2)
    return (steps[0], steps[1]) if steps and min(steps) > 0 else None


def _notes(dataset: Dataset, file: Path) -> tuple[str, ...]:
    if is_gray(dataset) and len(slices_of(dataset, file)) == 1:
        return ("it is one slice; open its folder for the whole scan",)
    return ()


def _check_frames(dataset: Dataset) -> None:
    """Refuse a file that holds more frames than it says: it is of a maker's private kind."""
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    bits = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("BitsAllocated", 8))
    n_bytes = bits * int(dataset.get("SamplesPerPixel", 1)) * n_frames(dataset) // 8
    if len(dataset.PixelData) > n_bytes + int(dataset.Rows) * int(dataset.Columns):
        raise CannotDecodeError(
            "holds more frames than it says, as private kinds of 3-D ultrasound do; "
            "export it as NIfTI from the maker's program"
        )


def _colors(frame: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Look indices up in the file's palette."""
    if text(dataset, "PhotometricInterpretation") != "PALETTE COLOR":
        return frame
    looked_up: NDArray[Any] = imported().pixels.apply_color_lut(frame, dataset)
    return looked_up[..., :3]


def _tiles(dataset: Dataset) -> tuple[int, int] | None:
    """Give rows and columns of a slide whose frames are tiles of it."""
    size = dataset.get("TotalPixelMatrixRows"), dataset.get("TotalPixelMatrixColumns")
    if None in size or n_frames(dataset) == 1:
        return None
    rows, columns = int(size[0]), int(size[1])
    if -(-rows // int(dataset.Rows)) * -(-columns // int(dataset.Columns)) != n_frames(dataset):
        raise CannotDecodeError("is a microscope's slide of several layers; save one as TIFF")
    return rows, columns


def _whole_slide(dataset: Dataset) -> NDArray[Any]:
    """Put tiles together, row by row."""
    rows, columns = _tiles(dataset) or (0, 0)
    across = -(-columns // int(dataset.Columns))
    frames = [_colors(frame_of(dataset, index), dataset) for index in range(n_frames(dataset))]
    lines = [
        np.concatenate(frames[start : start + across], axis=1)
        for start in range(0, len(frames), across)
    ]
    return np.concatenate(lines, axis=0)[:rows, :columns]

"""Volumes of DICOM slices: one file of many frames, or the files of a series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.dicom.dataset import header_of, named, number, text, whole
from segmenter.images.formats.dicom.pixels import bright, frame_of
from segmenter.images.formats.dicom.series import Series, is_derived
from segmenter.images.formats.dicom.slices import Slice, is_gray, slices_of
from segmenter.images.formats.dicom.stack import Stack, stacked
from segmenter.images.formats.scaling import scaled
from segmenter.images.volume import Placement, Volume, VolumeHeader

if TYPE_CHECKING:
    from pydicom import Dataset

_SCANNER = 1  # NIfTI's code for positions in the scanner
_TEXTS = {
    "SeriesDescription": "series",
    "ProtocolName": "protocol",
    "Modality": "modality",
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "model",
    "MagneticFieldStrength": "field (T)",
    "RepetitionTime": "TR (ms)",
    "EchoTime": "TE (ms)",
    "InversionTime": "TI (ms)",
    "FlipAngle": "flip angle",
    "StudyDate": "study date",
}


def is_volume(file: Path) -> bool:
    """Tell a file of several gray frames that say where they lie; all others are pictures."""
    header = header_of(file)
    if "Rows" not in header or not is_gray(header) or is_derived(header):
        return False
    return len(slices_of(header, file)) > 1


def describe(file: Path) -> VolumeHeader:
    """Say what a file of several frames holds."""
    header = header_of(file)
    return _described(header, stacked(slices_of(header, file)))


def decode(file: Path, volume: int) -> Volume:
    """Read one volume of a file of several frames."""
    header = header_of(file)
    return _decoded(header, stacked(slices_of(header, file)), volume)


def describe_series(series: Series) -> VolumeHeader:
    """Say what a series holds."""
    stack = _stack_of(series)
    return _described(header_of(stack.first.file), stack)


def decode_series(series: Series, volume: int) -> Volume:
    """Read one volume of a series."""
    stack = _stack_of(series)
    return _decoded(header_of(stack.first.file), stack, volume)


def slices_of_file(file: Path, volume: int) -> tuple[Slice | None, ...]:
    """List the slices of a volume of a file in the order of the grid, None for missing ones."""
    return stacked(slices_of(header_of(file), file)).volumes[volume]


def slices_of_series(series: Series, volume: int) -> tuple[Slice | None, ...]:
    """List the slices of a volume of a series as `slices_of_file` does."""
    return _stack_of(series).volumes[volume]


def _stack_of(series: Series) -> Stack:
    stack = stacked(series.slices)
    if series.n_unplaced == 0:
        return stack
    files = "1 file" if series.n_unplaced == 1 else f"{series.n_unplaced} files"
    note = f"{files} without a stated position left out"
    return replace(stack, notes=(*stack.notes, note))


def _described(header: Dataset, stack: Stack) -> VolumeHeader:
    affine = stack.affine
    center, width = number(header, "WindowCenter", 0), number(header, "WindowWidth", 0)
    return VolumeHeader(
        format="DICOM",
        grid=stack.grid,
        dtype=_dtype(header, stack),
        affine=affine,
        n_volumes=len(stack.volumes),
        placement=Placement(affine, _SCANNER, affine, _SCANNER),
        window=(center - width / 2, center + width / 2) if width > 0 else None,
        texts=tuple(_texts(header)),
        notes=stack.notes,
    )


def _dtype(header: Dataset, stack: Stack) -> np.dtype[Any]:
    if any((item.slope, item.intercept) != (1.0, 0.0) for item in _filled(stack)):
        return np.dtype(np.float32)
    kind = "i" if int(header.get("PixelRepresentation", 0)) else "u"
    return np.dtype(f"{kind}{max(8, int(header.get('BitsAllocated', 16))) // 8}")


def _decoded(header: Dataset, stack: Stack, volume: int) -> Volume:
    """Decode slice by slice; those that are not there are left at 0 and marked."""
    described = _described(header, stack)
    voxels = np.zeros((*stack.grid, 1), described.dtype)
    missing = np.zeros(stack.grid, bool)
    opened: tuple[Path, Dataset] | None = None
    for index, item in enumerate(stack.volumes[volume]):
        if item is None:
            missing[:, :, index] = True
            continue
        with named(item.file):
            if opened is None or opened[0] != item.file:
                opened = item.file, whole(item.file)
            voxels[:, :, index, 0] = _values(opened[1], item, described.dtype).T
    return Volume(described, voxels, missing if missing.any() else None)


def _values(dataset: Dataset, item: Slice, dtype: np.dtype[Any]) -> NDArray[Any]:
    top, left = item.corner
    rows, columns = item.shape
    frame = frame_of(dataset, item.frame)[top : top + rows, left : left + columns]
    frame = bright(frame, dataset)
    return scaled(frame, item.slope, item.intercept).astype(dtype)


def _filled(stack: Stack) -> Iterator[Slice]:
    for volume in stack.volumes:
        yield from (item for item in volume if item is not None)


def _texts(header: Dataset) -> Iterator[tuple[str, str]]:
    """List what the header says of the scan; the patient's name is not looked at."""
    for name, title in _TEXTS.items():
        if words := text(header, name):
            yield title, words

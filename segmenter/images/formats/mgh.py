"""FreeSurfer's volumes, MGH and MGZ.

The header is that of https://surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat, big-endian
throughout; voxels begin after 284 bytes, the first axis running fastest.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.streams import check_end, read_exactly, unpacked
from segmenter.images.formats.voxels import gathered
from segmenter.images.geometry import is_affine
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

_HEADER = struct.Struct(">7i h 3f 9f 3f")
_START = 284
_DTYPES = {0: ">u1", 1: ">i4", 3: ">f4", 4: ">i2", 10: ">u2"}
_UNPLACED = np.array([[-1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])  # coronal, as FreeSurfer has it


@dataclass(frozen=True, eq=False, slots=True)
class _Stored:
    grid: tuple[int, int, int]
    n_volumes: int
    dtype: np.dtype[Any]
    affine: NDArray[np.float64]
    is_placed: bool


def describe(file: Path) -> VolumeHeader:
    """Say what a file holds; its voxels are not read."""
    return _described(_stored(file))


def decode(file: Path, volume: int = 0) -> Volume:
    """Read one volume."""
    stored = _stored(file)
    n_bytes = int(np.prod(stored.grid, dtype=np.int64)) * stored.dtype.itemsize
    with unpacked(file) as stream:
        stream.seek(_START + volume * n_bytes)
        content = read_exactly(stream, n_bytes)
        check_end(stream)
    values = np.frombuffer(content, stored.dtype).reshape(stored.grid, order="F")
    return Volume(_described(stored), gathered([values]))


def _described(stored: _Stored) -> VolumeHeader:
    note = "the file does not say how it lies; its axes are taken to run left, down and front"
    return VolumeHeader(
        format="MGH",
        grid=stored.grid,
        dtype=stored.dtype.newbyteorder("="),
        affine=stored.affine,
        n_volumes=stored.n_volumes,
        notes=() if stored.is_placed else (note,),
    )


def _stored(file: Path) -> _Stored:
    with unpacked(file) as stream:
        fields = _HEADER.unpack(read_exactly(stream, _HEADER.size))
    _, *sizes, kind, _ = fields[:7]
    if min(sizes) < 0:
        raise ValueError("a negative size")
    if kind not in _DTYPES:
        raise CannotDecodeError("stores a kind of values that is not supported; save it as float")
    grid = (sizes[0], sizes[1], sizes[2])
    affine = _affine(np.array(fields[8:], np.float64), grid) if fields[7] > 0 else None
    return _Stored(
        grid=grid,
        n_volumes=sizes[3],
        dtype=np.dtype(_DTYPES[kind]),
        affine=_unplaced(grid) if affine is None else affine,
        is_placed=affine is not None,
    )


def _affine(numbers: NDArray[np.float64], grid: tuple[int, int, int]) -> NDArray[np.float64] | None:
    """Build the affine of steps (3), directions (3 a grid axis) and the place of the center (3)."""
    affine = _centered(numbers[3:12].reshape(3, 3).T * numbers[:3], grid, numbers[12:])
    return affine if is_affine(affine) else None


def _unplaced(grid: tuple[int, int, int]) -> NDArray[np.float64]:
    return _centered(_UNPLACED, grid, np.zeros(3))


def _centered(
    steps: NDArray[np.float64], grid: tuple[int, int, int], center: NDArray[np.float64]
) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3] = steps
    affine[:3, 3] = center - steps @ (np.array(grid) / 2)
    return affine

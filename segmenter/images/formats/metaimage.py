"""MetaImage volumes, MHA and MHD: a header of words, and voxels as they are or deflated.

The format is that of https://itk.org/Wiki/ITK/MetaIO/Documentation; positions are ITK's: to the
left, the back and the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.streams import Unpacked, check_end, read_exactly
from segmenter.images.formats.voxels import gathered
from segmenter.images.geometry import is_affine
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

_HEADER_LIMIT = 1 << 16
_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False, slots=True)
class _Stored:
    """What the header says of the voxels."""

    file: Path
    start: int | None  # None for voxels at the end of the file
    is_packed: bool
    sizes: tuple[int, ...]
    n_channels: int
    dtype: np.dtype[Any]
    affine: NDArray[np.float64]
    is_placed: bool

    @property
    def grid(self) -> tuple[int, int, int]:
        first, second, third = (*self.sizes, 1, 1)[:3]
        return first, second, third

    @property
    def n_volumes(self) -> int:
        return int(np.prod(self.sizes[3:], dtype=np.int64))


def describe(file: Path) -> VolumeHeader:
    """Say what a file holds; its voxels are not read."""
    return _described(_stored(file))


def decode(file: Path, volume: int = 0) -> Volume:
    """Read one volume."""
    stored = _stored(file)
    shape = (stored.n_channels, *stored.grid)
    n_bytes = int(np.prod(shape, dtype=np.int64)) * stored.dtype.itemsize
    values = np.frombuffer(_bytes(stored, volume * n_bytes, n_bytes), stored.dtype)
    return Volume(_described(stored), gathered(list(values.reshape(shape, order="F"))))


def _described(stored: _Stored) -> VolumeHeader:
    note = "the file does not say how it lies; its axes are taken to run left, back and top"
    return VolumeHeader(
        format="MetaImage",
        grid=stored.grid,
        dtype=stored.dtype.newbyteorder("="),
        affine=stored.affine,
        n_channels=stored.n_channels,
        n_volumes=stored.n_volumes,
        notes=() if stored.is_placed else (note,),
    )


def _stored(file: Path) -> _Stored:
    fields, end = _fields(file)
    where = fields["ElementDataFile"]
    if where.split()[0] == "LIST" or "%" in where:
        raise CannotDecodeError("spreads its voxels over several files; save it as one")
    if fields.get("ElementType") not in _TYPES or fields.get("BinaryData", "True") == "False":
        raise CannotDecodeError(
            "stores its values in a way that is not supported; save it as NIfTI"
        )
    voxels = file if where == "LOCAL" else file.with_name(Path(where).name)
    if not voxels.exists():
        raise CannotDecodeError(f"is a header without its voxels; put {where} into the same folder")
    sizes = tuple(int(size) for size in fields["DimSize"].split())
    if min(sizes) < 0 or len(sizes) > 4:
        raise CannotDecodeError(f"has {len(sizes)} dimensions; save the volume of interest alone")
    affine = _affine(fields, len(sizes))
    return _Stored(
        file=voxels,
        start=end if where == "LOCAL" else _skipped(fields),
        is_packed=fields.get("CompressedData", "False") == "True",
        sizes=sizes,
        n_channels=int(fields.get("ElementNumberOfChannels", 1)),
        dtype=np.dtype(_byte_order(fields) + _TYPES[fields["ElementType"]]),
        affine=affine,
        is_placed=len(sizes) >= 3 and _matrix(fields) is not None,
    )


def _fields(file: Path) -> tuple[dict[str, str], int]:
    """Read "Name = value" lines up to the one that says where the voxels are."""
    fields: dict[str, str] = {}
    with file.open("rb") as stream:
        while "ElementDataFile" not in fields:
            line = stream.readline(_HEADER_LIMIT)
            name, separator, value = line.decode("latin-1").partition("=")
            if not separator or stream.tell() > _HEADER_LIMIT:
                raise ValueError("an unfinished header")
            fields[name.strip()] = value.strip()
        return fields, stream.tell()


def _skipped(fields: dict[str, str]) -> int | None:
    size = int(fields.get("HeaderSize", 0))
    return None if size < 0 else size


def _byte_order(fields: dict[str, str]) -> str:
    names = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
    return ">" if any(fields.get(name, "").lower() == "true" for name in names) else "<"


def _matrix(fields: dict[str, str]) -> list[float] | None:
    for name in ("TransformMatrix", "Rotation", "Orientation"):
        if name in fields:
            return [float(number) for number in fields[name].split()]
    return None


def _affine(fields: dict[str, str], n_axes: int) -> NDArray[np.float64]:
    """Build the affine; what the header does not say is a step of 1, upright, at the origin."""
    matrix, affine = _matrix(fields), np.eye(4)
    if matrix is not None and n_axes >= 3:
        affine[:3, :3] = np.reshape(matrix, (n_axes, n_axes))[:3, :3].T
    affine[:3, :3] *= np.abs(_three(fields, ("ElementSpacing", "ElementSize"), 1.0))
    affine[:3, 3] = _three(fields, ("Offset", "Position", "Origin"), 0.0)
    if not is_affine(affine):
        raise ValueError("directions that span no space")
    return _LPS_TO_RAS @ affine


def _three(fields: dict[str, str], names: tuple[str, ...], default: float) -> list[float]:
    stated = next((fields[name] for name in names if name in fields), "")
    return [*(float(number) for number in stated.split()), default, default, default][:3]


def _bytes(stored: _Stored, start: int, n_bytes: int) -> bytes:
    """Read a stretch of the voxels, unpacked."""
    with stored.file.open("rb") as stream:
        if stored.is_packed:
            stream.seek(stored.start or 0)
            packed = Unpacked(stream)
            packed.seek(start)
            content = read_exactly(packed, n_bytes)
            check_end(packed)
            return content
        if stored.start is None:
            stream.seek(-n_bytes * stored.n_volumes + start, 2)
        else:
            stream.seek(stored.start + start)
        return read_exactly(stream, n_bytes)

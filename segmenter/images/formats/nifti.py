"""NIfTI-1, NIfTI-2 and Analyze volumes, whole or in pairs, compressed or not, through nibabel."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.placement import affine_of, placement_of
from segmenter.images.formats.scaling import scaled, scaled_dtype
from segmenter.images.formats.streams import check_end, read_exactly, unpacked
from segmenter.images.formats.voxels import gathered
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

_RGB = {"RGB": 3, "RGBA": 4}
_COLORS = ("Red", "Green", "Blue", "Alpha")
_CIFTI = range(3000, 3100)  # intent codes of connectivity matrices
_VECTORS = (1005, 1006, 1007, 2003, 2004)  # intents whose fifth axis holds the values of a voxel


@dataclass(frozen=True, slots=True)
class _Stored:
    """A header, and where the voxels lie."""

    header: Nifti1Header
    format: str
    voxels: Path
    grid: tuple[int, int, int]
    n_volumes: int
    n_channels: int
    dtype: np.dtype[Any]  # of one value, in the file's byte order
    offset: int
    slope: float
    intercept: float

    @property
    def is_color(self) -> bool:
        return self.dtype.names is not None


def describe(file: Path) -> VolumeHeader:
    """Say what a file holds; its voxels are not read.

    Parameters
    ----------
    file : Path
        A ``.nii`` or the ``.hdr`` of a pair, of any name.
    """
    return _described(_stored(file))


def decode(file: Path, volume: int = 0) -> Volume:
    """Read one volume."""
    stored = _stored(file)
    header = _described(stored)
    return Volume(header, scaled(_voxels(stored, volume), stored.slope, stored.intercept))


def _described(stored: _Stored) -> VolumeHeader:
    placement = placement_of(stored.header)
    affine, notes = affine_of(stored.header, placement)
    names = _COLORS[: stored.n_channels] if stored.is_color else ()
    low, high = (float(stored.header[field]) for field in ("cal_min", "cal_max"))
    return VolumeHeader(
        format=stored.format,
        grid=stored.grid,
        dtype=np.dtype(np.uint8) if stored.is_color else _read_dtype(stored),
        affine=affine,
        n_channels=stored.n_channels,
        channel_names=names,
        n_volumes=stored.n_volumes,
        placement=placement,
        window=(low, high) if np.isfinite([low, high]).all() and low < high else None,
        texts=tuple(_texts(stored.header)),
        notes=notes,
    )


def _read_dtype(stored: _Stored) -> np.dtype[Any]:
    return scaled_dtype(stored.dtype.newbyteorder("="), stored.slope, stored.intercept)


def _stored(file: Path) -> _Stored:
    with unpacked(file) as stream:
        content = stream.read(540)
    header, kind = _header(content)
    shape = tuple(int(size) for size in header.get_data_shape())
    if int(header.get("intent_code", 0)) in _CIFTI:
        raise CannotDecodeError("is a CIFTI file of measures or connections, which is no volume")
    grid, n_volumes, n_channels = _axes(shape, int(header.get("intent_code", 0)))
    dtype = _value_dtype(header)
    slope, intercept = _scale(header)
    is_pair = kind == "Analyze" or bytes(header["magic"].item())[:2] == b"ni"
    return _Stored(
        header=header,
        format=kind,
        voxels=_voxel_file(file) if is_pair else file,
        grid=grid,
        n_volumes=n_volumes,
        n_channels=len(dtype.names) if dtype.names else n_channels,
        dtype=dtype,
        offset=max(int(header.get_data_offset()), 0 if is_pair else header.single_vox_offset),
        slope=slope,
        intercept=intercept,
    )


def _header(content: bytes) -> tuple[Nifti1Header, str]:
    """Read the fields; what is wrong with them is looked at here, and not by nibabel's checks."""
    logging.getLogger("nibabel").addHandler(logging.NullHandler())
    import nibabel as nib

    if content[4:7] in (b"n+2", b"ni2"):
        return nib.Nifti2Header(content[:540], check=False), "NIfTI-2"
    if content[344:347] in (b"n+1", b"ni1"):
        return nib.Nifti1Header(content[:348], check=False), "NIfTI"
    return nib.Spm2AnalyzeHeader(content[:348], check=False), "Analyze"


def _axes(shape: tuple[int, ...], intent: int) -> tuple[tuple[int, int, int], int, int]:
    """Tell the grid, the volumes and the values of a voxel apart."""
    sizes = (*shape, 1, 1, 1, 1, 1)[: max(5, len(shape))]
    grid = (sizes[0], sizes[1], sizes[2])
    if min(sizes) < 0:
        raise ValueError("a negative size")
    if any(size != 1 for size in sizes[5:]):
        raise CannotDecodeError(
            f"has {len(shape)} dimensions ({' x '.join(map(str, shape))}); "
            "save the volume of interest as a file of three"
        )
    if sizes[4] > 1 and (intent in _VECTORS or sizes[3] == 1):
        return grid, sizes[3], sizes[4]
    return grid, sizes[3] * sizes[4], 1


def _value_dtype(header: Nifti1Header) -> np.dtype[Any]:
    dtype: np.dtype[Any] = header.get_data_dtype()
    if dtype.names is None and (dtype.kind not in "iuf" or dtype.itemsize > 8):
        raise CannotDecodeError(
            f"stores {dtype.name} values, which are not supported; save it as float32"
        )
    return dtype


def _scale(header: Nifti1Header) -> tuple[float, float]:
    """Give slope and intercept; a slope of 0 or not finite means that values are as they stand."""
    try:
        slope, intercept = header.get_slope_inter()
    except Exception as error:  # nibabel's HeaderDataError: the intercept is not finite
        raise CannotDecodeError(
            "has a scale factor that is no number; mend its scl_slope and scl_inter"
        ) from error
    return 1.0 if slope is None else float(slope), 0.0 if intercept is None else float(intercept)


def _voxel_file(header: Path) -> Path:
    """Find the file of voxels that belongs to a header file."""
    name = header.name
    bare = name[:-3] if name.lower().endswith(".gz") else name
    stem = bare[:-4] if bare.lower().endswith(".hdr") else bare
    for ending in (".img", ".img.gz", ".IMG"):
        if (found := header.with_name(stem + ending)).exists():
            return found
    raise CannotDecodeError(f"is a header without its voxels; put {stem}.img into the same folder")


def _voxels(stored: _Stored, volume: int) -> NDArray[Any]:
    """Read the bytes of one volume and put them on the grid, channels last."""
    count = int(np.prod(stored.grid, dtype=np.int64))
    n_bytes = count * stored.dtype.itemsize
    n_parts = 1 if stored.is_color else stored.n_channels
    parts = []
    with unpacked(stored.voxels) as stream:
        for part in range(n_parts):
            stream.seek(stored.offset + (part * stored.n_volumes + volume) * n_bytes)
            parts.append(read_exactly(stream, n_bytes))
        check_end(stream)
    values = [np.frombuffer(part, stored.dtype).reshape(stored.grid, order="F") for part in parts]
    if stored.is_color:
        values = [values[0][name] for name in cast("tuple[str, ...]", stored.dtype.names)]
    return gathered(values)


def _texts(header: Nifti1Header) -> Iterator[tuple[str, str]]:
    """List the fields that hold words, where they are filled in."""
    for field, title in (
        ("descrip", "description"),
        ("intent_name", "intent"),
        ("aux_file", "auxiliary file"),
        ("db_name", "database"),
    ):
        if field in header.keys():  # noqa: SIM118 -- nibabel's headers cannot be asked by `in`
            raw = bytes(header[field].item()).split(b"\0")[0]
            text = raw.decode("utf-8", "replace").strip()
            if text:
                yield title, text

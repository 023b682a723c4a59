"""NRRD volumes, attached or detached, through pynrrd."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.voxels import gathered
from segmenter.images.geometry import is_affine
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

_LPS, _RAS = (-1.0, -1.0, 1.0), (1.0, 1.0, 1.0)
_SIGNS = {
    "left-posterior-superior": _LPS,
    "lps": _LPS,
    "left-anterior-superior": (-1.0, 1.0, 1.0),
    "las": (-1.0, 1.0, 1.0),
    "right-anterior-superior": _RAS,
    "ras": _RAS,
}
_DTYPES = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(
        ("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"
    ),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(("longlong", "long long", "int64", "int64_t"), "i8"),
    **dict.fromkeys(("ulonglong", "unsigned long long", "uint64", "uint64_t"), "u8"),
    "float": "f4",
    "double": "f8",
}
_VOLUMES = ("list", "time")  # kinds of an axis whose entries are volumes, not values of a voxel


def describe(file: Path) -> VolumeHeader:
    """Say what a file holds; its voxels are not read."""
    return _described(_fields(file))


def decode(file: Path, volume: int = 0) -> Volume:
    """Read one volume."""
    import nrrd

    fields = _fields(file)
    header = _described(fields)
    with file.open("rb") as stream:
        nrrd.read_header(stream)  # leaves the stream at the voxels
        values = nrrd.read_data(dict(fields), stream, str(file), index_order="F")
    return Volume(header, _one_volume(values, fields, header, volume))


def _fields(file: Path) -> dict[str, Any]:
    import nrrd

    with file.open("rb") as stream:
        fields: dict[str, Any] = nrrd.read_header(stream)
    return fields


def _described(fields: dict[str, Any]) -> VolumeHeader:
    sizes = [int(size) for size in fields["sizes"]]
    if min(sizes) < 0:
        raise ValueError("a negative size")
    spatial, other = _axes(fields, len(sizes))
    grid = (*(sizes[axis] for axis in spatial), 1, 1)[:3]
    n_others = sizes[other] if other is not None else 1
    is_volumes = other is not None and _holds_volumes(fields, other)
    affine, notes = _affine(fields, spatial, grid)
    return VolumeHeader(
        format="NRRD",
        grid=(grid[0], grid[1], grid[2]),
        dtype=_dtype(fields),
        affine=affine,
        n_channels=1 if is_volumes else n_others,
        n_volumes=n_others if is_volumes else 1,
        texts=(("content", str(fields["content"])),) if fields.get("content") else (),
        notes=notes,
    )


def _axes(fields: dict[str, Any], n_axes: int) -> tuple[list[int], int | None]:
    """Tell the axes in space from the one of values or volumes."""
    directions = fields.get("space directions")
    if directions is not None:
        steps = np.asarray(directions, np.float64)
        spatial = [axis for axis in range(n_axes) if np.isfinite(steps[axis]).all()]
    else:
        kinds = fields.get("kinds") or ["domain"] * min(3, n_axes)
        spatial = [axis for axis, kind in enumerate(kinds) if kind in ("domain", "space")]
    others = [axis for axis in range(n_axes) if axis not in spatial]
    if not 1 <= len(spatial) <= 3 or len(others) > 1:
        raise CannotDecodeError(
            f"has {len(spatial)} axes in space and {len(others)} others; "
            "save the volume of interest with three"
        )
    return spatial, others[0] if others else None


def _holds_volumes(fields: dict[str, Any], axis: int) -> bool:
    kinds = fields.get("kinds")
    return kinds is None or kinds[axis] in _VOLUMES or axis == len(fields["sizes"]) - 1


def _affine(
    fields: dict[str, Any], spatial: list[int], grid: tuple[int, ...]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    signs = _SIGNS.get(str(fields.get("space", "")).lower())
    directions = fields.get("space directions")
    affine = np.eye(4)
    if directions is not None and len(spatial) == 3:
        affine[:3, :3] = np.asarray(directions, np.float64)[spatial].T
        if is_affine(affine) and signs is not None:
            affine[:3, 3] = np.asarray(fields.get("space origin", (0, 0, 0)), np.float64)
            affine[:3] *= np.array(signs)[:, None]
            return affine, ()
    steps = np.asarray(_spacings(fields, spatial), np.float64)
    affine = np.diag([*(steps * _LPS), 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(grid) - 1) / 2)
    note = "the file does not say which side is left; its axes are taken to run left, back and top"
    return affine, (note,)


def _spacings(fields: dict[str, Any], spatial: list[int]) -> list[float]:
    """Give three positive lengths of steps; those that are not said are 1."""
    directions = fields.get("space directions")
    stated = fields.get("spacings")
    if directions is not None:
        lengths = np.linalg.norm(np.asarray(directions, np.float64)[spatial], axis=1)
    else:
        lengths = np.ones(3) if stated is None else np.asarray(stated, np.float64)[spatial]
    steps = [float(step) if np.isfinite(step) and step > 0 else 1.0 for step in lengths]
    return [*steps, 1.0, 1.0][:3]


def _dtype(fields: dict[str, Any]) -> np.dtype[Any]:
    name = " ".join(str(fields["type"]).split())
    if name not in _DTYPES:
        raise CannotDecodeError("stores a kind of values that is not supported; save it as float")
    return np.dtype(_DTYPES[name])


def _one_volume(
    values: NDArray[Any], fields: dict[str, Any], header: VolumeHeader, volume: int
) -> NDArray[Any]:
    """Take one volume, channels last."""
    _, other = _axes(fields, values.ndim)
    ordered = values[..., None] if other is None else np.moveaxis(values, other, -1)
    chosen = ordered[..., volume : volume + 1] if header.n_volumes > 1 else ordered
    chosen = chosen.reshape(*header.grid, -1)
    return gathered([chosen[..., channel] for channel in range(chosen.shape[-1])])

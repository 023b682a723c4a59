"""What `segmenter info` says of volumes, in files and in series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmenter.images.file_info import SeriesInfo, VolumeInfo
    from segmenter.images.volume import VolumeHeader


def volume_rows(info: VolumeInfo) -> list[tuple[str, str]]:
    """List what a file of volumes holds, as titles and texts."""
    return _rows(info.header, info.n_bytes)


def series_rows(info: SeriesInfo) -> list[tuple[str, str]]:
    """List what a series of DICOM files holds, as titles and texts."""
    files = [("files", str(len(info.files)))]
    if info.header is None:
        what = " ".join(word for word in (info.modality, info.description) if word)
        return [*([("series", what)] if what else []), *files, ("problem", info.problem)]
    return [*_rows(info.header, info.n_bytes), *files]


def volume_facts(info: VolumeInfo) -> dict[str, Any]:
    """Give what a file of volumes holds as values for JSON."""
    names = {"name": info.name, "path": str(info.path), "n_bytes": info.n_bytes}
    return {**names, **_facts(info.header)}


def series_facts(info: SeriesInfo) -> dict[str, Any]:
    """Give what a series of DICOM files holds as values for JSON."""
    names = {
        "series": info.uid,
        "description": info.description,
        "modality": info.modality,
        "n_files": len(info.files),
        "n_bytes": info.n_bytes,
    }
    return {**names, **({"problem": info.problem} if info.header is None else _facts(info.header))}


def _rows(header: VolumeHeader, n_bytes: int) -> list[tuple[str, str]]:
    channels = f"{header.n_channels} x " if header.n_channels > 1 else ""
    return [
        ("format", header.format),
        ("grid", f"{_times(header.grid)} voxels, {n_bytes:,} bytes"),
        ("spacing", f"{_times(f'{step:.4g}' for step in _spacing(header))} mm"),
        ("orientation", _orientation(header)),
        *_stored_unit(header),
        ("voxels", f"{channels}{header.dtype}"),
        *((("channels", ", ".join(header.channel_names)),) if header.channel_names else ()),
        ("volumes", str(header.n_volumes)),
        *header.texts,
        *(("note", note) for note in header.notes),
    ]


def _facts(header: VolumeHeader) -> dict[str, Any]:
    from segmenter.images.geometry import orientation_code

    placement = header.placement
    return {
        "format": header.format,
        "grid": list(header.grid),
        "spacing": list(_spacing(header)),
        "orientation": orientation_code(header.affine),
        "affine": header.affine.tolist(),
        "unit": "mm" if placement is None else placement.unit,
        "dtype": str(header.dtype),
        "n_channels": header.n_channels,
        "channel_names": list(header.channel_names),
        "n_volumes": header.n_volumes,
        "qform_code": None if placement is None else placement.qform_code,
        "sform_code": None if placement is None else placement.sform_code,
        "texts": dict(header.texts),
        "notes": list(header.notes),
    }


def _orientation(header: VolumeHeader) -> str:
    """Say which way the axes run, and how far they are turned from the patient's."""
    from segmenter.images.geometry import obliqueness, orientation_code

    degrees = obliqueness(header.affine)
    turned = f", turned by up to {degrees:.1f}°" if degrees >= 0.05 else ""
    placement = header.placement
    codes = (
        ""
        if placement is None
        else f" (qform code {placement.qform_code}, sform code {placement.sform_code})"
    )
    return f"{orientation_code(header.affine)}{turned}{codes}"


def _stored_unit(header: VolumeHeader) -> list[tuple[str, str]]:
    """Say which unit the file has, where it is not millimeters."""
    unit = "mm" if header.placement is None else header.placement.unit
    return [] if unit == "mm" else [("unit", unit or "not stated, taken as mm")]


def _spacing(header: VolumeHeader) -> tuple[float, float, float]:
    from segmenter.images.geometry import grid_spacing

    return grid_spacing(header.affine)


def _times(parts: Any) -> str:
    return " x ".join(map(str, parts))

"""What `segmenter info` says of a file of volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmenter.images.file_info import VolumeInfo
    from segmenter.images.volume import VolumeHeader


def volume_rows(info: VolumeInfo) -> list[tuple[str, str]]:
    """List what a file of volumes holds, as titles and texts."""
    header = info.header
    channels = f"{header.n_channels} x " if header.n_channels > 1 else ""
    return [
        ("format", header.format),
        ("grid", f"{_times(header.grid)} voxels, {info.n_bytes:,} bytes"),
        ("spacing", f"{_times(f'{step:.4g}' for step in _spacing(header))} mm"),
        ("orientation", _orientation(header)),
        ("voxels", f"{channels}{header.dtype}"),
        *((("channels", ", ".join(header.channel_names)),) if header.channel_names else ()),
        ("volumes", str(header.n_volumes)),
        *header.texts,
        *(("note", note) for note in header.notes),
    ]


def volume_facts(info: VolumeInfo) -> dict[str, Any]:
    """Give the same as values for JSON."""
    from segmenter.images.geometry import orientation_code

    header = info.header
    placement = header.placement
    return {
        "name": info.name,
        "path": str(info.path),
        "n_bytes": info.n_bytes,
        "format": header.format,
        "grid": list(header.grid),
        "spacing": list(_spacing(header)),
        "orientation": orientation_code(header.affine),
        "affine": header.affine.tolist(),
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


def _spacing(header: VolumeHeader) -> tuple[float, float, float]:
    from segmenter.images.geometry import grid_spacing

    return grid_spacing(header.affine)


def _times(parts: Any) -> str:
    return " x ".join(map(str, parts))

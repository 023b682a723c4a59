"""Reading pictures: the formats whose grid is flat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segmenter.errors import ParameterError
from segmenter.images.decoding import decoding
from segmenter.images.develop import developed, turned_spacing
from segmenter.images.file_info import FileInfo
from segmenter.images.formats import photo, pillow, pnm, tiff_channels
from segmenter.images.formats.dicom import picture as dicom_picture
from segmenter.images.image import Image, Source
from segmenter.images.limits import check_size
from segmenter.images.orientation import swaps_axes
from segmenter.images.raster import Header, Raster


def read_picture(file: Path, source: Source, kind: str, *, skip_missing: bool) -> Image:
    """Read the page that a source names.

    Parameters
    ----------
    file : Path
        A file.
    source : Source
        Its name, and the page to read.
    kind : str
        Its format, as `content.format_of` names it.
    skip_missing : bool
        Whether pixels that are NaN or infinite are marked as missing instead of refused.

    Raises
    ------
    ReadError
        If the file is damaged, or larger than the limit.
    ParameterError
        If there is no such page.
    """
    decoder = _DECODERS[kind]
    header = _header(decoder, file, source)
    check_size(header, source.name)
    with decoding(source.name):
        raster = decoder.decode(file, source.page)
    return developed(raster, source, skip_missing=skip_missing)


def describe_picture(file: Path, source: Source, kind: str) -> FileInfo:
    """Say what a page holds without reading its pixels."""
    header = _header(_DECODERS[kind], file, source)
    turned = swaps_axes(header.orientation)
    return FileInfo(
        name=source.name,
        path=file,
        n_bytes=file.stat().st_size,
        format=header.format,
        width=header.height if turned else header.width,
        height=header.width if turned else header.height,
        dtype=str(header.dtype),
        colors=header.model,
        n_channels=header.n_channels,
        has_alpha=header.has_alpha,
        n_pages=header.n_pages,
        orientation=header.orientation,
        profile=header.profile is not None,
        spacing=turned_spacing(header),
        notes=header.notes,
    )


@dataclass(frozen=True, slots=True)
class _Decoder:
    describe: Callable[[Path, int], Header]
    decode: Callable[[Path, int], Raster]


_PHOTO = _Decoder(photo.describe, photo.decode)
_PILLOW = _Decoder(pillow.describe, pillow.decode)
_DECODERS = {
    "PNG": _PHOTO,
    "JPEG": _PHOTO,
    "WebP": _PHOTO,
    "AVIF": _PHOTO,
    "JPEG 2000": _PHOTO,
    "GIF": _PILLOW,
    "BMP": _PILLOW,
    "TGA": _PILLOW,
    "TIFF": _Decoder(tiff_channels.describe, tiff_channels.decode),
    "DICOM": _Decoder(dicom_picture.describe, dicom_picture.decode),
    "PNM": _Decoder(pnm.describe, pnm.decode),
}


def _header(decoder: _Decoder, file: Path, source: Source) -> Header:
    with decoding(source.name):
        header = decoder.describe(file, max(0, source.page))
    if not 0 <= source.page < header.n_pages:
        pages = "only 1 page" if header.n_pages == 1 else f"{header.n_pages} pages"
        raise ParameterError(f"{source.name} has {pages}; choose one that is there.")
    return header

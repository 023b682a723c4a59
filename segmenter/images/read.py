"""Reading image files: pictures and volumes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path

from segmenter.errors import ParameterError
from segmenter.images.content import format_of_file
from segmenter.images.file_info import FileInfo, SeriesInfo, VolumeInfo
from segmenter.images.image import Image, Source
from segmenter.images.read_picture import describe_picture, read_picture
from segmenter.images.read_volume import (
    describe_own_series,
    describe_series,
    describe_volume,
    header_of_pair,
    holds_volume,
    read_series,
    read_volume,
)
from segmenter.images.samples import PREFIX, find_sample


def read_image(
    path: str | PathLike[str],
    *,
    page: int = 0,
    volume: int | None = None,
    series: str | SeriesInfo | None = None,
    skip_missing: bool = False,
) -> Image:
    """Read a picture or a volume.

    The content decides the format, not the file's name. Pixels keep the file's own dtype (16-bit
    color stays 16 bits) and come upright and in sRGB, or as one gray channel. Samples of fewer
    than 8 bits, and color of fewer bits than its dtype, are stretched to the full range; gray of
    9 to 15 bits keeps its values.

    A volume keeps its own axes, and an affine says where they lie. Voxels keep the stored dtype
    unless the file scales them, and are then float32. Voxels that are NaN or infinite are missing.

    Parameters
    ----------
    path : str or path
        A file, a folder of DICOM files, or ``"sample:NAME"`` for a picture that comes with the
        program.
    page : int
        Which page, frame or volume, from 0. Frames of an animation are fully composed.
    volume : int, optional
        Which volume of a 4-D file, from 0; the same as the page, and refused for a picture.
    series : str or SeriesInfo, optional
        Which series of a folder of DICOM files: its UID, or what a listing says of it, so that no
        other files are looked at; not needed if there is only one, and refused for a file.
    skip_missing : bool
        Take pixels of a picture that are NaN, infinite or beyond 1e18 as missing instead of
        refusing the file.

    Returns
    -------
    Image
        The picture or volume.

    Raises
    ------
    ReadError
        If the file cannot be read, is damaged, or is larger than the limit.
    ParameterError
        If there is no such page, volume or series, or no such sample; if a folder holds several
        series and none is chosen, or one is chosen of a file.
    """
    source, file = _located(path, page if volume is None else volume)
    if file.is_dir():
        return read_series(file, source, series)
    kind = format_of_file(file, source.name)
    if series is not None:
        raise ParameterError(
            f"{source.name} is a file, not a folder of DICOM series; leave the series out."
        )
    if holds_volume(file, source, kind):
        return read_volume(file, source, kind)
    if volume is not None:
        raise ParameterError(
            f"{source.name} is a picture and has no volumes; leave the volume out."
        )
    return read_picture(file, source, kind, skip_missing=skip_missing)


def describe_file(
    path: str | PathLike[str], *, page: int = 0, name: str | None = None
) -> FileInfo | VolumeInfo:
    """Say what a file holds without reading its pixels.

    Parameters
    ----------
    path : str or path
        A file, or ``"sample:NAME"``.
    page : int
        Which page or frame of a picture, from 0.
    name : str, optional
        What to call it, in errors too; by default the file's name, or the sample's.

    Raises
    ------
    ReadError
        If the file is not an image that can be read.
    ParameterError
        If there is no such page or no such sample.
    """
    source, file = _located(path, page)
    source = replace(source, name=name or source.name)
    kind = format_of_file(file, source.name)
    describe = describe_volume if holds_volume(file, source, kind) else describe_picture
    return describe(file, source, kind)


def list_series(
    folder: str | PathLike[str], files: Iterable[Path] | None = None
) -> tuple[SeriesInfo, ...]:
    """Say which series of DICOM files a folder holds, without reading their pixels.

    Parameters
    ----------
    folder : str or path
        The folder; those below it count too.
    files : iterable of Path, optional
        Which of the files there are looked at; all by default.

    Raises
    ------
    ReadError
        If it holds none.
    """
    source = Source(name_of(folder), Path(folder))
    return describe_series(Path(folder).rglob("*") if files is None else files, source)


def list_own_series(folder: str | PathLike[str]) -> tuple[SeriesInfo, ...]:
    """Say which series a folder holds, not counting those below it; it need not hold any.

    Raises
    ------
    ReadError
        If one of its files is damaged.
    OSError
        If it cannot be looked into.
    """
    return describe_own_series(Path(folder), Source(name_of(folder)))


def name_of(path: str | PathLike[str]) -> str:
    """Say what a file or folder is called, be it given as ``.`` or ``..``."""
    name = Path(path).name
    return Path(path).resolve().name if name in ("", "..") else name


def _located(path: str | PathLike[str], page: int) -> tuple[Source, Path]:
    text = fspath(path)
    if text.startswith(PREFIX):
        sample = find_sample(text)
        return Source(sample.name, sample.path, page=page), sample.path
    file = Path(text)
    return Source(name_of(file), file, page=page), header_of_pair(file)

"""Reading volumes: NIfTI and the other formats that place their grid in the patient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from segmenter.errors import ParameterError, ReadError
from segmenter.images.decoding import decoding
from segmenter.images.develop import developed_volume
from segmenter.images.file_info import SeriesInfo, VolumeInfo
from segmenter.images.formats import metaimage, mgh, nifti, nrrd, tiff_stack
from segmenter.images.formats.dicom import volume as dicom_volume
from segmenter.images.formats.dicom.series import Series, series_of
from segmenter.images.formats.dicom.slices import Slice
from segmenter.images.formats.dicom.stack import are_of_one_scan, is_localizer
from segmenter.images.image import Image, Source
from segmenter.images.limits import check_volume_size
from segmenter.images.volume import Volume, VolumeHeader

_LISTED = 5  # series that a message names


@dataclass(frozen=True, slots=True)
class _Reader:
    describe: Callable[[Path], VolumeHeader]
    decode: Callable[[Path, int], Volume]


_NIFTI = _Reader(nifti.describe, nifti.decode)
_READERS = {
    "NIfTI": _NIFTI,
    "Analyze": _NIFTI,
    "NRRD": _Reader(nrrd.describe, nrrd.decode),
    "MetaImage": _Reader(metaimage.describe, metaimage.decode),
    "MGH": _Reader(mgh.describe, mgh.decode),
    "TIFF": _Reader(tiff_stack.describe, tiff_stack.decode),
    "DICOM": _Reader(dicom_volume.describe, dicom_volume.decode),
}
_SOMETIMES = {"DICOM": dicom_volume.is_volume, "TIFF": tiff_stack.is_stack}
"""Formats of pictures and volumes: what tells a file that holds a volume."""


def holds_volume(file: Path, source: Source, kind: str) -> bool:
    """Tell whether a file is of a format, or within its format of a kind, that holds volumes.

    Parameters
    ----------
    file : Path
        A file.
    source : Source
        Its name.
    kind : str
        Its format, as `content.format_of` names it.

    Raises
    ------
    ReadError
        If that cannot be found out.
    """
    if kind not in _SOMETIMES:
        return kind in _READERS
    with decoding(source.name, "NIfTI"):
        return _SOMETIMES[kind](file)


def read_volume(file: Path, source: Source, kind: str) -> Image:
    """Read the volume that a source names.

    Parameters
    ----------
    file : Path
        A file for which `holds_volume`.
    source : Source
        Its name, and as its page the volume to read.
    kind : str
        Its format.

    Raises
    ------
    ReadError
        If the file is damaged, or larger than the limit.
    ParameterError
        If there is no such volume.
    """
    reader = _READERS[kind]
    return _read(partial(reader.describe, file), partial(reader.decode, file), source)


def describe_volume(file: Path, source: Source, kind: str) -> VolumeInfo:
    """Say what a file of volumes holds without reading its voxels."""
    with decoding(source.name, "NIfTI"):
        header = _READERS[kind].describe(file)
    return VolumeInfo(source.name, file, file.stat().st_size, header)


def read_series(folder: Path, source: Source, wanted: str | SeriesInfo | None) -> Image:
    """Read a volume of a series of DICOM files.

    Parameters
    ----------
    folder : Path
        Where they are, or in folders below it.
    source : Source
        Its name, and as its page the volume to read.
    wanted : str or SeriesInfo or None
        Which series, by its UID or what was found; None for the only one.

    Raises
    ------
    ReadError
        If there is no series, or it makes no volume.
    ParameterError
        If there are several and none is chosen, or no such series or volume.
    """
    if isinstance(wanted, SeriesInfo):
        series = _chosen(_series_of(wanted.files, source), source, wanted.uid)
    else:
        series = _chosen(_series_of(folder.rglob("*"), source), source, wanted)
    describe = partial(dicom_volume.describe_series, series)
    decode = partial(dicom_volume.decode_series, series)
    return _read(describe, decode, replace(source, series=series.uid, files=series.files))


def describe_series(files: Iterable[Path], source: Source) -> tuple[SeriesInfo, ...]:
    """Say which series of DICOM files are among files; what makes no volume says why."""
    return tuple(_series_info(series, source) for series in _series_of(files, source))


def describe_own_series(folder: Path, source: Source) -> tuple[SeriesInfo, ...]:
    """Do so of the files of a folder without those below it, which need not hold any series."""
    files = list(folder.iterdir())
    with decoding(source.name, "NIfTI"):
        found = series_of(files)
    return tuple(_series_info(series, source) for series in found)


def source_slices(image: Image) -> tuple[Slice | None, ...]:
    """Find the DICOM slices that an image was read from, in the order of its last axis.

    Parameters
    ----------
    image : Image
        A volume.

    Returns
    -------
    tuple of Slice or None
        None where a slice is missing.

    Raises
    ------
    ParameterError
        If it was not read from DICOM files.
    ReadError
        If they are not there any more.
    """
    source = image.source
    if source.path is None or source.format != "DICOM" or not image.is_volume:
        raise ParameterError(
            f"{source.name} was not read from a DICOM series, as a DICOM segmentation needs; "
            "write NIfTI instead."
        )
    with decoding(source.name, "NIfTI"):
        if not source.files:
            return dicom_volume.slices_of_file(source.path, source.page)
        series = _chosen(_series_of(source.files, source), source, source.series)
        return dicom_volume.slices_of_series(series, source.page)


def _read(
    describe: Callable[[], VolumeHeader], decode: Callable[[int], Volume], source: Source
) -> Image:
    with decoding(source.name, "NIfTI"):
        header = describe()
    check_volume_size(header, source.name)
    if not 0 <= source.page < header.n_volumes:
        volumes = "only 1 volume" if header.n_volumes == 1 else f"{header.n_volumes} volumes"
        raise ParameterError(f"{source.name} has {volumes}; choose one that is there.")
    with decoding(source.name, "NIfTI"):
        volume = decode(source.page)
    return developed_volume(volume, source)


def _series_of(files: Iterable[Path], source: Source) -> tuple[Series, ...]:
    with decoding(source.name, "NIfTI"):
        found = series_of(files)
    if not found:
        raise ReadError(
            f"{source.path} holds no DICOM series that says where its slices lie;"
            " choose an image in it."
        )
    return found


def _chosen(found: Sequence[Series], source: Source, uid: str | None) -> Series:
    wanted = [series for series in found if uid in (None, series.uid)]
    if len(wanted) == 1:
        return wanted[0]
    listed = ", ".join(f"{series.uid} ({_words(series)})" for series in found[:_LISTED])
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    problem = f"holds {len(found)} series" if uid is None else f"holds no series {uid}"
    raise ParameterError(
        f"{source.name} {problem}; name a folder that holds one alone, or choose one of these by"
        f" its UID: {listed}{more}."
    )


def _words(series: Series) -> str:
    words = series.description or series.modality
    n_slices = "1 slice" if len(series.slices) == 1 else f"{len(series.slices)} slices"
    return f"{words}, {n_slices}" if words else n_slices


def _series_info(series: Series, source: Source) -> SeriesInfo:
    try:
        with decoding(source.name, "NIfTI"):
            header, problem = dicom_volume.describe_series(series), ""
    except ReadError as error:
        header, problem = None, str(error)
    return SeriesInfo(
        uid=series.uid,
        description=series.description,
        modality=series.modality,
        files=series.files,
        n_bytes=sum(file.stat().st_size for file in series.files),
        header=header,
        problem=problem,
        is_localizer=is_localizer(series.slices),
        is_one_scan=are_of_one_scan(series.slices),
    )


def header_of_pair(file: Path) -> Path:
    """Give the header of a file of bare voxels (``.img``), which has nothing to know it by."""
    name = file.name
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if bare.lower().endswith(".img"):
        for ending in (".hdr", ".hdr.gz", ".HDR"):
            if (header := file.with_name(bare[:-4] + ending)).is_file():
                return header
    return file

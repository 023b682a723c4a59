"""Reading volumes: NIfTI and the other formats that place their grid in the patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segmenter.errors import ParameterError
from segmenter.images.decoding import decoding
from segmenter.images.develop import developed_volume
from segmenter.images.file_info import VolumeInfo
from segmenter.images.formats import nifti
from segmenter.images.image import Image, Source
from segmenter.images.limits import check_volume_size
from segmenter.images.volume import Volume, VolumeHeader


@dataclass(frozen=True, slots=True)
class _Reader:
    describe: Callable[[Path], VolumeHeader]
    decode: Callable[[Path, int], Volume]


_NIFTI = _Reader(nifti.describe, nifti.decode)
_READERS = {"NIfTI": _NIFTI, "Analyze": _NIFTI}
VOLUME_FORMATS = frozenset(_READERS)


def read_volume(file: Path, source: Source, kind: str) -> Image:
    """Read the volume that a source names.

    Parameters
    ----------
    file : Path
        A file.
    source : Source
        Its name, and as its page the volume to read.
    kind : str
        One of ``VOLUME_FORMATS``.

    Raises
    ------
    ReadError
        If the file is damaged, or larger than the limit.
    ParameterError
        If there is no such volume.
    """
    reader = _READERS[kind]
    with decoding(source.name, "NIfTI"):
        header = reader.describe(file)
    check_volume_size(header, source.name)
    if not 0 <= source.page < header.n_volumes:
        volumes = "only 1 volume" if header.n_volumes == 1 else f"{header.n_volumes} volumes"
        raise ParameterError(f"{source.name} has {volumes}; choose one that is there.")
    with decoding(source.name, "NIfTI"):
        volume = reader.decode(file, source.page)
    return developed_volume(volume, source)


def describe_volume(file: Path, source: Source, kind: str) -> VolumeInfo:
    """Say what a file of volumes holds without reading its voxels."""
    with decoding(source.name, "NIfTI"):
        header = _READERS[kind].describe(file)
    return VolumeInfo(source.name, file, file.stat().st_size, header)


def header_of_pair(file: Path) -> Path:
    """Give the header of a file of bare voxels (``.img``), which has nothing to know it by."""
    name = file.name
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if bare.lower().endswith(".img"):
        for ending in (".hdr", ".hdr.gz", ".HDR"):
            if (header := file.with_name(bare[:-4] + ending)).is_file():
                return header
    return file

"""The series of a folder of DICOM files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from segmenter.images.formats.dicom.dataset import header_of, named, text
from segmenter.images.formats.dicom.slices import Slice, is_gray, slices_of

if TYPE_CHECKING:
    from pydicom import Dataset

_Part: TypeAlias = "tuple[Dataset, Path, tuple[Slice, ...]]"
_NOT_IMAGES = ("1.2.840.10008.5.1.4.1.1.66", "1.2.840.10008.1.3.10")  # derived objects, DICOMDIR


@dataclass(frozen=True, slots=True)
class Series:
    """Slices that belong together.

    Attributes
    ----------
    uid : str
        The series' number in the world.
    description : str
        What whoever took it called it.
    modality : str
        Such as "MR".
    files : tuple of Path
        Where its slices are.
    slices : tuple of Slice
        In no order yet.
    n_unplaced : int
        How many of the files do not say where they lie, and take no part.
    """

    uid: str
    description: str
    modality: str
    files: tuple[Path, ...]
    slices: tuple[Slice, ...]
    n_unplaced: int = 0


def series_of(files: Iterable[Path]) -> tuple[Series, ...]:
    """List the series among files that can become volumes, by their number in the study.

    Files that are not DICOM, hold no pixels or are in color are passed over, and so are series of
    which no file says where it lies.
    """
    found: dict[str, list[_Part]] = {}
    for file in sorted(files):
        if file.is_file() and not file.name.startswith(".") and _may_be_dicom(file):
            with named(file):
                header = header_of(file)
                if "Rows" in header and is_gray(header) and not is_derived(header):
                    uid = text(header, "SeriesInstanceUID")
                    found.setdefault(uid, []).append((header, file, slices_of(header, file)))
    listed = map(_series, found.values())
    return tuple(sorted((one for one in listed if one.slices), key=lambda one: one.uid))


def _series(parts: Sequence[_Part]) -> Series:
    header = parts[0][0]
    return Series(
        uid=text(header, "SeriesInstanceUID"),
        description=text(header, "SeriesDescription") or text(header, "ProtocolName"),
        modality=text(header, "Modality"),
        files=tuple(file for _, file, _ in parts),
        slices=tuple(chain.from_iterable(slices for _, _, slices in parts)),
        n_unplaced=sum(not slices for _, _, slices in parts),
    )


def is_derived(header: Dataset) -> bool:
    """Tell what holds no image of its own: segmentations, directories."""
    return text(header, "SOPClassUID").startswith(_NOT_IMAGES)


def _may_be_dicom(file: Path) -> bool:
    """Look at the first bytes: the preamble, or a group that old files begin with."""
    try:
        with file.open("rb") as stream:
            head = stream.read(132)
    except OSError:
        return False
    return head[128:132] == b"DICM" or head[:2] in (b"\x02\0", b"\x08\0")

"""The series of a study of DICOM files: which of them are scans, and what those are called."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from segmenter.cli.scan import Scan, walk
from segmenter.errors import ReadError
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.images.file_info import SeriesInfo

_TOLD = 20  # kinds of series that a message lists


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """A series that was found in a folder of a study.

    Attributes
    ----------
    place : Path
        The folder, from that of the study on.
    info : SeriesInfo or None
        What it is; None where the series of the folder cannot be listed.
    problem : str
        Why they cannot, or why it makes no volume.
    """

    place: Path
    info: SeriesInfo | None
    problem: str = ""

    @property
    def key(self) -> str:
        """What files of one series share; files without its number do so in a folder alone."""
        return (self.info and self.info.uid) or f"in {self.place}"

    @property
    def words(self) -> str:
        """What whoever took it called it."""
        return "" if self.info is None else self.info.description or self.info.modality

    def is_wanted(self, only: str) -> bool:
        """Tell whether its place or description holds a text; nobody knows of what is damaged."""
        return self.info is None or only.lower() in f"{self.place} {self.words}".lower()

    @property
    def is_scan(self) -> bool:
        """Whether it is to be segmented, and not a localizer or a few slices."""
        from segmenter.segment.tissue.channels import LEAST_SIDE

        if self.info is None or self.info.header is None:
            return self.info is None or not self.info.is_localizer
        return min(self.info.header.grid) >= LEAST_SIDE


def series_scans(
    study: Path, only: str = "", tell: Callable[[str], None] = lambda _: None
) -> Work[list[Scan]]:
    """List a scan for each series in a folder, and those below it, that makes a volume.

    A scan is called by the folder that its files lie in; if one folder holds several, all are by
    their description too. A series in several folders is one scan if it makes one volume of one
    patient, even and without gaps, no slice of it twice. Scans with a problem are a folder with a
    damaged file, a series whose slices fit no grid, and one in several folders of which nobody
    knows what belongs together.

    Parameters
    ----------
    study : Path
        The folder.
    only : str
        What the place or the description of a series must hold, in small letters or large.
    tell : callable
        Takes a message about series that make no volume, such as localizers.

    Raises
    ------
    ReadError
        If no folder can be listed.
    """
    from segmenter.images.read import name_of

    series: dict[str, list[FoundSeries]] = {}
    for folder, _ in walk(study):
        yield Progress(f"Looking through {name_of(folder)}")
        for each in own_series(folder, study):
            series.setdefault(each.key, []).append(each)
    found: list[FoundSeries] = []
    for parts in series.values():
        yield Progress(f"Looking through {name_of(study / parts[0].place)}")
        found += _joined(parts, study)
    if len(found) == 1 and found[0].info:
        found = [replace(found[0], place=Path())]
    if found and not any(each.info for each in found):
        raise ReadError(found[0].problem)  # such as that pydicom is not installed
    wanted = [each for each in found if each.is_wanted(only)]
    scans = [each for each in wanted if each.is_scan]
    if not scans:
        return list(_scans(wanted[:1], found, study))  # reading it says what is wrong
    if len(scans) < len(wanted):
        tell(_left_out([each for each in wanted if not each.is_scan]))
    return list(_scans(scans, found, study))


def _joined(parts: Sequence[FoundSeries], study: Path) -> Sequence[FoundSeries]:
    """Make one of the parts of a series if they are one volume, where their folders meet."""
    whole = _one_volume(parts, study) if len(parts) > 1 else None
    if whole is None:
        return parts
    return [FoundSeries(Path(os.path.commonpath([each.place for each in parts])), whole)]


def _one_volume(parts: Iterable[FoundSeries], study: Path) -> SeriesInfo | None:
    """Describe all files of a series if they are one volume of which nothing is odd.

    Of two patients whose series have one number the slices may lie between each other, or apart.
    """
    from segmenter.images.read import list_series

    infos = (each.info for each in parts if each.info is not None)
    (whole,) = list_series(study, chain.from_iterable(info.files for info in infos))
    header = whole.header
    if not whole.is_one_scan or header is None or header.notes or header.n_volumes > 1:
        return None
    return whole


def own_series(folder: Path, study: Path) -> list[FoundSeries]:
    """List the series whose files lie in a folder of a study, not below it."""
    from segmenter.images.read import list_own_series

    place = folder.relative_to(study)
    try:
        return [FoundSeries(place, info, info.problem) for info in list_own_series(folder)]
    except OSError:  # not ours to look into
        return []
    except ReadError as error:
        return [FoundSeries(place, None, str(error))]


def _left_out(left: Sequence[FoundSeries]) -> str:
    """Name each kind of series once: a scanner makes the same localizers of every patient."""
    kinds = Counter(each.words or "without a description" for each in left).most_common()
    lines = [f"  {words}{f' ({n} series)' if n > 1 else ''}" for words, n in kinds[:_TOLD]]
    more = [f"  and {len(kinds) - _TOLD} kinds more"] if len(kinds) > _TOLD else []
    title = "Series that make no volume, such as localizers, are left out:"
    return "\n".join([title, *lines, *more])


def _scans(
    wanted: Sequence[FoundSeries], found: Sequence[FoundSeries], study: Path
) -> Iterator[Scan]:
    places: dict[str, list[Path]] = {}
    for each in found:
        places.setdefault(each.key, []).append(each.place)
    volumes = [each.place for each in found if each.is_scan]
    is_alone = len(set(volumes)) == len(volumes)
    first = {each.key: each for each in reversed(wanted)}
    for each in (each for each in wanted if each is first[each.key]):
        folder, lies_in = study / each.place, places[each.key]
        name = _name(each, folder, is_alone=is_alone or each.info is None)
        problem = each.problem if len(lies_in) == 1 else _spread(each, lies_in)
        yield Scan(str(folder), name, each.info, problem)


def _name(found: FoundSeries, folder: Path, *, is_alone: bool) -> str:
    from segmenter.export.bids import bids_stem
    from segmenter.export.names import file_name
    from segmenter.images.read import name_of

    if is_alone:
        return (found.place.parent / bids_stem(name_of(folder))).as_posix()
    return (found.place / file_name(found.words or "series")).as_posix()


def _spread(found: FoundSeries, places: Sequence[Path]) -> str:
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    return (
        f"Files of the series {found.key} lie in {places[0]}, {places[1]}{more}: name each folder"
        " by itself if it holds a whole scan, else put the files into one."
    )

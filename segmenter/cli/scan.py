"""A scan that a command line names, and which folders of a study are looked into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmenter.images.file_info import SeriesInfo


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that a command was given.

    Attributes
    ----------
    file : str
        Or a folder of DICOM files.
    name : str
        What its results are called, after the folders they go into.
    series : str or SeriesInfo or None
        Which series of a folder of DICOM files, by its UID or as it was found; None for the only
        one.
    problem : str
        Why it cannot be segmented, known before it is read.
    """

    file: str
    name: str
    series: str | SeriesInfo | None = None
    problem: str = ""

    @property
    def uid(self) -> str:
        """The number of its series; empty where it has none, or is the only one."""
        return (self.series if isinstance(self.series, str | None) else self.series.uid) or ""

    @property
    def stem(self) -> str:
        """How the names of the files of its results begin."""
        from segmenter.export.bids import bids_stem
        from segmenter.images.read import name_of

        return bids_stem(name_of(self.file))

    @property
    def folder(self) -> Path:
        """Where its results go: a folder of its own if its name is not that of its files."""
        name = Path(self.name)
        return name.parent if name.name == self.stem else name

    @property
    def shown(self) -> str:
        """What it is called before the user: of several series in a folder each by its name."""
        name = Path(self.name).name
        return self.file if self.series is None or name == self.stem else f"{self.file} ({name})"


def walk(study: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield the folders of a study that are looked into, itself first, and the files of each.

    What is hidden and what BIDS derived do not count. A folder that is gone meanwhile, or is not
    ours to look into, is passed over.
    """
    for folder, folders, files in os.walk(study):
        folders[:] = sorted(name for name in folders if name != "derivatives" and _is_seen(name))
        yield Path(folder), [Path(folder, name) for name in sorted(files) if _is_seen(name)]


def _is_seen(name: str) -> bool:
    return not name.startswith(".")

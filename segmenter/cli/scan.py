"""A scan that a command line names, and which folders of a study are looked into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that a command was given.

    Attributes
    ----------
    file : str
        Or a folder of DICOM files.
    name : str
        What its results are called, after the folders they go into.
    series : str or None
        Which series of a folder of DICOM files, by its UID; None for the only one.
    problem : str
        Why it cannot be segmented, known before it is read.
    """

    file: str
    name: str
    series: str | None = None
    problem: str = ""

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


def is_looked_into(path: Path, study: Path) -> bool:
    """Tell whether a file or folder of a study counts: not hidden, not what BIDS derived."""
    parts = path.relative_to(study).parts
    return "derivatives" not in parts and not any(part.startswith(".") for part in parts)

"""Names of files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from segmenter.segment.labels import Label


def file_name(name: str) -> str:
    """Turn a label's name into a part of a file name that every system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.").lower() or "label"


def without_ending(name: str) -> str:
    """Take the ending of a volume's file away, all of ``.nii.gz``; any other name stays."""
    ending = next((end for end in _ENDINGS if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)]


def plain_stem(name: str) -> str:
    """Take the ending of any file's name away, of a volume's all of it."""
    stem = without_ending(name)
    return Path(name).stem if stem == name else stem


def label_names(labels: Iterable[Label]) -> dict[int, str]:
    """Name each label as in a file name: its number, then its name.

    All numbers have as many digits, so that files in order of their names are in order of numbers.

    Returns
    -------
    dict of int to str
        By the value of each label: ``2-sky``, or ``02-sky`` where there is a tenth.
    """
    listed = list(labels)
    width = len(str(max((label.value for label in listed), default=0)))
    return {label.value: f"{label.value:0{width}}-{file_name(label.name)}" for label in listed}


def left_over(folder: Path, names: Iterable[str]) -> list[str]:
    """Name the files of single labels that an earlier export left beside those of this one.

    They are never deleted, since who knows what they are used for; but it is said that they stay.

    Parameters
    ----------
    folder : Path
        It need not be there.
    names : iterable of str
        The files that are written now.
    """
    planned = set(names)
    heads = {found[1] for name in planned if (found := _OF_LABEL.match(name))}
    try:
        there = [entry.name for entry in os.scandir(folder)] if heads else []
    except OSError:
        return []
    return sorted(
        name
        for name in there
        if name not in planned and (found := _OF_LABEL.match(name)) and found[1] in heads
    )


_ENDINGS = (
    ".nii.gz", ".hdr.gz", ".img.gz", ".nii", ".hdr", ".img", ".mgz", ".mgh", ".nrrd", ".nhdr",
    ".mha", ".mhd", ".dcm", ".ima", ".ome.tiff", ".ome.tif", ".tiff", ".tif",
)  # fmt: skip

_OF_LABEL = re.compile(r"(.+?)-\d+-[^/]*\.png$")
"""A file of one label: what all names begin with, its number, its name."""

"""Names of files."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
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
    head = _head(planned)
    try:
        there = [entry.name for entry in os.scandir(folder)] if head else []
    except OSError:
        return []
    of_label = re.compile(re.escape(head) + _OF_LABEL)
    return sorted(name for name in there if name not in planned and of_label.fullmatch(name))


def _head(names: Collection[str]) -> str:
    """Find what names of files begin with before the number of a label; empty where none has one.

    The name of the image may have numbers too, as cameras and dates do: it is that of the file of
    all labels, or without one the longest beginning that all have.
    """
    of_all = min((name for name in names if name.endswith(_OF_ALL)), key=len, default="")
    if of_all:
        head = of_all.removesuffix(_OF_ALL)
        return head if any(re.match(re.escape(head) + _OF_LABEL, name) for name in names) else ""
    heads = {name[: found.start()] for name in names for found in _NUMBER.finditer(name)}
    common = (head for head in heads if all(name.startswith(f"{head}-") for name in names))
    return max(common, key=len, default="")


_ENDINGS = (
    ".nii.gz", ".hdr.gz", ".img.gz", ".nii", ".hdr", ".img", ".mgz", ".mgh", ".nrrd", ".nhdr",
    ".mha", ".mhd", ".dcm", ".ima", ".ome.tiff", ".ome.tif", ".tiff", ".tif",
)  # fmt: skip

_OF_ALL = "-labels.png"
_NUMBER = re.compile(r"-(?=\d+-)")
_OF_LABEL = r"-\d{1,5}-(?!\d+-).*\.png"
"""What follows in the name of a file of one label: its number, its name."""

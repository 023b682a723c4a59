"""Where the files of a session's image are: beside the session, or where they were moved to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from segmenter.errors import ImageMovedError
from segmenter.images.samples import PREFIX, list_samples


def relative_place(file: Path, folder: Path) -> str:
    """Say where a file is, as seen from the folder of a session; of a sample its name."""
    for sample in list_samples():
        if sample.path == file:
            return f"{PREFIX}{sample.name}"
    try:
        return Path(os.path.relpath(os.path.realpath(file), os.path.realpath(folder))).as_posix()
    except ValueError:  # on another drive
        return file.resolve().as_posix()


def located_files(files: Sequence[str], path: Path, places: Sequence[Path]) -> list[str]:
    """Return where the files of an image are: at a place that was chosen, beside one, or as before.

    Parameters
    ----------
    files : sequence of str
        From `relative_place`.
    path : Path
        The session.
    places : sequence of Path
        Where some of the files are now, as the user has chosen.

    Raises
    ------
    ImageMovedError
        If one of them is at none of these.
    """
    folder = os.path.realpath(path.parent)  # as `relative_place` took it
    located = [
        each if each.startswith(PREFIX) else os.path.normpath(os.path.join(folder, each))
        for each in files
    ]
    for place in places:
        located[_meant(located, place)] = str(place)
    for index, file in enumerate(located):
        if _is_there(file):
            continue
        name = os.path.basename(file)
        beside = (str(place.parent / name) for place in places)
        found = next(filter(_is_there, beside), None)
        if found is None:
            raise ImageMovedError(
                f"{name}, which {path.name} is about, is not at {file} any more; locate it."
            )
        located[index] = found
    return located


def _meant(files: Sequence[str], place: Path) -> int:
    """Tell which file lies at a place now: the one of its name, else the first that moved."""

    def unlikeliness(index: int) -> tuple[bool, bool]:
        return os.path.basename(files[index]) != place.name, _is_there(files[index])

    return min(range(len(files)), key=unlikeliness)


def _is_there(file: str) -> bool:
    return file.startswith(PREFIX) or os.path.exists(file)

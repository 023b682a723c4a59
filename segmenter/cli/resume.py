"""Going on after an interruption: a record beside each result says what the result was made of.

It is written when all files are there, and taken away before any of them is written anew. So a
result that has a record is whole, and it is the wanted one if that says so; that files of the right
names lie there proves neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import segmenter
from segmenter.errors import WriteError
from segmenter.export.tables import write_json
from segmenter.images.image import Image
from segmenter.session.file import fingerprint
from segmenter.shipped import resource_path

Facts = dict[str, Any]

RECORD = "_record.json"
"""How the names of records end."""

BY_ANOTHER = "It was segmented by another version of Segmenter."

_NEEDED = {"tissues", "quality", "parenchymal_fraction", "regions", "notes", "files"}
"""What the table and the page of a study take from a summary."""


def made_of(
    images: Sequence[Image], mask: Image | None, recipe: Facts, options: Mapping[Any, bool]
) -> Facts:
    """Say what a result is made of: equal facts give equal files.

    Parameters
    ----------
    images : sequence of Image
        The channels.
    mask : Image or None
        Where the brain is, if that was given.
    recipe : dict
        The settings, as plain values.
    options : mapping
        Which files were asked for besides.
    """
    facts = {
        "program": _program(),
        "channels": [_described(image) for image in images],
        "mask": None if mask is None else _described(mask),
        "recipe": recipe,
        "options": dict(options),
    }
    return dict(json.loads(json.dumps(facts)))  # as they are when they are read back


def count_of_others(folder: Path) -> int:
    """Count the results in a folder, and those below it, that another program made."""
    programs = map(_program_of, folder.rglob(f"*{RECORD}"))
    return sum(program not in (None, _program()) for program in programs)


def _program_of(record: Path) -> Any:
    try:
        return json.loads(record.read_text(encoding="utf-8"))["made_of"]["program"]
    except (OSError, ValueError, TypeError, KeyError):
        return None


@cache
def _program() -> str:
    """Tell this program from any that may find otherwise, though it has the same version."""
    package = Path(segmenter.__file__).parent
    files = [*package.rglob("*.py"), *resource_path("atlas").rglob("*.npz")]
    digest = blake2b(digest_size=16)
    for file in sorted(files):
        digest.update(file.read_bytes())
    return f"{segmenter.__version__} {digest.hexdigest()}"


def _described(image: Image) -> Facts:
    return {
        "fingerprint": fingerprint(image),
        "affine": None if image.affine is None else image.affine.tolist(),
        "spacing": image.spacing,
    }


@dataclass(frozen=True)
class Record:
    """The record of a result.

    Attributes
    ----------
    path : Path
        Beside the result.
    facts : dict
        What the wanted result is made of, from `made_of`.
    """

    path: Path
    facts: Facts

    def kept_summary(self, by_any_program: bool = False) -> Facts | None:
        """Return the summary of the wanted result if that is there, whole.

        Parameters
        ----------
        by_any_program : bool
            Take it if another version of the program made it too; a note then says so.
        """
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            made_of, summary = dict(kept["made_of"]), dict(kept["summary"])
            is_whole = all((self.path.parent / name).is_file() for name in kept["files"])
            is_ours = made_of["program"] == self.facts["program"]
            if not is_ours:
                summary["notes"] = [*summary["notes"], BY_ANOTHER]
        except (OSError, ValueError, TypeError, KeyError):  # there is none, or none of ours
            return None
        is_wanted = {**made_of, "program": self.facts["program"]} == self.facts
        is_known = is_ours or (by_any_program and summary.keys() >= _NEEDED)
        return summary if is_wanted and is_whole and is_known else None

    def write(self, files: Sequence[str], summary: Facts) -> None:
        """Say that the result is whole.

        Parameters
        ----------
        files : sequence of str
            Names of all its files.
        summary : dict
            What is said of it.

        Raises
        ------
        WriteError
            If it cannot be written.
        """
        write_json(self.path, {"made_of": self.facts, "files": list(files), "summary": summary})

    def remove(self) -> None:
        """Say no longer that a result is whole, before its files are replaced.

        Raises
        ------
        WriteError
            If the record cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise WriteError(f"{self.path} cannot be replaced; choose another folder.") from error

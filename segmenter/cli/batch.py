"""Many files in one command: one that fails does not stop the others, and is named at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from segmenter.cli.arguments import named, named_path
from segmenter.cli.commands import bug_report, complain, in_one_line
from segmenter.cli.interrupts import raised_interrupts
from segmenter.errors import ParameterError, SegmenterError, WriteError

Summary = dict[str, Any]


def add_batch_options(
    parser: argparse.ArgumentParser, files: str, folder: str, nargs: str = "+"
) -> None:
    """Offer what every command of many files takes.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    files : str
        What a file may be, for the help.
    folder : str
        Where what is written goes by default.
    nargs : str
        How many files, as argparse has it.
    """
    parser.add_argument("files", nargs=nargs, type=named, metavar="FILE", help=files)
    parser.add_argument("-o", "--output", type=named_path, default=Path(folder), metavar="FOLDER",
                        help="where the files go (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")


def run_batch(
    chosen: argparse.Namespace,
    names: Iterable[str],
    segment: Callable[[str, str], Summary],
    keep: Callable[[Sequence[Summary]], None] = lambda _: None,
) -> int:
    """Work on one file after the other; return the exit code.

    Parameters
    ----------
    chosen : Namespace
        With the options of `add_batch_options`.
    names : iterable of str
        What the results of each file are called; a second of the same name gets a number.
    segment : callable
        Takes a file and its name, writes what belongs to it, and returns its summary.
    keep : callable, optional
        Takes the summaries after each file, so that what is done is kept if the rest never is.

    Raises
    ------
    WriteError
        If they could not be kept after the last file. That they could not before, as while a
        table is open in another program, stops nothing: all of them are kept each time.
    """
    from segmenter.export.atomic import keeping

    if chosen.output.is_file():  # said before a night of work
        raise ParameterError(f"{chosen.output} is a file; name a folder for what is written.")
    summaries: list[Summary] = []
    unkept: WriteError | None = None
    code = 0
    for file, name in zip(chosen.files, numbered(names), strict=True):
        try:
            with raised_interrupts(), keeping(chosen.files):
                summaries.append(segment(file, name))
        except SegmenterError as error:
            said = _of_file(file, str(error)) if len(chosen.files) > 1 else error
            complain(said)
            summaries.append({"file": file, "error": str(error)})
            code = code or 2
        except BrokenPipeError:  # nobody reads on (`| head`): for the whole command, not one file
            raise
        except Exception as error:  # a night of work must not end at a bug
            print(bug_report(file), file=sys.stderr)
            summaries.append({"file": file, "error": f"a bug: {error!r}"})
            code = 1
        try:
            keep(summaries)
            unkept = None
        except WriteError as error:
            unkept = error
    if chosen.json:
        print(json.dumps(summaries, indent=2))
    if len(summaries) > 1:
        _name_failed(summaries)
    if unkept is not None:
        raise unkept
    return code


def numbered(names: Iterable[str]) -> list[str]:
    """Give the second and further ones of equal names a number, so that no file hides another."""
    wanted = list(names)
    taken, seen = set(wanted), set[str]()
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for index, name in enumerate(wanted):
        if name in seen:
            free = (f"{name}-{number}" for number in numbers[name])
            wanted[index] = next(each for each in free if each not in taken)
            taken.add(wanted[index])
        seen.add(name)
    return wanted


def stem_of(file: str) -> str:
    """Return how the names of a file's results begin; of volumes as BIDS has it."""
    from segmenter.export.bids import bids_stem
    from segmenter.images.read import name_of

    if file.startswith("sample:"):
        return file.removeprefix("sample:")
    name = name_of(file)
    of_volume = bids_stem(name)
    is_volume = of_volume != name and not name.lower().endswith((".tif", ".tiff"))
    return of_volume if is_volume or Path(file).is_dir() else Path(file).stem


def _of_file(file: str, sentence: str) -> str:
    """Put a file before a sentence that does not begin with its path: many are called alike."""
    return sentence if sentence.startswith(file) else f"{file}: {sentence}"


def _name_failed(summaries: Sequence[Summary]) -> None:
    """Say which files gave nothing, and why: what was said at the time has scrolled away."""
    failed = [each for each in summaries if "error" in each]
    if failed:
        print(f"segmenter: {len(failed)} of {len(summaries)} files failed:", file=sys.stderr)
    for each in failed:
        print(f"  {in_one_line(_of_file(each['file'], each['error']))}", file=sys.stderr)

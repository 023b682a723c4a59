"""Tables of numbers as CSV, TSV or JSON files, each whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from segmenter.errors import ParameterError
from segmenter.export.atomic import write_atomically

Cell = str | int | float | None
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def write_table(path: str | PathLike[str], rows: Sequence[Mapping[str, Cell]]) -> Path:
    """Write rows of named values; the file's suffix says how.

    Parameters
    ----------
    path : str or path
        Ends in ``.csv``, ``.tsv`` or ``.json``; folders are made.
    rows : sequence of mapping
        A row each, by column. Columns come in the order in which they are first met; a value that
        is missing, None or not finite is an empty cell, "n/a" in TSV (as BIDS has it), null in
        JSON.

    Raises
    ------
    ParameterError
        If the suffix is another one.
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix == ".json":
        return write_json(
            target, [{key: _known(cell) for key, cell in row.items()} for row in rows]
        )
    if suffix not in _SEPARATORS:
        raise ParameterError(f"{target.name} must end in .csv, .tsv or .json to hold a table.")
    stream = io.StringIO()
    writer = csv.DictWriter(
        stream,
        fieldnames=list(dict.fromkeys(column for row in rows for column in row)),
        restval=_empty(suffix),
        delimiter=_SEPARATORS[suffix],
        lineterminator="\n",
    )
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _text(cell, suffix) for column, cell in row.items()})
    write_atomically(target, stream.getvalue().encode())
    return target


def write_json(path: str | PathLike[str], facts: Any) -> Path:
    """Write facts as indented JSON.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    facts : mapping or sequence
        What JSON can hold; numbers must be finite.

    Raises
    ------
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    target = Path(path)
    text = json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(target, f"{text}\n".encode())
    return target


def _known(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _text(cell: Cell, suffix: str) -> Cell:
    known = _known(cell)
    return _empty(suffix) if known is None else known


def _empty(suffix: str) -> str:
    return "n/a" if suffix == ".tsv" else ""

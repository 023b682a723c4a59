"""The tissues of many brains in one table, a row for each: what a lab computes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segmenter.export.tables import Cell, write_table

_MEASURES = ("hard_ml", "expected_ml", "low_ml", "high_ml")


def write_group_table(path: Path, summaries: Sequence[Mapping[str, Any]]) -> Path:
    """Write a row for each file, with what failed in a column of its own.

    Parameters
    ----------
    path : Path
        Ends in ``.csv``, ``.tsv`` or ``.json``.
    summaries : sequence of mapping
        Of each file: "file" with "tissues", "parenchymal_fraction", "quality" and "notes", or
        with the "error" that left it without any.

    Raises
    ------
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    return write_table(path, [_row(each) for each in summaries])


def _row(summary: Mapping[str, Any]) -> dict[str, Cell]:
    row: dict[str, Cell] = {"file": summary["file"], "error": summary.get("error")}
    for tissue in summary.get("tissues", ()):
        name = tissue["name"].lower().replace(" ", "_")
        row |= {f"{name}_{measure}": round(tissue[measure], 6) for measure in _MEASURES}
    if "quality" in summary:
        row["parenchymal_fraction"] = summary["parenchymal_fraction"]
        row |= summary["quality"]
        row["notes"] = " ".join(summary["notes"])
    return row

"""The tissues of many brains in one table, a row for each: what a lab computes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from segmenter.export.tables import Cell, write_table

_MEASURES = ("hard_ml", "expected_ml", "low_ml", "high_ml")

FEWEST = 8
"""Scans that it takes to say what is usual."""

_UNUSUAL = 3.5  # robust deviations from the median (Iglewicz & Hoaglin, 1993)
_LEAST_DEVIATION = 0.01  # of the median: scans of one head may be nearly equal

Summaries = Sequence[Mapping[str, Any]]


def write_group_table(path: Path, summaries: Summaries) -> Path:
    """Write a row for each file, with what failed and what is unusual in columns of their own.

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
    unusual = unusual_measures(summaries)
    return write_table(
        path, [_row(each, "; ".join(words)) for each, words in zip(summaries, unusual, strict=True)]
    )


def unusual_measures(summaries: Summaries) -> tuple[tuple[str, ...], ...]:
    """Say of each scan by which measures it is far from the others, in words.

    Compared are the size of the brain, the tissues' shares of it, the noise and how sure labels
    are, by their distance from the median in units of the median absolute deviation.

    Parameters
    ----------
    summaries : sequence of mapping
        As for `write_group_table`. Fewer than `FEWEST` say nothing.
    """
    measured = [_compared(each) for each in summaries]
    words: list[list[str]] = [[] for _ in summaries]
    for name in dict.fromkeys(name for each in measured for name in each):
        have = [index for index, each in enumerate(measured) if name in each]
        if len(have) < FEWEST:
            continue
        values = np.array([measured[index][name] for index in have])
        median = float(np.median(values))
        deviation = 1.4826 * float(np.median(np.abs(values - median)))
        deviation = max(deviation, _LEAST_DEVIATION * abs(median), 1e-12)
        for index, value in zip(have, values.tolist(), strict=True):
            if abs(value - median) > _UNUSUAL * deviation:
                words[index].append(f"{name} {'high' if value > median else 'low'}")
    return tuple(map(tuple, words))


def _compared(summary: Mapping[str, Any]) -> dict[str, float]:
    """Return what a scan is compared with others by: values by what they are called."""
    tissues = summary.get("tissues", ())
    total = sum(tissue["expected_ml"] for tissue in tissues)
    if total <= 0:
        return {}
    shares = {f"share of {each['name'].lower()}": each["expected_ml"] / total for each in tissues}
    quality = summary["quality"]
    figures = {"noise": quality["noise_percent"], "sureness of labels": quality["mean_certainty"]}
    return {"size of the brain": total, **shares, **figures}


def _row(summary: Mapping[str, Any], unusual: str) -> dict[str, Cell]:
    row: dict[str, Cell] = {"file": summary["file"], "error": summary.get("error")}
    row["unusual"] = unusual
    for tissue in summary.get("tissues", ()):
        name = tissue["name"].lower().replace(" ", "_")
        row |= {f"{name}_{measure}": round(tissue[measure], 6) for measure in _MEASURES}
    if "quality" in summary:
        row["parenchymal_fraction"] = summary["parenchymal_fraction"]
        row |= summary["quality"]
        row["notes"] = sentences(summary["notes"])
    return row


def sentences(notes: Sequence[str]) -> str:
    """Put notes one after the other, each as a sentence."""
    return " ".join(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in notes)

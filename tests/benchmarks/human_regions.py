"""Photos with people's regions, and the measures of Arbelaez et al. (TPAMI 33, 2011)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Table = NDArray[np.float64]


class Agreement(NamedTuple):
    """How well a segmentation agrees with people's, averaged over them.

    Attributes
    ----------
    covering : float
        Overlap of each of their regions with the best of ours, by size; 1 is perfect.
    rand : float
        Probabilistic Rand index: share of pairs of pixels on which we agree; 1 is perfect.
    information : float
        Variation of information in bits; 0 is perfect.
    """

    covering: float
    rand: float
    information: float


@dataclass(frozen=True)
class Seen:
    """A photo and what several people drew on it."""

    name: str
    path: Path
    drawn: tuple[NDArray[np.int64], ...]

    def agreement(self, label_map: NDArray[np.integer]) -> Agreement:
        return Agreement(*np.mean([agreement(label_map, drawn) for drawn in self.drawn], axis=0))


def seen_photos(folder: Path) -> Iterator[Seen]:
    """Photos of a folder laid out as BSDS500 is."""
    from scipy.io import loadmat

    for path in sorted((folder / "images").rglob("*.jpg")):
        truth = folder / "groundTruth" / path.parent.name / f"{path.stem}.mat"
        cells = loadmat(str(truth))["groundTruth"][0]
        drawn = tuple(cell["Segmentation"][0, 0].astype(np.int64) for cell in cells)
        yield Seen(path.stem, path, drawn)


def table_of(label_map: NDArray[np.integer], drawn: NDArray[np.integer]) -> Table:
    """Pixels of each of their regions in each of ours, shape (n_drawn, n_ours)."""
    _, ours = np.unique(label_map, return_inverse=True)
    _, theirs = np.unique(drawn, return_inverse=True)
    shape = int(theirs.max()) + 1, int(ours.max()) + 1
    flat = theirs.ravel() * shape[1] + ours.ravel()
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def agreement(label_map: NDArray[np.integer], drawn: NDArray[np.integer]) -> Agreement:
    table = table_of(label_map, drawn)
    return Agreement(*scores(table, table.sum(1), table.sum(0)))


def covering(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Covering of the second by the first."""
    return agreement(first, second).covering


@njit(cache=True)
def scores(table: Table, theirs: Table, ours: Table) -> tuple[float, float, float]:
    """Covering, Rand index and variation of information of a table of counts."""
    total = theirs.sum()
    covered, same, joint = 0.0, 0.0, 0.0
    for i in range(len(theirs)):
        best = 0.0
        for j in range(len(ours)):
            count = table[i, j]
            if count > 0:
                same += count * (count - 1) / 2
                joint -= count / total * np.log2(count / total)
                best = max(best, count / (theirs[i] + ours[j] - count))
        covered += theirs[i] * best
    pairs = total * (total - 1) / 2
    apart, entropies = 2 * same, 0.0
    for sizes in (theirs, ours):
        for size in sizes:
            if size > 0:
                apart -= size * (size - 1) / 2
                entropies -= size / total * np.log2(size / total)
    return covered / total, (pairs + apart) / pairs, 2 * joint - entropies

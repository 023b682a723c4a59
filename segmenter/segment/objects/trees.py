"""Small decision trees whose sum judges pixels: boosting (Friedman 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

Float = NDArray[np.float32]
Ints = NDArray[np.int32]
BLOCK = 1 << 14  # rows that one thread takes at once
NEVER = float(np.finfo(np.float32).max)  # kernels know no infinity
CHUNK = 1 << 10  # rows whose traits stay in the nearest cache


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of two questions each: is a trait above a threshold, and then is another.

    Attributes
    ----------
    bias : float
        To which the trees add.
    traits : int32 ndarray, shape (n_trees, 3)
        What is asked first, then where that is not above, and where it is.
    thresholds : float32 ndarray, shape (n_trees, 3)
        Of these questions; `NEVER` where no second one is asked.
    values : float32 ndarray, shape (n_trees, 4)
        What a tree adds: first not and then not, not and above, above and not, both above.
    """

    bias: float
    traits: Ints
    thresholds: Float
    values: Float

    def odds(self, rows: Float, common: NDArray[np.floating]) -> Float:
        """Logarithms of the odds of each row.

        Parameters
        ----------
        rows : float32 ndarray, shape (n, n_traits)
        common : ndarray, shape (n_common,)
            Further traits, which are those of all rows.
        """
        rows = np.ascontiguousarray(rows, np.float32)
        shared = np.asarray(common, np.float32)
        found = np.full(len(rows), self.bias, np.float32)

        def add(number: int) -> None:
            part = slice(number * BLOCK, (number + 1) * BLOCK)
            _add(rows[part], shared, self.traits, self.thresholds, self.values, found[part])

        run_blocks(add, -(-len(rows) // BLOCK))
        return found


@compiled
def _add(
    rows: Float, shared: Float, traits: Ints, thresholds: Float, values: Float, found: Float
) -> None:
    """Ask each tree of many rows at once, column by column: the loop over rows is vectorized."""
    n_own = rows.shape[1]
    columns = np.empty((n_own + len(shared), CHUNK), np.float32)
    for common in range(len(shared)):
        columns[n_own + common] = shared[common]
    total = np.empty(CHUNK, np.float32)
    for start in range(0, len(rows), CHUNK):
        n = min(CHUNK, len(rows) - start)
        for own in range(n_own):
            for i in range(n):
                columns[own, i] = rows[start + i, own]
        total[:] = 0
        for tree in range(len(traits)):
            first, low, high = (
                columns[traits[tree, 0]],
                columns[traits[tree, 1]],
                columns[traits[tree, 2]],
            )
            at, at_low, at_high = thresholds[tree, 0], thresholds[tree, 1], thresholds[tree, 2]
            none, second = values[tree, 0], values[tree, 1]
            one, both = values[tree, 2], values[tree, 3]
            for i in range(n):
                if_low = second if low[i] > at_low else none
                if_high = both if high[i] > at_high else one
                total[i] += if_high if first[i] > at else if_low
        for i in range(n):
            found[start + i] += total[i]

"""A label map and what was painted over it, kept so that any stroke can be taken back at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from segmenter.session.corrections import BrushStroke


@dataclass(eq=False)
class _Applied:
    """A stroke, and for each part of it the voxels it changed and what they were."""

    stroke: BrushStroke
    changes: list[tuple[NDArray[np.intp], NDArray[np.uint8]]] = field(default_factory=list)


class CorrectedMap:
    """Follows the strokes of a document; only voxels that differ are touched.

    Parameters
    ----------
    label_map : uint8 ndarray, shape grid
        Without corrections; it is never changed.
    affine : ndarray, shape (4, 4)
        Voxel indices to mm.

    Attributes
    ----------
    values : uint8 ndarray, shape grid
        With corrections.
    changes : int64 ndarray, shape (256,)
        How many more voxels have each value than without corrections.
    """

    def __init__(self, label_map: NDArray[np.uint8], affine: NDArray[np.float64]) -> None:
        self.values = label_map
        self.changes = np.zeros(256, np.int64)
        self._original = label_map
        self._affine = affine
        self._applied: list[_Applied] = []

    def follow(self, strokes: Sequence[BrushStroke]) -> None:
        """Paint these strokes and no others; what they share with those before stays."""
        n_kept = 0
        for applied, stroke in zip(self._applied, strokes, strict=False):
            if applied.stroke != stroke:
                break
            n_kept += 1
        if self._goes_on(strokes, n_kept):
            self._apply(self._applied[-1], strokes[n_kept])
            n_kept += 1
        while len(self._applied) > n_kept:
            self._take_back(self._applied.pop())
        for stroke in strokes[n_kept:]:
            self._applied.append(_Applied(replace(stroke, points=stroke.points[:1])))
            self._apply(self._applied[-1], stroke, is_first=True)

    def _goes_on(self, strokes: Sequence[BrushStroke], n_kept: int) -> bool:
        """Tell whether the last stroke there is has only grown: a brush still held."""
        if len(self._applied) != n_kept + 1 or len(strokes) <= n_kept:
            return False
        before, after = self._applied[-1].stroke, strokes[n_kept]
        begun = replace(after, points=after.points[: len(before.points)])
        return begun == before

    def _apply(self, applied: _Applied, stroke: BrushStroke, *, is_first: bool = False) -> None:
        """Paint what a stroke covers beyond what was painted of it."""
        if self.values is self._original:
            self.values = self._original.copy()
        first = 0 if is_first else len(applied.stroke.points) - 1
        covered = stroke.covered(self.values.shape, self._affine, first)
        flat = self.values.reshape(-1)
        changed = covered[flat[covered] != stroke.value]
        before = flat[changed]
        applied.changes.append((changed, before))
        applied.stroke = stroke
        flat[changed] = stroke.value
        self.changes -= np.bincount(before, minlength=256)
        self.changes[stroke.value] += len(changed)

    def _take_back(self, applied: _Applied) -> None:
        flat = self.values.reshape(-1)
        for changed, before in reversed(applied.changes):
            self.changes -= np.bincount(flat[changed], minlength=256)
            flat[changed] = before
            self.changes += np.bincount(before, minlength=256)

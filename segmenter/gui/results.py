"""Results that were on screen before, so that undo and redo show them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.gui.jobs import Segmented
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.segment.regions import Regions

MAX_BYTES = 512 * 1024 * 1024


class ResultCache:
    """Results of one image by their recipes; the longest unused go when they become too large.

    They are classes, and objects that were edited by hand. Parts need no keeping: they are cut anew
    in a moment.

    Parameters
    ----------
    max_bytes : int
        How much memory they may take together; what they share counts once.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._results: dict[RegionsRecipe, Segmented] = {}

    def keep(self, result: Segmented) -> None:
        """Keep a result as the latest; itself always stays."""
        recipe = result.regions.recipe
        self._results.pop(recipe, None)
        self._results[recipe] = result
        while len(self._results) > 1 and self._n_bytes() > self._max_bytes:
            self._results.pop(next(iter(self._results)))

    def find(self, recipe: RegionsRecipe) -> Segmented | None:
        """Return the result of a recipe, if it is kept."""
        return self._results.get(recipe)

    def clear(self) -> None:
        """Forget everything: another image is open."""
        self._results.clear()

    def _n_bytes(self) -> int:
        arrays = {
            id(array): array.nbytes
            for result in self._results.values()
            for array in _arrays(result)
        }
        return sum(arrays.values()) + sum(map(_table_bytes, self._results.values()))


def _arrays(result: Segmented) -> Iterator[NDArray[Any]]:
    if result.objects is not None:
        yield result.objects.found.numbers
    if result.classes is not None:
        yield from _arrays_of_classes(result.classes)
    for level in () if result.labels is None else result.labels.levels:
        yield level.pixels


def _arrays_of_classes(classes: Regions) -> Iterator[NDArray[Any]]:
    features = classes.field.features
    yield classes.label_map
    yield features.samples
    for array in (features.sample_weight, features.index):
        if array is not None:
            yield array


def _table_bytes(result: Segmented) -> int:
    """Return the bytes of the probabilities a result holds for each distinct sample."""
    features = None if result.classes is None else result.classes.field.features
    if features is None or features.index is None:
        return 0
    return len(features.samples) * result.regions.n_labels * 4

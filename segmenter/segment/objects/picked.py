"""Objects that were found, and those of them that are kept: an instant, whatever the image's size.

All objects of an image are found once; the smallest size and the user's edits only choose among
them. Objects are numbered in the order in which they are met from the top left on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.measurements import Measurement, measurements
from segmenter.segment.objects.coloring import unlike_colors, unlike_neighbors
from segmenter.segment.objects.dividing import second_half
from segmenter.segment.partition.native import gathered_labels
from segmenter.segment.recipe import Edit, Point, RegionsRecipe
from segmenter.work import Progress, Work, aside, finish

Owner = NDArray[np.intp]
"""The number of the object that each number is part of now; 0 where it was left out."""


@dataclass(frozen=True, eq=False)
class FoundObjects:
    """All objects of an image.

    Attributes
    ----------
    image : Image
    ground : {"dark", "bright"}
        What they lie on.
    numbers : int32 ndarray, shape grid
        1..n, from the top left on; 0 is ground. What was divided from an object has a number
        after those.
    whole : FoundObjects or None
        All objects before any was divided by hand, if one was.
    origins : tuple of int
        Of which number of `whole` each of the later numbers is a piece.
    """

    image: Image
    ground: Literal["dark", "bright"]
    numbers: NDArray[np.int32]
    whole: FoundObjects | None = None
    origins: tuple[int, ...] = ()

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Pixels of each object, from number 1 on."""
        return np.bincount(self.numbers.ravel())[1:]

    @cached_property
    def colors(self) -> NDArray[np.int64]:
        """The number of a color for each object, unlike those of the objects nearest to it."""
        from scipy import ndimage

        if self.whole is not None:
            before = self.whole.colors
            pieces = unlike_colors(before[np.array(self.origins, int) - 1])
            return np.concatenate([before, pieces])
        numbers = np.arange(1, len(self.sizes) + 1)
        centers = ndimage.center_of_mass(self.numbers > 0, self.numbers, numbers)
        return unlike_neighbors(np.array(centers).reshape(-1, 2))

    @cached_property
    def measurements(self) -> tuple[Measurement, ...]:
        """Area, place and mean values of each object, from number 1 on."""
        return measurements(self.image, self.numbers, len(self.sizes))

    def number_at(self, point: Point) -> int:
        """Return the object at a pixel (x, y); 0 for none."""
        column, row = point
        height, width = self.numbers.shape
        return int(self.numbers[row, column]) if 0 <= row < height and 0 <= column < width else 0


@dataclass(frozen=True, eq=False)
class Objects:
    """Objects of an image, without those that are too small or were removed.

    Attributes
    ----------
    found : FoundObjects
        All of them; shared by all choices among them.
    recipe : RegionsRecipe
        How they were chosen; `segment_objects_steps(image, recipe)` gives this result again.
    lookup : integer ndarray, shape (n_found + 1,)
        The label of each number in `found.numbers`; 0 for what is left out.
    owner : Owner
        What the edits have made of the numbers; small ones are not left out yet.
    """

    noun = "Object"

    found: FoundObjects
    recipe: RegionsRecipe
    lookup: NDArray[Any]
    owner: Owner

    @property
    def image(self) -> Image:
        """What was segmented."""
        return self.found.image

    @property
    def ground(self) -> Literal["dark", "bright"]:
        """What the objects lie on."""
        return self.found.ground

    @property
    def resolved_recipe(self) -> RegionsRecipe:
        """The recipe with the ground that was found."""
        return replace(self.recipe, ground=self.ground)

    @property
    def n_labels(self) -> int:
        """How many objects there are."""
        return int(self.lookup.max())

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """What makes an object the same one after others were left out: the number it was found by.

        That of the first of those that were merged.
        """
        labels, first = np.unique(self.lookup, return_index=True)
        return tuple(first[labels > 0].tolist())

    @property
    def color_numbers(self) -> tuple[int, ...]:
        """The number by which each object has its color, which is none of its neighbors'."""
        return tuple(self.found.colors[np.array(self.keys, int) - 1].tolist())

    @cached_property
    def label_map(self) -> NDArray[Any]:
        """1..n_labels, 0 on the ground, shape grid; uint8 while 255 suffice."""
        return gathered_labels(self.found.numbers, self.lookup)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Pixels of each object, shape (n_labels,)."""
        counts = np.bincount(self.lookup[1:], self.found.sizes, self.n_labels + 1)
        return counts[1:].astype(np.int64)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the valid pixels that each object has, shape (n_labels,)."""
        valid = self.image.valid
        shares: NDArray[np.float64] = self.sizes / max(
            1, self.found.numbers.size if valid is None else int(valid.sum())
        )
        return shares

    @cached_property
    def measurements(self) -> tuple[Measurement, ...]:
        """Area, place and mean values of each object."""
        return measurements(self.image, self.label_map, self.n_labels)

    @property
    def centers(self) -> NDArray[np.float64]:
        """Middle (x, y) of each object, shape (n_labels, 2): at once, from what was found."""
        return self._averaged([each.center for each in self.found.measurements], 2)

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean of each channel over each object, shape (n_labels, n_channels), in the same way."""
        rows = [each.means for each in self.found.measurements]
        return self._averaged(rows, self.image.n_channels)

    def _averaged(self, rows: Sequence[tuple[float, ...]], n_columns: int) -> NDArray[np.float64]:
        """Average values of what was found over what is together now."""
        values = np.array(rows).reshape(-1, n_columns) * self.found.sizes[:, None]
        n = self.n_labels + 1
        sums = [np.bincount(self.lookup[1:], column, n)[1:] for column in values.T]
        averaged: NDArray[np.float64] = np.stack(sums, axis=1) / self.sizes[:, None]
        return averaged


def pick_objects(source: FoundObjects | Objects, recipe: RegionsRecipe) -> Objects:
    """Leave out what is too small, and do the user's edits in their order.

    Parameters
    ----------
    source : FoundObjects or Objects
        What was found; or an earlier choice, whose edits are not done again where the recipe goes
        on from them.
    recipe : RegionsRecipe
        Of which `min_size` and `edits` count: what merged objects have together is their size.
    """
    return finish(pick_objects_steps(source, recipe))


def pick_objects_steps(source: FoundObjects | Objects, recipe: RegionsRecipe) -> Work[Objects]:
    """Do the same as a work: dividing takes a moment, the larger the image the longer."""
    found, owner, edits = _begin(source, recipe.edits)
    for kind, points in edits:
        if kind == "split":
            for point in points:
                task = partial(_divided, found, owner, point)
                found, owner = yield from aside(task, Progress("Dividing an object"))
        else:
            owner = _merged_or_removed(owner, found, kind, points)
    return _chosen(found, owner, recipe)


def has_to_divide(source: Objects, recipe: RegionsRecipe) -> bool:
    """Tell whether another choice needs a division, or one less, than an earlier one has."""
    found, _, edits = _begin(source, recipe.edits)
    return found is not source.found or any(kind == "split" for kind, _ in edits)


def _begin(
    source: FoundObjects | Objects, edits: tuple[Edit, ...]
) -> tuple[FoundObjects, Owner, tuple[Edit, ...]]:
    """Return what edits are done on, and which of them."""
    if isinstance(source, Objects):
        done = source.recipe.edits
        if edits[: len(done)] == done:
            return source.found, source.owner, edits[len(done) :]
        source = source.found
    whole = source.whole or source
    return whole, np.arange(len(whole.sizes) + 1), edits


def _chosen(found: FoundObjects, owner: Owner, recipe: RegionsRecipe) -> Objects:
    sizes = np.bincount(owner[1:], found.sizes, len(owner))
    large = np.where(sizes[owner] < recipe.min_size, 0, owner)
    kept = np.unique(large[large > 0])
    dtype = np.uint8 if len(kept) < 256 else np.uint16 if len(kept) < 65536 else np.int32
    lookup = np.zeros(len(owner), dtype)
    lookup[kept] = np.arange(1, len(kept) + 1)
    return Objects(found, recipe, lookup[large], owner)


def _merged_or_removed(
    owner: Owner, found: FoundObjects, kind: str, points: Sequence[Point]
) -> Owner:
    """Merge objects into the first of them, or leave them out."""
    touched = np.unique(owner[[found.number_at(point) for point in points]])
    touched = touched[touched > 0]
    if len(touched):
        owner = np.where(np.isin(owner, touched), touched[0] if kind == "merge" else 0, owner)
    return owner


def _divided(found: FoundObjects, owner: Owner, point: Point) -> tuple[FoundObjects, Owner]:
    """Divide the object at a pixel: what its smaller half cuts off of a number has a new one."""
    divided = int(owner[found.number_at(point)])
    if not divided:
        return found, owner
    inside = (owner == divided)[found.numbers]
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    half = second_half(inside[window])
    if not half.any():
        return found, owner
    numbers, origins, moved = found.numbers.copy(), list(found.origins), []
    n_whole = int(found.numbers.max()) - len(origins)
    part = numbers[window]
    for number in np.flatnonzero(owner == divided).tolist():
        own = part == number
        if not (own & half).any():
            continue
        if not (own & ~half).any():
            moved.append(number)
            continue
        origins.append(number if number <= n_whole else origins[number - n_whole - 1])
        moved.append(n_whole + len(origins))
        part[own & half] = moved[-1]
    owner = np.append(owner, np.zeros(n_whole + len(origins) + 1 - len(owner), owner.dtype))
    kept = np.setdiff1d(np.flatnonzero(owner == divided), moved)
    owner[kept], owner[moved] = kept.min(), min(moved)
    whole = found.whole or found
    return FoundObjects(found.image, found.ground, numbers, whole, tuple(origins)), owner

"""Games from which is learned what a further click means.

Robots alone teach too little: they begin at the middle of objects that are mostly of one kind. So
some games begin with a poor first guess, a small part of the object, as after a click on a face;
and some are about an object of several unlike parts, a union of regions that people drew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import robots
from human_regions import Seen, seen_photos
from methods import Segmenter
from numpy.typing import NDArray
from photos import Photo
from PIL import Image as Picture
from robots import Mask, Truth, run_clicks
from scipy import ndimage

from segmenter.images.image import Image
from segmenter.segment.foreground import clicking, mending
from segmenter.segment.foreground.change_traits import CHANGE_TRAITS, change_traits
from segmenter.segment.foreground.changes import Change, Changes, changes
from segmenter.segment.foreground.choice import scored
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import distance_to, proposals
from segmenter.segment.foreground.ranking import CHANGE_RANKING
from segmenter.segment.foreground.reading import Present
from segmenter.segment.foreground.touches import Touch
from segmenter.segment.foreground.views import resampled
from segmenter.work import Work

N_CLICKS = 10  # of a game at most
HELPED = 0.4  # of the clicks, the best reading is taken, so that all states are met
WITHIN = 0.7  # of a poor guess at least is object
SMALL = 0.6  # of the object's size, a poor guess is smaller
UNIONS = 2  # objects made of regions, a photo
PARTS = 6  # regions of such an object at most
SIZES = 0.03, 0.5  # of such an object, as shares of the photo
ON_BORDER = 0.35  # of the photo's border, such an object covers at most
BACKGROUND = 0.35  # of the photo; a larger region is never added

GAMES = (
    ("centered", False), ("off center", False), ("off center", False),
    ("off center", True), ("centered", True),
)  # fmt: skip


@dataclass(frozen=True)
class Union:
    """A photo and an object made of several regions that a person drew on it."""

    name: str
    path: Path
    object: Mask

    @property
    def image(self) -> Image:
        return Image(np.array(Picture.open(self.path).convert("RGB")), "rgb")

    @property
    def truth(self) -> Truth:
        return Truth(self.object, np.ones_like(self.object))


@dataclass(frozen=True)
class Met:
    """The readings of one further click: their traits, their overlaps, and the one before."""

    traits: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    before: float


def unions_of(folder: Path, left_out: set[str]) -> Iterator[Union]:
    """Objects made of the regions of a folder's photos; those left out by name are others' too."""
    random = np.random.default_rng(5)
    for seen in seen_photos(folder):
        for _ in range(UNIONS):
            union = _union(seen, random)
            if union is not None and seen.name not in left_out:
                yield Union(seen.name, seen.path, union)


def _union(seen: Seen, random: np.random.Generator, n_tries: int = 60) -> Mask | None:
    """Neighbors joined until they are large enough; None when no try looks like an object."""
    drawn = seen.drawn[random.integers(len(seen.drawn))]
    for _ in range(n_tries):
        joined = _joined(drawn, random)
        rim = np.concatenate([joined[0], joined[-1], joined[:, 0], joined[:, -1]])
        if SIZES[0] < joined.mean() < SIZES[1] and rim.mean() < ON_BORDER:
            return joined
    return None


def _joined(drawn: NDArray[np.int64], random: np.random.Generator) -> Mask:
    sizes = np.bincount(drawn.ravel())
    joined: Mask = drawn == random.choice(np.flatnonzero(sizes))
    wanted = random.uniform(0.05, 0.4)
    for _ in range(PARTS - 1):
        ring = ndimage.binary_dilation(joined, iterations=3) & ~joined
        beside = np.bincount(drawn[ring], minlength=len(sizes)).astype(np.float64)
        beside[sizes > BACKGROUND * drawn.size] = 0
        if joined.mean() > wanted or beside.sum() == 0:
            break
        joined = joined | (drawn == random.choice(len(beside), p=beside / beside.sum()))
    return joined


def play(photo: Photo | Union) -> list[Met]:
    """Play all games about one object, with a choice of readings that is often the best one."""
    random = np.random.default_rng(zlib.crc32(photo.name.encode()))
    method, met = Segmenter(), []
    pixels, truth = photo.image.pixels, photo.truth

    def choose(draft: Draft, present: Present, touch: Touch) -> Change:
        readings = changes(draft, present, touch)
        met.append(_met(draft, present, touch, readings, truth))
        ranked = scored(met[-1].traits, CHANGE_TRAITS, CHANGE_RANKING)
        scores = met[-1].overlaps if random.random() < HELPED else ranked
        return readings.one(int(scores.argmax()))

    for number, (robot, poor) in enumerate(GAMES):
        guess = _poor_guess(truth, random) if poor else clicking.best_proposal
        with (
            patch.object(mending, "best_change", choose),
            patch.object(clicking, "best_proposal", guess),
            patch.object(robots, "MAX_CLICKS", N_CLICKS),
        ):
            run_clicks(method, pixels, truth, robot, seed=100 + number)
    return met


def _met(
    draft: Draft, present: Present, touch: Touch, readings: Changes, truth: Truth
) -> Met:  # fmt: skip
    before = (present.inside > 0.5).reshape(1, -1)
    overlaps = overlaps_of(np.concatenate([before, readings.masks]), draft, truth)
    traits = change_traits(draft, present, touch, readings)
    return Met(traits, overlaps[1:], float(overlaps[0]))


def overlaps_of(masks: Mask, draft: Draft, truth: Truth) -> NDArray[np.float64]:
    """Overlap of masks of the draft, shape (n, n_pixels), with the truth."""
    wanted, counted = (_at_draft(plane, draft) for plane in (truth.object, truth.scored))
    both = (masks & wanted & counted).sum(1)
    overlaps: NDArray[np.float64] = both / np.maximum(((masks | wanted) & counted).sum(1), 1)
    return overlaps


def _at_draft(plane: Mask, draft: Draft) -> Mask:
    share = resampled(plane[..., None].astype(np.float32), draft.view.grid)
    halved: Mask = share.ravel() > 0.5
    return halved


def _poor_guess(
    truth: Truth, random: np.random.Generator
) -> Callable[[Draft, int, int], Work[Mask]]:
    """What answers a first click by a small part of the object."""

    def guess(draft: Draft, row: int, column: int) -> Work[Mask]:
        found = yield from proposals(draft, row, column)
        if not len(found.masks):
            return distance_to(draft.view.grid, row, column) < 0.05
        wanted = _at_draft(truth.object, draft)
        area = found.masks.sum(1)
        within = (found.masks & wanted).sum(1) >= WITHIN * area
        poor = np.flatnonzero(within & (area < SMALL * wanted.sum()))
        chosen = random.choice(poor if len(poor) else area.argsort()[:5])
        mask: Mask = found.masks[chosen].reshape(draft.view.grid)
        return mask

    return guess

"""Learn how guesses are ranked: ``rank_proposals.py FOLDER click`` (or ``area``, ``change``).

FOLDER holds ``objects/`` (see `photos`) and ``regions/`` (see `human_regions`). Each photo is
clicked once at the object's middle and several times elsewhere in it, or gets a tight box and
looser ones; further clicks are met in `games`. The weights maximize the
expected overlap with the truth when a proposal is drawn with the softmax of its score as its
probability (a listwise ranking; Cao et al., ICML 2007), less a penalty on their squares. Prints the
overlap that is reached on photos that were left out, and then the table of ``ranking.py``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from games import Union, overlaps_of, play, unions_of
from numpy.typing import NDArray
from photos import Photo, photos_of
from robots import ROBOTS, largest
from scipy.optimize import minimize

from segmenter.segment.foreground.area import area_of
from segmenter.segment.foreground.area_proposals import area_proposals
from segmenter.segment.foreground.change_traits import CHANGE_TRAITS
from segmenter.segment.foreground.preparation import Draft, prepare_foreground
from segmenter.segment.foreground.proposals import Proposals, proposals
from segmenter.segment.foreground.traits import AREA_TRAITS, CLICK_TRAITS, area_traits, click_traits
from segmenter.work import finish

PENALTY = 3e-3
N_FOLDS = 8
N_CLICKS = 6
N_BOXES = 3
MOST = 0.3  # gains and losses of overlap beyond it count no more
AVERSION = 3.0  # losses weigh more than gains
STAKE = 100.0  # a click gains little: the penalty must not drown it


@dataclass(frozen=True)
class Listing:
    """The proposals of one click: whose photo, their traits, their overlap with the truth."""

    photo: str
    first: bool
    traits: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    worth: NDArray[np.float64]  # what the ranking maximizes


def listing(
    photo: Photo,
    draft: Draft,
    first: bool,
    proposed: Proposals,
    values: NDArray[np.float64],
) -> Listing:
    overlaps = overlaps_of(proposed.masks, draft, photo.truth)
    return Listing(photo.name, first, values, overlaps, overlaps)


def clicked(photo: Photo) -> list[Listing]:
    """Listings of a click at the middle, and of clicks elsewhere in the object."""
    random = np.random.default_rng(1)
    draft = prepare_foreground(photo.image).draft
    found = []
    for click in range(N_CLICKS):
        robot = ROBOTS["centered" if click == 0 else "off center"]
        place = draft.view.place(*robot(largest(photo.truth.object), random))
        proposed = finish(proposals(draft, *place))
        values = click_traits(draft, proposed, *place)
        listed = listing(photo, draft, click == 0, proposed, values)
        found += [listed] * (2 if click == 0 else 1)  # people aim at the middle
    return found


def boxed(photo: Photo) -> list[Listing]:
    """Listings of the tight box, and of boxes that are looser by up to a tenth on each side."""
    random = np.random.default_rng(1)
    draft = prepare_foreground(photo.image).draft
    rows, columns = np.nonzero(photo.truth.object)
    tight = np.array([columns.min(), rows.min(), columns.max(), rows.max()])
    found = []
    for box in range(N_BOXES):
        loose = random.uniform(0, 0.1, 4) * (box > 0) * [-1, -1, 1, 1]
        x0, y0, x1, y1 = tight + loose * np.tile(tight[2:] - tight[:2], 2)
        (top, left), (bottom, right) = draft.view.place(x0, y0), draft.view.place(x1, y1)
        inside = np.zeros(draft.view.grid, bool)
        inside[top : bottom + 1, left : right + 1] = True
        area = area_of(inside)
        proposed = finish(area_proposals(draft, area))
        values = area_traits(draft, area, proposed)
        found.append(listing(photo, draft, box == 0, proposed, values))
    return found


def changed(photo: Photo | Union) -> list[Listing]:
    """Listings of the further clicks of several games."""
    found = []
    for met in play(photo):
        gain = np.clip(met.overlaps - met.before, -MOST, MOST)
        worth = STAKE * np.where(gain < 0, AVERSION, 1) * gain
        found.append(Listing(photo.name, isinstance(photo, Photo), met.traits, met.overlaps, worth))
    return found


LISTINGS = {
    "click": (clicked, CLICK_TRAITS),
    "area": (boxed, AREA_TRAITS),
    "change": (changed, CHANGE_TRAITS),
}


def learned(listings: Sequence[Listing]) -> tuple[NDArray[np.float64], ...]:
    """Mean and deviation of each trait, and its weight."""
    everything = np.concatenate([listing.traits for listing in listings])
    mean, deviation = everything.mean(0), everything.std(0) + 1e-9
    standard = [(listing.traits - mean) / deviation for listing in listings]

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(weight)
        for values, listing in zip(standard, listings, strict=True):
            scores = values @ weight
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            expected = chances @ listing.worth
            total -= expected
            slope -= values.T @ (chances * (listing.worth - expected))
        n = len(listings)
        return total / n + PENALTY * weight @ weight, slope / n + 2 * PENALTY * weight

    start = np.zeros(len(mean))
    return mean, deviation, minimize(loss, start, jac=True, method="L-BFGS-B").x


def chosen(listing: Listing, weights: tuple[NDArray[np.float64], ...]) -> float:
    mean, deviation, weight = weights
    return float(listing.overlaps[(((listing.traits - mean) / deviation) @ weight).argmax()])


def cross_validated(listings: Sequence[Listing]) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Print what is reached on photos left out; return for each photo what the others teach."""
    names = sorted({listing.photo for listing in listings})
    fold = {name: number % N_FOLDS for number, name in enumerate(names)}
    reached: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    taught = {}
    for left_out in range(N_FOLDS):
        weights = learned([each for each in listings if fold[each.photo] != left_out])
        taught.update({name: weights for name in names if fold[name] == left_out})
        for each in listings:
            if fold[each.photo] == left_out:
                reached[each.first].append((chosen(each, weights), each.overlaps.max()))
    for first, pairs in reached.items():
        got, best = np.mean(pairs, axis=0)
        which = "centered, tight or objects" if first else "off center, loose or unions"
        print(f"# {which}: {got:.3f}, best possible {best:.3f}")
    return taught


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=LISTINGS)
    parser.add_argument("--left-out", type=Path, metavar="FILE",
                        help="write, for each photo, what the others teach")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    listings_of, names = LISTINGS[arguments.what]
    shown: list[Photo | Union] = [*photos_of(arguments.folder / "objects")]
    if arguments.what == "change":
        shown += unions_of(arguments.folder / "regions", {photo.name for photo in shown})
    with get_context("spawn").Pool(arguments.jobs) as pool:
        found = pool.map(listings_of, shown, chunksize=1)
    listings = [each for several in found for each in several]
    taught = cross_validated(listings)
    if arguments.left_out:
        rankings = {
            photo: dict(zip(names, np.transpose(weights).tolist(), strict=True))
            for photo, weights in taught.items()
        }
        arguments.left_out.write_text(json.dumps({arguments.what: rankings}))
    for trait, numbers in zip(names, zip(*learned(listings), strict=True), strict=True):
        print(f'    "{trait}": ({", ".join(f"{number:.4g}" for number in numbers)}),')


if __name__ == "__main__":
    main()

"""The first click finds the object; how a guess at it becomes a cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.segment.foreground.choice import best_proposal
from segmenter.segment.foreground.cut import minimum_cut
from segmenter.segment.foreground.models import Models, fit_models
from segmenter.segment.foreground.parts import part_at
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.proposals import MESSAGE, distance_to, near_prior
from segmenter.segment.foreground.touches import (
    CERTAIN,
    LEAST_REACH,
    Touch,
    disk_away,
    evidence_of,
)
from segmenter.segment.foreground.views import View, resampled
from segmenter.work import Progress, Work, portion

Float = NDArray[np.float32]
SMOOTHNESS = np.float32(16.0)  # cost of an outline of unit length on flat areas, in log odds
PLACE_WEIGHT = 0.25  # how much position counts beside color
NEAR, NEAR_SLOPE = 0.2, 2.5  # where the first click's prior is 0, in sides, and how it falls
TRUST = np.float32(3.0)  # log odds that the result before is worth away from new touches
N_ITERATIONS = 30  # of a cut
N_STEPS = 2  # of EM, from earlier models


@dataclass(frozen=True, eq=False)
class Cut:
    """An object at the working size, and what led to it.

    Attributes
    ----------
    inside : float32 ndarray, shape (height, width)
        In [0, 1]; above a half is object.
    models : Models
        Mixtures of object and background.
    touches : tuple of Touch
        In the order they were made.
    prior : float32 ndarray, shape (height, width)
        Log odds for the object before colors are looked at: near the first click, or in the box.
    odds : float32 ndarray, shape (height, width)
        Log odds for the object by all but the models: prior, touches and what was there before.
    evidence : float32 ndarray, shape (height, width)
        Log odds for the object by the models.
    """

    inside: Float
    models: Models
    touches: tuple[Touch, ...]
    prior: Float
    odds: Float
    evidence: Float


def first_click(prepared: Prepared, x: float, y: float) -> Work[Cut]:
    """Find the object that a click at the point (x, y) of the image means."""
    view = prepared.working
    guessing = best_proposal(prepared.draft, *prepared.draft.view.place(x, y))
    guess = yield from portion(guessing, 0.0, 0.8)
    yield Progress(MESSAGE, 0.8)
    inside = resampled(guess[..., None].astype(np.float32), view.grid)[..., 0]
    row, column = view.place(x, y)
    mask = inside > 0.5
    deep = ndimage.distance_transform_edt(np.pad(mask, 1))[row + 1, column + 1]
    rows, columns = np.array([row]), np.array([column])
    away = disk_away(rows, columns, view.grid) / np.float32(max(LEAST_REACH, 0.5 * float(deep)))
    touch = Touch(rows, columns, 1, away)
    prior = near_prior(distance_to(view.grid, row, column), NEAR, NEAR_SLOPE)
    return settle(prepared, inside, (touch,), prior, None, n_refits=1)


def settle(
    prepared: Prepared, inside: Float, touches: tuple[Touch, ...], prior: Float,
    models: Models | None, *, n_refits: int,
) -> Cut:  # fmt: skip
    """Refit the models to a soft mask and cut again by what they say.

    Parameters
    ----------
    prepared : Prepared
    inside : float32 ndarray, shape (height, width)
        The mask to begin with, at the working size.
    touches : tuple of Touch
    prior : float32 ndarray, shape (height, width)
        As in `Cut`.
    models : Models or None
        What the fit goes on from; see `fit_models`.
    n_refits : int
        At least 1.
    """
    view = prepared.working
    said = evidence_of(touches, view.grid)
    touched = np.abs(said.log_odds) >= CERTAIN
    odds = np.where(touched, said.log_odds, prior + said.log_odds)
    if len(touches) > 1:
        odds += TRUST * (2 * inside - 1) * (1 - said.nearby)
    start = np.where(np.abs(said.log_odds) > 2, said.log_odds > 0, inside).astype(np.float32)
    models, evidence, inside = _fit_and_cut(view, start, touched, models, odds, fresh=True)
    for _ in range(1, n_refits):
        models, evidence, inside = _fit_and_cut(view, inside, touched, models, odds, fresh=False)
    return Cut(_touched_parts(inside, touches), models, touches, prior, odds, evidence)


def _fit_and_cut(
    view: View,
    inside: Float,
    touched: NDArray[np.bool_],
    models: Models | None,
    odds: Float,
    *,
    fresh: bool,
) -> tuple[Models, Float, Float]:
    """Fit the models to a soft mask; return them, what they say, and the cut that follows.

    A fresh cut begins coarse, without the mask; else it goes on from the mask.
    """
    fitted = fit_models(view, inside, touched, models, PLACE_WEIGHT, N_STEPS)
    evidence = fitted.evidence(view.samples).reshape(view.grid)
    unary = np.where(view.valid, -(evidence + odds), CERTAIN).astype(np.float32)
    edges = SMOOTHNESS * view.edges
    if fresh:
        return fitted, evidence, minimum_cut(unary, edges, n_iterations=N_ITERATIONS)
    cut = minimum_cut(unary, edges, n_iterations=N_ITERATIONS, levels=1, start=inside)
    return fitted, evidence, cut


def _touched_parts(inside: Float, touches: tuple[Touch, ...]) -> Float:
    """Drop the parts of the object that no touch for the object lies in."""
    mask, kept = inside > 0.5, np.zeros(inside.shape, np.bool_)
    for touch in touches:
        if touch.sign > 0 and not kept[touch.rows, touch.columns].all():
            kept |= part_at(mask, touch.rows, touch.columns)
    if not kept.any():
        return inside
    return np.where(mask & ~kept, np.float32(0), inside)

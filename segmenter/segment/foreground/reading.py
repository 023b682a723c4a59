"""One reading of a further touch, as evidence for a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2
from segmenter.segment.foreground.preparation import Draft
from segmenter.segment.foreground.proposals import CERTAIN as MOST
from segmenter.segment.foreground.touches import (
    CERTAIN,
    CLAIM,
    CORE,
    STRENGTH,
    WIDTH,
    Evidence,
    Touch,
)

Float = NDArray[np.float32]
TRUST = np.float32(1.0)  # log odds that the mask before is worth away from touches
LOG2_E = np.float32(np.log2(np.e))
FADING, CLAIMING = np.float32(LOG2_E / WIDTH**2), np.float32(LOG2_E / CLAIM**2)
SURE, OBEYED, SAID = np.float32(CERTAIN), np.float32(CORE), np.float32(STRENGTH)


@dataclass(frozen=True, eq=False)
class Present:
    """What there is before the touch, on the grid of the draft.

    Attributes
    ----------
    inside : float32 ndarray, shape (height, width)
    models, prior : float32 ndarray, shape (height, width)
        Log odds for the object, as in `Cut`.
    said : Evidence
        By the touches before.
    touches : sequence of Touch
        The touches before.
    """

    inside: Float
    models: Float
    prior: Float
    said: Evidence
    touches: Sequence[Touch]


def unary_of(
    draft: Draft, present: Present, touch: Touch, away: Float, *, is_alone: bool
) -> Float:  # fmt: skip
    """What it costs each pixel of the draft to be object, by one reading of a touch.

    Parameters
    ----------
    away : float32 ndarray, shape (height, width)
        Distance from the touch in reaches, as this reading has it.
    is_alone : bool
        Whether the reading goes by the colors of its own start alone, not by the models.
    """
    sign, flat, before = touch.sign, away.ravel(), present.inside.ravel()
    start = np.where(flat < 1, sign > 0, before > 0.5).astype(np.float32).reshape(1, -1)
    evidence = (draft.colors.evidence(start) + draft.places.evidence(start)).ravel()
    unary = np.empty_like(flat)
    _write_unary(
        flat, np.float32(sign), np.float32(not is_alone), evidence, before, present.models.ravel(),
        present.prior.ravel(), present.said.log_odds.ravel(), present.said.nearby.ravel(), unary,
    )  # fmt: skip
    unary[touch.rows * away.shape[1] + touch.columns] = -sign * SURE
    return np.where(draft.view.valid, unary.reshape(away.shape), SURE)


@compiled
def _write_unary(
    away: Float, sign: np.float32, heed: np.float32, evidence: Float, before: Float, models: Float,
    prior: Float, said: Float, nearby: Float, unary: Float,
) -> None:  # fmt: skip
    """Where the touch claims the say, the models and the mask that were wrong there have none."""
    one = np.float32(1)
    for i in range(len(away)):
        square = away[i] * away[i]
        free = one - max(nearby[i], exp2(-CLAIMING * square))
        kept = heed * free
        by_color = np.float32(0.25) * evidence[i] * (np.float32(2) - kept)
        by_color = (by_color + np.float32(0.5) * kept * models[i]) / MOST
        power = exp2(-np.float32(2) * LOG2_E * abs(by_color))
        bounded = MOST * np.copysign((one - power) / (one + power), by_color)
        expected = prior[i] if abs(prior[i]) >= SURE else prior[i] * free
        trusted = TRUST * free if before[i] > np.float32(0.5) else -TRUST * free
        odds = bounded + expected + trusted + said[i] + sign * SAID * exp2(-FADING * square)
        odds = said[i] if abs(said[i]) >= SURE else odds
        unary[i] = -sign * SURE if away[i] <= OBEYED else -odds

"""A further touch of an object that is being cut: what was wrong there changes, all else stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.changes import here
from segmenter.segment.foreground.choice import best_change
from segmenter.segment.foreground.clicking import Cut, settle
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.reading import Present
from segmenter.segment.foreground.touches import CERTAIN, Evidence, Touch, disk_away, evidence_of
from segmenter.segment.foreground.views import View, resampled

Places = NDArray[np.intp]
FORGOTTEN = np.float32(0.8)  # what a further touch leaves of the prior
BEYOND = np.float32(100.0)  # reaches from a touch that it says nothing of
N_REFITS = 2


def mended(prepared: Prepared, cut: Cut, rows: Places, columns: Places, sign: int) -> Cut:
    """Change a cut by a touch of pixels of the working view."""
    view, draft = prepared.working, prepared.draft.view
    drawn = Touch(rows, columns, sign, disk_away(rows, columns, view.grid))
    present = _present(prepared, cut)
    change = best_change(prepared.draft, present, _coarser(drawn, view, draft))
    planes = [change.away, change.mask, change.mask != (present.inside > 0.5).ravel()]
    stacked = np.stack(planes, axis=-1, dtype=np.float32).reshape(*draft.grid, 3)
    away, mask, changed = np.moveaxis(resampled(stacked, view.grid), -1, 0)
    start = np.where(changed > 0.5, mask > 0.5, cut.inside).astype(np.float32)
    outside_of_box = np.abs(cut.prior) >= CERTAIN
    if sign > 0 and not outside_of_box[rows, columns].any():
        away = np.where(outside_of_box, BEYOND, away)  # a touch in the box says nothing outside
    prior = np.where(outside_of_box, cut.prior, cut.prior * FORGOTTEN)
    touches = (*cut.touches, replace(drawn, away=away))
    settled = settle(prepared, start, touches, prior, cut.models, n_refits=N_REFITS)
    # A touch for the object takes nothing away, and what is not in one piece with it stays.
    after = here(cut.inside > 0.5, settled.inside > 0.5, drawn)
    agreed = after == (settled.inside > 0.5)
    return replace(settled, inside=np.where(agreed, settled.inside, cut.inside))


def _present(prepared: Prepared, cut: Cut) -> Present:
    """What there is before a touch, on the grid of the draft."""
    view, draft = prepared.working, prepared.draft.view
    said = evidence_of(cut.touches, view.grid)
    fields = np.stack([cut.inside, cut.evidence, cut.prior, said.log_odds, said.nearby], axis=-1)
    inside, models, prior, log_odds, nearby = np.moveaxis(resampled(fields, draft.grid), -1, 0)
    touches = [_coarser(touch, view, draft) for touch in cut.touches]
    return Present(inside, models, prior, Evidence(log_odds, nearby), touches)


def _coarser(touch: Touch, view: View, draft: View) -> Touch:
    """A touch of the working view as one of the draft."""
    rows = touch.rows * draft.grid[0] // view.grid[0]
    columns = touch.columns * draft.grid[1] // view.grid[1]
    return replace(touch, rows=rows, columns=columns)

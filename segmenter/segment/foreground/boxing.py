"""The object in a box, or in any area that is known to hold it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.area import area_of
from segmenter.segment.foreground.choice import best_in_area
from segmenter.segment.foreground.clicking import Cut, settle
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.proposals import MESSAGE
from segmenter.segment.foreground.touches import CERTAIN
from segmenter.segment.foreground.views import resampled
from segmenter.work import Progress, Work, portion

TRUST = 2.0  # log odds that the chosen hypothesis is worth while the models are fitted


def object_within(prepared: Prepared, inside: NDArray[np.bool_]) -> Work[Cut]:
    """Find the object in an area of the working view."""
    view, draft = prepared.working, prepared.draft
    share = resampled(inside[..., None].astype(np.float32), draft.view.grid)[..., 0]
    # An area of less than a pixel of the draft is that pixel.
    coarse = share > min(0.5, 0.99 * float(share.max()))
    guess = yield from portion(best_in_area(draft, area_of(coarse)), 0.0, 0.8)
    yield Progress(MESSAGE, 0.8)
    start = resampled(guess[..., None], view.grid)[..., 0] * inside
    prior = area_of(inside).prior + TRUST * np.sign(start - 0.5)
    prior = np.where(inside, prior, -CERTAIN).astype(np.float32)
    return settle(prepared, start, (), prior, None, n_refits=2)

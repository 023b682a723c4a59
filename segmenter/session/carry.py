"""Labels that follow their regions from one result to the next, so that names never shuffle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.labels import Label

if TYPE_CHECKING:
    from segmenter.segment.regions import Regions
    from segmenter.session.document import Document

_COUNTED_PIXELS = 250_000
"""Overlap is counted on at most about this many pixels: enough to tell which region is which."""


def carry_labels(
    labels: Iterable[Label], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> tuple[Label, ...]:
    """Move labels to the values their regions have in another label map of the same image.

    A label follows its region when more than half of the union of both is common to them
    (an intersection over union above 0.5, which no two regions can share); else it is dropped.

    Parameters
    ----------
    labels : iterable of Label
        Labels of the values in `before`.
    before, after : ndarray of uint8, same shape
        The label maps; 0 is unlabeled.

    Returns
    -------
    tuple of Label
        In order of their new values.
    """
    common = _overlaps(before, after)
    sizes_before, sizes_after = common.sum(axis=1), common.sum(axis=0)
    carried = []
    for label in labels:
        union = sizes_before[label.value] + sizes_after - common[label.value]
        share = common[label.value] / np.maximum(union, 1)
        share[0] = 0.0
        value = int(share.argmax())
        if share[value] > 0.5:
            carried.append(replace(label, value=value))
    return tuple(sorted(carried, key=lambda label: label.value))


def carry_document(document: Document, before: Regions | None, after: Regions) -> Document:
    """Let a document's labels follow their regions into a new result.

    Parameters
    ----------
    document : Document
        Whose labels may still be those of the result before.
    before, after : Regions
        The results; None where there was none before.
    """
    if document.labels_are_current:
        return document
    carried: tuple[Label, ...] = ()
    if before is not None and before.recipe == document.labels_recipe:
        carried = carry_labels(document.labels, before.label_map, after.label_map)
    return document.with_labels(carried, after.recipe)


def _overlaps(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count pixels for each pair of values, shape (256, 256)."""
    stride = max(1, round((before.size / _COUNTED_PIXELS) ** (1 / before.ndim)))
    sparse = (slice(None, None, stride),) * before.ndim
    pairs = before[sparse].astype(np.uint16) * np.uint16(256) + after[sparse]
    return np.bincount(pairs.ravel(), minlength=65536).reshape(256, 256)

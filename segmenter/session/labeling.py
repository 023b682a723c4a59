"""The labels of a result: those it comes with, and what the user has made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.segment.labels import Label, default_labels, label_color, renumbered
from segmenter.session.carry import followed_values
from segmenter.session.document import Document, share_keys

if TYPE_CHECKING:
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions


def labels_of(document: Document, regions: Regions | Parts) -> tuple[Label, ...]:
    """Return the labels of a result in order of value, as the user has changed them."""
    came = default_labels(regions.keys)
    changed = {label.value: label for label in document.labels}
    if not changed:
        return came
    return tuple(
        renumbered(changed[key], label.value) if key in changed else label
        for key, label in zip(regions.keys, came, strict=True)
    )


def with_label(document: Document, label: Label, regions: Regions | Parts) -> Document:
    """Return the document in which a label of a result is this one."""
    return document.with_label(renumbered(label, regions.keys[label.value - 1]), regions.recipe)


def carried(document: Document, before: Regions | Parts | None, after: Regions | Parts) -> Document:
    """Return the document whose labels have followed their regions into another result.

    Colors that the user has not chosen stay only as long as the image is read in the same way: in
    another reading they would meet their like.
    """
    if document.labels_are_current:
        return document
    labels: list[Label] = []
    if before is not None and share_keys(before.recipe, document.labels_recipe):
        values = {key: value for value, key in enumerate(before.keys, 1)}
        kept = [label for label in document.labels if label.value in values]
        is_same = before.recipe.reading == after.recipe.reading
        found = followed_values(
            [values[label.value] for label in kept], before.label_map, after.label_map
        )
        labels = [
            _moved(label, after.keys[value - 1], keeps_color=is_same)
            for label in kept
            if (value := found.get(values[label.value])) is not None
        ]
    return document.with_labels(sorted(labels, key=lambda label: label.value), after.recipe)


def followed_label(
    value: int, before: Regions | Parts | None, after: Regions | Parts
) -> int | None:
    """Return the value that a label of a result has in the next one, if it is there."""
    if before is None or not 0 < value <= before.n_labels:
        return None
    key = before.keys[value - 1]
    return after.keys.index(key) + 1 if key in after.keys else None


def _moved(label: Label, key: int, *, keeps_color: bool) -> Label:
    moved = renumbered(label, key)
    if keeps_color or label.color != label_color(label.value):
        return moved
    return replace(moved, color=label_color(key))

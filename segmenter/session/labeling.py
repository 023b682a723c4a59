"""The labels of a result: those it comes with, and what the user has made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.segment.labels import Label, default_labels, label_color, renumbered
from segmenter.session.document import Document, put_in, share_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmenter.segment.segmentation import Segmentation


def labels_of(document: Document, regions: Segmentation) -> tuple[Label, ...]:
    """Return the labels of a result in order of value, as the user has changed them."""
    came = default_labels(regions)
    changed = {label.value: label for label in document.labels}
    if not changed:
        return came
    return tuple(
        renumbered(changed[key], label.value) if key in changed else label
        for key, label in zip(regions.keys, came, strict=True)
    )


def with_label(document: Document, label: Label, regions: Segmentation) -> Document:
    """Return the document in which a label of a result is this one."""
    key = regions.keys[label.value - 1]
    changed = {each.value: each for each in document.labels} | {key: renumbered(label, key)}
    if changed[key] == _by_key(regions)[key]:  # changed back
        del changed[key]
    return document.with_labels((changed[key] for key in sorted(changed)), regions.recipe)


def tissue_labels_of(document: Document, names: Sequence[str]) -> tuple[Label, ...]:
    """Return the labels of tissues, which come with these names, as the user has changed them."""
    changed = {label.value: label for label in document.tissue_labels}
    return tuple(
        changed.get(value, tissue_label(value, name)) for value, name in enumerate(names, 1)
    )


def with_tissue_label(document: Document, label: Label, names: Sequence[str]) -> Document:
    """Return the document in which a tissue's label is this one."""
    came = tissue_label(label.value, names[label.value - 1])
    return replace(document, tissue_labels=put_in(document.tissue_labels, label, came))


def tissue_label(value: int, name: str) -> Label:
    """Return the label that a tissue comes with."""
    return Label(value, name, label_color(value))


def carried(document: Document, before: Segmentation | None, after: Segmentation) -> Document:
    """Return the document whose labels have followed their regions into another result.

    Colors that the user has not chosen stay only as long as the image is read in the same way: in
    another reading they would meet their like.
    """
    from segmenter.session.carry import followed_values  # arrays: not before there is a result

    if document.labels_are_current:
        return document
    labels: list[Label] = []
    if before is not None and share_keys(before.recipe, document.labels_recipe):
        came, comes = _by_key(before), _by_key(after)
        values = {key: value for value, key in enumerate(before.keys, 1)}
        kept = [label for label in document.labels if label.value in values]
        found = followed_values(
            [values[label.value] for label in kept], before.label_map, after.label_map
        )
        is_same = before.recipe.reading == after.recipe.reading
        labels = [
            _moved(label, came[label.value], comes[after.keys[value - 1]], keeps_color=is_same)
            for label in kept
            if (value := found.get(values[label.value])) is not None
        ]
    return document.with_labels(sorted(labels, key=lambda label: label.value), after.recipe)


def followed_label(value: int, before: Segmentation | None, after: Segmentation) -> int | None:
    """Return the value that a label of a result has in the next one, if it is there."""
    if before is None or not 0 < value <= before.n_labels:
        return None
    key = before.keys[value - 1]
    return after.keys.index(key) + 1 if key in after.keys else None


def _by_key(regions: Segmentation) -> dict[int, Label]:
    """Return the labels a result comes with, by their keys and numbered by them."""
    labels = default_labels(regions)
    return {key: renumbered(label, key) for key, label in zip(regions.keys, labels, strict=True)}


def _moved(label: Label, came: Label, comes: Label, *, keeps_color: bool) -> Label:
    """Return a label at its new key: what it came with gives way to what comes there."""
    has_own = keeps_color or label.color != came.color
    return Label(
        comes.value,
        comes.name if label.name == came.name else label.name,
        label.color if has_own else comes.color,
        label.visible,
    )

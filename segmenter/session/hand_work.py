"""What the user has done by hand: all that would be missed, and no setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmenter.segment.labels import NOUNS
from segmenter.session.objects import object_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segmenter.segment.labels import Label
    from segmenter.session.document import Document
    from segmenter.session.history import History


class HandWork(NamedTuple):
    """Hand work by jobs, to be compared; empty where nothing was done.

    Attributes
    ----------
    regions : frozenset
        Edits, names and colors, each after its reading. To which label a name belongs is left
        out: names follow their regions when a setting changes.
    foreground : tuple
        Objects with their marks, names and colors, the uppermost first.
    tissue : tuple
        What was painted, and names and colors.
    """

    regions: frozenset[tuple[object, ...]] = frozenset()
    foreground: tuple[object, ...] = ()
    tissue: tuple[object, ...] = ()


NO_HAND_WORK = HandWork()


def hand_work(history: History) -> HandWork:
    """Return what was done by hand up to the present."""
    document = history.document
    return HandWork(
        frozenset(done for each in latest_readings(history) for done in _of_regions(each)),
        tuple(
            (each.marks, each.edge, _look(each.label))
            for each in document.objects
            if each.marks or _look(each.label) != _look(object_label(each.value))
        ),
        (*document.strokes, *map(_look, _of_tissues(document))),
    )


def latest_readings(history: History) -> tuple[Document, ...]:
    """Return the last document of each reading up to the present, which is the last of them."""
    latest: dict[str, Document] = {}
    for step in (*history.past, history.present):
        reading = step.document.recipe.reading
        latest.pop(reading, None)
        latest[reading] = step.document
    return tuple(latest.values())


def _of_regions(document: Document) -> Iterator[tuple[object, ...]]:
    reading, edits = document.recipe.reading, document.recipe.edits
    if edits:
        yield reading, edits
    for label in _worked_on(document.labels):
        yield reading, _look(label)


def _of_tissues(document: Document) -> list[Label]:
    if not document.tissue_labels:
        return []
    from segmenter.segment.tissue.segment import TISSUE_NAMES  # libraries, which are there now

    return _worked_on(document.tissue_labels, TISSUE_NAMES)


def _worked_on(changed: Iterable[Label], came: tuple[str, ...] = ()) -> list[Label]:
    """Leave out, of labels that are not as they came, those that are merely hidden."""
    return [
        label
        for label in changed
        if label.visible or not (label.name in came or _is_numbered(label.name))
    ]


def _is_numbered(name: str) -> bool:
    """Tell whether a name is one that labels come with, such as "Region 3"."""
    noun, _, number = name.rpartition(" ")
    return noun in (*NOUNS, "Tissue") and number.isdigit()


def _look(label: Label) -> tuple[object, ...]:
    return label.name, label.color

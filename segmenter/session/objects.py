"""The objects the user cuts out of one image: each has marks of its own, the upper ones win."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segmenter.segment.labels import MAX_LABELS, Label, label_color
from segmenter.session.marks import NO_MARKS, Marks, Stroke


@dataclass(frozen=True, slots=True)
class MarkedObject:
    """An object and everything that was said about it; a value.

    Attributes
    ----------
    label : Label
        Its value in the label map, its name, its color, whether it is painted.
    marks : Marks
        What cuts it out.
    edge : tuple of Stroke
        Where its outline is soft, in the order of painting; a stroke that is not on the object
        takes away what the ones before it cover.
    """

    label: Label
    marks: Marks = NO_MARKS
    edge: tuple[Stroke, ...] = ()

    @property
    def value(self) -> int:
        """Its value in the label map."""
        return self.label.value


Objects = tuple[MarkedObject, ...]
"""From the uppermost to the lowest: where two overlap, a pixel belongs to the upper one."""

Asked = tuple[tuple[int, Marks], ...]


def object_label(value: int) -> Label:
    """Return the label an object has until the user changes it."""
    return Label(value, f"Object {value}", label_color(value))


FIRST_OBJECTS: Objects = (MarkedObject(object_label(1)),)
"""What there is before anything is marked."""


def found_object(objects: Objects, value: int) -> MarkedObject:
    """Return the object of a value; the uppermost where there is none."""
    return next((each for each in objects if each.value == value), objects[0])


def with_object(objects: Objects, changed: MarkedObject) -> Objects:
    """Put an object in the place of the one of the same value."""
    return tuple(changed if each.value == changed.value else each for each in objects)


def with_new_object(objects: Objects) -> tuple[Objects, int]:
    """Add an object on top, unless one without marks is there; return also its value."""
    empty = [each.value for each in objects if not each.marks]
    taken = {each.value for each in objects}
    free = [value for value in range(1, MAX_LABELS + 1) if value not in taken]
    if empty or not free:
        return objects, (empty or [objects[0].value])[0]
    return (MarkedObject(object_label(free[0])), *objects), free[0]


def without_object(objects: Objects, value: int) -> Objects:
    """Take an object away; the last one becomes a new one."""
    return tuple(each for each in objects if each.value != value) or FIRST_OBJECTS


def moved_object(objects: Objects, value: int, place: int) -> Objects:
    """Move an object to a place from the top, 0 the uppermost."""
    others = [each for each in objects if each.value != value]
    place = min(max(place, 0), len(others))
    return (*others[:place], found_object(objects, value), *others[place:])


def changed_object(before: Objects, after: Objects) -> int | None:
    """Return the value of an object of `after` that is new or another in `before`, or None."""
    return next((each.value for each in after if each not in before), None)


def asked_of(objects: Objects) -> Asked:
    """Return what has to be cut out, the uppermost first: values and marks, without looks."""
    return tuple((each.value, each.marks) for each in objects if each.marks)


def with_marks(objects: Objects, value: int, marks: Marks) -> Objects:
    """Change the marks of an object; an object without marks has no soft outline either."""
    changed = replace(found_object(objects, value), marks=marks)
    return with_object(objects, changed if marks else replace(changed, edge=()))

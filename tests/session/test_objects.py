from dataclasses import replace

import pytest

from segmenter.session.marks import NO_MARKS, Click, Stroke
from segmenter.session.objects import (
    FIRST_OBJECTS,
    MarkedObject,
    asked_of,
    changed_object,
    found_object,
    moved_object,
    object_label,
    with_marks,
    with_new_object,
    with_object,
    without_object,
)

MARKED = NO_MARKS.with_mark(Click((3.0, 4.0), True))


def some(*values):
    return tuple(MarkedObject(object_label(value), MARKED) for value in values)


def test_a_new_object_lies_on_top_and_takes_the_lowest_free_value():
    objects, value = with_new_object(some(4, 1, 2))
    assert value == 3
    assert [each.value for each in objects] == [3, 4, 1, 2]
    assert objects[0].label.name == "Object 3"
    assert not objects[0].marks


def test_an_object_without_marks_is_used_before_another_is_added():
    objects = (*some(1), MarkedObject(object_label(2)))
    assert with_new_object(objects) == (objects, 2)


def test_there_are_no_more_objects_than_values():
    objects = some(*range(1, 256))
    assert with_new_object(objects) == (objects, 1)


def test_without_the_last_object_there_is_a_new_one():
    assert [each.value for each in without_object(some(1, 2), 1)] == [2]
    assert without_object(some(7), 7) == FIRST_OBJECTS


@pytest.mark.parametrize(
    ("value", "place", "order"), [(1, 1, [2, 1, 3]), (3, 0, [3, 1, 2]), (1, 9, [2, 3, 1])]
)
def test_objects_are_moved_to_a_place(value, place, order):
    assert [each.value for each in moved_object(some(1, 2, 3), value, place)] == order


def test_what_is_asked_for_depends_on_marks_and_order_and_on_no_looks():
    objects = (*some(2, 1), MarkedObject(object_label(3)))
    assert asked_of(objects) == ((2, MARKED), (1, MARKED))
    hidden = replace(objects[0], label=replace(objects[0].label, visible=False, name="Sky"))
    assert asked_of(with_object(objects, hidden)) == asked_of(objects)
    assert asked_of(moved_object(objects, 1, 0)) != asked_of(objects)


def test_the_object_that_changed_is_found():
    objects = some(1, 2)
    changed = with_marks(objects, 2, MARKED.with_mark(Click((1.0, 1.0), False)))
    assert changed_object(objects, changed) == 2
    assert changed_object(changed, moved_object(changed, 2, 0)) is None
    assert found_object(objects, 9) is objects[0]


def test_without_marks_there_is_no_soft_outline():
    stroke = Stroke(((1.0, 1.0),), 3, True)
    objects = (replace(some(1)[0], edge=(stroke,)),)
    assert with_marks(objects, 1, NO_MARKS)[0].edge == ()
    assert with_marks(objects, 1, MARKED)[0].edge == (stroke,)

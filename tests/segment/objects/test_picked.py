from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.labels import default_labels
from segmenter.segment.objects.picked import FoundObjects, has_to_divide, pick_objects
from segmenter.segment.recipe import RegionsRecipe


@pytest.fixture
def found():
    """Four objects of 4, 6, 9 and 2 pixels."""
    numbers = np.zeros((12, 20), np.int32)
    for number, (rows, columns) in enumerate([(2, 2), (2, 3), (3, 3), (1, 2)], 1):
        numbers[2 : 2 + rows, 5 * number - 5 : 5 * number - 5 + columns] = number
    return FoundObjects(Image(numbers.astype(np.uint8)[..., None], "gray"), "dark", numbers)


def picked(found, **changes):
    return pick_objects(found, RegionsRecipe(reading="objects", **changes))


def test_all_are_picked_as_they_were_found(found):
    objects = picked(found)
    np.testing.assert_array_equal(objects.label_map, found.numbers)
    assert objects.keys == (1, 2, 3, 4)
    assert objects.sizes.tolist() == [4, 6, 9, 2]
    assert objects.shares.tolist() == [each / 240 for each in (4, 6, 9, 2)]
    assert [label.name for label in default_labels(objects)][:2] == ["Object 1", "Object 2"]
    assert objects.resolved_recipe.ground == "dark"


def test_small_ones_are_left_out_and_the_others_keep_their_colors(found):
    objects = picked(found, min_size=5)
    assert objects.keys == (2, 3)
    assert objects.sizes.tolist() == [6, 9]
    assert np.unique(objects.label_map).tolist() == [0, 1, 2]
    colors = [label.color for label in default_labels(picked(found))]
    assert [label.color for label in default_labels(objects)] == colors[1:3]


def test_merged_ones_are_one_object_and_count_together(found):
    objects = picked(found, min_size=5, edits=(("merge", ((0, 2), (15, 2))),))
    assert objects.keys == (1, 2, 3)
    assert objects.sizes.tolist() == [6, 6, 9]
    assert objects.label_map[2, 0] == objects.label_map[2, 15] == 1
    assert objects.measurements[0].size == 6


def test_removed_ones_are_ground_in_the_order_of_the_edits(found):
    merged_then_removed = (("merge", ((0, 2), (5, 2))), ("remove", ((5, 2),)))
    assert picked(found, edits=merged_then_removed).keys == (3, 4)
    removed_then_merged = (("remove", ((5, 2),)), ("merge", ((0, 2), (5, 2))))
    assert picked(found, edits=removed_then_merged).keys == (1, 3, 4)


def test_an_edit_on_the_ground_or_outside_changes_nothing(found):
    edits = (("remove", ((19, 11), (500, 2), (2, -1))), ("merge", ((0, 2), (19, 11))))
    assert picked(found, edits=edits).keys == (1, 2, 3, 4)


def test_nothing_may_be_left(found):
    objects = picked(found, min_size=100)
    assert (objects.n_labels, objects.keys, default_labels(objects)) == (0, (), ())
    assert objects.sizes.tolist() == []
    assert objects.measurements == ()


@pytest.mark.parametrize(
    ("reading", "kind"), [("classes", "split"), ("regions", "remove"), ("classes", "merge")]
)
def test_each_reading_has_edits_of_its_own(reading, kind):
    with pytest.raises(ParameterError, match=kind):
        RegionsRecipe(reading=reading, edits=((kind, ((0, 0),)),))


@pytest.fixture
def touching():
    """A pair of discs that touch, taken for one object, and a bar."""
    y, x = np.mgrid[:40, :80]
    pair = (np.hypot(y - 20, x - 15) < 10) | (np.hypot(y - 20, x - 32) < 9)
    numbers = pair.astype(np.int32)
    numbers[15:20, 50:70] = 2
    return FoundObjects(Image(numbers.astype(np.uint8)[..., None], "gray"), "dark", numbers)


def test_an_object_is_divided_at_its_neck_and_the_larger_half_stays_what_it_was(touching):
    objects = picked(touching, edits=(("split", ((15, 20),)),))
    assert objects.keys == (1, 2, 3)
    y, x = np.indices(touching.numbers.shape)
    assert (objects.label_map[np.hypot(y - 20, x - 15) < 7] == 1).all()
    assert (objects.label_map[np.hypot(y - 20, x - 32) < 7] == 3).all()
    assert ((objects.label_map > 0) == (touching.numbers > 0)).all()
    assert objects.sizes.sum() == touching.sizes.sum()
    assert len(objects.measurements) == 3
    colors = [label.color for label in default_labels(objects)]
    assert colors[:2] == [label.color for label in default_labels(picked(touching))]
    assert len(set(colors)) == 3


def test_without_a_neck_it_is_divided_across_its_longer_side(touching):
    objects = picked(touching, edits=(("split", ((60, 17),)),))
    assert sorted(objects.sizes.tolist())[:2] == [50, 50]
    assert len(np.unique(objects.label_map[15:20, 50:60])) == 1


def test_what_is_divided_is_edited_further_from_where_it_was(touching):
    split = ("split", ((15, 20),))
    again = picked(touching, edits=(split, ("split", ((32, 20),))))
    assert again.n_labels == 4
    merged = pick_objects(
        again.found,
        RegionsRecipe(reading="objects", edits=(split, ("merge", ((32, 20), (60, 17))))),
    )
    assert merged.n_labels == 2
    assert merged.label_map[20, 32] == merged.label_map[17, 60] != merged.label_map[20, 15]
    more = RegionsRecipe(reading="objects", edits=(*merged.recipe.edits, ("split", ((32, 20),))))
    parted = pick_objects(merged, more)
    assert parted.n_labels == 3
    assert_array_equal(parted.label_map, pick_objects(merged.found, more).label_map)
    assert has_to_divide(merged, more)
    assert has_to_divide(parted, merged.recipe)
    assert not has_to_divide(parted, replace(more, min_size=3))
    assert parted.label_map[20, 32] != parted.label_map[17, 60]
    assert picked(touching).n_labels == 2
    removed = picked(touching, edits=(split, ("remove", ((32, 20),))))
    assert removed.n_labels == 2
    assert removed.label_map[20, 32] == 0


def test_a_single_pixel_and_the_ground_are_not_divided():
    numbers = np.zeros((5, 5), np.int32)
    numbers[2, 2] = 1
    found = FoundObjects(Image(numbers.astype(np.uint8)[..., None], "gray"), "dark", numbers)
    assert picked(found, edits=(("split", ((2, 2), (0, 0))),)).n_labels == 1

from dataclasses import replace

import numpy as np
import pytest

import segmenter
from segmenter.images.image import Image
from segmenter.segment.labels import Color, default_label, default_labels
from segmenter.segment.parts import cut_parts
from segmenter.session.document import Document
from segmenter.session.labeling import carried, labels_of, with_label


@pytest.fixture(scope="module")
def parts():
    levels = np.repeat(np.repeat(np.array([[40, 90], [150, 220]]), 40, axis=0), 60, axis=1)
    noise = np.random.default_rng(0).normal(0, 3, (80, 120))
    pixels = np.clip(levels + noise, 0, 255).astype(np.uint8)
    return segmenter.segment_regions(Image(pixels[..., None], "gray"), 4, reading="regions")


@pytest.fixture
def document(parts):
    return Document(parts.image, parts.recipe)


def cut(parts, **changes):
    return cut_parts(parts.partition, replace(parts.recipe, **changes))


def merge_of(parts, *labels):
    """Return an edit that merges labels."""
    places = [np.argwhere(parts.label_map == label)[0] for label in labels]
    return ("merge", tuple((int(column), int(row)) for row, column in places))


def test_colors_go_by_the_key_and_names_by_the_number(parts):
    merged = cut(parts, edits=(merge_of(parts, 1, 2),))
    assert merged.keys == (1, 3, 4)
    labels = default_labels(merged)
    assert [label.name for label in labels] == ["Region 1", "Region 2", "Region 3"]
    assert [label.color for label in labels] == [default_label(key).color for key in (1, 3, 4)]


def test_a_label_changed_back_leaves_no_trace(parts, document):
    came = labels_of(document, parts)[2]
    named = with_label(document, replace(came, name="sky"), parts)
    assert [label.name for label in named.labels] == ["sky"]
    assert with_label(named, came, parts) == document


def test_a_name_holds_at_any_detail_and_outlives_its_region(parts, document):
    named = with_label(document, replace(labels_of(document, parts)[3], name="sky"), parts)
    for n_regions in (1, 3, 4, 9):
        other = cut(parts, n_regions=n_regions)
        at_other = replace(named, recipe=other.recipe)
        assert at_other.labels_are_current
        names = [label.name for label in labels_of(at_other, other)]
        assert (names[3] == "sky") if n_regions >= 4 else ("sky" not in names)


def test_a_changed_label_gets_a_new_number_where_others_are_merged(parts, document):
    red = replace(labels_of(document, parts)[3], color=Color(255, 0, 0))
    merged = cut(parts, edits=(merge_of(parts, 1, 2),))
    labels = labels_of(with_label(document, red, parts), merged)
    assert labels[2] == replace(red, value=3, name="Region 3")


def test_names_follow_into_another_reading(parts, document):
    named = with_label(document, replace(labels_of(document, parts)[2], name="sky"), parts)
    classes = segmenter.segment_regions(parts.image, 4)
    followed = carried(replace(named, recipe=classes.recipe), parts, classes)
    assert followed.labels_recipe == classes.recipe
    (sky,) = [label for label in labels_of(followed, classes) if label.name == "sky"]
    both = (classes.label_map == sky.value) & (parts.label_map == 3)
    assert both.sum() > 0.9 * (parts.label_map == 3).sum()
    default = default_labels(classes)[sky.value - 1].color
    assert sky.color == default  # not the one that another class has
    back = carried(replace(followed, recipe=parts.recipe), classes, parts)
    assert labels_of(back, parts)[2].name == "sky"

from dataclasses import replace

import numpy as np
import pytest

from segmenter.images.image import Image
from segmenter.segment.labels import Color, Label, default_label
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.corrections import BrushStroke
from segmenter.session.document import Document
from segmenter.session.hand_work import NO_HAND_WORK, hand_work, latest_readings
from segmenter.session.history import History
from segmenter.session.marks import NO_MARKS, Click
from segmenter.session.objects import FIRST_OBJECTS, with_marks
from segmenter.session.reading import read_as

PARTS = RegionsRecipe(reading="regions")
MERGED = replace(PARTS, edits=(("merge", ((1, 1), (2, 2))),))


@pytest.fixture
def document():
    return Document(Image(np.zeros((4, 5, 1), np.uint8), "gray"), PARTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": replace(PARTS, detail=0.9)},
        {"recipe": RegionsRecipe(n_regions=4)},
        {"labels": (replace(default_label(3), visible=False),)},
        {"tissue_labels": (Label(1, "Gray matter", Color(1, 2, 3), visible=False),)},
        {"brain": "whole"},
    ],
)
def test_settings_and_hidden_labels_are_no_hand_work(document, changes):
    history = History.begin(document).record(replace(document, **changes), "Change")
    assert hand_work(history) == NO_HAND_WORK


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": MERGED},
        {"labels": (replace(default_label(3), name="Sky"),)},
        {"labels": (replace(default_label(3), name="Sky", visible=False),)},
        {"labels": (replace(default_label(3), color=Color(9, 9, 9)),)},
        {"tissue_labels": (Label(1, "Water", Color(1, 2, 3)),)},
        {"strokes": (BrushStroke(((1.0, 1.0, 1.0),), 2.0, None, "labels", 1),)},
        {"objects": with_marks(FIRST_OBJECTS, 1, NO_MARKS.with_mark(Click((1.0, 1.0), True)))},
        {"objects": (replace(FIRST_OBJECTS[0], label=replace(default_label(1), name="Cup")),)},
    ],
)
def test_marks_names_colors_and_edits_are(document, changes):
    history = History.begin(document).record(replace(document, **changes), "Change")
    assert hand_work(history) != NO_HAND_WORK
    assert hand_work(history.undo()) == NO_HAND_WORK


def test_edits_of_another_reading_are_still_there(document):
    history = History.begin(document).record(replace(document, recipe=MERGED), "Merge")
    history = history.record(read_as(history, "classes"), "Change to Classes")
    assert history.document.recipe.edits == ()
    assert hand_work(history) != NO_HAND_WORK
    readings = [each.recipe.reading for each in latest_readings(history)]
    assert readings == ["regions", "classes"]
    assert latest_readings(history)[0].recipe == MERGED

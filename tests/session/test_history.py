from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmenter.images.image import Image
from segmenter.segment.labels import Label, default_label
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.document import Document
from segmenter.session.history import History

RECIPE = RegionsRecipe()
DOCUMENT = Document(Image(np.zeros((2, 2, 1), np.uint8), "gray"), RECIPE)

recipes = st.builds(
    RegionsRecipe,
    n_regions=st.one_of(st.just("auto"), st.integers(1, 9)),
    smoothness=st.sampled_from([0.0, 0.5, 1.0]),
)
labels = st.builds(
    Label,
    value=st.integers(1, 4),
    name=st.text(min_size=1, max_size=3),
    color=st.just(default_label(1).color),
    visible=st.booleans(),
)
changes = st.tuples(
    st.one_of(recipes, labels), st.sampled_from(["Change", "Move a slider"]), st.booleans()
)
histories = st.lists(st.one_of(changes, st.sampled_from(["undo", "redo"])), max_size=20)


def grown(operations):
    history = History.begin(DOCUMENT)
    for operation in operations:
        if operation in ("undo", "redo"):
            history = getattr(history, operation)()
            continue
        change, name, continues = operation
        history = history.record(changed(history.document, change), name, continues=continues)
    return history


def changed(document, change):
    if isinstance(change, Label):
        return document.with_labels([change], RECIPE)
    return replace(document, recipe=change)


@given(histories)
def test_undo_then_redo_is_identity(operations):
    history = grown(operations)
    if history.undo_name is not None:
        assert history.undo().redo() == history
    if history.redo_name is not None:
        assert history.redo().undo() == history


@given(histories, changes)
def test_a_change_can_be_undone_and_ends_what_was_undone(operations, change):
    before = grown(operations)
    after = before.record(changed(before.document, change[0]), change[1])
    if after is before:
        assert changed(before.document, change[0]) == before.document
        return
    assert after.undo().document == before.document
    assert after.redo_name is None
    assert after.undo_name == change[1]


@given(histories)
def test_undoing_everything_returns_to_the_opened_document(operations):
    history = grown(operations)
    while history.undo_name is not None:
        history = history.undo()
    assert history.document == DOCUMENT


def test_a_slider_that_is_held_is_one_step():
    history = History.begin(DOCUMENT)
    for smoothness in (0.1, 0.2, 0.3):
        recipe = RegionsRecipe(smoothness=smoothness)
        document = replace(DOCUMENT, recipe=recipe)
        history = history.record(document, "Change smoothness", continues=True)
    assert history.document.recipe.smoothness == 0.3
    assert history.undo().document == DOCUMENT


def test_nothing_is_recorded_when_nothing_changed():
    history = History.begin(DOCUMENT)
    assert history.record(replace(DOCUMENT), "Change nothing") is history


def test_amending_replaces_the_present_and_no_step():
    document = DOCUMENT.with_labels([replace(default_label(1), name="sky")], RECIPE)
    history = History.begin(DOCUMENT).record(document, "Rename")
    amended = document.with_labels([replace(default_label(2), name="sea")], RECIPE)
    assert history.amend(amended).document == amended
    assert history.amend(amended).undo().document == DOCUMENT
    assert history.amend(amended).undo_name == "Rename"


def test_the_nearest_step_that_is_wanted_is_found_before_or_after():
    recipes = [replace(RECIPE, n_regions=number) for number in (2, 3, 4, 3, 2)]
    history = History.begin(DOCUMENT)
    for recipe in recipes:
        history = history.record(replace(DOCUMENT, recipe=recipe), "Change")

    def at(number):
        return lambda document: document.recipe.n_regions == number

    assert history.nearest(at(3)) == history.undo()
    middle = history.undo().undo()
    assert middle.nearest(at(3)) == middle.redo()
    assert middle.nearest(at(9)) is middle

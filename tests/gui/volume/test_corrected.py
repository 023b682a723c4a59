import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.gui.volume.corrected import CorrectedMap
from segmenter.session.corrections import BrushStroke, corrected

GRID = (9, 8, 7)
AFFINE = np.diag((1.0, 2.0, 1.5, 1.0))
BASE = (np.indices(GRID).sum(axis=0) % 4).astype(np.uint8)
places = st.lists(st.tuples(*(st.floats(0, side - 1) for side in GRID)), min_size=1, max_size=4)
strokes = st.builds(
    BrushStroke, places.map(tuple), st.floats(0.5, 4), st.sampled_from([None, 0, 1, 2]),
    st.just("labels"), st.integers(0, 3),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(strokes, max_size=4), min_size=1, max_size=4))
def test_it_holds_what_the_strokes_paint_whatever_was_painted_before(histories):
    shown = CorrectedMap(BASE, AFFINE)
    original = BASE.copy()
    for history in histories:
        shown.follow(history)
        wanted = corrected(BASE, history, AFFINE)
        assert (shown.values == wanted).all()
        counts = np.bincount(wanted.ravel(), minlength=256)
        assert (shown.changes == counts - np.bincount(BASE.ravel(), minlength=256)).all()
    assert (original == BASE).all()


@settings(max_examples=40, deadline=None)
@given(strokes)
def test_a_stroke_that_grows_paints_as_if_it_had_been_whole(stroke):
    shown = CorrectedMap(BASE, AFFINE)
    for n_points in range(1, len(stroke.points) + 1):
        begun = BrushStroke(
            stroke.points[:n_points], stroke.radius, stroke.slice_axis, "labels", stroke.value
        )
        shown.follow([begun])
    assert (shown.values == corrected(BASE, [stroke], AFFINE)).all()
    shown.follow([])
    assert (shown.values == BASE).all()
    assert not shown.changes.any()

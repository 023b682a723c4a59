import numpy as np
import pytest
from scipy import ndimage
from skimage.draw import polygon2mask

from segmenter.errors import ParameterError
from segmenter.segment.foreground import mending, prepare_foreground, segment_foreground
from segmenter.segment.foreground.changes import Change
from segmenter.segment.foreground.lasso import enclosed
from segmenter.segment.foreground.preview import preview_area, preview_stroke
from segmenter.work import finish

CENTER = (96, 60)  # of the scene's disk, as x, y
AROUND = ((96, 18), (140, 40), (132, 90), (96, 104), (58, 84), (50, 50))


@pytest.fixture(scope="module")
def prepared(scene):
    return prepare_foreground(scene.image)


def test_a_lasso_cuts_out_what_is_in_it(scene, prepared):
    result = segment_foreground(prepared, lasso=AROUND)
    assert scene.iou(result.mask) > 0.95


def test_outside_of_a_lasso_is_background(scene, prepared):
    half = ((60, 10), (96, 10), (96, 110), (60, 110))
    result = segment_foreground(prepared, lasso=half)
    assert result.mask[60, 80]
    assert not result.mask[:, 99:].any()


def test_a_stroke_inside_of_a_lasso_adds_nothing_outside_of_it(scene, prepared, monkeypatch):
    def widest(draft, present, touch):
        return Change(np.ones(draft.view.edges.size, bool), np.zeros(draft.view.edges.size))

    half = ((60, 10), (96, 10), (96, 110), (60, 110))
    first = segment_foreground(prepared, lasso=half)
    hints = np.zeros(scene.image.grid, np.int8)
    hints[20:100, 86:94] = 1
    monkeypatch.setattr(mending, "best_change", widest)
    mended = segment_foreground(prepared, hints=hints, lasso=half, previous=first)
    assert mended.mask[hints == 1].all()
    assert not mended.mask[:, 99:].any()


def test_clicks_mend_what_a_lasso_found(prepared):
    first = segment_foreground(prepared, lasso=AROUND)
    mended = segment_foreground(prepared, background=[CENTER], lasso=AROUND, previous=first)
    anew = segment_foreground(prepared, background=[CENTER], lasso=AROUND)
    assert not mended.mask[60, 96]
    np.testing.assert_array_equal(mended.mask, anew.mask)


@pytest.mark.parametrize("size", [(40, 60), (80, 120)])
def test_what_a_lasso_encloses_agrees_with_skimage_but_for_its_line(size):
    corners = np.array([(10, 5), (52, 12), (30, 33)], float)
    inside = enclosed([tuple(corner) for corner in corners], size, (40, 60))
    scale = size[0] / 40
    expected = polygon2mask(size, (corners[:, ::-1] + 0.5) * scale - 0.5)
    assert inside[ndimage.binary_erosion(expected)].all()
    assert not inside[~ndimage.binary_dilation(expected, iterations=2)].any()


@pytest.mark.parametrize(
    ("lasso", "words"),
    [
        (((10, 10), (20, 20)), "no area"),
        (((10, 10), (20, 20), (30, 30)), "no area"),
        (((210, 10), (220, 10), (220, 90)), "outside of the image"),
        (((10, 10), (20, float("nan")), (30, 30)), "two numbers"),
    ],
)
def test_a_lasso_that_encloses_nothing_is_refused(prepared, lasso, words):
    with pytest.raises(ParameterError, match=words):
        segment_foreground(prepared, lasso=lasso)


def test_previews_show_what_a_mark_would_give(scene, prepared):
    truth = scene.truth
    area = finish(preview_area(prepared, None, AROUND)) > 0.5
    assert (area == truth).mean() > 0.97
    covered = np.zeros(truth.shape, bool)
    covered[58:63, 90:100] = True
    drawn = finish(preview_stroke(prepared, None, covered, is_object=True)) > 0.5
    assert (drawn & truth).sum() > 0.9 * truth.sum()
    before = segment_foreground(prepared, foreground=[CENTER])
    taken = finish(preview_stroke(prepared, before, covered, is_object=False)) > 0.5
    assert not taken[covered].any()


def test_a_preview_of_nothing_is_what_there_was(prepared):
    nothing = np.zeros(prepared.working.grid, bool)
    assert not finish(preview_stroke(prepared, None, nothing, is_object=True)).any()
    assert not finish(preview_stroke(prepared, None, ~nothing, is_object=False)).any()
    before = segment_foreground(prepared, foreground=[CENTER])
    same = finish(preview_stroke(prepared, before, nothing, is_object=True))
    np.testing.assert_array_equal(same, before.cut.inside)

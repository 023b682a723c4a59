import numpy as np
import pytest

from segmenter.session.marks import NO_MARKS, Click, Lasso, Stroke, painted

GRID = (40, 60)


def last_of(marks, grid=GRID):
    """Return what all marks say together."""
    return list(marks.guidances(grid))[-1]


def test_marks_become_guidance_in_their_order():
    marks = NO_MARKS.with_mark(Click((3.0, 4.0), True)).with_mark(Click((9.5, 8.0), False))
    marks = marks.with_mark(Click((5.0, 6.0), True)).with_mark((1, 2, 30, 31))
    guidance = last_of(marks)
    assert guidance.box == (1, 2, 30, 31)
    assert guidance.foreground == ((3.0, 4.0), (5.0, 6.0))
    assert guidance.background == ((9.5, 8.0),)
    assert guidance.hints is None


def test_no_marks_are_false_and_any_mark_is_true():
    assert not NO_MARKS
    assert NO_MARKS.with_mark((0, 0, 5, 5))
    assert NO_MARKS.with_mark(Click((0.0, 0.0), False))


@pytest.mark.parametrize("width", [0.3, 1, 2, 5, 8.5])
def test_a_stroke_covers_what_is_within_half_its_width(width):
    stroke = Stroke(((10.0, 10.0), (40.0, 10.0), (40.0, 30.0)), width, True)
    covered = stroke.covered(GRID)
    y, x = np.indices(GRID)
    to_first = np.hypot(y - 10, x - np.clip(x, 10, 40))
    to_second = np.hypot(x - 40, y - np.clip(y, 10, 30))
    away = np.minimum(to_first, to_second)
    assert covered[away <= max(0.0, width / 2 - 1)].all()
    assert not covered[away > width / 2 + 1].any()


def test_a_stroke_that_leaves_the_image_is_cut_off():
    covered = Stroke(((-20.0, 5.0), (90.0, 5.0)), 3, False).covered(GRID)
    assert covered[5].all()
    assert not covered[10:].any()


def test_a_later_stroke_takes_away_the_clicks_it_covers():
    marks = NO_MARKS.with_mark(Click((10.0, 10.0), True)).with_mark(Click((50.0, 30.0), True))
    guidance = last_of(marks.with_mark(Stroke(((5.0, 10.0), (20.0, 10.0)), 4, False)))
    assert guidance.foreground == ((50.0, 30.0),)
    assert guidance.hints[10, 10] == -1
    assert guidance.hints[30, 50] == 0


def test_a_later_click_changes_the_stroke_beneath_it_and_nothing_else():
    stroke = Stroke(((5.0, 10.0), (20.0, 10.0)), 4, False)
    before = last_of(NO_MARKS.with_mark(stroke)).hints
    after = last_of(NO_MARKS.with_mark(stroke).with_mark(Click((8.0, 10.0), True))).hints
    assert np.argwhere(before != after).tolist() == [[10, 8]]
    assert after[10, 8] == 1


def test_the_last_of_two_clicks_on_a_pixel_counts():
    marks = NO_MARKS.with_mark(Click((8.0, 9.0), True)).with_mark(Click((8.2, 9.1), False))
    guidance = last_of(marks)
    assert guidance.foreground == ()
    assert guidance.background == ((8.2, 9.1),)


def test_a_lasso_takes_the_place_of_a_box_and_the_other_way_round():
    lasso = Lasso(((1.0, 1.0), (9.0, 1.0), (5.0, 8.0)))
    marks = NO_MARKS.with_mark((1, 2, 30, 31)).with_mark(lasso)
    assert marks.box is None
    assert marks
    assert last_of(marks).lasso == lasso.points
    assert marks.with_mark((1, 2, 30, 31)).lasso is None
    box = (1, 1, 3, 9, 8, 6)
    deep = Lasso(((1.0, 1.0, 4.0), (9.0, 1.0, 4.0), (5.0, 8.0, 4.0)), box)
    assert last_of(NO_MARKS.with_mark(deep), (20, 20, 20))[::4] == (box, deep.points)


def test_a_scaled_stroke_covers_the_same_place():
    stroke = Stroke(((9.5, 9.5), (40.0, 20.0)), 8, True)
    large = stroke.scaled(2.0, 2.0).covered((2 * GRID[0], 2 * GRID[1]))
    small = stroke.covered(GRID).repeat(2, 0).repeat(2, 1)
    assert (large & small).sum() > 0.8 * (large | small).sum()


def test_later_strokes_take_away_what_earlier_ones_painted():
    first = Stroke(((5.0, 10.0), (50.0, 10.0)), 5, True)
    second = Stroke(((30.0, 10.0), (50.0, 10.0)), 9, False)
    region = painted((first, second), GRID)
    assert region[10, 10]
    assert not region[10, 40]
    assert painted((), GRID) is None
    assert painted((first, Stroke(first.points, 9, False)), GRID) is None


@pytest.mark.parametrize("point", [(8.0, 9.0), (7.6, 9.4)])
def test_a_dot_of_the_thinnest_brush_covers_its_pixel(point):
    assert np.argwhere(Stroke((point,), 1, True).covered(GRID)).tolist() == [[9, 8]]

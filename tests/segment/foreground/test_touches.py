import numpy as np

from segmenter.segment.foreground.touches import (
    CERTAIN,
    LEAST_REACH,
    OPPOSITE,
    Touch,
    depth_at,
    disk_away,
    evidence_of,
    reach_of,
)

GRID = (60, 80)


def touch(row, column, sign, reach):
    rows, columns = np.array([row]), np.array([column])
    return Touch(rows, columns, sign, disk_away(rows, columns, GRID) / np.float32(reach))


def reach(row, column, sign, mask, others=()):
    at = np.array([row]), np.array([column])
    return reach_of(*at, sign, depth_at(*at, ~mask if sign > 0 else mask), others)


def test_a_touch_reaches_as_far_as_the_outline_is_away():
    mask = np.zeros(GRID, bool)
    mask[20:40, 20:60] = True
    assert reach(30, 40, -1, mask) == 10
    assert reach(30, 40, 1, mask) == LEAST_REACH


def test_an_opposite_touch_limits_the_reach():
    mask = np.ones(GRID, bool)
    other = touch(30, 20, 1, 5.0)
    assert reach(30, 30, -1, mask, [other]) == OPPOSITE * 10
    assert reach(30, 30, -1, mask, [touch(30, 20, -1, 5.0)]) == 30


def test_a_touch_is_obeyed_at_its_core_and_fades_away():
    said = evidence_of([touch(30, 40, 1, 10.0)], GRID).log_odds
    assert said[30, 40] == CERTAIN
    assert 0 < said[30, 52] < said[30, 48] < CERTAIN
    assert abs(said[0, 0]) < 1e-3


def test_the_later_touch_has_the_word_but_never_at_the_pixel_of_the_earlier():
    touches = [touch(30, 40, 1, 10.0), touch(30, 43, -1, 10.0)]
    said = evidence_of(touches, GRID).log_odds
    assert said[30, 42] == -CERTAIN
    assert said[30, 43] == -CERTAIN
    assert said[30, 40] == CERTAIN


def test_strokes_reach_from_their_nearest_pixel():
    rows, columns = np.full(20, 30), np.arange(20, 40)
    said = evidence_of([Touch(rows, columns, 1, disk_away(rows, columns, GRID) / 5)], GRID).log_odds
    assert (said[30, 20:40] == CERTAIN).all()
    assert said[36, 30] == said[36, 35]
    assert said[30, 44] == said[35, 30]


def test_only_touches_after_the_first_claim_their_neighborhood():
    first, second = touch(10, 10, 1, 5.0), touch(40, 60, 1, 5.0)
    assert not evidence_of([first], GRID).nearby.any()
    nearby = evidence_of([first, second], GRID).nearby
    assert nearby[40, 60] == 1
    assert nearby[10, 10] < 0.01

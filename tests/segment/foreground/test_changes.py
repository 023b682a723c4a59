import numpy as np
import pytest

from segmenter.em import blocks
from segmenter.segment.foreground import prepare_foreground
from segmenter.segment.foreground.change_traits import CHANGE_TRAITS, change_traits
from segmenter.segment.foreground.changes import SCALES, changes, here
from segmenter.segment.foreground.choice import LEAST_CHANGE, best_change
from segmenter.segment.foreground.ranking import CHANGE_RANKING
from segmenter.segment.foreground.reading import Present
from segmenter.segment.foreground.touches import Touch, disk_away, evidence_of


def touch(grid, row, column, sign):
    rows, columns = np.array([row]), np.array([column])
    return Touch(rows, columns, sign, disk_away(rows, columns, grid))


@pytest.fixture(scope="module")
def draft(scene):
    return prepare_foreground(scene.image).draft


def present_of(draft, mask, touches=()):
    nothing = np.zeros(draft.view.grid, np.float32)
    said = evidence_of(touches, draft.view.grid)
    return Present(mask.astype(np.float32), nothing, nothing, said, touches)


def test_one_of_the_readings_is_the_whole_object(scene, draft):
    grid = draft.view.grid
    rows, columns = (
        np.arange(size) * of // size for size, of in zip(grid, scene.truth.shape, strict=True)
    )
    truth = scene.truth[np.ix_(rows, columns)]
    present = present_of(draft, np.zeros(grid, bool))
    inside = np.argwhere(truth)
    row, column = inside[len(inside) // 3]
    found = changes(draft, present, touch(grid, row, column, 1))
    both = (found.masks & truth.ravel()).sum(1)
    assert (both / (found.masks | truth.ravel()).sum(1)).max() > 0.9


def test_every_reading_obeys_the_touch_and_those_before(draft):
    grid = draft.view.grid
    mask = np.zeros(grid, bool)
    mask[10:40, 20:70] = True
    first, second = touch(grid, 20, 30, 1), touch(grid, 20, 36, -1)
    found = changes(draft, present_of(draft, mask, [first]), second)
    planes = found.masks.reshape(-1, *grid)
    assert not planes[:, 20, 36].any()
    assert planes[:, 20, 30].all()
    assert not (planes & ~mask).any()


def test_a_touch_far_from_the_outline_changes_more_than_its_pixel(draft):
    grid = draft.view.grid
    mask = np.zeros(grid, bool)
    mask[:, : grid[1] // 3] = True
    for column in range(grid[1] // 2, grid[1] - 1, 9):
        far = touch(grid, grid[0] // 2, column, 1)
        change = best_change(draft, present_of(draft, mask), far)
        depth = min(column - grid[1] // 3, grid[0] // 2, grid[1] - column)
        changed = np.count_nonzero(change.mask != mask.ravel())
        assert changed >= 0.9 * LEAST_CHANGE * np.pi * (SCALES[0] * depth) ** 2


def test_readings_are_the_same_on_one_thread_and_on_several(draft, monkeypatch):
    grid = draft.view.grid
    mask = np.zeros(grid, bool)
    mask[5:30, 10:50] = True
    found = []
    for n_threads in (1, 3):
        monkeypatch.setattr(blocks, "thread_count", lambda n=n_threads: n)
        mark, present = touch(grid, 40, 60, 1), present_of(draft, mask)
        found.append(changes(draft, present, mark))
    np.testing.assert_array_equal(found[0].masks, found[1].masks)
    np.testing.assert_array_equal(found[0].away, found[1].away)


def test_only_what_is_in_one_piece_with_the_touch_changes():
    before = np.zeros((10, 20), bool)
    before[0, 0] = True
    after = np.zeros_like(before)
    after[2:5, 2:5] = after[2:5, 12:15] = True
    result = here(before, after, touch((10, 20), 3, 3, 1))
    assert result[2:5, 2:5].all()
    assert result[0, 0]
    assert result.sum() == 10


def test_traits_are_finite_and_each_has_a_weight(draft):
    grid = draft.view.grid
    for mask in (np.zeros(grid, bool), np.ones(grid, bool)):
        sign = -1 if mask.any() else 1
        mark, present = touch(grid, 5, 5, sign), present_of(draft, mask)
        values = change_traits(draft, present, mark, changes(draft, present, mark))
        assert values.shape[1] == len(CHANGE_TRAITS)
        assert np.isfinite(values).all()
    assert tuple(CHANGE_RANKING) == CHANGE_TRAITS

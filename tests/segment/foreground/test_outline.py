import numpy as np
from scipy import ndimage

from segmenter.segment.foreground.outline import (
    REACH,
    band_around,
    decide,
    doubled,
    outline_of,
    sampled,
)


def disk(size, radius):
    rows, columns = np.indices((size, size))
    return np.hypot(rows - size / 2 + 0.5, columns - size / 2 + 0.5) <= radius


def test_doubling_repeats_each_value_and_cuts_odd_sizes():
    mask = np.array([[True, False], [False, True]])
    expected = [[True, True, False], [True, True, False], [False, False, True]]
    np.testing.assert_array_equal(doubled(mask, (3, 3)), expected)


def test_the_band_holds_every_pixel_near_the_outline_once():
    coarse = disk(24, 8)
    band = band_around(*outline_of(coarse), (48, 48))
    places = set(zip(band.rows.tolist(), band.columns.tolist(), strict=True))
    assert len(places) == len(band.rows)
    fine = doubled(coarse, (48, 48))
    edge = ndimage.binary_dilation(fine) & ~ndimage.binary_erosion(fine)
    near = ndimage.binary_dilation(edge, np.ones((3, 3)), iterations=REACH - 1)
    held = np.zeros((48, 48), bool)
    held[band.rows[band.free], band.columns[band.free]] = True
    assert held[near].all()


def test_links_lead_to_the_neighbors():
    band = band_around(*outline_of(disk(24, 8)), (48, 48))
    right, below, left, above = band.links
    for link, down, along in ((right, 0, 1), (below, 1, 0)):
        moved = link != np.arange(len(link))
        np.testing.assert_array_equal(band.rows[link[moved]], band.rows[moved] + down)
        np.testing.assert_array_equal(band.columns[link[moved]], band.columns[moved] + along)
    assert (right[left[left >= 0]] == np.flatnonzero(left >= 0)).all()
    assert (below[above[above >= 0]] == np.flatnonzero(above >= 0)).all()


def test_evidence_moves_the_outline_within_the_band_and_nothing_outside():
    coarse, truth = disk(24, 8), disk(48, 17)
    band = band_around(*outline_of(coarse), (48, 48))
    mask = doubled(coarse, (48, 48))
    start = mask[band.rows, band.columns].astype(np.float32)
    unary = np.where(truth[band.rows, band.columns], -3, 3).astype(np.float32)
    edges = np.full(len(unary), 0.1, np.float32)
    decided = decide(band, start, unary, edges) > 0.5
    np.testing.assert_array_equal(
        decided[band.free], truth[band.rows[band.free], band.columns[band.free]]
    )
    np.testing.assert_array_equal(decided[~band.free], start[~band.free] > 0.5)


def test_a_mask_without_outline_has_an_empty_band():
    band = band_around(*outline_of(np.ones((10, 10), bool)), (20, 20))
    nothing = np.empty(0, np.float32)
    assert len(band.rows) == 0
    assert len(decide(band, nothing, nothing, nothing)) == 0


def test_the_outline_within_a_band_is_that_of_the_whole_mask():
    mask = disk(48, 15)
    band = band_around(*outline_of(disk(24, 8)), (48, 48))
    whole, within = outline_of(mask), outline_of(mask, band)
    assert set(zip(*map(np.ndarray.tolist, within), strict=True)) == set(
        zip(*map(np.ndarray.tolist, whole), strict=True)
    )


def test_sampling_interpolates_linearly_and_holds_the_edge():
    rows, columns = np.indices((6, 9))
    field = (2 * rows + 3 * columns).astype(np.float32)
    y, x = np.array([1.25, 4.5, -3, 9], np.float32), np.array([2.5, 7.75, 0, 20], np.float32)
    np.testing.assert_allclose(sampled(field, y, x), [10, 32.25, 0, 34])

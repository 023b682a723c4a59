import numpy as np
import pytest

from segmenter.segment.foreground.cut import minimum_cut


def energy(mask, unary, edges):
    """What the cut minimizes, of a mask, with lengths counted along the pixels' sides."""
    inside = mask.astype(np.float64)
    across, down = np.zeros_like(inside), np.zeros_like(inside)
    across[:, :-1] = inside[:, 1:] - inside[:, :-1]
    down[:-1] = inside[1:] - inside[:-1]
    return (unary * inside).sum() + (edges * np.hypot(across, down)).sum()


def test_without_edges_every_pixel_follows_its_own_evidence():
    unary = np.random.default_rng(0).normal(0, 1, (40, 50)).astype(np.float32)
    cut = minimum_cut(unary, np.full((40, 50), 1e-6, np.float32), n_iterations=200)
    np.testing.assert_array_equal(cut > 0.5, unary < 0)


def test_a_disk_smaller_than_the_smoothness_allows_vanishes():
    # A disk of radius r gains pi r^2 c and costs 2 pi r s: it pays only when r c > 2 s.
    rows, columns = np.indices((64, 64))
    inside = np.hypot(rows - 32, columns - 32) <= 10
    unary = np.where(inside, -1, 1).astype(np.float32)
    for smoothness, kept in ((3.0, True), (8.0, False)):
        edges = np.full((64, 64), smoothness, np.float32)
        cut = minimum_cut(unary, edges, n_iterations=400, levels=1)
        assert (cut[32, 32] > 0.5) == kept


def test_noise_is_smoothed_away_and_the_energy_is_below_that_of_the_truth():
    random = np.random.default_rng(1)
    rows, columns = np.indices((60, 80))
    truth = np.hypot(rows - 30, columns - 40) <= 18
    unary = (np.where(truth, -1, 1) + random.normal(0, 1.5, truth.shape)).astype(np.float32)
    edges = np.full(truth.shape, 2, np.float32)
    cut = minimum_cut(unary, edges, n_iterations=200) > 0.5
    assert (cut & truth).sum() / (cut | truth).sum() > 0.93
    assert energy(cut, unary, edges) <= energy(truth, unary, edges) + 1e-3
    assert energy(cut, unary, edges) <= energy(unary < 0, unary, edges)


@pytest.mark.parametrize("grid", [(1, 1), (1, 30), (17, 1), (49, 97), (100, 51)])
def test_any_grid_keeps_its_shape_and_range(grid):
    unary = np.random.default_rng(2).normal(0, 1, grid).astype(np.float32)
    cut = minimum_cut(unary, np.ones(grid, np.float32))
    assert cut.shape == grid
    assert cut.min() >= 0
    assert cut.max() <= 1


def test_coarse_to_fine_agrees_with_the_full_size():
    rows, columns = np.indices((97, 130))
    truth = np.hypot(rows - 40, columns - 60) <= 25
    noise = np.random.default_rng(3).normal(0, 2, truth.shape)
    unary = (np.where(truth, -1, 1) + noise).astype(np.float32)
    edges = np.full(unary.shape, 3, np.float32)
    quick = minimum_cut(unary, edges, n_iterations=30, levels=3) > 0.5
    exact = minimum_cut(unary, edges, n_iterations=3000, levels=1) > 0.5
    assert (quick == exact).mean() > 0.995

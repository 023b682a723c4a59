import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from segmenter.segment.foreground.distances import (
    STEP_COST,
    barrier_distance,
    geodesic_distance,
)


def links(colors):
    """Pairs of the eight-neighborhood with their lengths, as the geodesic distance counts them."""
    height, width, _ = colors.shape
    index = np.arange(height * width).reshape(height, width)
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = index[: height - down, max(0, -right) : width - max(0, right)]
        b = index[down:, max(0, right) : width + min(0, right)]
        flat = colors.reshape(height * width, -1)
        change = np.abs(flat[a.ravel()] - flat[b.ravel()]).sum(1)
        yield a.ravel(), b.ravel(), change + STEP_COST * np.hypot(down, right)


def test_geodesic_distance_equals_dijkstra():
    colors = np.random.default_rng(0).random((14, 19, 3)).astype(np.float32)
    seeds = np.zeros((14, 19), bool)
    seeds[3, 4] = seeds[12, 17] = True
    rows, columns, lengths = map(np.concatenate, zip(*links(colors), strict=True))
    graph = coo_array((lengths, (rows, columns)), shape=(seeds.size, seeds.size))
    wanted = dijkstra(graph, directed=False, indices=np.flatnonzero(seeds)).min(0)
    found = geodesic_distance(seeds, colors, n_sweeps=20).ravel()
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_barrier_distance_counts_the_highest_wall_once_and_slopes_not_twice():
    values = np.zeros((5, 9, 1), np.float32)
    values[:, 4] = 0.7
    seeds = np.zeros((5, 9), bool)
    seeds[2, 0] = True
    distance = barrier_distance(seeds, values)
    np.testing.assert_allclose(distance[:, :4], 0)
    np.testing.assert_allclose(distance[:, 4:], 0.7, rtol=1e-6)


def test_barrier_distance_goes_around_a_wall_with_a_gap():
    values = np.zeros((7, 9, 1), np.float32)
    values[:6, 4] = 1
    seeds = np.zeros((7, 9), bool)
    seeds[0, 0] = True
    distance = barrier_distance(seeds, values)
    assert distance[0, 8] == 0


def test_distances_are_zero_on_seeds_and_finite_everywhere():
    colors = np.random.default_rng(1).random((20, 30, 3)).astype(np.float32)
    seeds = np.zeros((20, 30), bool)
    seeds[10, 10:14] = True
    for distance in (geodesic_distance(seeds, colors), barrier_distance(seeds, colors)):
        assert (distance[seeds] == 0).all()
        assert (distance >= 0).all()
        assert distance.max() < 1e6

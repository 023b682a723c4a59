import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.em.matching import bhattacharyya_distances, match_components
from segmenter.em.mixture import GaussianMixture
from segmenter.errors import ParameterError
from tests.em.mixtures import random_mixture


@given(st.permutations(range(6)))
def test_finds_the_order_back(order):
    mixture = random_mixture(6, 3)
    shuffled = mixture.with_order(order)
    found = shuffled.with_order(match_components(shuffled, mixture))
    np.testing.assert_array_equal(found.means, mixture.means)


def test_the_distance_is_that_of_the_overlap_integral():
    first = GaussianMixture([1.0], [[0.0]], [[[1.0]]])
    second = GaussianMixture([1.0], [[1.5]], [[[4.0]]])
    grid = np.linspace(-20, 20, 40_001)
    roots = [np.exp(mixture.log_density(grid) / 2) for mixture in (first, second)]
    overlap = (roots[0] * roots[1]).sum() * (grid[1] - grid[0])
    assert bhattacharyya_distances(first, second)[0, 0] == pytest.approx(-np.log(overlap), rel=1e-4)


def test_distances_are_symmetric_and_zero_to_itself():
    mixture, other = random_mixture(4, 3), random_mixture(3, 3, seed=1)
    distances = bhattacharyya_distances(mixture, other)
    assert distances.shape == (4, 3)
    np.testing.assert_allclose(distances, bhattacharyya_distances(other, mixture).T)
    np.testing.assert_allclose(np.diag(bhattacharyya_distances(mixture, mixture)), 0, atol=1e-12)


def test_only_alike_mixtures_match():
    with pytest.raises(ParameterError, match="equal numbers"):
        match_components(random_mixture(2, 2), random_mixture(3, 2))

import numpy as np
import pytest
from scipy.special import xlogy

from segmenter.em.fit import fit_mixture
from segmenter.em.selection import Candidate, select_components, select_components_steps
from segmenter.errors import ParameterError
from segmenter.work import finish
from tests.em.mixtures import random_mixture


@pytest.mark.parametrize("criterion", ["bic", "icl"])
def test_finds_the_number_of_clusters(criterion):
    samples = random_mixture(4, 2, seed=3, apart=10).sample(4000, seed=1)[0]
    assert select_components(samples, range(1, 8), criterion=criterion).best.n_components == 4


def test_criteria_are_those_of_the_definitions():
    samples = random_mixture(2, 2, apart=2).sample(3000, seed=1)[0]
    selection = select_components(samples, (1, 3))
    assert [candidate.n_components for candidate in selection.candidates] == [1, 3]
    for candidate in selection.candidates:
        mixture = candidate.fit.mixture
        assert candidate.bic == pytest.approx(mixture.bic(samples), rel=1e-6)
        assert candidate.aic == pytest.approx(mixture.aic(samples), rel=1e-6)
        shares = mixture.responsibilities(samples).astype(np.float64)
        entropy = -xlogy(shares, shares).sum()
        assert candidate.icl - candidate.bic == pytest.approx(2 * entropy, rel=1e-4, abs=0.1)


def test_weights_count_as_repetitions_in_the_criteria():
    samples = random_mixture(2, 2).sample(2000, seed=1)[0]
    weight = np.random.default_rng(0).integers(1, 4, 2000)
    weighted = select_components(samples, (2,), sample_weight=weight).best
    expected = weighted.fit.mixture.bic(np.repeat(samples, weight, axis=0))
    assert weighted.bic == pytest.approx(expected, rel=1e-6)


def test_fewer_independent_samples_carry_fewer_components():
    samples = np.repeat(random_mixture(5, 2, seed=1, apart=2.5).sample(600, seed=1)[0], 50, axis=0)
    blind = select_components(samples, range(1, 9)).best
    aware = select_components(samples, range(1, 9), effective_size=600).best
    assert aware.n_components < blind.n_components


def test_more_components_are_not_less_likely():
    samples = random_mixture(6, 3, apart=2).sample(5000, seed=1)[0]
    candidates = select_components(samples, range(1, 8)).candidates
    likelihoods = [candidate.fit.log_likelihood for candidate in candidates]
    assert np.diff(likelihoods).min() > -2e-3


def test_results_arrive_one_by_one():
    seen = []
    samples = random_mixture(2, 2).sample(500, seed=1)[0]
    work = select_components_steps(samples, range(1, 5))
    selection = finish(work, lambda progress: seen.append(progress.partial))
    counts = [len(partial) for partial in seen if isinstance(partial, tuple)]
    assert sorted(set(counts)) == [0, 1, 2, 3, 4]
    assert counts == sorted(counts)
    assert all(isinstance(candidate, Candidate) for candidate in seen[-1])
    assert seen[-1] == selection.candidates


def test_a_candidate_is_as_good_as_a_fit_of_its_own():
    samples = random_mixture(3, 2, seed=5).sample(3000, seed=1)[0]
    alone = fit_mixture(samples, 3).log_likelihood
    assert select_components(samples, range(1, 4)).candidates[-1].fit.log_likelihood >= alone - 1e-3


@pytest.mark.parametrize(
    "options",
    [{"candidates": ()}, {"criterion": "best"}, {"candidates": (0,)}, {"effective_size": 0}],
)
def test_parameters_out_of_range_are_refused(options):
    with pytest.raises(ParameterError):
        select_components(np.eye(5), **options)

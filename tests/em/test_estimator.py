import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import (
    check_estimator,
    check_sample_weight_equivalence_on_dense_data,
)

from segmenter.em.estimator import MixtureEstimator
from segmenter.em.mixture import COVARIANCES
from tests.em.mixtures import DataFrame, random_mixture


def test_passes_scikit_learns_checks():
    with warnings.catch_warnings():
        # It inherits nothing from scikit-learn, and says which checks need libraries not here.
        warnings.simplefilter("ignore")
        results = check_estimator(MixtureEstimator(), on_fail=None)
    failed = [result["check_name"] for result in results if result["status"] == "failed"]
    assert failed == []
    assert sum(result["status"] == "passed" for result in results) > 40


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("n_components", [2, 3])
def test_weights_are_repetitions_bit_for_bit(n_components, covariance):
    estimator = MixtureEstimator(n_components, covariance=covariance)
    check_sample_weight_equivalence_on_dense_data("MixtureEstimator", estimator)
    random = np.random.default_rng(n_components)
    samples = random.standard_normal((300, 2))
    weight = random.integers(0, 4, 300)
    weighted = clone(estimator).fit(samples, sample_weight=weight)
    repeated = np.repeat(samples, weight, axis=0)
    again = estimator.fit(random.permutation(repeated))
    np.testing.assert_array_equal(weighted.means_, again.means_)
    np.testing.assert_array_equal(weighted.covariances_, again.covariances_)
    assert weighted.lower_bound_ == again.lower_bound_


def test_a_small_table_is_not_left_in_a_poor_optimum():
    samples = random_mixture(6, 3, seed=3, apart=5).sample(1500, seed=1)[0]
    models = [MixtureEstimator(6, covariance="diagonal", random_state=seed) for seed in range(8)]
    found = [model.fit(samples).lower_bound_ for model in models]
    assert min(found) > max(found) - 0.01


def test_wrong_weights_are_value_errors():
    for weight, words in (([1, 2], "as many weights"), ([0, 0, 0], "above zero"),
                          ([1, 1, -1], "not negative")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            MixtureEstimator(1).fit(np.eye(3), sample_weight=weight)


def test_is_the_mixture_it_fits():
    samples = random_mixture(3, 2).sample(2000, seed=1)[0]
    estimator = MixtureEstimator(3, n_starts=2).fit(samples)
    mixture = estimator.mixture_
    np.testing.assert_array_equal(estimator.means_, mixture.means)
    np.testing.assert_array_equal(estimator.predict(samples), mixture.predict(samples))
    np.testing.assert_array_equal(
        estimator.predict_proba(samples), mixture.responsibilities(samples)
    )
    assert estimator.bic(samples) == mixture.bic(samples)
    assert estimator.aic(samples) == mixture.aic(samples)
    assert estimator.score(samples) == pytest.approx(estimator.lower_bound_, abs=1e-5)
    assert estimator.sample(7)[0].shape == (7, 2)
    np.testing.assert_array_equal(clone(estimator).fit_predict(samples), estimator.predict(samples))


def test_takes_part_in_a_search():
    samples = random_mixture(3, 2, apart=8).sample(900, seed=1)[0]
    search = GridSearchCV(MixtureEstimator(), {"n_components": [1, 3]}, cv=3).fit(samples)
    assert search.best_params_ == {"n_components": 3}


def test_must_be_fitted_first():
    with pytest.raises(NotFittedError, match="call fit first"):
        MixtureEstimator().predict(np.eye(2))


def test_wrong_parameters_are_value_errors():
    with pytest.raises(ValueError, match="covariance type"):
        MixtureEstimator(covariance="round").fit(np.eye(3))
    with pytest.raises(ValueError, match="no parameter"):
        MixtureEstimator().set_params(k=3)


def test_does_not_import_scikit_learn():
    code = (
        "import sys, numpy as np\n"
        "from segmenter.em.estimator import MixtureEstimator\n"
        "MixtureEstimator(2).fit(np.eye(5)).predict(np.eye(5))\n"
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_columns_must_be_those_of_the_fit():
    values = random_mixture(2, 3).sample(300, seed=1)[0]
    estimator = MixtureEstimator(2).fit(DataFrame(values, "abc"))
    assert list(estimator.feature_names_in_) == ["a", "b", "c"]
    estimator.predict(DataFrame(values, "abc"))
    for method in ("predict", "predict_proba", "score_samples", "score", "bic", "aic"):
        with pytest.raises(ValueError, match="same order"):
            getattr(estimator, method)(DataFrame(values, "bac"))
    with pytest.raises(ValueError, match=r"(?s)unseen at fit time:\n- d\n.*missing:\n- c\n"):
        estimator.predict(DataFrame(values, "abd"))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        estimator.predict(values)
    with pytest.warns(UserWarning, match="fitted without feature names"):
        MixtureEstimator(2).fit(values).predict(DataFrame(values, "abc"))
    with pytest.raises(TypeError, match="string names"):
        estimator.fit(DataFrame(values, ["a", "b", 3]))


def test_chance_comes_as_scikit_learn_takes_it():
    values = random_mixture(2, 2).sample(100, seed=1)[0]
    for make in (np.random.default_rng, np.random.RandomState):
        first, again = (MixtureEstimator(2, random_state=make(3)).fit(values) for _ in range(2))
        np.testing.assert_array_equal(first.means_, again.means_)
        assert not np.array_equal(first.sample(5)[0], first.sample(5)[0])
    fixed = MixtureEstimator(2, random_state=None).fit(values)
    np.testing.assert_array_equal(fixed.means_, MixtureEstimator(2).fit(values).means_)
    np.testing.assert_array_equal(fixed.sample(5)[0], fixed.sample(5)[0])
    with pytest.raises(ValueError, match="seed must not be negative"):
        MixtureEstimator(2, random_state=-1).fit(values)


def test_missing_values_are_value_errors():
    for table in (np.ma.masked_less(np.eye(3), 0.5), np.array([[1.0, None]], object)):
        with pytest.raises(ValueError, match="missing, NaN"):
            MixtureEstimator().fit(table)
    with pytest.raises(ValueError, match="same number of features"):
        MixtureEstimator().fit([[1, 2], [3]])


def test_unusable_samples_are_counted_as_they_are_given():
    samples = np.ones((40_000, 2))
    samples[::10_000] = np.inf
    for table in (samples, samples[:20_001]):
        with pytest.raises(ValueError, match=f"{-(-len(table) // 10_000)} samples have"):
            MixtureEstimator().fit(table)


@pytest.mark.parametrize("ask", ["predict", "predict_proba", "score_samples", "score", "bic"])
def test_what_cannot_be_answered_is_a_value_error(ask):
    model = MixtureEstimator().fit(np.eye(3))
    for wrong, words in ((np.nan, "NaN"), (1e200, "another unit")):
        with pytest.raises(ValueError, match=words):
            getattr(model, ask)(np.full((2, 3), wrong))


def test_a_fit_that_is_refused_leaves_the_last_one():
    samples = random_mixture(2, 2).sample(300, seed=1)[0]
    model = MixtureEstimator(2).fit(samples)
    before = model.means_
    with pytest.raises(TypeError):
        model.fit(DataFrame(samples + 5, columns=["a", 1]))
    assert model.means_ is before


def test_weights_too_large_to_add_up_are_taken_for_equal_rows_too():
    samples = np.repeat(random_mixture(2, 2).sample(300, seed=1)[0], 2, axis=0)
    expected = MixtureEstimator(2).fit(samples)
    found = MixtureEstimator(2).fit(samples, sample_weight=np.full(600, 1.7e308))
    np.testing.assert_allclose(found.means_, expected.means_, rtol=1e-6)

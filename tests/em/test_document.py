import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmenter.em.document import describe, mixture_from_json, mixture_to_json, summarize
from segmenter.em.mixture import COVARIANCES, GaussianMixture, Noise
from segmenter.errors import ParameterError

any_float = st.floats(allow_nan=False, allow_infinity=False)


def noisy_mixture():
    noise = Noise(0.25, np.array([-1.0, 0.1]), np.array([1.0, 0.7]))
    return GaussianMixture([0.5, 0.25], [[0, 0.3], [2, 3]], [np.eye(2), 4 * np.eye(2)], noise=noise)


@given(arrays(np.float64, (2, 3), elements=any_float), st.sampled_from(COVARIANCES))
@effort(max_examples=50)
def test_json_gives_back_every_bit(means, covariance):
    covariances = np.full((2, 3, 3), 1 / 3) + np.eye(3) / 7
    mixture = GaussianMixture([0.1, 0.9], means, covariances, covariance)
    again = mixture_from_json(mixture_to_json(mixture))
    for name in ("weights", "means", "covariances"):
        assert getattr(again, name).tobytes() == getattr(mixture, name).tobytes()
    assert again.covariance == covariance
    assert again.noise is None


def test_json_gives_back_the_noise():
    mixture = noisy_mixture()
    again = mixture_from_json(mixture_to_json(mixture))
    assert again.noise.weight == 0.25
    np.testing.assert_array_equal(again.noise.lowest, mixture.noise.lowest)
    np.testing.assert_array_equal(again.noise.highest, mixture.noise.highest)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "other", "covariance": "full"}'])
def test_other_text_is_refused(text):
    with pytest.raises(ParameterError, match="mixture"):
        mixture_from_json(text)


def test_the_summary_is_plain_and_names_features():
    summary = summarize(noisy_mixture(), ["age", "income"])
    assert json.loads(json.dumps(summary)) == summary
    assert summary["noise"] == 0.25
    assert summary["components"][1] == {
        "weight": 0.25,
        "mean": {"age": 2.0, "income": 3.0},
        "deviation": {"age": 2.0, "income": 2.0},
    }


def test_the_description_has_a_line_for_each_component():
    lines = describe(noisy_mixture(), ["age", "income"]).splitlines()
    assert lines == [
        "Mixture of 2 Gaussians, 2 features, full covariance",
        "  1   50.0%  age 0 ± 1, income 0.3 ± 1",
        "  2   25.0%  age 2 ± 2, income 3 ± 2",
        "      25.0%  belongs to no component",
    ]


def test_names_must_be_as_many_as_features():
    with pytest.raises(ParameterError, match="2 features need as many names"):
        describe(noisy_mixture(), ["age"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": [1.0, 0.5]}, "sum to 1.75"),
        ({"weights": [1.25, -0.5]}, "must not be negative"),
        ({"weights": [float("nan"), 0.5]}, "weights"),
        ({"means": [[0, float("inf")], [2, 3]]}, "means"),
        ({"covariances": [[[1, 2], [2, 1]], [[1, 0], [0, 1]]]}, "positive definite"),
        ({"covariances": [[[1, 0.5], [0, 1]], [[1, 0], [0, 1]]]}, "symmetric"),
        ({"covariances": [[[0, 0], [0, 0]], [[1, 0], [0, 1]]]}, "positive definite"),
        ({"noise": {"weight": 0.25, "lowest": [0, 0], "highest": [1, 0]}}, "box of 2 sides"),
        ({"noise": {"weight": 0.25, "lowest": [0], "highest": [1]}}, "box of 2 sides"),
        ({"means": [0.0, 0.3]}, "not a mixture written"),
    ],
)
def test_no_impossible_mixture_is_read(change, words):
    fields = json.loads(mixture_to_json(noisy_mixture()))
    with pytest.raises(ParameterError, match=words):
        mixture_from_json(json.dumps(fields | change))

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.segment.regularize import N_ROUNDS, edge_weights, mean_field


def random_posteriors(n_labels, height, width, seed):
    draws = np.random.default_rng(seed).gamma(0.5, size=(n_labels, height, width)) + 1e-6
    return (draws / draws.sum(axis=0)).astype(np.float32)


def reference(posteriors, light, sharpness, strength, n_rounds):
    """Mean field written with shifted whole planes in float64."""
    n_labels, height, width = posteriors.shape
    total = 4 + 4 * np.sqrt(0.5)
    now = posteriors.astype(np.float64)
    for _ in range(n_rounds):
        agreement = np.zeros_like(now)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if dy == dx == 0:
                    continue
                here = np.s_[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
                there = np.s_[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
                weight = (np.sqrt(0.5) if dy and dx else 1.0) / total
                weight = weight * np.exp(-((sharpness * (light[here] - light[there])) ** 2))
                for label in range(n_labels):
                    agreement[label][here] += weight * now[label][there]
        now = posteriors * np.exp(strength * agreement)
        now /= now.sum(axis=0)
    return now


@settings(deadline=None, max_examples=30)
@given(
    n_labels=st.integers(1, 5),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    strength=st.floats(0, 8),
    seed=st.integers(0, 1000),
)
def test_equals_the_plain_formula(n_labels, height, width, strength, seed):
    posteriors = random_posteriors(n_labels, height, width, seed)
    light = (np.random.default_rng(seed + 1).random((height, width)) * 100).astype(np.float32)
    weights = edge_weights(light, np.float32(0.001))
    smooth = mean_field(posteriors, weights, np.float32(strength), 3)
    np.testing.assert_allclose(smooth.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(
        smooth, reference(posteriors, light, 0.001, strength, 3), rtol=2e-3, atol=1e-5
    )


def test_a_tile_with_a_margin_equals_the_whole():
    posteriors = random_posteriors(3, 60, 70, 0)
    light = np.random.default_rng(1).random((60, 70)).astype(np.float32)
    sharpness, strength = np.float32(1.4), np.float32(5)
    whole = mean_field(posteriors, edge_weights(light, sharpness), strength, N_ROUNDS)
    part = np.s_[10 : 40 + N_ROUNDS, 20 - N_ROUNDS : 50 + N_ROUNDS]
    tile = mean_field(
        np.ascontiguousarray(posteriors[:, *part]),
        edge_weights(np.ascontiguousarray(light[part]), sharpness),
        strength,
        N_ROUNDS,
    )
    inner = tile[:, N_ROUNDS:-N_ROUNDS, N_ROUNDS:-N_ROUNDS]
    np.testing.assert_allclose(inner, whole[:, 10 + N_ROUNDS : 40, 20:50], rtol=1e-5, atol=1e-6)


def test_a_lonely_pixel_joins_its_neighbors_and_an_edge_holds():
    posteriors = np.full((2, 9, 10), 0.2, np.float32)
    posteriors[0, :, :5] = posteriors[1, :, 5:] = 0.8
    posteriors[:, 4, 2] = posteriors[::-1, 4, 2]
    light = np.zeros((9, 10), np.float32)
    light[:, 5:] = 50
    smooth = mean_field(posteriors, edge_weights(light, np.float32(0.01)), np.float32(4), N_ROUNDS)
    labels = smooth.argmax(axis=0)
    assert (labels[:, :5] == 0).all()
    assert (labels[:, 5:] == 1).all()

import numpy as np
import pytest

from segmenter.segment.foreground.palette import PRIOR, Palette

RANDOM = np.random.default_rng(4)


@pytest.fixture
def palette():
    shares = RANDOM.random((500, 32)).astype(np.float32) ** 6
    return Palette(shares / shares.sum(1, keepdims=True))


def density(palette, members):
    """Density of each pixel by its members, beside that of the whole image."""
    each = palette.responsibilities.astype(float)
    weights = members @ each
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    weights = (1 - PRIOR) * weights + PRIOR * each.mean(0)
    return (weights / each.mean(0)) @ each.T


def test_ratios_are_those_of_the_two_mixtures(palette):
    on, off = RANDOM.random((2, 3, 500)).astype(np.float32)
    on[0] = on[0] > 0.9
    wanted = np.log(density(palette, on) / density(palette, off))
    np.testing.assert_allclose(palette.ratio(on, off), wanted, atol=1e-4)


def test_evidence_is_against_all_that_is_not_object(palette):
    inside = (RANDOM.random((4, 500)) < 0.3).astype(np.float32)
    np.testing.assert_allclose(
        palette.evidence(inside), palette.ratio(inside, 1 - inside), atol=1e-4
    )


def test_no_members_are_the_whole_image(palette):
    nothing, everything = np.zeros((1, 500), np.float32), np.ones((1, 500), np.float32)
    np.testing.assert_allclose(
        palette.ratio(everything, nothing), palette.evidence(everything), atol=1e-3
    )
    assert np.isfinite(palette.evidence(nothing)).all()

import numpy as np

from segmenter.segment.tissue.contrast import first_mixture


def test_priors_that_tell_nothing_give_a_mixture_all_the_same():
    values = np.random.default_rng(0).uniform(0.2, 1, (400, 1)).astype(np.float32)
    mixture = first_mixture(values, np.full((400, 3), np.log(1 / 3), np.float32), "auto")
    assert np.isfinite(mixture.mixture.means).all()

import numpy as np
import pytest
from scipy.special import logsumexp

from segmenter.em.fit import fit_mixture
from segmenter.em.kernels import accumulate, write_log_densities
from segmenter.em.refit import refit_mixture
from segmenter.em.samples import MOST_UNROLLED
from tests.em.mixtures import exact_log_densities, random_mixture


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_one_kernel_serves_all_larger_numbers_of_features(covariance):
    n_kernels = []
    for d in (MOST_UNROLLED + 1, MOST_UNROLLED + 7):
        mixture = random_mixture(2, d, covariance, seed=d)
        samples = mixture.sample(3000, seed=1)[0].astype(np.float32)
        fit = fit_mixture(samples, 2, covariance=covariance, start=mixture)
        density = logsumexp(exact_log_densities(fit.mixture, samples), axis=1)
        assert fit.log_likelihood == pytest.approx(density.mean(), abs=1e-4)
        np.testing.assert_allclose(fit.mixture.log_density(samples), density, atol=5e-3)
        refitted = refit_mixture(fit.mixture, samples, 1)
        np.testing.assert_allclose(refitted.means, fit.mixture.means, atol=1e-2)
        n_kernels.append((len(accumulate.signatures), len(write_log_densities.signatures)))
    assert n_kernels[0] == n_kernels[1]

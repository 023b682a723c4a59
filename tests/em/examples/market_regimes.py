"""Market regimes: calm and turbulent days, told from returns alone."""

import numpy as np

from segmenter.em.fit import fit_mixture


def returns(n_days=4000, seed=0):
    """Made up: daily returns of two indices in percent; turbulence comes in spells."""
    random = np.random.default_rng(seed)
    turbulent = np.zeros(n_days, bool)
    for day in range(1, n_days):
        stays = random.random() < (0.97 if turbulent[day - 1] else 0.99)
        turbulent[day] = turbulent[day - 1] == stays
    calm_covariance = np.array([[0.4, 0.15], [0.15, 0.5]])
    covariances = np.where(turbulent[:, None, None], 9 * calm_covariance, calm_covariance)
    roots = np.linalg.cholesky(covariances)
    means = np.where(turbulent[:, None], -0.15, 0.06)
    noise = random.standard_normal((n_days, 2, 1))
    return means + (roots @ noise)[..., 0], turbulent


def main():
    table, _ = returns()
    mixture = fit_mixture(table, 2).mixture
    volatility = np.trace(mixture.covariances, axis1=1, axis2=2)
    mixture = mixture.with_order(np.argsort(volatility))  # the calm regime first
    turbulence = mixture.responsibilities(table)[:, 1].astype(float)
    # Regimes last: a month's mean says more than a day.
    return np.convolve(turbulence, np.full(21, 1 / 21), mode="same")


if __name__ == "__main__":
    print(f"{(main() > 0.5).mean():.0%} of the days were turbulent")

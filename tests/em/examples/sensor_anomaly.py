"""Anomalies in sensor readings: which readings would a healthy machine hardly ever give?"""

import numpy as np

from segmenter.em.fit import fit_mixture
from segmenter.em.tails import tail_probabilities


def readings(n=20_000, seed=0):
    """Made up: temperature and vibration of a machine that idles, runs, or starts."""
    random = np.random.default_rng(seed)
    states = random.choice(3, size=n, p=[0.4, 0.55, 0.05])
    means = np.array([[30, 0.2], [65, 1.0], [45, 2.5]])
    deviations = np.array([[2, 0.05], [4, 0.15], [8, 0.4]])
    return random.normal(means[states], deviations[states])


def main(false_alarm_rate=1e-4):
    mixture = fit_mixture(readings(), 3, n_starts=4).mixture
    today = readings(5000, seed=1)
    today[[100, 2500, 4999]] = [[62, 0.2], [30, 0.9], [50, 0.2]]  # each value alone is ordinary
    # p-values are calibrated: the threshold is the rate of false alarms.
    return np.flatnonzero(tail_probabilities(mixture, today) < false_alarm_rate)


if __name__ == "__main__":
    print("look at readings", main())

"""Customer groups: how many kinds of customers are there, and what is each of them like?"""

import numpy as np

from segmenter.em.document import describe
from segmenter.em.selection import select_components

NAMES = ["visits a month", "basket in euro", "share of offers"]


def customers(n=3000, seed=0):
    """Made up: regulars with small baskets, weekend shoppers with large ones, bargain hunters."""
    random = np.random.default_rng(seed)
    kinds = random.choice(3, size=n, p=[0.5, 0.3, 0.2])
    means = np.array([[11, 18, 0.15], [3, 85, 0.2], [6, 30, 0.7]])
    deviations = np.array([[2, 5, 0.05], [1, 20, 0.07], [2, 8, 0.08]])
    return random.normal(means[kinds], deviations[kinds]), kinds


def main():
    table, _ = customers()
    # Diagonal covariances: within a group the features have little to do with each other.
    selection = select_components(table, range(1, 7), covariance="diagonal")
    mixture = selection.best.fit.mixture
    print(describe(mixture, NAMES))
    return mixture.predict(table)


if __name__ == "__main__":
    main()

"""Samples in bins: for measurements that are never equal, a smaller fit with a bounded error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from segmenter.em.checks import as_samples
from segmenter.em.reduction import MOST_VALUES, Reduced, reduce_equal
from segmenter.errors import ParameterError


def bin_samples(samples: ArrayLike, width: ArrayLike) -> Reduced | None:
    """Put samples into bins and describe each bin by the mean of its samples.

    A fit of ``values`` with ``counts`` as weights differs from the fit of the samples by this
    much: no sample moves by more than `width` in any feature; the mean of all samples stays; of a
    component's variance along a feature at most ``width**2 / 4`` is missing, and about
    ``width**2 / 12`` where its samples are many. With a width of a fifth of the narrowest
    component's deviation that is one percent of the variance, and a third of it in most cases.

    Parameters
    ----------
    samples : array_like, shape (n, d)
    width : float or array_like, shape (d,)
        Side of a bin in the units of each feature.

    Returns
    -------
    Reduced or None
        With float64 values. None when it does not pay: the box around the samples has more than
        16.7 million bins, or there are more than half as many occupied bins as samples.

    Raises
    ------
    SamplesError
        The samples are not finite numbers.
    ParameterError
        A width is not positive.
    """
    array = as_samples(samples)
    widths = np.broadcast_to(np.asarray(width, dtype=np.float64), array.shape[1:])
    if not (np.isfinite(widths) & (widths > 0)).all():
        raise ParameterError("The width of bins must be positive.")
    if len(array) == 0:
        return None
    lowest = array.min(axis=0).astype(np.float64)
    n_bins = np.floor((array.max(axis=0) - lowest) / widths) + 1
    if np.prod(n_bins) > MOST_VALUES:
        return None
    bins = reduce_equal(np.floor((array - lowest) / widths).astype(np.int32))
    if bins is None:
        return None
    sums = [np.bincount(bins.index, column, len(bins.counts)) for column in array.T]
    return Reduced(np.stack(sums, axis=1) / bins.counts[:, np.newaxis], bins.counts, bins.index)

"""Samples that look like a background, which starts do without where noise is asked for.

Without that, k-means++ takes the farthest samples for centers, and those are noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import gammaln

_NEIGHBORS = 8


def without_background(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points in places less dense than if all were spread evenly over their box.

    The density at a point is told by the distance to its eighth neighbor, as Byers & Raftery
    (1998) find features in clutter. A uniform background has its share of the even density, so
    that it is below it wherever no component is near.

    Parameters
    ----------
    points : ndarray, shape (n, d)

    Returns
    -------
    ndarray, shape (m, d)
        All points if that leaves none.
    """
    sides = np.ptp(points, axis=0)
    if len(points) <= _NEIGHBORS or not sides.any():
        return points
    in_box = points[:, sides > 0] / sides[sides > 0]
    distances = np.asarray(cKDTree(in_box).query(in_box, [_NEIGHBORS + 1])[0])[:, 0]
    d = in_box.shape[1]
    log_ball = d / 2 * np.log(np.pi) - gammaln(d / 2 + 1)  # volume for a radius of 1
    log_volumes = log_ball + d * np.log(np.maximum(distances, np.finfo(float).tiny))
    is_dense = log_volumes < np.log(_NEIGHBORS / len(points))
    return points[is_dense] if is_dense.any() else points

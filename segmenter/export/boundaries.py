"""Boundaries as a mask, for programs that compare or draw them pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def boundary_mask(label_map: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the pixels whose right or lower neighbor has another label.

    So lines are one pixel wide: of two neighbors it is the left or upper one that is marked.
    Unlabeled counts as a label; the border of the image is no boundary.

    Parameters
    ----------
    label_map : integer ndarray, shape (height, width)
    """
    marked = np.zeros(label_map.shape, bool)
    marked[:, :-1] = label_map[:, 1:] != label_map[:, :-1]
    marked[:-1] |= label_map[1:] != label_map[:-1]
    return marked

"""Which voxels are brain, as the user has decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class GivenMask:
    """A mask from a file, compared by identity.

    Attributes
    ----------
    name : str
        What to call it on screen: the file's name.
    mask : bool ndarray, shape grid
        On the grid of the volume.
    """

    name: str
    mask: NDArray[np.bool_]


Brain = Literal["found", "whole"] | GivenMask
"""The brain is found in the volume, is all of it, or is given."""

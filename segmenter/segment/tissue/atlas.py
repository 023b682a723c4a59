"""What is known beforehand of where the tissues of a human head lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.shipped import resource_path

CSF, GM, WM = 0, 1, 2
"""Groups of the mixture and maps of the atlas; labels are one more."""

VENTRICLES, MIXED, OUTLINE, ANATOMY = 3, 4, 5, 6
"""Further maps of the priors."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """Maps of an average brain, derived from ICBM 152 (Fonov et al., NeuroImage 2009, 2011).

    Attributes
    ----------
    maps : float32 ndarray of shape (x, y, z, 3)
        Share of CSF, gray and white matter, 0..1; 0 outside the brain. What is registered.
    priors : float32 ndarray of shape (x, y, z, 7)
        The maps made wide for other brains, then the share of ventricles, the share of places
        where voxels of white matter may hold fluid, the share of brain at all, half of it over
        the cisterns, and the share of places where anatomy tells more than intensity.
    affine : float64 ndarray of shape (4, 4)
        From indices to RAS millimeters.
    """

    maps: NDArray[np.float32]
    priors: NDArray[np.float32]
    affine: NDArray[np.float64]

    @property
    def spacing(self) -> float:
        """Millimeters between voxels, the same along all axes."""
        return float(self.affine[0, 0])

    @cached_property
    def brain(self) -> NDArray[np.float32]:
        """Share of all tissues together, shape (x, y, z, 1)."""
        brain: NDArray[np.float32] = self.maps.sum(axis=-1, keepdims=True)
        return brain

    @cached_property
    def center_and_extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Center of mass of the brain, and its deviations along the axes, in voxels."""
        brain = self.brain[..., 0]
        return center_and_extent(np.argwhere(brain > 0).astype(np.float64), brain[brain > 0])


def center_and_extent(
    points: NDArray[np.float64], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of points, shape (n, 3), and their deviations from it along each axis."""
    center = np.average(points, axis=0, weights=weights)
    return center, np.sqrt(np.average((points - center) ** 2, axis=0, weights=weights))


@cache
def icbm152() -> Atlas:
    """Load the atlas that comes with the program."""
    with np.load(resource_path("atlas", "icbm152.npz")) as stored:
        places = [stored[name] for name in ("ventricles", "mixed", "outline", "anatomy")]
        parts = [*stored["priors"], *places]
        return Atlas(
            _unit(np.stack(list(stored["maps"]), axis=-1)),
            _unit(np.stack(parts, axis=-1)),
            stored["affine"],
        )


def _unit(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.multiply(levels, np.float32(1 / 255), dtype=np.float32)

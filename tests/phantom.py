"""A head made of ellipsoids: for tests and pictures of volumes, without anybody's scan.

    python tests/phantom.py head.nii.gz

writes one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image, Source

CSF, GRAY, WHITE = 1, 2, 3
INTENSITIES = {0: 4.0, CSF: 28.0, GRAY: 72.0, WHITE: 108.0, 4: 16.0, 5: 138.0, 6: 52.0}
"""Of a T1: background, CSF, gray and white matter, skull, scalp, and what is under the skin."""

BRAIN = (66.0, 82.0, 62.0)
"""Half axes of the brain's hull to the right, the front and the top, in mm."""

RAS = np.eye(4)


@dataclass(frozen=True)
class Phantom:
    """A head and its truth, all on one grid."""

    image: Image
    tissues: NDArray[np.uint8]
    brain: NDArray[np.bool_]


def head_phantom(
    spacing: tuple[float, float, float] = (2.0, 2.0, 2.0),
    codes: str = "RAS",
    *,
    turn: float = 0.0,
    noise: float = 3.0,
    bias: float = 0.2,
    seed: int = 0,
    lesion: bool = False,
) -> Phantom:
    """Make a head.

    Parameters
    ----------
    spacing : tuple of float
        Of the voxels to the right, the front and the top, in mm.
    codes : str
        Where the axes of the grid point to, such as "RAS" or "LPI", or "ASR".
    turn : float
        Degrees by which the grid is turned about the axis to the top: an oblique scan.
    noise : float
        Standard deviation; white matter has 108.
    bias : float
        Range of the bias field: 0.2 is 0.9 to 1.1.
    seed : int
        Of the noise.
    lesion : bool
        Whether there is a bright ball in the white matter at the left.
    """
    half = np.array((92.0, 112.0, 96.0))
    size = np.ceil(2 * half / spacing).astype(int)
    affine = np.diag((*spacing, 1.0))
    affine[:3, 3] = -(size - 1) / 2 * spacing
    angle = np.deg2rad(turn)
    rotation = np.eye(4)
    rotation[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    affine = rotation @ affine
    places = np.moveaxis(np.indices(size), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
    tissues = _tissues(places, lesion)
    values = np.vectorize({**INTENSITIES, 7: 150.0}.get, otypes=[np.float32])(tissues)
    values = _blurred(values) * _bias(places, bias)
    random = np.random.default_rng(seed)
    values = np.hypot(values + random.normal(0, noise, size), random.normal(0, noise, size))
    labels = np.where(tissues <= WHITE, tissues, 0).astype(np.uint8)
    labels[tissues == 7] = WHITE
    return _reoriented(np.round(10 * values).astype(np.uint16), labels, affine, codes)


def _tissues(places: NDArray[np.float64], lesion: bool) -> NDArray[np.int64]:
    """Say of each place what is there: nested ellipsoids whose inner ones are folded."""
    x, y, z = np.moveaxis(places, -1, 0)
    hull = _radius(places, BRAIN)
    head = _radius(places - (0, -2, -6), (82.0, 102.0, 86.0))
    fold = np.sin(0.21 * x + 1.8 * np.sin(0.1 * z)) * np.sin(0.17 * y + 1.5 * np.sin(0.13 * x))
    fold = fold + 0.6 * np.sin(0.24 * z + np.sin(0.12 * y))
    sulcus = np.clip(np.abs(fold + 0.15), 0, 0.6) / 0.6
    fissure = np.abs(x) < 1.2
    tissues = np.zeros(hull.shape, int)
    tissues[head < 1.0] = 5
    tissues[head < 0.94] = 6
    tissues[hull < 1.16] = 4
    tissues[hull < 1.06] = CSF
    tissues[(hull < 0.99) & (sulcus > 0.3 * (hull > 0.72)) & ~(fissure & (z > 0))] = GRAY
    tissues[(hull < 0.90) & (sulcus > 0.75 - 1.1 * np.clip(0.9 - hull, 0, 1)) & (np.abs(x) > 4)] = (
        WHITE
    )
    tissues[(hull < 0.62) & (np.abs(x) > 3.5)] = WHITE
    tissues[(hull < 0.55) & (np.abs(x) <= 3.5) & (np.abs(z) < 14)] = WHITE
    for side in (-1, 1):
        middle = places - (side * 13, 2, 2)
        tissues[_radius(middle, (9.0, 14.0, 9.0)) < 1] = GRAY
        tissues[_radius(places - (side * 8, 0, 14), (5.0, 27.0, 8.0)) < 1] = CSF
    if lesion:
        tissues[_radius(places - (-34, -12, 18), (7.0, 7.0, 7.0)) < 1] = 7
    return tissues


def _radius(places: NDArray[np.float64], half: tuple[float, float, float]) -> NDArray[np.float64]:
    """Distance from the middle of an ellipsoid: 1 is its surface."""
    radius: NDArray[np.float64] = np.sqrt(((places / half) ** 2).sum(axis=-1))
    return radius


def _blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let neighbors share a voxel: partial volume."""
    for axis in range(3):
        values = (np.roll(values, 1, axis) + 3 * values + np.roll(values, -1, axis)) / 5
    return values


def _bias(places: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    x, y, z = np.moveaxis(places, -1, 0) / 90
    return 1 + strength / 2 * np.sin(1.2 * x + 0.8 * y - 0.9 * z + 0.4)


def _reoriented(
    pixels: NDArray[np.uint16], labels: NDArray[np.uint8], affine: NDArray[np.float64], codes: str
) -> Phantom:
    """Store the same head with other axes."""
    order = [
        next(world for world in range(3) if code in ("RL", "AP", "SI")[world]) for code in codes
    ]
    step = np.zeros((4, 4))
    step[3, 3] = 1.0
    flips = []
    for axis, (world, code) in enumerate(zip(order, codes, strict=True)):
        is_flipped = code in "LPI"
        flips.append(is_flipped)
        step[world, axis] = -1.0 if is_flipped else 1.0
        step[world, 3] = pixels.shape[world] - 1 if is_flipped else 0.0
    cut = tuple(slice(None, None, -1 if flip else 1) for flip in flips)
    stored = affine @ step
    pixels = np.ascontiguousarray(pixels.transpose(order)[cut])
    labels = np.ascontiguousarray(labels.transpose(order)[cut])
    spacing = tuple(float(each) for each in np.linalg.norm(stored[:3, :3], axis=0))
    image = Image(
        pixels[..., None], "gray", spacing=spacing, affine=stored, source=Source("phantom.nii.gz")
    )
    return Phantom(image, labels, labels > 0)


def main(path: str) -> None:
    """Write a head of 1 mm as a NIfTI file."""
    import nibabel

    phantom = head_phantom((1.0, 1.0, 1.0), lesion=True)
    nibabel.save(nibabel.Nifti1Image(phantom.image.pixels[..., 0], phantom.image.affine), path)


if __name__ == "__main__":
    main(sys.argv[1])

"""Heads made up from the shipped atlas: the truth is known, and nobody's scan is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

from segmenter.images.image import Image, Source
from segmenter.segment.tissue.atlas import icbm152

T1 = (0.30, 0.62, 0.92)
T2 = (0.95, 0.60, 0.40)
PD = (0.95, 0.85, 0.65)


@dataclass(frozen=True)
class Head:
    image: Image
    labels: np.ndarray
    brain: np.ndarray
    fractions: np.ndarray


@cache
def head(
    means=T1, spacing=(3.0, 3.0, 3.0), noise=0.04, bias=0.2, skull=False, turn=6.0, seed=0
) -> Head:
    """A brain a little larger than the atlas's, turned, with noise and a bias field."""
    shape = tuple(np.ceil(np.array([190, 230, 190]) / spacing).astype(int).tolist())
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = [-95, -125, -85]
    fractions = _fractions(shape, affine, turn)
    inside = fractions.sum(axis=0)
    brain = inside > 0.5
    fractions = np.where(brain, fractions / np.maximum(inside, 1e-6), 0)
    intensity = np.tensordot(np.array(means), fractions, (0, 0))
    if skull:
        intensity = _with_skull(intensity, brain, spacing)
    random = np.random.default_rng(seed)
    field = np.exp(bias * wave(shape))
    intensity = 400 * (intensity * field + noise * random.standard_normal(shape))
    intensity = np.abs(intensity) if skull else np.where(brain, np.maximum(intensity, 1), 0)
    labels = np.where(brain, fractions.argmax(axis=0) + 1, 0).astype(np.uint8)
    image = Image(
        intensity.astype(np.float32)[..., np.newaxis],
        "gray",
        spacing=spacing,
        affine=affine,
        source=Source("head.nii.gz"),
    )
    return Head(image, labels, brain, fractions)


def dice(found, truth, label):
    one, other = found == label, truth == label
    return 2 * np.count_nonzero(one & other) / (one.sum() + other.sum())


def _fractions(shape, affine, turn):
    atlas = icbm152()
    angle = np.radians(turn)
    rotation = np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    to_atlas = np.linalg.inv(atlas.affine)
    center = np.array([0.0, -20, 5])
    matrix = to_atlas[:3, :3] @ rotation @ affine[:3, :3] * 0.95
    shift = to_atlas[:3, :3] @ (rotation @ (0.95 * (affine[:3, 3] - center)) + center)
    shift += to_atlas[:3, 3]
    maps = [
        ndimage.affine_transform(atlas.maps[..., tissue], matrix, shift, shape, order=1)
        for tissue in range(3)
    ]
    # Less partial volume than in an average, and more fluid, as in a brain that is not young.
    sharp = (np.stack(maps) * np.array([2, 1, 1])[:, None, None, None]) ** 3
    return sharp / np.maximum(sharp.sum(axis=0), 1e-9) * np.sum(maps, axis=0)


def wave(shape):
    x, y, z = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    return 0.8 * x + 0.5 * y * z - 0.3 * z


def _with_skull(intensity, brain, spacing):
    """Fluid, dark bone, bright scalp around the brain, and a neck."""
    far = ndimage.distance_transform_edt(~brain, sampling=spacing)
    head_around = np.where(far < 3, 0.3, np.where(far < 9, 0.05, np.where(far < 17, 0.85, 0.02)))
    return np.where(brain, intensity, head_around)

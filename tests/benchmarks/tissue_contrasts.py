"""Scans of other contrasts, made of the phantom's true fractions: what a T2 or PD would show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from segmenter.images.image import Image
from segmenter.images.read import read_image

BRIGHTNESS = {"T1": (45.0, 105.0, 145.0), "T2": (240.0, 110.0, 80.0), "PD": (200.0, 180.0, 150.0)}
"""Of CSF, gray and white matter, as at 1.5 T."""


def made_of_fractions(
    folder: Path, like: Image, contrast: str, *, noise: float = 0.03, bias: float = 0.2
) -> Image:
    """Mix the tissues of each voxel, without a skull, with a coil's field and Rician noise.

    Parameters
    ----------
    folder : Path
        Holds csf, gm and wm.nii.gz, 0..255.
    like : Image
        Whose grid it is.
    contrast : {"T1", "T2", "PD"}
    noise : float
        Deviation over the brightest tissue.
    bias : float
        How much the field rises and falls.
    """
    shares = [
        read_image(folder / f"{name}.nii.gz").pixels[..., 0] / 255 for name in ("csf", "gm", "wm")
    ]
    signal = np.tensordot(BRIGHTNESS[contrast], np.stack(shares), 1)
    x, y, z = np.meshgrid(*(np.linspace(-1, 1, side) for side in like.grid), indexing="ij")
    signal = signal * (1 + bias * (0.6 * x * y - 0.5 * z + 0.4 * np.cos(2 * x)))
    deviation = noise * max(BRIGHTNESS[contrast])
    random = np.random.default_rng(sorted(BRIGHTNESS).index(contrast))
    real, imaginary = random.normal(0, deviation, (2, *like.grid))
    measured = np.where(sum(shares) > 0, np.hypot(signal + real, imaginary), 0)
    return replace(like, pixels=measured[..., np.newaxis].astype(np.float32))

"""What cutting out an object gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.foreground.clicking import Cut
from segmenter.segment.foreground.guidance import Guidance
from segmenter.segment.foreground.models import Models
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.views import resampled


@dataclass(frozen=True, eq=False)
class Foreground:
    """An object cut out of its background.

    Attributes
    ----------
    prepared : Prepared
        The image, ready for further clicks.
    guidance : Guidance
        What was said about the object.
    cut : Cut
        The object at the working size.
    mask : bool ndarray, shape (height, width)
        True on the object. Read-only.
    """

    prepared: Prepared
    guidance: Guidance
    cut: Cut
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        self.mask.flags.writeable = False

    @property
    def image(self) -> Image:
        """The image that was cut."""
        return self.prepared.image

    @property
    def models(self) -> Models:
        """The mixtures of object and background, over color and position."""
        return self.cut.models

    @cached_property
    def label_map(self) -> NDArray[np.uint8]:
        """1 on the object and 0 elsewhere, shape (height, width)."""
        return self.mask.astype(np.uint8)

    @cached_property
    def probability(self) -> NDArray[np.float32]:
        """Probability of object by colors, positions and marks, before the cut makes it smooth."""
        odds = (self.cut.odds + self.cut.evidence)[..., None]
        grid = self.mask.shape[0], self.mask.shape[1]
        full = np.clip(resampled(odds, grid)[..., 0], -30, 30)
        return (1 / (1 + np.exp(-full))).astype(np.float32)

    @cached_property
    def uncertainty(self) -> NDArray[np.float32]:
        """Entropy of `probability` in bits: 0 certain, 1 undecided; shape (height, width)."""
        return entropy_bits(self.probability)


def entropy_bits(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Entropy of a probability of object in bits."""
    p = np.clip(probability, np.float32(1e-6), np.float32(1 - 1e-6))
    entropy: NDArray[np.float32] = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return entropy

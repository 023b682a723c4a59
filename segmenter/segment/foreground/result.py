"""What cutting out an object gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
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


class CutOut(ABC):
    """What an object of a picture and one of a volume have in common."""

    decided: NDArray[np.bool_]
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        self.mask.flags.writeable = False

    @cached_property
    def label_map(self) -> NDArray[np.uint8]:
        """1 on the object and 0 elsewhere, shape grid."""
        return self.mask.astype(np.uint8)

    @property
    @abstractmethod
    def probability(self) -> NDArray[np.float32]:
        """Probability of object by colors, positions and marks, before the cut makes it smooth."""

    @cached_property
    def uncertainty(self) -> NDArray[np.float32]:
        """Entropy of `probability` in bits: 0 certain, 1 undecided; shape grid."""
        p = np.clip(self.probability, np.float32(1e-6), np.float32(1 - 1e-6))
        entropy: NDArray[np.float32] = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
        return entropy


@dataclass(frozen=True, eq=False)
class Foreground(CutOut):
    """An object cut out of its background.

    Attributes
    ----------
    prepared : Prepared
        The image, ready for further clicks.
    guidance : Guidance
        What was said about the object.
    cut : Cut
        The object at the working size.
    decided : bool ndarray, shape (height, width)
        The object at full size, before each mark has its way on its own pixels.
    mask : bool ndarray, shape (height, width)
        True on the object. Read-only.
    """

    prepared: Prepared
    guidance: Guidance
    cut: Cut
    decided: NDArray[np.bool_]
    mask: NDArray[np.bool_]

    @property
    def image(self) -> Image:
        """The image that was cut."""
        return self.prepared.image

    @property
    def models(self) -> Models:
        """The mixtures of object and background, over color and position."""
        return self.cut.models

    @cached_property
    def probability(self) -> NDArray[np.float32]:
        """Probability of object by colors, positions and marks, before the cut makes it smooth."""
        odds = (self.cut.odds + self.cut.evidence)[..., None]
        grid = self.mask.shape[0], self.mask.shape[1]
        full = np.clip(resampled(odds, grid)[..., 0], -30, 30)
        return (1 / (1 + np.exp(-full))).astype(np.float32)

"""What cutting an object out of a volume gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.foreground.guidance import Guidance
from segmenter.segment.foreground.models import Models
from segmenter.segment.foreground.result import CutOut
from segmenter.segment.foreground.solid.marking import SolidCut
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.segment.partition.memberships import interpolated


@dataclass(frozen=True, eq=False)
class Solid(CutOut):
    """An object cut out of a volume.

    Attributes
    ----------
    view : SolidView
        The volume, ready for further touches.
    guidance : Guidance
        What was said about the object.
    cut : SolidCut
        The object on the working grid.
    decided : bool ndarray, shape grid
        What colors and outline say of each voxel, before the marks have their way.
    mask : bool ndarray, shape grid
        True on the object. Read-only.
    """

    view: SolidView
    guidance: Guidance
    cut: SolidCut
    decided: NDArray[np.bool_]
    mask: NDArray[np.bool_]

    @property
    def image(self) -> Image:
        """The volume that was cut."""
        return self.view.image

    @property
    def models(self) -> Models:
        """The mixtures of object and background, over color and position."""
        return self.cut.models

    @cached_property
    def probability(self) -> NDArray[np.float32]:
        """Probability of object by colors, positions and marks, before the cut makes it smooth.

        Where the mask says otherwise it is on the mask's side of a half, so that a mask cut from
        it is the one on screen.
        """
        odds = np.clip(interpolated(self.cut.odds, self.image.grid), -30, 30)
        probability = 1 / (1 + np.exp(-odds))
        least, most = np.float32(0.5), np.nextafter(np.float32(0.5), np.float32(0))
        held = np.where(self.mask, np.maximum(probability, least), np.minimum(probability, most))
        return held.astype(np.float32)

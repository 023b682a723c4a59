"""The features a user can choose, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FeatureName = Literal[
    "lab", "rgb", "intensity", "local_mean", "local_deviation", "gradient", "position"
]


@dataclass(frozen=True, slots=True)
class Feature:
    """What a feature is called on screen, and one sentence about it."""

    title: str
    description: str


FEATURES: dict[FeatureName, Feature] = {
    "lab": Feature("Color (Lab)", "CIELAB color, in which distances are close to what eyes see."),
    "rgb": Feature("Color (RGB)", "Red, green and blue as in the file."),
    "intensity": Feature("Intensity", "Lightness of a color image, or the values of all channels."),
    "local_mean": Feature("Local mean", "Lightness averaged around the pixel."),
    "local_deviation": Feature("Texture", "How much lightness varies around the pixel."),
    "gradient": Feature("Edges", "How steeply lightness changes at the pixel."),
    "position": Feature("Position", "Where the pixel is, so that distant areas can differ."),
}

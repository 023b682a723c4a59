"""Colors and names of labels: safe for color-blind eyes, and the same every time."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Protocol

MAX_LABELS = 255
"""Label maps of classes are 8-bit: 0 is unlabeled, 1..255 are labels."""


class Color(NamedTuple):
    """An sRGB color, 0..255 a channel."""

    red: int
    green: int
    blue: int


LABEL_COLORS = (
    # Okabe & Ito 2008, "Color universal design", without black.
    Color(0, 114, 178),
    Color(230, 159, 0),
    Color(0, 158, 115),
    Color(240, 228, 66),
    Color(86, 180, 233),
    Color(213, 94, 0),
    Color(204, 121, 167),
    # Tol 2021, "Colour schemes", muted, those that differ from the ones above.
    Color(51, 34, 136),
    Color(221, 204, 119),
    Color(136, 34, 85),
    Color(68, 170, 153),
    Color(153, 153, 51),
    Color(17, 119, 51),
    Color(136, 204, 238),
    Color(170, 68, 153),
    Color(204, 102, 119),
)


@lru_cache(maxsize=4096)
def label_color(label: int) -> Color:
    """Return the color of a label; beyond the fixed ones hues turn by the golden angle.

    Parameters
    ----------
    label : int
        From 1 on. Label 0 is unlabeled and never painted.
    """
    if label < 1:
        raise ValueError(f"labels are numbered from 1, not {label}")
    if label <= len(LABEL_COLORS):
        return LABEL_COLORS[label - 1]
    hue = (label * 0.381966) % 1.0
    value = (0.95, 0.75, 0.55)[label % 3]
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.65, value)
    return Color(round(255 * red), round(255 * green), round(255 * blue))


@dataclass(frozen=True, slots=True)
class Label:
    """What the user sees and may change of a label.

    Attributes
    ----------
    value : int
        From 1 on, the number in the label map.
    name : str
        On screen, in file names and in tables.
    color : Color
        On screen, in palettes and pictures.
    visible : bool
        Whether it is painted.
    """

    value: int
    name: str
    color: Color
    visible: bool = True


NOUNS = ("Region", "Object")


class Labeled(Protocol):
    """A result whose labels are called one of `NOUNS` and have colors by number."""

    @property
    def noun(self) -> str:
        """What a label is called."""

    @property
    def color_numbers(self) -> Sequence[int]:
        """The number by which each label has its color."""


def default_label(value: int) -> Label:
    """Return the label a value has until the user changes it."""
    return Label(value, f"Region {value}", label_color(value))


def default_labels(result: Labeled) -> tuple[Label, ...]:
    """Return the labels a result comes with: numbered from 1."""
    numbered = enumerate(result.color_numbers, 1)
    noun = result.noun
    return tuple(Label(value, f"{noun} {value}", label_color(color)) for value, color in numbered)


def renumbered(label: Label, value: int) -> Label:
    """Return a label with another number; a name that is only its number follows."""
    noun, _, number = label.name.rpartition(" ")
    is_number = noun in NOUNS and number == str(label.value)
    return replace(label, value=value, name=f"{noun} {value}" if is_number else label.name)

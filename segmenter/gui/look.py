"""How the canvas shows a result: a value of the window, not of the document; it is not undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from segmenter.segment.labels import Label


class View(Enum):
    """What is painted over the image; the value is its name on screen."""

    IMAGE = "Image"
    LABELS = "Labels"
    SOFT = "Soft"
    UNCERTAINTY = "Uncertainty"


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen and how.

    Attributes
    ----------
    view : View
        What is painted over the image.
    outlines_only : bool
        Whether labels are outlines instead of areas.
    selected : int
        The label that is picked; the one whose probability is seen in the soft view.
    solo : int or None
        The only label that is painted, if one is.
    opacities : dict
        Opacity of each view, 0..1.
    """

    view: View = View.LABELS
    outlines_only: bool = False
    selected: int = 1
    solo: int | None = None
    opacities: dict[View, float] = field(
        default_factory=lambda: {View.LABELS: 0.45, View.SOFT: 0.8, View.UNCERTAINTY: 0.8}
    )

    @property
    def opacity(self) -> float:
        """Opacity of the present view."""
        return self.opacities.get(self.view, 1.0)

    def paints(self, label: Label) -> bool:
        """Tell whether a label is painted: it is visible, or the only one shown."""
        return label.visible if self.solo is None else label.value == self.solo

    def with_opacity(self, opacity: float) -> Look:
        """Return the look with another opacity of the present view."""
        return replace(self, opacities={**self.opacities, self.view: opacity})

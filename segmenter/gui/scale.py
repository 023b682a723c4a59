"""What the colors painted over the image stand for: a bar of them, with the values at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from segmenter.gui import layouts
from segmenter.gui.canvas.tables import rarity_table, soft_table, uncertainty_table
from segmenter.gui.foreground.marks_layer import OBJECT_COLOR
from segmenter.gui.look import LEAST_P, Job, View
from segmenter.gui.pixel_words import p_text
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.theme import CANVAS_GRAY
from segmenter.gui.volume.fitter import computed_key

if TYPE_CHECKING:
    from segmenter.gui.workspace import Workspace

_IN_COLOR = {View.SOFT: "probability", View.FRACTION: "fraction", View.PROBABILITY: "probability"}
"""Views in the color of one label, which is clear where there is none of it."""

_BIASED = ("Darkened", "Brightened")

N_STOPS = 17
"""Of the gradient: with so many no color between them is off by more than 6 of 255."""

HEIGHT = 18
MARGIN = 4
"""Pixels between a number and the bar's end."""

LEAST_WIDTH, WIDTH = 76, 128
"""Pixels: both numbers (“0.001”, “1e-8”) just fit; so do colors without numbers between them."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Colors, and the values at their ends.

    Attributes
    ----------
    quantity : str
        What has these values, in words.
    colors : tuple of int
        0xAARRGGBB, from the first end to the other.
    ends : (str, str)
        The values.
    words : (str, str)
        What the ends mean; nothing where the values say it.
    sign : str
        Of the quantity, written before the first value where there is room.
    """

    quantity: str
    colors: tuple[int, ...]
    ends: tuple[str, str]
    words: tuple[str, str] = ("", "")
    sign: str = ""


def scale_of(workspace: Workspace) -> Scale | None:
    """Return the scale of what is painted; None where colors are those of labels, or none yet.

    Parameters
    ----------
    workspace : Workspace
        Its look, labels and computed views.
    """
    look = workspace.look
    is_foreground = workspace.job is Job.FOREGROUND
    if not (workspace.cutter.cut if is_foreground else workspace.labels):
        return None
    if look.view in _IN_COLOR:
        found = [each.color for each in workspace.labels if each.value == look.selected]
        color = found[0] if found and look.view is not View.PROBABILITY else OBJECT_COLOR
        return Scale(_IN_COLOR[look.view], tuple(soft_table(color)), ("0 %", "100 %"))
    if look.view is View.ANOMALY:
        colors = tuple(each for each in rarity_table(look.rate) if each)
        ends = p_text(look.rate), p_text(LEAST_P)
        return Scale("p-value", colors, ends, ("Rare", "Rarest"), "p")
    viridis = tuple(uncertainty_table()[1:])
    if look.view is View.UNCERTAINTY:
        return Scale("uncertainty", viridis, ("0", "1"), ("Certain", "Uncertain"))
    if look.view is View.BIAS:
        computed = workspace.tissue.computed.get(computed_key(View.BIAS, 0))
        if computed is None:
            return None
        low, high = computed.ends
        return Scale("bias field", viridis, (f"{low:.2f}", f"{high:.2f}"), _BIASED)
    return None


class ColorBar(QWidget):
    """The colors of a scale with the values in them, and words at both ends."""

    def __init__(self) -> None:
        super().__init__()
        self._words = (PlainLabel(), PlainLabel())
        self.gradient = Gradient()
        row = layouts.row(self, margins=(8, 0, 0, 0))
        for part in (self._words[0], self.gradient, self._words[1]):
            row.addWidget(part)

    def show_scale(self, scale: Scale | None, *, in_words: bool) -> None:
        """Show a scale, with the words at its ends or without; nothing where there is none."""
        self.setVisible(scale is not None)
        if scale is None:
            return
        self.gradient.show_scale(scale)
        says = f"Colors of the {scale.quantity}, from {scale.ends[0]} to {scale.ends[1]}"
        self.setAccessibleName(says)
        self.setToolTip(says)
        for label, word in zip(self._words, scale.words, strict=True):
            label.setText(word)
            label.setVisible(in_words and bool(word))


class Gradient(QWidget):
    """A bar of colors on the gray of the canvas; the values of its ends are written on it."""

    def __init__(self) -> None:
        super().__init__()
        self.scale: Scale | None = None
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(LEAST_WIDTH)

    def show_scale(self, scale: Scale) -> None:
        """Show other colors or values."""
        if scale != self.scale:
            self.scale = scale
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size that shows the colors well."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint colors and values."""
        if self.scale is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.fillPath(outline, QColor(CANVAS_GRAY))
        painter.fillPath(outline, self._colors(self.scale.colors))
        room = self.rect().adjusted(MARGIN, 0, -MARGIN, 0)
        for end, color, side in zip(self._ends, _ends(self.scale.colors), _SIDES, strict=True):
            painter.setPen(readable_on(color))
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, end)
        painter.end()

    @property
    def _ends(self) -> tuple[str, str]:
        """The values at the ends, with the sign of the quantity if there is room."""
        assert self.scale is not None
        low, high = self.scale.ends
        signed = f"{self.scale.sign} {low}".lstrip()
        needed = self.fontMetrics().horizontalAdvance(signed + high) + 4 * MARGIN
        return (signed if needed <= self.width() else low), high

    def _colors(self, colors: tuple[int, ...]) -> QLinearGradient:
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for stop in range(N_STOPS):
            share = stop / (N_STOPS - 1)
            gradient.setColorAt(share, QColor.fromRgba(colors[round(share * (len(colors) - 1))]))
        return gradient


def readable_on(color: QColor) -> QColor:
    """Return black or white, whichever is seen better on a color over the gray of the canvas.

    By the relative luminance of WCAG 2: both have a contrast of 4.58 at .179, and one has more
    everywhere else.
    """
    ground, alpha = QColor(CANVAS_GRAY), color.alphaF()
    red, green, blue = (
        _linear(alpha * over + (1 - alpha) * under)
        for over, under in (
            (color.redF(), ground.redF()),
            (color.greenF(), ground.greenF()),
            (color.blueF(), ground.blueF()),
        )
    )
    is_bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179
    return QColor(Qt.GlobalColor.black if is_bright else Qt.GlobalColor.white)


def _linear(part: float) -> float:
    """Return the light of a part of a color in sRGB."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _ends(colors: tuple[int, ...]) -> tuple[QColor, QColor]:
    return QColor.fromRgba(colors[0]), QColor.fromRgba(colors[-1])


_SIDES = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)

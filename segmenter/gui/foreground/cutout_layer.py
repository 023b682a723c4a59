"""The cut-out on the canvas, on a ground: a checkerboard, a color, or another image."""

from __future__ import annotations

from PySide6.QtGui import QBrush, QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from segmenter.gui.canvas.checkerboard import checkered
from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.canvas.levels import Level
from segmenter.segment.labels import Color

CHECKS = ("#ffffff", "#cccccc")


class CutoutLayer(PictureLayer):
    """A picture of premultiplied colors on a ground of one color.

    Without a color the ground is a checkerboard, whose squares do not zoom; another image beneath
    is a layer of its own, and this one is then without ground.
    """

    def __init__(self) -> None:
        super().__init__()
        self._color: Color | None = None
        self._has_ground = True

    def show_ground(self, color: Color | None, *, has_ground: bool = True) -> None:
        """Show another ground: a color, a checkerboard, or none."""
        self._color, self._has_ground = color, has_ground
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the ground, then the picture."""
        if self.is_shown and self._has_ground:
            scale = painter.deviceTransform().m11()
            place = option.exposedRect.intersected(self.boundingRect())
            painter.fillRect(place, self._brush(scale))
        super().paint(painter, option, widget)

    def _brush(self, scale: float) -> QBrush:
        if self._color is not None:
            return QBrush(QColor(*self._color))
        return checkered(CHECKS, scale)

    def _wrap(self, level: Level) -> QImage:
        return QImage(
            level.pixels.data,
            level.width,
            level.height,
            level.pixels.strides[0],
            QImage.Format.Format_RGBA8888_Premultiplied,
        )

"""Layers of the canvas: the picture, and values from 0 to 255 painted through a color table.

A layer is painted from the one of its sizes that fits the screen, and only where it is seen.
Another color, opacity or visibility of a label is another table of 256 colors: no pixel is touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from segmenter.gui.canvas.checkerboard import checkered
from segmenter.gui.canvas.levels import Level, Levels

SMOOTH_BELOW = 2.0
"""Screen pixels per image pixel from which the picture shows its pixels as squares."""

TRANSPARENT = ("#8c8c8c", "#646464")
"""Squares about the gray around the image, so that they are no colors of it."""


class Layer(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Base of the layers: paints its levels at the zoom there is, in image coordinates."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._levels: Levels | None = None
        self._images: dict[float, QImage] = {}

    def boundingRect(self) -> QRectF:
        """Return the place of the picture, in image pixels."""
        if self._levels is None:
            return QRectF()
        return QRectF(self._levels.left, self._levels.top, self._levels.width, self._levels.height)

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to paint."""
        return self._levels is not None

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _: QWidget | None = None
    ) -> None:
        """Paint what is exposed."""
        if self._levels is None:
            return
        scale = painter.deviceTransform().m11()
        level = self._levels.at(scale)
        target = option.exposedRect.intersected(self.boundingRect())
        smooth = scale * level.factor < self._smooth_below()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, self._image(level), self._source(target, level))

    def _source(self, target: QRectF, level: Level) -> QRectF:
        """Return the part of a level that lies under a part of the image."""
        corner = self.boundingRect().topLeft()
        return QRectF(
            (target.x() - corner.x()) / level.factor,
            (target.y() - corner.y()) / level.factor,
            target.width() / level.factor,
            target.height() / level.factor,
        )

    def _set_levels(self, levels: Levels | None) -> None:
        self.prepareGeometryChange()
        self._levels = levels
        self._images = {}
        self.update()

    def _image(self, level: Level) -> QImage:
        if level.factor not in self._images:
            self._images[level.factor] = self._wrap(level)
        return self._images[level.factor]

    def _wrap(self, level: Level) -> QImage:
        raise NotImplementedError

    def _smooth_below(self) -> float:
        raise NotImplementedError


class PictureLayer(Layer):
    """A picture of its own colors."""

    def show_picture(self, levels: Levels | None) -> None:
        """Show another picture, or none."""
        self._set_levels(levels)

    def _wrap(self, level: Level) -> QImage:
        opaque = level.pixels.shape[2] == 3
        return _wrapped(
            level, QImage.Format.Format_RGB888 if opaque else QImage.Format.Format_RGBA8888
        )

    def _smooth_below(self) -> float:
        return SMOOTH_BELOW


class ImageLayer(PictureLayer):
    """The image itself, on squares of gray where it is transparent, unlike the outside of it."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the squares, then the image."""
        if self._levels is not None and self._levels.levels[0].pixels.shape[2] == 4:
            place = option.exposedRect.intersected(self.boundingRect())
            painter.fillRect(place, checkered(TRANSPARENT, painter.deviceTransform().m11()))
        super().paint(painter, option, widget)


class ValueLayer(Layer):
    """Bytes painted through a table of colors: labels, probabilities, uncertainty."""

    def __init__(self) -> None:
        super().__init__()
        self._table: list[int] = [0] * 256

    def show_values(self, levels: Levels | None, table: Sequence[int]) -> None:
        """Show other values or other colors.

        Parameters
        ----------
        levels : Levels or None
            The values; None shows nothing.
        table : sequence of int
            256 colors 0xAARRGGBB, not premultiplied.
        """
        self._table = list(table)
        if levels is not self._levels:
            self._set_levels(levels)
        else:
            self._images = {}
            self.update()

    def _wrap(self, level: Level) -> QImage:
        image = _wrapped(level, QImage.Format.Format_Indexed8)
        image.setColorTable(self._table)
        return image

    def _smooth_below(self) -> float:
        return 1.0


def _wrapped(level: Level, pixel_format: QImage.Format) -> QImage:
    """Return an image over the level's own memory, which the layer keeps alive."""
    return QImage(
        level.pixels.data, level.width, level.height, level.pixels.strides[0], pixel_format
    )

"""Layers of the canvas in the Foreground job: the cut-out on its ground, and the marks."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from segmenter.gui.canvas.layer import PictureLayer
from segmenter.gui.canvas.levels import Level
from segmenter.gui.foreground.tool import MarkingTool
from segmenter.gui.look import View, Way
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color
from segmenter.session.marks import NO_MARKS, Box, Click, Marks, Stroke

CHECK_SIDE = 10
CHECKS = ("#ffffff", "#cccccc")
OBJECT_COLOR = Color(0, 158, 115)
BACKGROUND_COLOR = Color(213, 94, 0)
"""Bluish green and vermilion: told apart by color-blind eyes, and marked plus and minus besides."""

CASING = QColor(0, 0, 0, 170)
STROKE_ALPHA = 0.7
DOT_RADIUS = 7.0
"""Sizes are in pixels of the screen."""


class CutoutLayer(PictureLayer):
    """A picture of premultiplied colors on a checkerboard, whose squares do not zoom."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the checkerboard, then the picture."""
        if self.is_shown:
            scale = painter.deviceTransform().m11()
            brush = QBrush(_checkerboard())
            brush.setTransform(QTransform.fromScale(1 / scale, 1 / scale))
            painter.fillRect(option.exposedRect.intersected(self.boundingRect()), brush)
        super().paint(painter, option, widget)

    def _wrap(self, level: Level) -> QImage:
        return QImage(
            level.pixels.data,
            level.width,
            level.height,
            level.pixels.strides[0],
            QImage.Format.Format_RGBA8888_Premultiplied,
        )


class MarksLayer(pg.GraphicsObject):  # type: ignore[misc]
    """The marks there are, the one being drawn, and the brush."""

    def __init__(self, tool: MarkingTool, workspace: Workspace) -> None:
        super().__init__()
        self._tool = tool
        self._workspace = workspace
        for changed in (
            tool.changed, tool.moved, workspace.document_changed, workspace.look_changed
        ):  # fmt: skip
            changed.connect(self.update)
        workspace.opened.connect(lambda *_: self.prepareGeometryChange())

    def boundingRect(self) -> QRectF:
        """Return the image's place and some more, for marks at its edge."""
        document = self._workspace.document
        if document is None or document.image.is_volume:
            return QRectF()
        height, width = document.image.grid
        margin = max(height, width)
        return QRectF(-margin, -margin, width + 2 * margin, height + 2 * margin)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _: QWidget | None = None
    ) -> None:
        """Paint box, strokes and clicks, the later ones over the earlier."""
        document = self._workspace.document
        if document is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixel = painter.device().devicePixelRatio() / painter.deviceTransform().m11()
        is_bare = self._workspace.look.view is View.CUTOUT  # marks would hide its edge
        marks, drafted = NO_MARKS if is_bare else document.marks, self._tool.drafted
        if drafted is not None:
            marks = marks.with_mark(drafted)
        self._paint_marks(painter, marks, pixel)
        if self._tool.way is Way.BRUSH and self._tool.hovered is not None:
            radius = self._tool.brush_width / 2
            _paint_cased(painter, _circle(self._tool.hovered, radius), QColor("white"), pixel)

    def _paint_marks(self, painter: QPainter, marks: Marks, pixel: float) -> None:
        if marks.box is not None:
            _paint_cased(painter, _rectangle(marks.box), QColor("white"), pixel)
        strokes = [mark for mark in marks.drawn if isinstance(mark, Stroke)]
        for stroke in strokes:
            _paint_stroke(painter, stroke)
        for mark in marks.drawn:
            if isinstance(mark, Click):
                _paint_click(painter, mark, pixel)


def _paint_click(painter: QPainter, click: Click, pixel: float) -> None:
    middle = _place(click.point)
    painter.setPen(QPen(CASING, 4.5 * pixel))
    painter.setBrush(_color(click.is_object))
    painter.drawEllipse(middle, DOT_RADIUS * pixel, DOT_RADIUS * pixel)
    painter.setPen(QPen(QColor("white"), 1.5 * pixel))
    painter.drawEllipse(middle, DOT_RADIUS * pixel, DOT_RADIUS * pixel)
    arm = 3.5 * pixel
    painter.setPen(QPen(QColor("white"), 2 * pixel))
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    if click.is_object:
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))


def _paint_stroke(painter: QPainter, stroke: Stroke) -> None:
    path = QPainterPath(_place(stroke.points[0]))
    for point in stroke.points[1:]:
        path.lineTo(_place(point))
    if len(stroke.points) == 1:
        path.lineTo(_place(stroke.points[0]) + QPointF(1e-3, 0))
    color = _color(stroke.is_object)
    color.setAlphaF(STROKE_ALPHA)
    pen = QPen(color, stroke.width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)


def _paint_cased(painter: QPainter, path: QPainterPath, color: QColor, pixel: float) -> None:
    """Draw a thin line that is seen on any ground."""
    painter.strokePath(path, QPen(CASING, 3.5 * pixel))
    painter.strokePath(path, QPen(color, 1.5 * pixel))


def _circle(middle: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(middle, radius, radius)
    return path


def _rectangle(box: Box) -> QPainterPath:
    x0, y0, x1, y1 = box
    path = QPainterPath()
    path.addRect(x0, y0, x1 + 1 - x0, y1 + 1 - y0)
    return path


def _place(point: tuple[float, float]) -> QPointF:
    """Return where a point is on the canvas, where pixels begin at whole numbers."""
    return QPointF(point[0] + 0.5, point[1] + 0.5)


def _color(is_object: bool) -> QColor:
    return QColor(*(OBJECT_COLOR if is_object else BACKGROUND_COLOR))


def _checkerboard() -> QPixmap:
    tile = QPixmap(2 * CHECK_SIDE, 2 * CHECK_SIDE)
    tile.fill(QColor(CHECKS[0]))
    painter = QPainter(tile)
    for corner in (0, CHECK_SIDE):
        painter.fillRect(corner, corner, CHECK_SIDE, CHECK_SIDE, QColor(CHECKS[1]))
    painter.end()
    return tile

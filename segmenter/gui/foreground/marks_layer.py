"""The marks on the canvas: clicks, strokes, boxes, lassos, the one being drawn, the brush."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from segmenter.gui.foreground.tool import BRUSHES, MarkingTool
from segmenter.gui.look import View, Way
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Color
from segmenter.session.marks import NO_MARKS, Box, Click, Marks, Point, Stroke

OBJECT_COLOR = Color(0, 158, 115)
BACKGROUND_COLOR = Color(213, 94, 0)
"""Bluish green and vermilion: told apart by color-blind eyes, and marked plus and minus besides."""

EDGE_COLOR = Color(240, 228, 66)
EDGE_ALPHA = 0.55
CASING = QColor(0, 0, 0, 170)
STROKE_ALPHA = 0.7
DOT_RADIUS = 7.0
"""Sizes are in pixels of the screen."""


class MarksLayer(pg.GraphicsObject):  # type: ignore[misc]  # has no types
    """The marks there are, the one being drawn, and the brush."""

    def __init__(self, tool: MarkingTool, workspace: Workspace) -> None:
        super().__init__()
        self._tool = tool
        self._workspace = workspace
        self._brush_place = QRectF()
        self._was_drawing = False
        for changed in (tool.changed, workspace.document_changed, workspace.look_changed):
            changed.connect(self.update)
        tool.moved.connect(self._follow_pointer)
        workspace.opened.connect(lambda *_: self.prepareGeometryChange())

    def _follow_pointer(self) -> None:
        """Paint again what has changed; that is little while a brush is moved."""
        tool, before, was_drawing = self._tool, self._brush_place, self._was_drawing
        self._brush_place = QRectF()
        self._was_drawing = tool.drafted is not None
        if tool.way in BRUSHES and tool.hovered is not None:
            radius = tool.brush_width / 2 + 4 * tool.screen_pixel
            self._brush_place = _circle(tool.hovered, radius).boundingRect()
        is_small = tool.way in BRUSHES and self._was_drawing == was_drawing
        if is_small and not before.isNull():
            self.update(before.united(self._brush_place))
        else:
            self.update()

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
        """Paint box or lasso, strokes and clicks, the later ones over the earlier."""
        active = self._workspace.active
        if active is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixel = painter.device().devicePixelRatio() / painter.deviceTransform().m11()
        drafted = self._tool.drafted
        if self._tool.way is Way.EDGE:
            self._paint_edge(painter, active.edge)
        else:
            is_bare = self._workspace.look.view is View.CUTOUT  # marks would hide its edge
            marks = NO_MARKS if is_bare else active.marks
            self._paint_marks(
                painter, marks if drafted is None else marks.with_mark(drafted), pixel
            )
        if self._tool.way in BRUSHES and self._tool.hovered is not None:
            radius = self._tool.brush_width / 2
            _paint_cased(painter, _circle(self._tool.hovered, radius), QColor("white"), pixel)

    def _paint_marks(self, painter: QPainter, marks: Marks, pixel: float) -> None:
        if marks.box is not None:
            _paint_cased(painter, _rectangle(marks.box), QColor("white"), pixel)
        if marks.lasso is not None:
            path = _line(marks.lasso.points)
            path.closeSubpath()
            _paint_cased(painter, path, QColor("white"), pixel)
        strokes = [mark for mark in marks.drawn if isinstance(mark, Stroke)]
        for stroke in strokes:
            color = _color(stroke.is_object)
            color.setAlphaF(STROKE_ALPHA)
            painter.strokePath(_line(stroke.points), _pen(stroke, color))
        for mark in marks.drawn:
            if isinstance(mark, Click):
                _paint_click(painter, mark, pixel)

    def _paint_edge(self, painter: QPainter, edge: tuple[Stroke, ...]) -> None:
        """Paint where the outline is soft; a finished stroke is seen beside the cut-out only."""
        is_bare = self._workspace.look.view is View.CUTOUT
        drafted = self._tool.drafted
        strokes = () if is_bare and drafted is None else edge
        if isinstance(drafted, Stroke):
            strokes = (*strokes, drafted)
        if not strokes:
            return
        device = painter.device()
        ratio = device.devicePixelRatio()
        width, height = round(device.width() * ratio), round(device.height() * ratio)
        picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(0)
        inner = QPainter(picture)
        inner.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner.setTransform(painter.combinedTransform())  # without the canvas's place in the window
        modes = QPainter.CompositionMode
        for stroke in strokes:
            inner.setCompositionMode(
                modes.CompositionMode_Source if stroke.is_object else modes.CompositionMode_Clear
            )
            inner.strokePath(_line(stroke.points), _pen(stroke, QColor(*EDGE_COLOR)))
        inner.end()
        painter.save()
        painter.resetTransform()
        painter.setOpacity(EDGE_ALPHA)
        painter.drawImage(0, 0, picture)
        painter.restore()


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


def _line(points: tuple[Point, ...]) -> QPainterPath:
    path = QPainterPath(_place(points[0]))
    for point in points[1:]:
        path.lineTo(_place(point))
    if len(points) == 1:
        path.lineTo(_place(points[0]) + QPointF(1e-3, 0))
    return path


def _pen(stroke: Stroke, color: QColor) -> QPen:
    pen = QPen(color, stroke.width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


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


def _place(point: Point) -> QPointF:
    """Return where a point is on the canvas, where pixels begin at whole numbers."""
    return QPointF(point[0] + 0.5, point[1] + 0.5)


def _color(is_object: bool) -> QColor:
    return QColor(*(OBJECT_COLOR if is_object else BACKGROUND_COLOR))

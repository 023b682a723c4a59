"""Line icons, drawn from SVG in the color of the theme."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QImage,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from segmenter.shipped import resource_path


def icon(
    name: str,
    role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
    checked_role: QPalette.ColorRole | None = None,
) -> QIcon:
    """Return a line icon that has a color of the theme, whatever the theme becomes.

    Parameters
    ----------
    name : str
        File name in ``resources/icons`` without ``.svg``.
    role, checked_role : QPalette.ColorRole
        Whose color it has, and in a checked button; the same if not given.
    """
    return QIcon(_LineIcon(_drawing(name), role, checked_role or role))


@cache
def _drawing(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def _render(drawing: str, color: str, painter: QPainter, area: QRectF) -> None:
    colored = drawing.replace("currentColor", color)
    QSvgRenderer(QByteArray(colored.encode())).render(painter, area)


@lru_cache(maxsize=512)
def _rendered(drawing: str, color: str, width: int, height: int) -> QImage:
    """A drawing as pixels; widgets ask for theirs anew each time they are painted.

    One of no size is an empty image: a button that is squeezed for a moment asks for that.
    """
    image = QImage(max(0, width), max(0, height), QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        return image
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _render(drawing, color, painter, QRectF(image.rect()))
    painter.end()
    return image


class _LineIcon(QIconEngine):
    """Renders an SVG whose strokes are ``currentColor``; asks the palette at each painting."""

    def __init__(
        self, drawing: str, role: QPalette.ColorRole, checked_role: QPalette.ColorRole
    ) -> None:
        super().__init__()
        self._drawing, self._role, self._checked_role = drawing, role, checked_role

    def clone(self) -> QIconEngine:
        return _LineIcon(self._drawing, self._role, self._checked_role)

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        area = QRectF(rect)  # type: ignore[call-overload]
        _render(self._drawing, self._color(mode, state).name(), painter, area)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        color = self._color(mode, state).name()
        return QPixmap.fromImage(_rendered(self._drawing, color, size.width(), size.height()))

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        pixmap = self.pixmap(size * scale, mode, state)
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        group = QPalette.ColorGroup.Normal
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        role = self._checked_role if state == QIcon.State.On else self._role
        return QApplication.palette().color(group, role)


class IconLabel(QWidget):
    """An icon beside words, in the present color of the theme.

    Parameters
    ----------
    shown : QIcon
        From `icon`.
    side : int
        In pixels.
    """

    def __init__(self, shown: QIcon, side: int) -> None:
        super().__init__()
        self._icon = shown
        self.setFixedSize(side, side)

    def show_icon(self, shown: QIcon) -> None:
        """Show another icon."""
        self._icon = shown
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon as large as the widget."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


FAINT = QPalette.ColorRole.PlaceholderText
ACCENT = QPalette.ColorRole.Link
"""Roles for icons that are not to stand out, and for those that are."""

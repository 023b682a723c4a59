"""A name that is read most of the time, and edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame


class NameEdit(QLineEdit):
    """A name that looks like text until it is edited; one that is too long ends in an ellipsis."""

    entered = Signal()
    left = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(80)
        self.setObjectName("nameEdit")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click picks the label, as beside the name
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, shortened where there is no room for it."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        contents = QStyle.SubElement.SE_LineEditContents
        room = self.style().subElementRect(contents, option, self).adjusted(2, 0, -2, 0)
        metrics = self.fontMetrics()
        if self.hasFocus() or metrics.horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        frame = QStyle.PrimitiveElement.PE_PanelLineEdit
        self.style().drawPrimitive(frame, option, painter, self)
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Picking up the name picks the label."""
        super().focusInEvent(event)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Be text again."""
        super().focusOutEvent(event)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.deselect()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave a click to the row while the name is not edited."""
        if self.hasFocus():
            super().mousePressEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin to edit."""
        if self.hasFocus():
            super().mouseDoubleClickEvent(event)
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between labels by the arrows; Escape takes the typing back."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            self.moved.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

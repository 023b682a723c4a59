"""The row beneath the canvas: what is painted over the image, how strongly, and at which zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.canvas.tables import uncertainty_table
from segmenter.gui.controls import percent_slider
from segmenter.gui.coupling import couple
from segmenter.gui.look import View
from segmenter.gui.workspace import Workspace


class ViewBar(QFrame):
    """Shows the look of the canvas and changes it."""

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("viewBar")
        self._workspace = workspace
        self.opacity = percent_slider("Opacity", "Opacity of what is painted over the image")
        self.opacity.setFixedWidth(104)
        self._opacity_title = QLabel("Opacity")
        self._outlines = _action_button(actions.outlines)
        self._scale = ColorBar()
        self._soft = QLabel()
        self._soft.setObjectName("faint")
        self._lay_out(actions)
        couple(self.opacity, self.opacity.valueChanged,
               lambda value: workspace.set_opacity(value / 100),
               workspace.look_changed, self._show_opacity)  # fmt: skip
        workspace.look_changed.connect(self._show)
        workspace.document_changed.connect(self._show)
        self._show()

    def _lay_out(self, actions: Actions) -> None:
        row = layouts.row(self, margins=(8, 8, 8, 8))
        row.addLayout(self._build_views(actions))
        row.addSpacing(8)
        for part in (self._opacity_title, self.opacity, self._outlines, self._soft, self._scale):
            row.addWidget(part)
        row.addStretch(1)
        for action in (actions.fit, actions.actual_size):
            row.addWidget(_action_button(action))

    def _build_views(self, actions: Actions) -> QHBoxLayout:
        row = layouts.row(spacing=0)
        for view in View:
            button = QToolButton()
            button.setDefaultAction(actions.views[view])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setObjectName("segment")
            button.setProperty("isFirst", view is View.IMAGE)
            button.setAccessibleName(f"View: {view.value}")
            row.addWidget(button)
        return row

    def _show_opacity(self) -> None:
        self.opacity.setValue(round(100 * self._workspace.look.opacity))

    def _show(self) -> None:
        look = self._workspace.look
        self.opacity.setVisible(look.view is not View.IMAGE)
        self._opacity_title.setVisible(look.view is not View.IMAGE)
        self._outlines.setVisible(look.view is View.LABELS)
        self._scale.setVisible(look.view is View.UNCERTAINTY)
        is_soft = look.view is View.SOFT
        value = look.selected if is_soft else look.solo
        names = [each.name for each in self._workspace.labels if each.value == value]
        self._soft.setVisible(is_soft or (look.view is View.LABELS and bool(names)))
        self._soft.setText(f"{'Probability of' if is_soft else 'Only'} {names[0]}" if names else "")


class ColorBar(QWidget):
    """The colors of uncertainty, with words at both ends."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Colors from certain to uncertain")
        row = layouts.row(self, margins=(8, 0, 0, 0))
        for part in (QLabel("Certain"), _Gradient(), QLabel("Uncertain")):
            row.addWidget(part)


class _Gradient(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(96, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        gradient = QLinearGradient(0, 0, self.width(), 0)
        table = uncertainty_table()
        for stop in range(0, 256, 15):
            gradient.setColorAt(stop / 255, QColor.fromRgb(table[stop]))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.end()


def _action_button(action: QAction) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button

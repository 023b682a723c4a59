"""Controls that always have an accessible name and a tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QSizePolicy, QSlider, QSpinBox, QToolButton, QWidget


def tool_button(
    name: str, *, text: str = "", icon: QIcon | None = None, checkable: bool = False
) -> QToolButton:
    """Make a flat button.

    Parameters
    ----------
    name : str
        What it does, for tooltip and screen readers.
    text : str
        On the button.
    icon : QIcon, optional
        On the button.
    checkable : bool
        Whether it stays down.
    """
    button = QToolButton()
    button.setText(text)
    if icon is not None:
        button.setIcon(icon)
    button.setCheckable(checkable)
    button.setAutoRaise(True)
    name_control(button, name)
    return button


def segment_button(action: QAction, name: str, *, is_first: bool = False) -> QToolButton:
    """Make one of several joined buttons, of which one is down.

    Parameters
    ----------
    action : QAction
        What it does.
    name : str
        For screen readers.
    is_first : bool
        Whether it is the leftmost.
    """
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setObjectName("segment")
    button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    button.setProperty("isFirst", is_first)
    button.setAccessibleName(name)
    return button


def percent_slider(name: str, tip: str) -> QSlider:
    """Make a slider from 0 to 100."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setMaximum(100)
    slider.setPageStep(10)
    name_control(slider, name, tip)
    return slider


def spin_box(name: str, minimum: int, maximum: int) -> QSpinBox:
    """Make a field for a whole number; typing takes effect at its end, not at each digit."""
    spin = QSpinBox()
    spin.setRange(minimum, maximum)
    spin.setKeyboardTracking(False)
    spin.lineEdit().setTextMargins(6, 0, 0, 0)
    name_control(spin, name)
    return spin


def keep_room(widget: QWidget) -> None:
    """Hide a widget and keep its place, so that nothing jumps when it appears."""
    room = widget.sizePolicy()
    room.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(room)
    widget.hide()


def name_control(control: QWidget, name: str, tip: str = "") -> None:
    """Name a control for screen readers; the name is its tooltip too where there is no other."""
    control.setAccessibleName(name)
    control.setToolTip(tip or name)

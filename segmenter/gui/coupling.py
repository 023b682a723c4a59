"""The one way a control and a property are tied together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, SignalInstance
from PySide6.QtWidgets import QWidget


def couple(
    control: QWidget,
    edited: SignalInstance,
    change: Callable[..., None],
    changed: SignalInstance,
    show: Callable[[], None],
) -> None:
    """Tie a control to a property: what the user edits changes it, and its changes are shown.

    Parameters
    ----------
    control : QWidget
        The control; it is silent while it is shown another value.
    edited : SignalInstance
        The control's signal that the user has edited it.
    change : callable
        Takes the signal's arguments and changes the property.
    changed : SignalInstance
        Tells that the property may have changed.
    show : callable
        Brings the property's value into the control.
    """

    def silently() -> None:
        with QSignalBlocker(control):
            show()

    edited.connect(change)
    changed.connect(silently)
    silently()

"""The settings of the model: how the image is read, and what each reading needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import segment_button
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.classes import ClassesSettings
from segmenter.gui.panel.objects import ObjectsSettings
from segmenter.gui.panel.parts import PartsSettings
from segmenter.gui.panel.recipe import recipe_of
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    from segmenter.segment.recipe import Reading


class ModelPanel(QWidget):
    """The choice between the readings of the image, over the settings of the one chosen.

    Signals
    -------
    entered()
        A number was finished with Enter; the keyboard is free for the canvas.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        self.classes = ClassesSettings(workspace)
        self.parts = PartsSettings(workspace)
        self.objects = ObjectsSettings(workspace)
        self._settings: dict[Reading, ClassesSettings | PartsSettings | ObjectsSettings] = {
            "classes": self.classes,
            "regions": self.parts,
            "objects": self.objects,
        }
        column = layouts.column(self, spacing=0, margins=(0, 0, 0, 8))
        column.addLayout(_build_readings(actions))
        for settings in self._settings.values():
            settings.entered.connect(self.entered)
            column.addWidget(settings)
        workspace.document_changed.connect(self._show_reading)
        workspace.opened.connect(lambda *_: self._clear_messages())
        workspace.recipe_refused.connect(self._show_refusal)
        workspace.fitter.runner.busy_changed.connect(
            lambda is_busy: self._clear_messages() if is_busy else None
        )
        self._show_reading()

    @property
    def message(self) -> FieldMessage:
        """Where it is said why a setting was refused."""
        return self._current.message

    def focus_regions(self) -> None:
        """Put the keyboard on the number of regions, or on the smallest size of objects."""
        field = self._current.main_field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    @property
    def _current(self) -> ClassesSettings | PartsSettings | ObjectsSettings:
        return self._settings[recipe_of(self._workspace).reading]

    def _show_reading(self) -> None:
        for reading, settings in self._settings.items():
            settings.setVisible(reading == recipe_of(self._workspace).reading)

    def _show_refusal(self, error: Exception) -> None:
        self._current.message.show_message(str(error))

    def _clear_messages(self) -> None:
        for settings in self._settings.values():
            settings.message.show_message("")


def _build_readings(actions: Actions) -> QHBoxLayout:
    row = layouts.row(spacing=0, margins=(16, 4, 16, 4))
    for index, (reading, action) in enumerate(actions.readings.items()):
        button = segment_button(action, f"Reading: {reading}", is_first=index == 0)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(button)
    return row

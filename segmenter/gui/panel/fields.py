"""Fields of several readings: a number that can be found, the smallest size, changes by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QSpinBox, QToolButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import spin_box, tool_button
from segmenter.gui.coupling import couple
from segmenter.gui.panel.recipe import change_recipe, recipe_of
from segmenter.gui.pixel_words import extent_text
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

MAX_SMALLEST = 999_999_999


class AutoNumber(QWidget):
    """A number, beside a toggle that lets it be found.

    Parameters
    ----------
    name : str
        Of the number.
    largest : int
        That can be typed.
    auto_name : str
        How it is found, for the toggle's tooltip.
    """

    def __init__(self, name: str, largest: int, auto_name: str) -> None:
        super().__init__()
        self.number = spin_box(name, 1, largest)
        self.auto = tool_button(auto_name, text="Auto", checkable=True)
        self.auto.setObjectName("toggle")
        self.setFocusProxy(self.number)
        row = layouts.row(self)
        row.addWidget(self.number, 1)
        row.addWidget(self.auto)


def smallest_field(workspace: Workspace, noun: str, consequence: str) -> QSpinBox:
    """Make the field for the smallest size of a region or object, in pixels or voxels.

    Parameters
    ----------
    workspace : Workspace
    noun : str
        What has a size: "region".
    consequence : str
        What becomes of smaller ones, for the tooltip.
    """
    field = spin_box(f"Smallest {noun}", 0, MAX_SMALLEST)
    field.setToolTip(consequence)
    field.setSpecialValueText("Any size")
    field.setSizePolicy(QSizePolicy.Policy.Ignored, field.sizePolicy().verticalPolicy())

    def show() -> None:
        document = workspace.document
        is_volume = document is not None and document.image.is_volume
        size = recipe_of(workspace).min_size
        extent = None if document is None or is_volume else document.image.cell_extent
        real = "" if extent is None else f"   {extent_text(extent[0] * size)} {extent[1]}"
        field.setSuffix(" voxels" if is_volume else f" px{real}")
        field.setValue(size)

    couple(
        field,
        field.valueChanged,
        lambda value: change_recipe(workspace, f"smallest {noun}", min_size=value),
        workspace.document_changed,
        show,
    )
    return field


class ByHand(QWidget):
    """How much was changed by hand, beside a button that takes it back; not there if nothing was.

    Parameters
    ----------
    workspace : Workspace
    reading : str
        Whose changes they are.
    """

    def __init__(self, workspace: Workspace, reading: str) -> None:
        super().__init__()
        self._workspace = workspace
        self._reading = reading
        self._title: QLabel | None = None
        self.count = QLabel()
        self.take_back: QToolButton = tool_button(
            "Take back what was changed by hand", text="Take Back"
        )
        self.take_back.setObjectName("toggle")
        row = layouts.row(self)
        row.addWidget(self.count, 1)
        row.addWidget(self.take_back)
        self.take_back.clicked.connect(self._take_back)
        workspace.document_changed.connect(self._show_edits)

    def add_to(self, rows: QGridLayout) -> None:
        """Take a row of a form."""
        self._title = layouts.add_row(rows, "By hand", self)
        self._show_edits()

    def _take_back(self) -> None:
        from segmenter.gui.parts.edits import take_back_edits

        take_back_edits(self._workspace)

    def _show_edits(self) -> None:
        recipe = recipe_of(self._workspace)
        n_edits = len(recipe.edits) if recipe.reading == self._reading else 0
        for part in (self, self._title):
            if part is not None:
                part.setVisible(n_edits > 0)
        self.count.setText(counted(n_edits, "change"))


class HeldChange:
    """Tells whether a change goes on with the one before: a slider is still held.

    Parameters
    ----------
    is_down : callable
        Tells whether the slider is held.
    """

    def __init__(self, is_down: Callable[[], bool]) -> None:
        self._is_down = is_down
        self._held = False

    def continues(self) -> bool:
        """Note a change; tell whether it goes on with the one before."""
        before, self._held = self._held, self._is_down()
        return before

    def release(self) -> None:
        """Let the next change be a new one."""
        self._held = False


def faint(words: str) -> QLabel:
    """Make a label of lesser weight."""
    label = QLabel(words)
    label.setObjectName("faint")
    return label

"""The tissues that were found: their colors, volumes in ml, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control, tool_button
from segmenter.gui.icons import ACCENT, FAINT, icon
from segmenter.gui.swatch import swatch
from segmenter.gui.volume.slicing import affine_of
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Label
from segmenter.segment.tissue.volumes import TissueVolume
from segmenter.session.words import counted


class TissuesPanel(QWidget):
    """A row for each tissue, and sentences beneath them."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.rows: list[TissueRow] = []
        self.brain = QLabel(wordWrap=True)
        self.brain.setAccessibleName("Brain volume")
        self.notes = QLabel(wordWrap=True)
        self.notes.setObjectName("faint")
        self.notes.setAccessibleName("Notes on the result")
        self._list = layouts.column(spacing=0)
        column = layouts.column(self, spacing=0, margins=(8, 0, 8, 8))
        column.addLayout(self._list)
        words = layouts.column(margins=(8, 8, 8, 8))
        words.addWidget(self.brain)
        words.addWidget(self.notes)
        column.addLayout(words)
        workspace.tissue.found.connect(self._show)
        workspace.tissue.painted.connect(self._show)
        workspace.look_changed.connect(self._show)

    def _show(self) -> None:
        shown, painted = self._workspace.tissue.result, self._workspace.tissue.label_map
        if shown is None or painted is None:
            return
        volumes, labels = shown.tissue.volumes, self._workspace.labels
        voxel = abs(float(np.linalg.det(affine_of(shown.tissue.image)[:3, :3]))) / 1000
        ml = [voxel * int(shown.counts[each] + painted.changes[each]) for each in range(1, 256)]
        while len(self.rows) < len(labels):
            self._add_row()
        look = self._workspace.look
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(labels))
            if index < len(labels):
                row.show_tissue(labels[index], ml[index], volumes[index])
                row.show_state(
                    is_selected=look.selected == index + 1,
                    is_solo=look.solo == index + 1,
                    is_hidden=index + 1 in look.hidden,
                )
        self.brain.setText(_brain_words(ml[: len(labels)], shown.tissue.parenchymal_fraction))
        self.notes.setText(" ".join((*shown.tissue.notes, *self._corrections())))

    def _corrections(self) -> tuple[str, ...]:
        document = self._workspace.document
        n_strokes = 0 if document is None else len(document.strokes)
        return (f"Corrected by {counted(n_strokes, 'stroke')}.",) if n_strokes else ()

    def _add_row(self) -> None:
        row, value = TissueRow(), len(self.rows) + 1
        row.selected.connect(lambda: self._workspace.set_look(selected=value))
        row.soloed.connect(lambda alone: self._workspace.set_look(solo=value if alone else None))
        row.shown.connect(lambda shown: self._set_shown(value, shown=shown))
        self.rows.append(row)
        self._list.addWidget(row)

    def _set_shown(self, value: int, *, shown: bool) -> None:
        hidden = self._workspace.look.hidden
        self._workspace.set_look(hidden=hidden - {value} if shown else hidden | {value})


class TissueRow(QFrame):
    """One tissue."""

    selected = Signal()
    shown = Signal(bool)
    soloed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("labelRow")
        self._swatch = QLabel()
        self.name = QLabel()
        self.ml = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ml.setObjectName("faint")
        self.eye = _button(lambda: self.shown.emit(self.eye.isChecked()))
        self.solo = _button(lambda: self.soloed.emit(self.solo.isChecked()))
        self.solo.setIcon(icon("solo", FAINT, ACCENT))
        row = layouts.row(self, spacing=4, margins=(8, 0, 4, 0))
        row.addWidget(self._swatch)
        row.addSpacing(4)
        row.addWidget(self.name, 1)
        for part in (self.ml, self.eye, self.solo):
            row.addWidget(part)
        self.setFixedHeight(32)

    def show_tissue(self, label: Label, ml: float, volume: TissueVolume) -> None:
        """Show a tissue, its milliliters with corrections, and what was expected."""
        self._swatch.setPixmap(swatch(label.color).pixmap(QSize(16, 16)))
        self.name.setText(label.name)
        self.ml.setText(ml_text(ml))
        self.setAccessibleName(f"{label.name}, {ml_text(ml)}")
        self.setToolTip(
            f"Expected {ml_text(volume.expected_ml)}, 95 % interval {volume.low_ml:.0f} to"
            f" {ml_text(volume.high_ml)}\nMean {volume.mean:.4g}, deviation"
            f" {volume.deviation:.3g}"
        )
        name_control(self.eye, f"Show or hide {label.name}")
        name_control(self.solo, f"Show only {label.name}")

    def show_state(self, *, is_selected: bool, is_solo: bool, is_hidden: bool) -> None:
        """Show whether it is picked, alone, or not painted."""
        self.solo.setChecked(is_solo)
        self.eye.setChecked(not is_hidden)
        self.eye.setIcon(icon("eye-off" if is_hidden else "eye", FAINT))
        if self.property("isSelected") != is_selected:
            self.setProperty("isSelected", is_selected)
            self.style().unpolish(self)
            self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the tissue."""
        self.selected.emit()
        super().mousePressEvent(event)


def ml_text(ml: float) -> str:
    """Write milliliters with as many digits as are of use."""
    return f"{ml:.0f} ml" if ml >= 1000 else f"{ml:.1f} ml" if ml >= 1 else f"{ml:.2f} ml"


def _brain_words(ml: list[float], fraction: float | None) -> str:
    """Say how large the brain is and how much of it is not fluid."""
    total = sum(ml)
    if fraction is None or total == 0:
        return f"Together {ml_text(total)}."
    return f"Brain with CSF {ml_text(total)}; {sum(ml[1:]) / total:.1%} of it parenchyma.".replace(
        "%", " %"
    )


def _button(clicked: Callable[[], None]) -> QToolButton:
    button = tool_button("", checkable=True)
    button.clicked.connect(clicked)
    return button

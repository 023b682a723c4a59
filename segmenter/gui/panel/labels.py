"""The list of labels: swatch, name, share of the pixels, shown or hidden, alone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control
from segmenter.gui.look import Job
from segmenter.gui.panel.label_row import ROW_HEIGHT, LabelRow
from segmenter.gui.pixel_words import amount_text, share_text
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Label, default_label

MIN_ROWS = 4
"""Of more labels those are in sight for which the panel has room, at least so many."""

BELOW = 8
"""Pixels below the rows."""

WHEEL_ROWS = 3
"""Labels that a notch of the wheel scrolls."""


class LabelsPanel(QWidget):
    """A row for each label of the result on screen; of very many, rows for those in sight.

    Signals
    -------
    entered()
        A name is not edited any more; the keyboard is free for the canvas.
    pointed(int)
        The label whose row is under the pointer; 0 for none.
    """

    entered = Signal()
    pointed = Signal(int)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[LabelRow] = []
        self._selected = 0
        self._n_rows = MIN_ROWS
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        name_control(self.bar, "Scroll the labels")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._column = layouts.column(spacing=0)
        self._column.addStretch(1)  # below the rows
        row = layouts.row(self, spacing=0, margins=(8, 0, 8, BELOW))
        row.addLayout(self._column, 1)
        row.addWidget(self.bar)
        for _ in range(MIN_ROWS):  # where Tab is to find them: before what is made later
            self._add_row()
        self.bar.valueChanged.connect(self._scroll)
        workspace.segmented.connect(self._show)
        workspace.document_changed.connect(self._show)
        workspace.look_changed.connect(self._show)

    @property
    def _labels(self) -> tuple[Label, ...]:
        return self._workspace.labels_of(Job.REGIONS)

    @property
    def rows(self) -> tuple[LabelRow, ...]:
        """The rows in sight: of all labels, or of as many as there are rows."""
        return tuple(self._rows[: min(len(self._labels), self._n_rows)])

    def reveal(self, value: int) -> None:
        """Scroll to a label."""
        first = self.bar.value()
        self.bar.setValue(min(max(first, value - self._n_rows), value - 1))

    def sizeHint(self) -> QSize:
        """Return the least size; the panel gives what room it has, up to the largest."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """Return the least size, however many rows there are now."""
        return QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many rows as there is room for."""
        super().resizeEvent(event)
        n_rows = max(MIN_ROWS, (self.height() - BELOW) // ROW_HEIGHT)
        if n_rows != self._n_rows:
            self._n_rows = n_rows
            self._show()
        self._spread()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the labels, if there are more than rows; else the panel."""
        if self.bar.maximum() == 0:
            super().wheelEvent(event)
            return
        notches = event.angleDelta().y() / 120
        self.bar.setValue(self.bar.value() - round(WHEEL_ROWS * notches))
        event.accept()

    def edit_selected(self) -> None:
        """Put the keyboard on the name of the selected label."""
        value = self._workspace.look.selected
        self.reveal(value)
        name = self._rows[value - 1 - self.bar.value()].name
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()

    def _show(self) -> None:
        n_labels, selected = (
            len(self._labels),
            self._workspace.look.selected,
        )
        with QSignalBlocker(self.bar):
            self.bar.setPageStep(self._n_rows)
            self.bar.setMaximum(max(0, n_labels - self._n_rows))
            self.bar.setVisible(n_labels > self._n_rows)
            if selected != self._selected:
                self._selected = selected
                self.reveal(selected)
        self.setMinimumHeight(_height_of(min(n_labels, MIN_ROWS)))
        self.setMaximumHeight(_height_of(n_labels))
        self._show_rows()

    def _scroll(self) -> None:
        """Show other labels; a name that is edited is not that of another label then."""
        if any(row.name.hasFocus() for row in self._rows):
            self.entered.emit()
        self._show_rows()

    def _show_rows(self) -> None:
        labels, result, look = (
            self._labels,
            self._workspace.result,
            self._workspace.look,
        )
        first = self.bar.value()
        shown = labels[first : first + self._n_rows]
        while len(self._rows) < len(shown):
            self._add_row()
        for row, label in zip(self._rows, shown, strict=False):
            amount = share_text(0.0)
            if result is not None:
                share = float(result.regions.shares[label.value - 1])
                amount = amount_text(result.regions.image, share)
            row.default = default_label(label.value)
            row.show_label(label, amount)
            is_picked = label.value == look.selected or label.value in look.chosen
            row.show_state(is_selected=is_picked, is_solo=label.value == look.solo)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(shown))
        self._spread()

    def _spread(self) -> None:
        """Share what room is left, less than a row, so that none of it looks like a blank label."""
        room = (self.height() - BELOW) // self._n_rows
        height = max(ROW_HEIGHT, room) if len(self._labels) > self._n_rows else ROW_HEIGHT
        for row in self._rows:
            row.setFixedHeight(height)

    def _add_row(self) -> None:
        row = LabelRow(default_label(len(self._rows) + 1))
        row.renamed.connect(lambda name: self._change(row, "Rename", name=name))
        row.recolored.connect(lambda color: self._change(row, "Recolor", color=color))
        row.shown.connect(
            lambda shown: self._change(row, "Show" if shown else "Hide", visible=shown)
        )
        row.soloed.connect(
            lambda alone: self._workspace.set_look(solo=row.label.value if alone else None)
        )
        row.selected.connect(lambda: self._workspace.set_look(selected=row.label.value))
        row.moved.connect(lambda step: self._move(row, step))
        row.pointed.connect(lambda inside: self.pointed.emit(row.label.value if inside else 0))
        row.finished.connect(self.entered)
        self._workspace.about_to_open.connect(row.drop_typed)
        row.hide()
        self._column.insertWidget(self._column.count() - 1, row)
        if self._rows:
            row.follow(self._rows[-1])
        self._rows.append(row)

    def _change(self, row: LabelRow, what: str, **changes: object) -> None:
        label = replace(row.label, **changes)  # type: ignore[arg-type]  # fields of a label
        self._workspace.set_label(label, f"{what} {row.label.name}")

    def _move(self, row: LabelRow, step: int) -> None:
        value = row.label.value + step
        if 0 < value <= len(self._labels):
            self.reveal(value)
            place = self._rows[value - 1 - self.bar.value()]
            place.name.setFocus(Qt.FocusReason.TabFocusReason)


def _height_of(n_rows: int) -> int:
    return n_rows * ROW_HEIGHT + BELOW

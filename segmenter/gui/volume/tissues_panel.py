"""The tissues that were found: their colors, volumes in ml, and what there is to say about them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from segmenter.gui import layouts
from segmenter.gui.look import Job
from segmenter.gui.panel.label_row import LabelRow
from segmenter.gui.pixel_words import ml_text
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.workspace import Workspace
from segmenter.segment.tissue.volumes import TissueVolume
from segmenter.session.labeling import tissue_label
from segmenter.session.words import counted

N_TISSUES = 3
"""Tissues that there are unless another number is asked for."""


class TissuesPanel(QWidget):
    """A row for each tissue, and sentences beneath them.

    Signals
    -------
    entered()
        A name is not edited any more; the keyboard is free for the planes.
    """

    entered = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.rows: list[LabelRow] = []
        self.brain = PlainLabel(wordWrap=True)
        self.brain.setAccessibleName("Brain volume")
        self.notes = PlainLabel(wordWrap=True)
        self.notes.setObjectName("faint")
        self.notes.setAccessibleName("Notes on the result")
        self._list = layouts.column(spacing=0)
        column = layouts.column(self, spacing=0, margins=(8, 0, 8, 8))
        column.addLayout(self._list)
        words = layouts.column(margins=(8, 8, 8, 8))
        words.addWidget(self.brain)
        words.addWidget(self.notes)
        column.addLayout(words)
        for _ in range(N_TISSUES):  # where Tab is to find them: before what is made later
            self._add_row()
        workspace.tissue.found.connect(self._show)
        workspace.tissue.painted.connect(self._show)
        workspace.look_changed.connect(self._show)

    def edit_selected(self) -> None:
        """Put the keyboard on the name of the picked tissue."""
        name = self.rows[self._workspace.look.selected - 1].name
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()

    def _show(self) -> None:
        shown, painted = self._workspace.tissue.result, self._workspace.tissue.label_map
        if shown is None or painted is None:
            return
        volumes, labels = shown.tissue.volumes, self._workspace.labels_of(Job.TISSUE)
        voxel = shown.tissue.voxel_ml
        ml = [voxel * int(shown.counts[each] + painted.changes[each]) for each in range(1, 256)]
        while len(self.rows) < len(labels):
            self._add_row()
        look = self._workspace.look
        for row, label, volume in zip(self.rows, labels, volumes, strict=False):
            row.default = tissue_label(label.value, volume.name)
            row.show_label(label, ml_text(ml[label.value - 1]))
            row.setToolTip(_details(volume))
            is_solo = label.value == look.solo
            row.show_state(is_selected=label.value == look.selected, is_solo=is_solo)
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(labels))
        fraction = shown.tissue.corrected_fraction(painted.changes)
        self.brain.setText(_brain_words(sum(ml[: len(labels)]), fraction))
        notes = list(shown.tissue.notes)
        if not painted.changes.any():  # else they are about other volumes
            notes.extend(shown.tissue.volume_notes)
        self.notes.setText(" ".join((*notes, *self._corrections())))

    def _corrections(self) -> tuple[str, ...]:
        document = self._workspace.document
        n_strokes = 0 if document is None else len(document.strokes)
        return (f"Corrected by {counted(n_strokes, 'stroke')}.",) if n_strokes else ()

    def _add_row(self) -> None:
        value = len(self.rows) + 1
        row = LabelRow(tissue_label(value, ""))
        row.renamed.connect(lambda name: self._change(row, "Rename", name=name))
        row.recolored.connect(lambda color: self._change(row, "Recolor", color=color))
        row.shown.connect(lambda on: self._change(row, "Show" if on else "Hide", visible=on))
        row.soloed.connect(lambda alone: self._workspace.set_look(solo=value if alone else None))
        row.selected.connect(lambda: self._workspace.set_look(selected=value))
        row.moved.connect(lambda step: self._go(value + step))
        row.finished.connect(self.entered)
        self._workspace.about_to_open.connect(row.drop_typed)
        row.hide()
        self._list.addWidget(row)
        if self.rows:
            row.follow(self.rows[-1])
        self.rows.append(row)

    def _change(self, row: LabelRow, what: str, **changes: object) -> None:
        label = replace(row.label, **changes)  # type: ignore[arg-type]  # fields of a label
        self._workspace.set_label(label, f"{what} {row.label.name}")

    def _go(self, value: int) -> None:
        if 0 < value <= len(self._workspace.labels_of(Job.TISSUE)):
            self.rows[value - 1].name.setFocus(Qt.FocusReason.TabFocusReason)


def _details(volume: TissueVolume) -> str:
    """Say what else is known of a tissue."""
    return (
        f"Expected {ml_text(volume.expected_ml)}, 95 % interval {volume.low_ml:.0f} to"
        f" {ml_text(volume.high_ml)}\nMean {volume.mean:.4g}, deviation {volume.deviation:.3g}"
    )


def _brain_words(total: float, fraction: float | None) -> str:
    """Say how large the brain is and how much of it is not fluid."""
    if fraction is None:
        return f"Together {ml_text(total)}."
    share = f"{fraction:.1%}".replace("%", " %")
    return f"Brain with CSF {ml_text(total)}; {share} of it parenchyma."

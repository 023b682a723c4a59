"""The export: which files, of which labels, how deep, and where; then what was written."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QWidget,
)

from segmenter.errors import SegmenterError
from segmenter.export.kinds import KindInfo
from segmenter.export.names import left_over
from segmenter.export.written import Written
from segmenter.gui import layouts
from segmenter.gui.controls import keep_room
from segmenter.gui.dialogs.exported import Choice, Exported
from segmenter.gui.icons import icon
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.swatch import swatch
from segmenter.gui.worker import Runner
from segmenter.segment.labels import Label
from segmenter.session.words import counted
from segmenter.work import Progress

LEAST_WIDTH = 560

TITLE_WIDTH = 152
"""Of the left column, common to both grids, so that what is right of it is aligned."""

ROW_HEIGHT = 28
LIST_FRAME = 12
"""Border and padding of the list above and below, as the style sheet has them."""

MOST_NAMED = 20
"""Files that are named in a tooltip."""

TITLE_BAR = 40
"""Pixels that a window manager may add above and below a dialog."""

MIN_ROWS, MAX_ROWS = 2, 6
"""Labels that are seen without scrolling."""


class ExportDialog(QDialog):
    """Writes files of a result.

    Parameters
    ----------
    exported : Exported
        The result.
    folder : str
        Where to write at first.
    runner : Runner
        Its thread does the writing.
    parent : QWidget
        The window.

    Attributes
    ----------
    written_to : Path or None
        Where files were last written.
    """

    def __init__(self, exported: Exported, folder: str, runner: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setWindowTitle("Export")
        self.exported = exported
        self.written_to: Path | None = None
        self._n_written = 0
        self._focused: QWidget | None = None
        self.kinds = {
            kind: _kind_box(info, kind in exported.first_choice)
            for kind, info in exported.kinds.items()
        }
        self.label_list = _label_list(exported.labels)
        self.bits = QComboBox()
        self.bits.addItem("8 bits", 8)
        self.bits.addItem("16 bits", 16)
        self.bits.setCurrentIndex(self.bits.findData(exported.first_bits))
        self.bits.setAccessibleName(f"Depth of {exported.depth_of}")
        self.folder = QLineEdit(folder)
        self.folder.setAccessibleName("Folder")
        self.message = FieldMessage()
        self.outcome = PlainLabel(wordWrap=True)
        self.outcome.setAccessibleName("What is written")
        self.show_folder = QPushButton("Show Folder")
        self.show_folder.setAutoDefault(False)
        keep_room(self.show_folder)
        self._bar = QProgressBar(textVisible=False, maximum=1000)
        keep_room(self._bar)
        self._runner = runner
        self._lay_out()
        self._connect()
        self._show_plan()

    @property
    def is_busy(self) -> bool:
        """Whether files are being written."""
        return self._runner.is_busy

    def event(self, event: QEvent) -> bool:
        """Grow with sentences that wrap: of those a layout does not ask for room.

        Not beyond the window it belongs to: then the list of labels gets shorter.
        """
        is_done = bool(super().event(event))
        if event.type() == QEvent.Type.LayoutRequest:
            needed = max(self.height(), self.heightForWidth(self.width()))
            self.resize(self.width(), min(needed, self._tallest))
            self._stay_inside()
        return is_done

    def _stay_inside(self) -> None:
        """Move up by what would be below the window, or the screen."""
        screen, own = self.screen().availableGeometry(), self.frameGeometry()
        around = self._window.frameGeometry().intersected(screen)
        shift = min(own.bottom() - around.bottom(), own.top() - screen.top())
        if shift > 0 and not around.isEmpty():  # as it is where the window is on another screen
            self.move(self.x(), self.y() - shift)

    @property
    def _tallest(self) -> int:
        on_screen = self.screen().availableGeometry().height() - TITLE_BAR
        return min(self._window.height(), on_screen)

    def done(self, code: int) -> None:
        """Stop writing when the dialog is left; what was written whole stays."""
        self._runner.cancel()
        super().done(code)

    def _lay_out(self) -> None:
        column = layouts.column(self, margins=(24, 24, 24, 16))
        column.addWidget(_title("Files"))
        column.addLayout(self._build_kinds())
        column.addSpacing(8)
        column.addLayout(self._build_fields())
        column.addSpacing(8)
        column.addStretch(1)  # of a dialog that has grown and needs less again
        outcome = layouts.row()
        outcome.addWidget(self.outcome, 1)
        outcome.addWidget(self.show_folder)
        column.addLayout(outcome)
        column.addWidget(self._bar)
        column.addWidget(self._build_buttons())
        self.setMinimumWidth(max(LEAST_WIDTH, column.minimumSize().width()))

    def _build_kinds(self) -> QGridLayout:
        grid = layouts.grid(across=16)
        grid.setColumnMinimumWidth(0, TITLE_WIDTH)
        for row, (kind, box) in enumerate(self.kinds.items()):
            description = QLabel(self.exported.kinds[kind].description)
            description.setObjectName("faint")
            grid.addWidget(box, row, 0)
            grid.addWidget(description, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _build_fields(self) -> QGridLayout:
        grid = layouts.grid(across=16)
        grid.setColumnMinimumWidth(0, TITLE_WIDTH)
        if self.exported.labels:
            grid.addWidget(QLabel("Labels"), 0, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.label_list, 0, 1)
        if self.exported.depth_of:
            grid.addWidget(QLabel("Depth"), 1, 0)
            grid.addWidget(self.bits, 1, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(QLabel("Folder"), 2, 0)
        self._browse_button = QPushButton(icon("folder"), "Choose…")
        self._browse_button.setAutoDefault(False)  # Return exports
        self._browse_button.clicked.connect(self._browse)
        folder = layouts.row()
        folder.addWidget(self.folder, 1)
        folder.addWidget(self._browse_button)
        grid.addLayout(folder, 2, 1)
        grid.addWidget(self.message, 3, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _build_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.export = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setObjectName("primary")
        self.export.setDefault(True)
        self.export.clicked.connect(self._export)
        self.show_folder.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
        )
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # else Return closes, once Export could not be pressed
        return buttons

    def _connect(self) -> None:
        for box in self.kinds.values():
            box.toggled.connect(self._show_plan)
        self.label_list.itemChanged.connect(self._show_plan)
        self.bits.currentIndexChanged.connect(self._show_plan)
        self.folder.textChanged.connect(self._show_plan)
        self._runner.progressed.connect(self._show_progress)
        self._runner.succeeded.connect(self._show_written)
        self._runner.failed.connect(self._show_refused)
        self._runner.crashed.connect(self._pass_on)
        self._runner.busy_changed.connect(self._show_busy)

    def _choice(self) -> Choice:
        kinds = frozenset(kind for kind, box in self.kinds.items() if box.isChecked())
        items = [self.label_list.item(row) for row in range(self.label_list.count())]
        values = tuple(
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )
        return Choice(kinds, values, self.bits.currentData())

    @property
    def _folder(self) -> Path:
        return Path(self.folder.text()).expanduser()

    def _show_plan(self) -> None:
        names = self.exported.names(self._choice())
        self.message.show_message("")
        self.show_folder.hide()
        self.outcome.setToolTip("")
        self.export.setEnabled(bool(names) and bool(self.folder.text().strip()))
        replaced = sum(os.path.exists(self._folder / name) for name in names)
        words = f"{counted(len(names), 'file')} will be written" if names else "Nothing is chosen"
        if replaced:
            words += f"; {counted(replaced, 'file')} of the same name will be replaced"
        if kept := left_over(self._folder, names):
            stay = "stays" if len(kept) == 1 else "stay"
            words += f"; {counted(len(kept), 'file')} of an earlier export {stay}"
            self.outcome.setToolTip("\n".join(kept[:MOST_NAMED]))
        self.outcome.setText(f"{words}.")

    def _export(self) -> None:
        choice = self._choice()
        self._n_written = len(self.exported.names(choice))  # with those that describe others
        self._runner.start(self.exported.write(self._folder, choice))

    def _show_busy(self, busy: bool) -> None:
        """Show that files are written: until they are, nothing else can be chosen.

        Qt moves the focus from what is disabled on to Close; it is given back, so that Return
        exports again rather than closes.
        """
        if busy:
            self._focused = self.focusWidget()
        self._bar.setVisible(busy)
        fields = self.label_list, self.bits, self.folder, self._browse_button
        for part in (*self.kinds.values(), *fields, self.export):
            part.setEnabled(not busy)
        self.export.setDefault(True)  # what is disabled is not
        if not busy and self.message.text():  # refused: there is the way out
            self.folder.setFocus()
        elif not busy and self._focused is not None:
            self._focused.setFocus()

    def _show_progress(self, progress: Progress) -> None:
        self.outcome.setText(progress.message)
        self._bar.setValue(round(1000 * (progress.fraction or 0)))

    def _show_written(self, written: tuple[Written, ...]) -> None:
        checked = "" if self._n_written == len(written) else "images "
        count = counted(self._n_written, "file")
        self.written_to = self._folder
        self.outcome.setText(f"{count} written to {self._folder}, {checked}read back equal.")
        self.show_folder.show()

    def _show_refused(self, error: SegmenterError) -> None:
        self._show_plan()
        self.message.show_message(str(error))

    def _pass_on(self, error: Exception) -> None:
        self._show_plan()
        raise error

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export To", self.folder.text())
        if folder:
            self.folder.setText(folder)


def _kind_box(info: KindInfo, is_checked: bool) -> QCheckBox:
    box = QCheckBox(info.title)
    box.setToolTip(info.description)
    box.setChecked(is_checked)
    return box


def _label_list(labels: tuple[Label, ...]) -> QListWidget:
    view = QListWidget()
    view.setAccessibleName("Labels that get files of their own")
    for label in labels:
        item = QListWidgetItem(swatch(label.color), label.name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        item.setData(Qt.ItemDataRole.UserRole, label.value)
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        view.addItem(item)
    view.setIconSize(QSize(16, 16))
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setTextElideMode(Qt.TextElideMode.ElideRight)
    view.setMinimumHeight(min(MIN_ROWS, len(labels)) * ROW_HEIGHT + LIST_FRAME)
    view.setMaximumHeight(min(MAX_ROWS, len(labels)) * ROW_HEIGHT + LIST_FRAME)
    return view


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("groupTitle")
    return label

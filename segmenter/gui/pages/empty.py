"""The window before an image is open: drop one, open one, or try a sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import tool_button
from segmenter.gui.icons import FAINT, IconLabel, icon
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.plain_label import as_written
from segmenter.gui.samples import file_title, load_thumbnails, shown_samples
from segmenter.gui.worker import Runner

CONTENT_WIDTH = 560
ZONE_HEIGHTS = (152, 208)
"""Of the drop zone, in a small window and where there is room."""

THUMBNAIL = QSize(176, 120)
SHOWN_RECENT = 4


class EmptyPage(QWidget):
    """Drop zone, samples and recent files.

    Signals
    -------
    chosen(str)
        A path or ``sample:NAME`` to open.
    """

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that no button has it at first
        self.message = MessageBar()
        self.zone = DropZone(actions)
        self._recent_title = _title("Recent")
        self._recent_title.setContentsMargins(0, 8, 0, 8)
        self._recent = layouts.column(spacing=0)
        self._recent.addWidget(self._recent_title)
        self._samples: dict[Path, QToolButton] = {}
        column = layouts.column(self, spacing=0)
        column.addWidget(self.message)
        column.addStretch(2)
        column.addLayout(self._build_content())
        column.addStretch(3)

    def show_recent(self, paths: list[Path]) -> None:
        """List files that were opened before."""
        while (item := self._recent.takeAt(1)) is not None:  # beneath the title
            if (button := item.widget()) is not None:
                button.hide()
                button.deleteLater()
        for path in paths[:SHOWN_RECENT]:
            self._recent.addWidget(self._recent_button(path))
        self._recent_title.setVisible(bool(paths))

    def load_samples(self, runner: Runner) -> None:
        """Fetch the thumbnails on a runner's thread."""
        runner.succeeded.connect(self._show_thumbnails)
        runner.start(load_thumbnails([sample.path for sample in shown_samples()], THUMBNAIL))

    def event(self, event: QEvent) -> bool:
        """Leave out recent files for which there is no room, in a small window or below a message.

        Others would be laid out over each other.
        """
        is_done = bool(super().event(event))
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit_recent()
        return is_done

    def _fit_recent(self) -> None:
        items = [self._recent.itemAt(row) for row in range(1, self._recent.count())]
        buttons = [button for item in items if item and (button := item.widget())]
        if not buttons:
            return
        height = buttons[0].sizeHint().height()
        others = self.minimumSizeHint().height() - self._recent.minimumSize().height()
        if not self.message.isHidden():  # its wrapped lines are not in there
            lines = self.message.heightForWidth(self.width())
            others += max(0, lines - self.message.minimumSizeHint().height())
        room = self.height() - others - self._recent_title.sizeHint().height()
        for row, button in enumerate(buttons):
            button.setVisible((row + 1) * height <= room)
        self._recent_title.setVisible(height <= room)

    def show_opening(self, words: str | None) -> None:
        """Tell what is being opened; None when nothing is."""
        self.zone.show_opening(words)

    def _build_content(self) -> QHBoxLayout:
        content = layouts.column()
        content.addWidget(self.zone)
        samples = shown_samples()
        if samples:
            content.addSpacing(16)
            content.addWidget(_title("Try a sample"))
            content.addLayout(self._build_samples())
        parts = layouts.column(spacing=0)  # so that no room comes and goes with what is recent
        parts.addLayout(content)
        parts.addSpacing(16)
        parts.addLayout(self._recent)
        row = layouts.row()
        row.addStretch(1)
        row.addLayout(parts)
        row.addStretch(1)
        return row

    def _build_samples(self) -> QGridLayout:
        grid = layouts.grid(across=16, down=16)
        for column, sample in enumerate(shown_samples()):
            button = tool_button(f"Open the sample “{sample.title}”", text=sample.title)
            button.setObjectName("sample")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(THUMBNAIL)
            button.setIcon(_blank())
            button.setFixedWidth(THUMBNAIL.width())
            button.clicked.connect(self._choose(f"sample:{sample.name}"))
            self._samples[sample.path] = button
            grid.addWidget(button, 0, column)
        return grid

    def _show_thumbnails(self, thumbnails: dict[Path, QImage]) -> None:
        for path, image in thumbnails.items():
            self._samples[path].setIcon(QIcon(QPixmap.fromImage(image)))

    def _recent_button(self, path: Path) -> QToolButton:
        title = file_title(path)
        is_file = title == path.name
        button = tool_button(f"Open {path if is_file else title}", icon=icon("image", FAINT))
        button.setObjectName("recent")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        shown = button.fontMetrics().elidedText(
            f"{title}   {path.parent}" if is_file else title,
            Qt.TextElideMode.ElideMiddle,
            CONTENT_WIDTH - 48,
        )
        button.setText(as_written(shown))
        button.setFixedWidth(CONTENT_WIDTH)
        button.clicked.connect(self._choose(str(path)))
        return button

    def _choose(self, path: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(path)


class DropZone(QFrame):
    """Where an image is dropped, and the button for those who do not drop."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("dropZone")
        self.setFixedWidth(CONTENT_WIDTH)
        self.setMinimumHeight(ZONE_HEIGHTS[0])
        self.setMaximumHeight(ZONE_HEIGHTS[1])
        self._words = QLabel("Drop an image here", alignment=_CENTER)
        self._words.setObjectName("dropTitle")
        self._open = QPushButton("Open an Image…")
        self._open.setObjectName("primary")
        self._open.setToolTip(actions.open.toolTip())
        self._open.clicked.connect(actions.open.trigger)
        self._bar = QProgressBar(maximum=0, textVisible=False)
        self._bar.setFixedWidth(160)
        self._hint = QLabel(
            "PNG, JPEG, TIFF and others, scans as NIfTI or DICOM; or paste one", alignment=_CENTER
        )
        self._hint.setObjectName("faint")
        column = layouts.column(self)
        column.addStretch(1)
        column.addWidget(IconLabel(icon("image", FAINT), 40), 0, _CENTER)
        column.addWidget(self._words)
        column.addSpacing(8)
        column.addWidget(self._open, 0, _CENTER)
        column.addWidget(self._bar, 0, _CENTER)
        column.addWidget(self._hint)
        column.addStretch(1)
        self.show_opening(None)

    def sizeHint(self) -> QSize:
        """Return the size there is usually room for."""
        return QSize(CONTENT_WIDTH, ZONE_HEIGHTS[1])

    def show_opening(self, words: str | None) -> None:
        """Tell what is being opened; None when nothing is."""
        self._words.setText(words or "Drop an image here")
        self._open.setVisible(words is None)
        self._hint.setVisible(words is None)
        self._bar.setVisible(words is not None)

    def show_hovered(self, hovered: bool) -> None:
        """Light up while a file is held over the window."""
        self.setProperty("hovered", hovered)
        self.style().unpolish(self)
        self.style().polish(self)


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("groupTitle")
    return label


def _blank() -> QIcon:
    pixmap = QPixmap(THUMBNAIL)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)


_CENTER = Qt.AlignmentFlag.AlignCenter

"""The window: puts the parts together, takes what is dropped, and shows what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QMainWindow,
    QWidget,
)

from segmenter.errors import ImageMovedError, MissingValuesError, SegmenterError
from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.look import Job
from segmenter.gui.menus import fill_menu_bar
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.pages.empty import EmptyPage
from segmenter.gui.pages.stack import PageStack
from segmenter.gui.saving import Saving
from segmenter.gui.settings import Settings
from segmenter.gui.startup import import_steps, warm_up_solids_steps, warm_up_steps
from segmenter.gui.status import StatusRow
from segmenter.gui.toolbar import Toolbar
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

if TYPE_CHECKING:
    from segmenter.gui.jobs import Opened
    from segmenter.gui.pages.volume import VolumePage
    from segmenter.gui.pages.work import WorkPage
    from segmenter.images.file_info import SeriesInfo
    from segmenter.images.image import Image

MIN_SIZE = (960, 600)
FIRST_SIZE = (1280, 820)

SAVE, SAVE_AS = "Save Session", "Save Session As…"
"""Ways out of what is said of a session, until it is saved."""

STARTUP_PATIENCE_MS = 300
"""How long closing waits for the start to end; a kernel compiles for seconds and cannot stop."""

COMPILING_MS = 3000
"""A start longer than this compiles, and says so."""


class MainWindow(QMainWindow):
    """The window of the program: empty at first, then at work on one image.

    Parameters
    ----------
    settings : Settings
        What is remembered.

    Signals
    -------
    loaded(), prepared()
        All libraries are loaded; then all kernels are compiled too.
    """

    loaded = Signal()
    prepared = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("Segmenter")
        self.setMinimumSize(*MIN_SIZE)
        self.resize(*FIRST_SIZE)
        self.setAcceptDrops(True)
        self.settings = settings
        self.workspace = Workspace(self)
        self.saving = Saving(self.workspace, self)
        self.workspace.opening.guard = lambda go, stay, goes_on: self.saving.leave(
            "another image is opened", go, stay, goes_on=goes_on
        )
        self.is_still_compiling = False
        self._is_left = False
        self.commands = Actions(self)
        self.empty = EmptyPage(self.commands)
        self.toolbar = Toolbar(self.workspace, self.commands)
        self.status = StatusRow(self.workspace)
        self._stack = PageStack(self.workspace, self.commands, settings, self.status)
        self._thumbnails = Runner("thumbnails", self)
        self._startup = Runner("startup", self)
        self._solid_startup = Runner("solid startup", self)
        self._lay_out()
        self._connect()
        self.restoreGeometry(settings.geometry)

    def prepare(self) -> None:
        """Load what the first picture of the window did without."""
        self.empty.load_samples(self._thumbnails)
        self._startup.crashed.connect(self.workspace.crashed)
        self._startup.succeeded.connect(self._warm_up)
        self._startup.start(import_steps())
        self._solid_startup.crashed.connect(self.workspace.crashed)
        for runner in (self._startup, self._solid_startup):
            runner.busy_changed.connect(self._tell_compiled)
        for changed in (self.workspace.job_changed, self.workspace.tissue.found):
            changed.connect(self._warm_up_solids)

    def open_path(self, path: str) -> None:
        """Open a file or a ``sample:NAME``."""
        self.workspace.opening.open_path(path)

    def open_paths(self, paths: Sequence[str]) -> None:
        """Open a file, or aligned volumes as the channels of one; of several photos the first."""
        if len(paths) == 1:
            self.open_path(paths[0])
        else:
            self.workspace.opening.open_channels(paths)

    def open_mime(self, mime: QMimeData) -> None:
        """Open what was dropped or is on the clipboard: a file, or a picture itself."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if files:
            self.open_paths(files)
        elif mime.hasImage():
            self._open_picture(QImage(mime.imageData()))
        else:
            self.message_bar().show_message(
                "There is no image on the clipboard; copy one first.", is_error=False
            )

    def show_refusal(self, error: SegmenterError) -> None:
        """Say over the page why an image could not be opened, and offer a way out."""
        message = self.message_bar()
        if isinstance(error, ImageMovedError):
            message.show_message(str(error), "Locate Image…", self._locate_image)
        elif isinstance(error, MissingValuesError):
            message.show_message(
                f"{error.problem}.", "Leave Them Out", self.workspace.opening.open_without_missing
            )
        else:
            message.show_message(str(error), "Open Another…", self.commands.open.trigger)

    def message_bar(self) -> MessageBar:
        """Return the place for messages on the page on screen."""
        return self.empty.message if self.workspace.document is None else self.page.message

    def ensure_work_page(self) -> WorkPage:
        """Return the page of pictures; what of it is not made yet is made now."""
        return self._stack.ensure_work()

    def ensure_volume_page(self) -> VolumePage:
        """Return the page of volumes; what of it is not made yet is made now."""
        return self._stack.ensure_volume()

    @property
    def work(self) -> WorkPage | None:
        """The page of pictures, once it is made."""
        return self._stack.work

    @property
    def volume(self) -> VolumePage | None:
        """The page of volumes, once it is made."""
        return self._stack.volume

    @property
    def page(self) -> WorkPage | VolumePage:
        """The page of the image that is open."""
        document = self.workspace.document
        is_volume = document is not None and document.image.is_volume
        return self.ensure_volume_page() if is_volume else self.ensure_work_page()

    def event(self, event: QEvent) -> bool:
        """Keep letters for a list that has the keyboard: they look for an entry there."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.text().isalpha()
            and event.modifiers() in _OF_LETTERS
            and isinstance(self.focusWidget(), QAbstractItemView | QComboBox)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for work that would be lost, remember the window, and stop all works."""
        if self.saving.has_unsaved and not self._is_left:
            self.saving.leave("the window is closed", self._leave)
            if not self._is_left:
                event.ignore()
                return
        self.settings.geometry = self.saveGeometry()
        self.hide()  # a work may need a moment to stop
        compiling = self._startup, self._solid_startup
        left = [runner for runner in compiling if not runner.close(STARTUP_PATIENCE_MS)]
        self.is_still_compiling = bool(left)
        for runner in self.findChildren(Runner):
            if runner not in compiling:
                runner.close()
        super().closeEvent(event)

    def _leave(self) -> None:
        """Close without a question."""
        self._is_left = True
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        mime = event.mimeData()
        if mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
            self.empty.zone.show_hovered(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to how it was."""
        self.empty.zone.show_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.empty.zone.show_hovered(False)
        self.open_mime(event.mimeData())
        event.acceptProposedAction()

    def _lay_out(self) -> None:
        fill_menu_bar(self.menuBar(), self.commands, self.settings, self.open_path)
        content = QWidget()
        column = layouts.column(content, spacing=0)
        self._stack.addWidget(self.empty)
        for part in (self.toolbar, self._stack, self.status):
            column.addWidget(part)
        column.setStretch(1, 1)
        self.setCentralWidget(content)
        self.addActions(self.commands.all)
        self.empty.setFocus()
        self.empty.show_recent(self.settings.recent_files)

    def _connect(self) -> None:
        workspace = self.workspace
        self.empty.chosen.connect(self.open_path)
        workspace.opening.welcome = lambda image, go: self._stack.make(
            go, is_volume=image.is_volume
        )
        workspace.about_to_open.connect(lambda: self.page)
        workspace.opened.connect(self._show_work)
        workspace.opening.opened.connect(self._tell_moved)
        workspace.opening.refused.connect(self.show_refusal)
        workspace.stopped.connect(self._offer_to_go_on)
        for found in (workspace.segmented, workspace.tissue.found, workspace.cutter.changed):
            found.connect(self._forget_refusal)
        self.saving.changed.connect(lambda: self.setWindowModified(self.saving.has_unsaved))
        self.saving.saved.connect(self._tell_saved)
        self.saving.failed.connect(
            lambda error: self.message_bar().show_message(
                str(error), SAVE_AS, self.commands.save_as.trigger
            )
        )
        self.saving.crashed.connect(workspace.crashed)
        workspace.opening.series_found.connect(self._choose_series)
        workspace.opening.left_closed.connect(self._tell_left_closed)
        workspace.opening.runner.progressed.connect(
            lambda it: self.empty.zone.show_opening(it.message)
        )
        workspace.opening.runner.busy_changed.connect(
            lambda busy: None if busy else self.empty.zone.show_opening(None)
        )

    def _show_work(self) -> None:
        self._stack.setCurrentWidget(self.page)
        self.page.canvas.setFocus()
        document = self.workspace.document
        if document is not None:
            self._name_window()
            path = self.workspace.session_path or document.image.source.path
            if path is not None:
                self.settings.add_recent(path)

    def _name_window(self) -> None:
        document, session = self.workspace.document, self.workspace.session_path
        if document is not None:
            name = document.image.source.name if session is None else session.name
            self.setWindowTitle(f"{name.replace('[*]', '[*][*]')}[*] - Segmenter")

    def _tell_saved(self, path: Path) -> None:
        self._name_window()
        self.settings.add_recent(path)
        self.message_bar().forget_way_out(SAVE, SAVE_AS)
        self.status.show_passing_note(f"Saved {path.name}")

    def _locate_image(self) -> None:
        """Ask where the image of a session is, and open both."""
        from segmenter.session.file import subject_of

        session = self.workspace.opening.requested
        title, folder = f"Locate the Image of {session.name}", str(session.parent)
        if subject_of(session).is_folder:
            path = QFileDialog.getExistingDirectory(self, title, folder)
        else:
            path, _ = QFileDialog.getOpenFileName(self, title, folder)
        if path:
            self.workspace.opening.open_session(session, Path(path))

    def _tell_moved(self, opened: Opened) -> None:
        """Say which image a session has now: its file does not know, or marks may be misplaced."""
        session, path = opened.session, opened.session_path
        if session is None or path is None or not session.has_moved:
            return
        sentence = f"The image of {path.name} is {opened.image.source.name} now; save to keep that."
        if session.has_other_pixels:
            sentence += " Its pixels are not those the session was saved with: look at every mark."
        self.message_bar().show_message(
            sentence, SAVE, self.commands.save.trigger, is_error=session.has_other_pixels
        )

    def _choose_series(self, folder: str, found: tuple[SeriesInfo, ...]) -> None:
        """Ask which series of a folder to open."""
        from segmenter.gui.dialogs.series import SeriesDialog

        dialog = SeriesDialog(Path(folder).name, found, self)
        dialog.accepted.connect(lambda: self.workspace.opening.open_series(folder, dialog.chosen))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _offer_to_go_on(self) -> None:
        self.message_bar().show_message(
            "The fit was stopped before there was a result.",
            "Segment Again",
            self.workspace.refit,
            is_error=False,
            of_result=True,
        )

    def _forget_refusal(self) -> None:
        """Once there is a result, nothing has to be said of why there was none."""
        if self.workspace.is_settled:
            self.message_bar().forget_result()

    def _tell_left_closed(self, n_others: int) -> None:
        self.message_bar().show_message(
            "Pictures are opened one at a time: the first is open,"
            f" {counted(n_others, 'other')} not.",
            is_error=False,
        )

    def _warm_up(self) -> None:
        self._startup.succeeded.disconnect(self._warm_up)
        self._startup.succeeded.connect(self.prepared)
        self.loaded.emit()
        self._stack.make()
        self._startup.start(warm_up_steps())
        QTimer.singleShot(COMPILING_MS, self._tell_compiling)

    def _warm_up_solids(self) -> None:
        """Compile what a click on a volume needs: once there is one, and its tissues can wait."""
        document, workspace = self.workspace.document, self.workspace
        is_wanted = workspace.job is Job.FOREGROUND or workspace.tissue.result is not None
        if document is None or not document.image.is_volume or not is_wanted:
            return
        for changed in (workspace.job_changed, workspace.tissue.found):
            changed.disconnect(self._warm_up_solids)
        self._solid_startup.start(warm_up_solids_steps())
        QTimer.singleShot(COMPILING_MS, self._tell_compiling)

    def _tell_compiling(self) -> None:
        """Say what keeps the processor busy, until it ends."""
        if self._is_compiling:
            words = "Compiling for the first use; this happens only once"
            self.status.show_note("compiling", words)

    def _tell_compiled(self) -> None:
        if not self._is_compiling:
            self.status.show_note("compiling", "")

    @property
    def _is_compiling(self) -> bool:
        return self._startup.is_busy or self._solid_startup.is_busy

    def _open_picture(self, picture: QImage) -> None:
        def make() -> Image:
            from segmenter.gui.clipboard import image_of_picture

            return image_of_picture(picture)

        self.workspace.opening.open_image(make, "the clipboard")


_OF_LETTERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)

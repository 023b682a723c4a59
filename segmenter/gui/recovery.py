"""Hand work that outlives a crash: written aside while it is unsaved, offered at the next start.

What is written aside is a session. Beside it lies the lock of the process that works on it; what no
living process has locked was left behind by one that did not end well.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QDateTime, QLocale, QLockFile, QObject, QStandardPaths, Qt, QTimer

from segmenter.errors import SegmenterError
from segmenter.gui.dialogs.leave import ask_to_discard
from segmenter.gui.saving import save_steps
from segmenter.gui.worker import Runner
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.jobs import Opened
    from segmenter.gui.saving import Saved
    from segmenter.gui.window import MainWindow

SUFFIX = ".recovered"
_ONCE_AFTER_ALL = Qt.ConnectionType(
    Qt.ConnectionType.QueuedConnection.value | Qt.ConnectionType.SingleShotConnection.value
)
"""A page that is shown first clears what was said on it."""

AFTER_MS = 20_000
"""How old unsaved work gets before it is written aside."""


class Recovery(QObject):
    """Writes a window's unsaved hand work aside, and offers what was left behind.

    Parameters
    ----------
    window : MainWindow
        Whose work it is.
    folder : Path
        Where to write.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._own: _Aside | None = None
        self._has_failed = False
        self._timer = QTimer(self, interval=AFTER_MS, singleShot=True)
        self._timer.timeout.connect(self.write)
        self.runner = Runner("recovery", self)
        self.runner.failed.connect(self._tell_failed)
        self.runner.crashed.connect(window.workspace.crashed)
        window.saving.changed.connect(self._follow)
        window.workspace.opening.opened.connect(self._take_over)

    def write(self) -> None:
        """Write the hand work aside, as far as it is unsaved."""
        saving = self._window.saving
        if not saving.has_unsaved or self._has_failed:
            return
        if saving.is_between_labels or self.runner.is_busy:
            self._timer.start()
            return
        if self._own is None:
            self._own = _aside(self._folder / f"{uuid4().hex}{SUFFIX}")
            self._own.lock.tryLock(0)  # where that fails, writing tells why
        self.runner.start(_aside_steps(save_steps(self._own.path, self._window.workspace)))

    def forget(self) -> None:
        """Remove what was written aside: the work is saved, or given up."""
        self._timer.stop()
        self.runner.cancel()
        if self._own is not None:
            self._own.remove()
            self._own = None

    def offer(self) -> None:
        """Offer the latest work that was left behind, on the page on screen and the next one."""
        _clean_up(self._folder)
        self._offer_latest()
        self._window.workspace.opened.connect(self._offer_latest, _ONCE_AFTER_ALL)

    def left_behind(self) -> list[Path]:
        """Return what no living process works on, the latest first."""
        found = [path for path in self._folder.glob(f"*{SUFFIX}") if _is_left(path)]
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)

    def _offer_latest(self) -> None:
        from segmenter.session.file import subject_of

        for path in self.left_behind():
            with suppress(SegmenterError):  # of a later version, or someone else's file
                self._offer(path, subject_of(path).name)
                return

    def _offer(self, path: Path, name: str) -> None:
        written = QDateTime.fromSecsSinceEpoch(int(path.stat().st_mtime))
        when = QLocale().toString(written, QLocale.FormatType.ShortFormat)
        self._window.message_bar().show_message(
            f"Your work on {name} was not saved when Segmenter ended; it is kept as of {when}.",
            "Restore",
            partial(self._window.open_path, str(path)),
            other_action="Discard…",
            other_way=partial(self._ask_to_discard, path, name),
            is_error=False,
        )

    def _ask_to_discard(self, path: Path, name: str) -> None:
        """Ask once more: the file is all that is left of the work."""
        ask_to_discard(
            self._window, name, discard=partial(self._discard, path), stay=self._offer_latest
        )

    def _discard(self, path: Path) -> None:
        aside = _taken(path)
        if aside is not None:
            aside.remove()
        self._offer_latest()

    def _follow(self) -> None:
        if not self._window.saving.has_unsaved:
            self.forget()
        elif not self._timer.isActive():
            self._timer.start()

    def _take_over(self, opened: Opened) -> None:
        """Go on with work that is restored: it is still unsaved, and the file stays until then."""
        self._has_failed = False
        if opened.restored is not None:
            self._own = _taken(opened.restored)
            self._window.saving.keep_nothing()

    def _tell_failed(self, error: SegmenterError) -> None:
        """Say once for each image that nothing can be written aside."""
        self._has_failed = True
        self._window.saving.failed.emit(error)


def is_aside(path: Path) -> bool:
    """Tell whether a session was written aside, so that saving is to ask for another place."""
    return path.suffix == SUFFIX


def recovery_folder() -> Path:
    """Return the user's folder for what is written aside."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "recovery"


@dataclass(frozen=True)
class _Aside:
    """A file that is written aside, and the lock of who works on it."""

    path: Path
    lock: QLockFile

    def remove(self) -> None:
        with suppress(OSError):  # someone has cleaned up
            self.path.unlink()
        self.lock.unlock()


def _aside_steps(save: Work[Saved]) -> Work[None]:
    """Save, and remove the file again if the work was saved by the user, or given up, meanwhile."""
    saved = yield from save
    try:
        yield Progress("Written aside")
    except GeneratorExit:
        saved.path.unlink(missing_ok=True)
        raise


def _aside(path: Path) -> _Aside:
    """Return a file, not locked yet, in a folder that is made."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)  # however old it is: only its process's end frees it
    return _Aside(path, lock)


def _taken(path: Path) -> _Aside | None:
    """Take the lock of a file; None if another process has it."""
    aside = _aside(path)
    return aside if aside.lock.tryLock(0) else None


def _clean_up(folder: Path) -> None:
    """Remove the locks of processes that were killed before they had written anything."""
    for lock in folder.glob(f"*{SUFFIX}.lock"):
        if not lock.with_suffix("").exists():
            _is_left(lock.with_suffix(""))


def _is_left(path: Path) -> bool:
    aside = _taken(path)
    if aside is None:
        return False
    aside.lock.unlock()  # its file goes
    return True

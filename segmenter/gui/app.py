"""The program with a window: from its start to its end."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from segmenter.errors import SegmenterError
from segmenter.gui.commands import Commands
from segmenter.gui.garbage import GarbageCollector
from segmenter.gui.recovery import Recovery, recovery_folder
from segmenter.gui.settings import Settings
from segmenter.gui.theme import apply_theme
from segmenter.gui.window import MainWindow
from segmenter.shipped import resource_path

APP_ID = "org.segmenter.Segmenter"

SWITCH_INTERVAL = 0.0005
"""Seconds after which a worker in Python code lets the window's thread go on. With Python's own
5 ms a window that asks a few times for the interpreter while painting is visibly slow."""


def run(path: str | None) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    path : str or None
        A file or ``sample:NAME`` to open, or None for the empty window.

    Returns
    -------
    int
        The exit code of the process.

    Raises
    ------
    SegmenterError
        When there is no display, or a library that X11 needs is missing.
    """
    _check_display()
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_application()
    window = make_window()
    sys.excepthook = _hook(window)
    collector = GarbageCollector(lambda: window.workspace.is_busy, window)
    for settled in (window.loaded, window.prepared):
        settled.connect(collector.set_aside)
    window.show()
    QTimer.singleShot(0, window.prepare)
    recovery = Recovery(window, recovery_folder())
    window.loaded.connect(recovery.offer)  # which reads sessions, for which it needs numpy
    if path is not None:
        window.open_path(path)
    code = app.exec()
    recovery.forget()  # it ended well
    if window.is_still_compiling:  # nothing is lost: what is compiled is written at once or not
        sys.stdout.flush()
        os._exit(code)
    return code


def _check_display() -> None:
    """Refuse to start without a display or what X11 needs: Qt would abort the process."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        raise SegmenterError(
            "There is no display to open the window on; “segmenter regions” works without one."
        )
    plugins = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    try:
        if not os.environ.get("WAYLAND_DISPLAY"):
            ctypes.CDLL(f"{plugins}/platforms/libqxcb.so")
    except OSError as error:
        library = str(error).partition(":")[0]
        raise SegmenterError(
            f"The window needs the system's library {library}; install what README names for Qt."
        ) from None


def make_application() -> QApplication:
    """Create the application, dressed in the theme the user has chosen."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setOrganizationName("Segmenter")
    app.setApplicationName("Segmenter")
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(QIcon(str(resource_path(f"{APP_ID}.svg"))))
    apply_theme(app, Settings().theme)
    return app


def make_window() -> MainWindow:
    """Create the window with everything connected; bugs of its works are reported in it."""
    window = MainWindow(Settings())
    Commands(window)
    window.workspace.crashed.connect(lambda error: report_bug(error, window))
    return window


def report_bug(error: BaseException, window: MainWindow) -> None:
    """Show a report of a bug; one at a time, since one bug often brings more."""
    from segmenter.gui.dialogs.report import BugReport

    sys.__excepthook__(type(error), error, error.__traceback__)
    if not window.findChildren(BugReport):
        report = BugReport(error, window)
        report.finished.connect(report.deleteLater)
        report.open()


ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def _hook(window: MainWindow) -> ExceptHook:
    def hook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
        else:
            report_bug(error, window)

    return hook

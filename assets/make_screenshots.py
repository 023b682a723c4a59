"""Make the pictures of the README from the real window, in light and dark.

    QT_QPA_PLATFORM=offscreen python assets/make_screenshots.py

They are written beside this script.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPointF, QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segmenter.gui.app import make_application, make_window
from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.look import View
from segmenter.gui.theme import Theme, apply_theme
from segmenter.gui.window import MainWindow
from segmenter.gui.worker import Runner

FOLDER = Path(__file__).parent
SIZE = (1280, 800)
WAIT = 120.0
N_REGIONS = 5
PLACES = {"Shadow": (253, 257), "Saucer": (420, 175), "Wood": (526, 125), "Porcelain": (329, 38)}
"""Column and row of a pixel of each region that gets a name."""


def main() -> None:
    """Walk through the window and take the pictures."""
    with tempfile.TemporaryDirectory() as settings:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        app = make_application()
        window = make_window()
        window.resize(*SIZE)
        window.show()
        ready: list[bool] = []
        window.prepared.connect(lambda: ready.append(True))
        window.prepare()
        wait_until(app, lambda: bool(ready))
        photograph_empty(app, window)
        fit(app, window)
        for theme in (Theme.LIGHT, Theme.DARK):
            apply_theme(app, theme)
            photograph_fitted(app, window, theme.value)
        window.close()


def photograph_empty(app: QApplication, window: MainWindow) -> None:
    """Take the window as it starts."""
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(app, theme)
        photograph(app, window, f"empty-{theme.value}")


def fit(app: QApplication, window: MainWindow) -> None:
    """Open a sample, ask for some regions, name them, and pick one."""
    workspace = window.workspace
    window.open_path("sample:coffee")
    wait_until(app, lambda: workspace.result is not None)
    workspace.set_recipe("Change number of regions", n_regions=N_REGIONS)
    wait_until(app, lambda: workspace.result_is_current)
    if workspace.result is None:
        return
    label_map = workspace.result.regions.label_map
    for name, (column, row) in PLACES.items():
        label = workspace.labels[label_map[row, column] - 1]
        workspace.set_label(replace(label, name=name), f"Rename {label.name}")
    column, row = PLACES["Saucer"]
    workspace.set_look(selected=int(label_map[row, column]))


def photograph_fitted(app: QApplication, window: MainWindow, theme: str) -> None:
    """Take labels, export and soft view in one theme."""
    workspace, page = window.workspace, window.ensure_work_page()
    workspace.set_look(view=View.LABELS)
    place = page.canvas.to_canvas(QPointF(*PLACES["Saucer"])).toPoint()
    QTest.mouseMove(page.canvas.viewport(), place)
    photograph(app, window, f"labels-{theme}")
    if workspace.result is None:
        return
    dialog = ExportDialog(
        workspace.result.regions,
        workspace.labels,
        workspace.look,
        "/home/you/masks",
        Runner("export", window),
        window,
    )
    dialog.show()
    photograph(app, dialog, f"export-{theme}")
    dialog.reject()
    workspace.set_look(view=View.SOFT)
    wait_until(app, lambda: not page.painter.planes.is_busy)
    photograph(app, window, f"soft-{theme}")


def photograph(app: QApplication, widget: QWidget, name: str) -> None:
    """Let everything settle, then save what the widget shows."""
    settled = time.monotonic() + 0.3
    wait_until(app, lambda: time.monotonic() > settled)
    path = FOLDER / f"{name}.png"
    if not widget.grab().save(str(path)):
        sys.exit(f"{path} cannot be written.")


def wait_until(app: QApplication, done: Callable[[], bool]) -> None:
    """Run the event loop until it is done."""
    end = time.monotonic() + WAIT
    while not done():
        app.processEvents()
        time.sleep(0.005)
        if time.monotonic() > end:
            sys.exit("The window did not get there in time.")


if __name__ == "__main__":
    main()

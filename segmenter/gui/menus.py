"""The menu bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from segmenter.gui.actions import Actions
from segmenter.gui.plain_label import as_written
from segmenter.gui.samples import file_title
from segmenter.gui.settings import Settings
from segmenter.images.samples import list_samples


def fill_menu_bar(
    bar: QMenuBar, actions: Actions, settings: Settings, open_path: Callable[[str], None]
) -> None:
    """Fill the menu bar of the window.

    Parameters
    ----------
    bar : QMenuBar
        The window's.
    actions : Actions
        What the menus do.
    settings : Settings
        Knows the recent files.
    open_path : callable
        Opens a path or a ``sample:NAME``.
    """
    file = bar.addMenu("&File")
    file.addActions([actions.open, actions.open_folder])
    _add_recent(file, settings, open_path)
    _add_samples(file, open_path)
    file.addAction(actions.paste)
    file.addSeparator()
    file.addActions([actions.save, actions.save_as])
    file.addSeparator()
    file.addActions([actions.header, actions.measured, actions.export])
    file.addSeparator()
    file.addAction(actions.quit)

    edit = bar.addMenu("&Edit")
    edit.addActions([actions.undo, actions.redo])
    edit.addSeparator()
    edit.addActions([*actions.hands.values(), actions.ball, actions.eraser])
    edit.addActions([*actions.ways.values(), actions.swap, actions.brush_smaller])
    edit.addActions([actions.brush_larger, actions.clear_marks])
    edit.addActions([actions.new_object, actions.move_up, actions.move_down, actions.delete_object])
    edit.addActions([actions.merge, actions.split, actions.remove])
    edit.addActions([actions.regions, actions.rename, actions.hide_label, actions.solo])
    edit.addSeparator()
    edit.addActions([actions.segment, actions.cancel])

    view = bar.addMenu("&View")
    view.addActions(list(actions.jobs.values()))
    view.addSeparator()
    view.addActions(list(actions.readings.values()))
    view.addSeparator()
    view.addActions(list(actions.views.values()))
    view.addActions([actions.outlines, actions.hover])
    view.addActions([actions.on_checkerboard, actions.on_color, actions.on_image])
    view.addSeparator()
    view.addActions([actions.fit, actions.actual_size, actions.zoom_in, actions.zoom_out])
    view.addSeparator()
    view.addAction(actions.panel)
    _add_conventions(view, list(actions.conventions.values()))
    view.addMenu("Theme").addActions(list(actions.themes.values()))

    help_menu = bar.addMenu("&Help")
    help_menu.addActions([actions.palette, actions.shortcuts, actions.about])


def _add_conventions(menu: QMenu, conventions: list[QAction]) -> None:
    """Add a menu that is there while its actions are: for volumes."""
    convention = menu.addMenu("Convention")
    convention.addActions(conventions)
    conventions[0].visibleChanged.connect(
        lambda: convention.menuAction().setVisible(conventions[0].isVisible())
    )


def _add_recent(menu: QMenu, settings: Settings, open_path: Callable[[str], None]) -> None:
    recent = menu.addMenu("Open Recent")

    def fill() -> None:
        recent.clear()
        for path in settings.recent_files:
            title = file_title(path)
            action = recent.addAction(as_written(title))
            action.setToolTip(str(path) if title == path.name else title)
            action.triggered.connect(lambda _=False, path=path: open_path(str(path)))
        if recent.isEmpty():
            recent.addAction("No files yet").setEnabled(False)

    recent.setToolTipsVisible(True)
    recent.aboutToShow.connect(fill)


def _add_samples(menu: QMenu, open_path: Callable[[str], None]) -> None:
    samples = menu.addMenu("Open Sample")
    for sample in list_samples():
        action = samples.addAction(sample.title)
        action.triggered.connect(lambda _=False, name=sample.name: open_path(f"sample:{name}"))
    samples.menuAction().setVisible(bool(list_samples()))

"""What each action does, and when it can be done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from segmenter.gui.file_filters import OPEN_FILTER
from segmenter.gui.foreground.commands import ForegroundCommands
from segmenter.gui.look import Job, View, jobs_of
from segmenter.gui.plain_label import as_written
from segmenter.gui.samples import is_sample
from segmenter.gui.theme import Theme, apply_theme
from segmenter.gui.window import MainWindow
from segmenter.gui.worker import Runner
from segmenter.work import Progress, Work, aside

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.export.tables import Cell
    from segmenter.gui.dialogs.exported import Exported
    from segmenter.segment.labels import Label
    from segmenter.segment.segmentation import Segmentation

    Measured = tuple[list[dict[str, Cell]], Segmentation, tuple[Label, ...]]

PICTURE_JOBS = (Job.REGIONS, Job.FOREGROUND)


class Commands(QObject):
    """Connects the actions of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._actions = window.commands
        self._postponed: Callable[[], None] | None = None
        self._exporter = Runner("export", self)
        self._measurer = Runner("measurements", self)
        self._measurer.succeeded.connect(self._show_measured)
        self._measurer.crashed.connect(self._workspace.crashed)
        self._measurer.busy_changed.connect(self._tell_measuring)
        self._connect_files()
        self._connect_document()
        self._connect_view()
        self._connect_jobs()
        self._foreground = ForegroundCommands(window)
        for changed in (
            self._workspace.document_changed,
            self._workspace.segmented,
            self._workspace.look_changed,
            self._workspace.job_changed,
            self._workspace.cutter.changed,
            self._workspace.tissue.found,
            *(runner.busy_changed for runner in (*self._workspace.runners, self._measurer)),
        ):
            changed.connect(self._refresh)
            # Whoever listens has to be through: a work that ends may start another.
            changed.connect(self._do_postponed, Qt.ConnectionType.QueuedConnection)
        for given_up in (
            self._workspace.about_to_open,
            self._workspace.job_changed,
            self._workspace.gave_up,
            self._workspace.fitter.abandoned,
            self._workspace.tissue.abandoned,
        ):
            given_up.connect(self._measurer.cancel)
            given_up.connect(self._postpone_nothing)
        for taken_back in (self._actions.undo.triggered, self._actions.redo.triggered):
            taken_back.connect(self._postpone_nothing)  # with what it waited for
        self._refresh()

    def _connect_files(self) -> None:
        actions = self._actions
        actions.open.triggered.connect(self._open)
        actions.open_folder.triggered.connect(self._open_folder)
        actions.paste.triggered.connect(self._paste)
        saving = self._window.saving
        actions.save.triggered.connect(lambda: saving.save())
        actions.save_as.triggered.connect(lambda: saving.save_as())
        actions.export.triggered.connect(lambda: self._once_settled(self._export, "Export"))
        actions.header.triggered.connect(self._show_header)
        actions.measured.triggered.connect(
            lambda: self._once_settled(self._measure, "Measurements")
        )
        actions.quit.triggered.connect(self._window.close)
        actions.palette.triggered.connect(self._show_palette)
        actions.shortcuts.triggered.connect(self._show_shortcuts)
        actions.about.triggered.connect(self._show_about)

    def _connect_document(self) -> None:
        actions, workspace = self._actions, self._workspace
        actions.undo.triggered.connect(workspace.undo)
        actions.redo.triggered.connect(workspace.redo)
        for cancel in (workspace.cancel, self._measurer.cancel):
            actions.cancel.triggered.connect(cancel)
        actions.segment.triggered.connect(workspace.refit)
        actions.regions.triggered.connect(lambda: self._window.page.focus_regions())
        for reading, action in actions.readings.items():
            action.triggered.connect(lambda _=False, it=reading: workspace.set_reading(it))
        actions.merge.triggered.connect(self._merge)
        actions.split.triggered.connect(self._split)
        actions.remove.triggered.connect(self._remove)
        actions.rename.triggered.connect(self._rename)
        actions.hide_label.triggered.connect(self._toggle_visible)
        actions.solo.triggered.connect(self._toggle_solo)
        for digit, action in enumerate(actions.digits, 1):
            action.triggered.connect(
                lambda _=False, value=digit: workspace.set_look(selected=value)
            )

    def _connect_view(self) -> None:
        actions, workspace = self._actions, self._workspace
        for view, action in actions.views.items():
            action.triggered.connect(lambda _=False, view=view: workspace.set_look(view=view))
        actions.outlines.triggered.connect(
            lambda on: workspace.set_look(outlines_only=on, view=View.LABELS)
        )
        window = self._window
        actions.fit.triggered.connect(lambda: window.page.show_whole())
        actions.actual_size.triggered.connect(lambda: window.page.canvas.zoom_to(1.0))
        actions.zoom_in.triggered.connect(lambda: window.page.canvas.zoom_in())
        actions.zoom_out.triggered.connect(lambda: window.page.canvas.zoom_out())
        actions.panel.triggered.connect(lambda on: window.page.panel.setVisible(on))
        for theme, action in actions.themes.items():
            action.setChecked(theme is self._window.settings.theme)
            action.triggered.connect(lambda _=False, theme=theme: self._set_theme(theme))

    def _connect_jobs(self) -> None:
        actions = self._actions
        for job, action in actions.jobs.items():
            action.triggered.connect(lambda _=False, job=job: self._workspace.set_job(job))

    def _refresh(self) -> None:
        """Say of each action whether it can be done, and of undo what it would take back.

        Each is told once: every change of an action costs events of all that shows it.
        """
        actions, workspace = self._actions, self._workspace
        document, has_result = workspace.document, self._has_result
        is_volume = document is not None and document.image.is_volume
        useful, idle = self._useful(is_volume), self._idle(has_result)
        for action in actions.of_jobs():
            action.setVisible(action in useful)
            action.setEnabled(document is not None and action in useful and action not in idle)
        for action in actions.needing_image():
            action.setEnabled(document is not None)
        for action in actions.conventions.values():
            action.setVisible(is_volume)
            action.setEnabled(is_volume)
        actions.export.setEnabled(has_result)
        actions.header.setVisible(document is not None and document.image.header is not None)
        if document is not None:
            for job, action in actions.jobs.items():
                action.setVisible(job in jobs_of(document.image))
        self._refresh_history()
        actions.cancel.setEnabled(workspace.is_busy or self._measurer.is_busy)
        reading = workspace.reading if document is None else document.recipe.reading
        actions.readings[reading].setChecked(True)
        actions.jobs[workspace.job].setChecked(True)
        actions.views[workspace.look.view].setChecked(True)
        actions.outlines.setChecked(workspace.look.outlines_only)

    def _useful(self, is_volume: bool) -> set[QAction]:
        """Return the actions of the job on screen that make sense for what is open."""
        actions, workspace = self._actions, self._workspace
        left_out = {view for each, view in actions.views.items() if each not in workspace.views}
        if is_volume:
            left_out.update(actions.of_pictures())
        read = workspace.result if workspace.job is Job.REGIONS else None
        if read is None or read.objects is None:
            left_out.add(actions.remove)
            if read is None or read.parts is None:
                left_out.update(actions.of_parts())
        return set(actions.of_job(workspace.job)) - left_out

    def _idle(self, has_result: bool) -> set[QAction]:
        """Return those of them that cannot be done now."""
        actions, workspace = self._actions, self._workspace
        n_labels = len(workspace.labels)
        idle = set() if has_result else set(actions.needing_result(workspace.job))
        if len(workspace.look.chosen) < 2:
            idle.add(actions.merge)
        if n_labels == 0:
            idle.add(actions.remove)
        if workspace.job is Job.FOREGROUND:
            idle.update(self._foreground.idle())
        else:
            idle.update(actions.digits[n_labels:])
            is_fitting = workspace.fitter.runner.is_busy or workspace.tissue.runner.is_busy
            if is_fitting or n_labels > 0:
                idle.add(actions.segment)
        return idle

    def _refresh_history(self) -> None:
        actions, history = self._actions, self._workspace.history
        undo_name = None if history is None else history.undo_name
        redo_name = None if history is None else history.redo_name
        actions.undo.setEnabled(undo_name is not None)
        actions.undo.setText(as_written(f"Undo {undo_name or ''}".rstrip()))
        actions.redo.setEnabled(redo_name is not None)
        actions.redo.setText(as_written(f"Redo {redo_name or ''}".rstrip()))

    @property
    def _has_result(self) -> bool:
        """Whether the job on screen has a result."""
        if self._workspace.job is Job.FOREGROUND:
            scene = self._workspace.cutter.scene
            return scene is not None and bool(scene.cuts)
        return len(self._workspace.labels) > 0

    def _open(self) -> None:
        settings = self._window.settings
        paths, _ = QFileDialog.getOpenFileNames(
            self._window,
            "Open an Image, or Volumes as Channels",
            settings.open_folder,
            OPEN_FILTER,
        )
        if paths:
            settings.open_folder = str(Path(paths[0]).parent)
            self._window.open_paths(paths)

    def _paste(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        self._window.open_mime(QMimeData() if mime is None else mime)  # some systems have none

    def _open_folder(self) -> None:
        settings = self._window.settings
        folder = QFileDialog.getExistingDirectory(
            self._window, "Open a Folder of DICOM Files", settings.open_folder
        )
        if folder:
            settings.open_folder = folder
            self._window.open_path(folder)

    def _once_settled(self, do: Callable[[], None], what: str) -> None:
        """Open something about what the document asks for: at once, or when that is on screen."""
        if self._workspace.is_settled:
            do()
        else:
            self._postpone(do, f"{what}: once the result is there")

    def _do_postponed(self) -> None:
        """Do what has waited, unless what it waited for was given up or a dialog is open."""
        postponed, workspace = self._postponed, self._workspace
        if postponed is not None and workspace.is_settled:
            self._postpone_nothing()
            if QApplication.activeModalWidget() is None:  # else it would open over a dialog
                postponed()
        elif not workspace.is_busy:
            self._postpone_nothing()

    def _postpone(self, do: Callable[[], None] | None, words: str) -> None:
        self._postponed = do
        self._window.status.show_note("postponed", words)

    def _postpone_nothing(self) -> None:
        self._postpone(None, "")

    def _export(self) -> None:
        from segmenter.gui.dialogs.export import ExportDialog

        workspace, settings = self._workspace, self._window.settings
        document, job, exported = workspace.document, workspace.job, self._exported()
        if document is None or exported is None:
            return
        beside = _folder_beside(document.image.source.path)
        folder = settings.export_folder or str(beside)
        dialog = ExportDialog(exported, folder, self._exporter, self._window)
        dialog.exec()
        if dialog.written_to is not None:
            is_beside = dialog.written_to == beside
            settings.export_folder = "" if is_beside else str(dialog.written_to)
            present = workspace.document
            if present is not None and present.image is document.image:  # no other has come since
                self._window.saving.keep(job)
        dialog.deleteLater()

    def _exported(self) -> Exported | None:
        """Return the result of the job on screen as the dialog exports it."""
        from segmenter.gui.dialogs.exported import ExportedRegions

        workspace = self._workspace
        if workspace.job is Job.TISSUE and workspace.document is not None:
            from segmenter.gui.volume.exported import exported_tissue

            convention = self._window.ensure_volume_page().viewpoint.convention
            return exported_tissue(workspace.tissue, workspace.document, convention)
        if workspace.job is Job.FOREGROUND:
            return self._foreground.exported()
        if workspace.result is None:
            return None
        regions = workspace.result.classes or workspace.result.parts
        if regions is not None and regions.image.is_volume:
            from segmenter.gui.volume.exported import exported_regions

            convention = self._window.ensure_volume_page().viewpoint.convention
            return exported_regions(regions, workspace.labels, convention)
        look = workspace.look
        labels = tuple(replace(label, visible=look.paints(label)) for label in workspace.labels)
        return ExportedRegions(workspace.result.regions, labels, look)

    def _merge(self) -> None:
        from segmenter.gui.parts.edits import merge_chosen

        merge_chosen(self._workspace)

    def _split(self) -> None:
        from segmenter.gui.parts.edits import split_selected

        split_selected(self._workspace)

    def _remove(self) -> None:
        from segmenter.gui.parts.edits import remove_picked

        remove_picked(self._workspace)

    def _rename(self) -> None:
        if self._workspace.job is not Job.FOREGROUND:
            self._window.page.rename_selected()

    def _toggle_visible(self) -> None:
        workspace = self._workspace
        if workspace.job is Job.FOREGROUND:
            return
        label = workspace.labels[workspace.look.selected - 1]
        what = "Hide" if label.visible else "Show"
        workspace.set_label(replace(label, visible=not label.visible), f"{what} {label.name}")

    def _toggle_solo(self) -> None:
        look = self._workspace.look
        if self._workspace.job is not Job.FOREGROUND:
            self._workspace.set_look(solo=None if look.solo == look.selected else look.selected)

    def _set_theme(self, theme: Theme) -> None:
        self._window.settings.theme = theme
        apply_theme(cast(QApplication, QApplication.instance()), theme)

    def _show_header(self) -> None:
        from segmenter.gui.dialogs.header import HeaderDialog

        document = self._workspace.document
        if document is not None and document.image.header is not None:
            dialog = HeaderDialog(document.image, document.image.header, self._window)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _measure(self) -> None:
        """Measure the labels on a thread: there can be thousands, of millions of pixels."""
        workspace = self._workspace
        if workspace.result is not None:
            self._measurer.start(_measured_steps(workspace.result.regions, workspace.labels))

    def _tell_measuring(self, measuring: bool) -> None:
        self._window.status.show_note("measuring", "Measuring labels" if measuring else "")

    def _show_measured(self, measured: Measured) -> None:
        """Show what was measured; if something else is on screen by now, measure that."""
        from segmenter.gui.dialogs.measured import MeasuredDialog

        rows, regions, labels = measured
        if QApplication.activeModalWidget() is not None:  # it would open over a dialog
            return
        result = self._workspace.result
        if result is None or result.regions is not regions or self._workspace.labels != labels:
            self._once_settled(self._measure, "Measurements")
            return
        dialog = MeasuredDialog(rows, labels, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_palette(self) -> None:
        from segmenter.gui.dialogs.palette import ActionPalette

        ActionPalette(self._actions.all, self._window).open_over(self._window)

    def _show_shortcuts(self) -> None:
        from segmenter.gui.dialogs.shortcuts import ShortcutSheet

        document = self._workspace.document
        jobs = PICTURE_JOBS if document is None else jobs_of(document.image)
        is_volume = document is not None and document.image.is_volume
        groups = self._actions.grouped(jobs, is_volume=is_volume)
        ShortcutSheet(groups, self._window, is_volume=is_volume).open()

    def _show_about(self) -> None:
        from segmenter.gui.dialogs.about import AboutDialog

        AboutDialog(self._window).open()


def _measured_steps(regions: Segmentation, labels: tuple[Label, ...]) -> Work[Measured]:
    from segmenter.export.measured import measured_labels

    task = partial(measured_labels, regions, labels)
    return (yield from aside(task, Progress("Measuring labels"))), regions, labels


def _folder_beside(path: Path | None) -> Path:
    """Propose a folder of masks beside the image; in the home folder where there is none."""
    if path is None or is_sample(path):
        return Path.home() / "masks"
    from segmenter.export.names import plain_stem

    return path.parent / f"{plain_stem(path.name)}-masks"

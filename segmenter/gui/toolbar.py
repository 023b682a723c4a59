"""The row at the top: open, the page of a file with several, the job, undo and redo, export."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import segment_button, spin_box
from segmenter.gui.look import Job, jobs_of
from segmenter.gui.pixel_words import describe_source
from segmenter.gui.plain_label import ElidedLabel
from segmenter.gui.workspace import Workspace


class Toolbar(QFrame):
    """One row; what cannot be done is gray, what does not apply is not there."""

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self._workspace = workspace
        self.page = spin_box("Page of the file", 1, 1)
        self._page_title = QLabel("Page")
        self.source = ElidedLabel()
        self.source.setObjectName("faint")
        self.source.setAccessibleName("The image and how it was read")
        row = layouts.row(self, margins=(8, 8, 8, 8))
        row.addWidget(_button(actions.open, with_text=True))
        row.addSpacing(8)
        row.addWidget(self._page_title)
        row.addWidget(self.page)
        row.addSpacing(8)
        self.jobs = JobSwitch(actions)
        row.addWidget(self.jobs)
        row.addWidget(self.source, 1)
        row.addWidget(_button(actions.undo))
        row.addWidget(_button(actions.redo))
        row.addSpacing(8)
        export = _button(actions.export, with_text=True)
        export.setObjectName("primaryTool")
        row.addWidget(export)
        self.page.valueChanged.connect(self._open_page)
        workspace.document_changed.connect(self._show_pages)
        workspace.opened.connect(self._show_source)
        for kept in (workspace.opening.refused, workspace.opening.stayed):
            kept.connect(self._show_pages)
        self._show_pages()

    def _open_page(self, number: int) -> None:
        document = self._workspace.document
        if document is not None and document.image.source.path is not None:
            self._workspace.opening.open_path(str(document.image.source.path), number - 1)

    def _show_source(self) -> None:
        if self._workspace.document is not None:
            from segmenter.gui.volume.words import describe_volume  # libraries, which are there now

            image = self._workspace.document.image
            words = describe_volume(image) if image.is_volume else describe_source(image)
            self.source.setText(words)
            self.source.setToolTip(words)

    def _show_pages(self) -> None:
        document = self._workspace.document
        self.jobs.setVisible(document is not None)
        if document is not None:
            self.jobs.show_jobs(jobs_of(document.image))
        n_pages = 1 if document is None else document.image.source.n_pages
        self.page.setVisible(n_pages > 1)
        self._page_title.setVisible(n_pages > 1)
        is_volume = document is not None and document.image.is_volume
        self._page_title.setText("Volume" if is_volume else "Page")
        if document is not None:
            self.page.blockSignals(True)
            self.page.setMaximum(n_pages)
            self.page.setSuffix(f" of {n_pages}")
            self.page.setValue(document.image.source.page + 1)
            self.page.blockSignals(False)


class JobSwitch(QWidget):
    """The one big choice: what the image is worked on for."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        row = layouts.row(self, spacing=0)
        self._buttons = {}
        for job, action in actions.jobs.items():
            is_first = job in (Job.REGIONS, Job.TISSUE)
            self._buttons[job] = segment_button(action, f"Job: {job.value}", is_first=is_first)
            row.addWidget(self._buttons[job])

    def show_jobs(self, jobs: tuple[Job, ...]) -> None:
        """Offer these jobs; the others do not apply."""
        for job, button in self._buttons.items():
            button.setVisible(job in jobs)


def _button(action: QAction, *, with_text: bool = False) -> QToolButton:
    button = QToolButton()
    button.setProperty("isFlat", not with_text)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().rstrip("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if with_text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button

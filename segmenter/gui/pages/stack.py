"""The pages of the window, one over the other; each is made part by part when it is first needed.

At once a page would take a quarter of a second, in which the window would not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget

from segmenter.gui.actions import Actions
from segmenter.gui.settings import Settings
from segmenter.gui.status import StatusRow
from segmenter.gui.workspace import Workspace

if TYPE_CHECKING:
    from segmenter.gui.pages.volume import VolumePage
    from segmenter.gui.pages.work import WorkPage


class PageStack(QStackedWidget):
    """Makes the pages on which pictures and volumes are worked on.

    Attributes
    ----------
    work : WorkPage or None
        The page of pictures, once it is made.
    volume : VolumePage or None
        The page of volumes, once it is made.
    """

    def __init__(
        self, workspace: Workspace, actions: Actions, settings: Settings, status: StatusRow
    ) -> None:
        super().__init__()
        self._workspace, self._actions = workspace, actions
        self._settings, self._status = settings, status
        self.work: WorkPage | None = None
        self._work_parts = self._make_work()
        self.volume: VolumePage | None = None
        self._volume_parts = self._make_volume()

    def ensure_work(self) -> WorkPage:
        """Return the page of pictures; what of it is not made yet is made now."""
        for _ in self._work_parts:
            pass
        assert self.work is not None
        return self.work

    def ensure_volume(self) -> VolumePage:
        """Return the page of volumes; what of it is not made yet is made now."""
        for _ in self._volume_parts:
            pass
        assert self.volume is not None
        return self.volume

    def make(self, then: Callable[[], None] | None = None, *, is_volume: bool = False) -> None:
        """Make a page part by part, letting the window answer between them; then go on."""
        for _ in self._volume_parts if is_volume else self._work_parts:
            QTimer.singleShot(0, self, lambda: self.make(then, is_volume=is_volume))
            return
        if then is not None:
            then()

    def _make_work(self) -> Iterator[None]:
        from segmenter.gui.pages.work import WorkPage

        page = WorkPage(self._workspace)
        yield from page.build(self._actions)
        yield
        page.foreground_painter.hover.switch(self._settings.hover)
        page.canvas.hovered.connect(self._status.show_pixel)
        page.canvas.zoom_changed.connect(self._status.show_zoom)
        self.addWidget(page)
        self.work = page
        yield  # what is to be shown on it comes after the window has answered

    def _make_volume(self) -> Iterator[None]:
        from segmenter.gui.pages.volume import VolumePage

        page, settings = VolumePage(self._workspace), self._settings
        yield from page.build(self._actions)
        yield
        page.marking.hover.switch(settings.hover)
        viewpoint = page.viewpoint
        viewpoint.set_convention(settings.convention)
        viewpoint.turned.connect(lambda: setattr(settings, "convention", viewpoint.convention))
        page.hovered.connect(self._status.show_voxel)
        page.zoom_changed.connect(self._status.show_zoom)
        self.addWidget(page)
        self.volume = page
        yield

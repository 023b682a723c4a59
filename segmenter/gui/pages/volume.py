"""The page on which a volume is worked on: three planes and a plot, view row, panel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.message_bar import MessageBar
from segmenter.gui.panel.section import Section
from segmenter.gui.panel.side import SidePanel
from segmenter.gui.view_bar import ViewBar
from segmenter.gui.volume.display_panel import DisplayPanel
from segmenter.gui.volume.plane_canvas import PlaneCanvas
from segmenter.gui.volume.plane_view import PlaneView
from segmenter.gui.volume.slicing import Plane, Voxel
from segmenter.gui.volume.viewpoint import Viewpoint
from segmenter.gui.workspace import Workspace

CELLS = {Plane.AXIAL: (0, 0), Plane.CORONAL: (0, 1), Plane.SAGITTAL: (1, 0)}
SPARE_CELL = (1, 1)


class VolumePage(QWidget):
    """Planes and view row at the left, which get all the room there is; the panel at the right.

    Signals
    -------
    hovered(tuple or None)
        The voxel under the pointer; None when there is none.
    zoom_changed(float)
        A plane is seen at another zoom.
    """

    hovered = Signal(object)
    zoom_changed = Signal(float)

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self._workspace = workspace
        self.viewpoint = Viewpoint(self)
        self.views = {plane: PlaneView(plane, self.viewpoint) for plane in Plane}
        self.message = MessageBar()
        self.view_bar = ViewBar(workspace, actions)
        self.display = DisplayPanel(self.viewpoint)
        self.panel = SidePanel([Section("Display", self.display)])
        self._focused = Plane.AXIAL
        self._enlarged: Plane | None = None
        row = layouts.row(self, spacing=0)
        row.addLayout(self._build_stage(), 1)
        row.addWidget(self.panel)
        self._connect()

    @property
    def canvas(self) -> PlaneCanvas:
        """The canvas that was last worked on."""
        return self.views[self._focused].canvas

    def show_whole(self) -> None:
        """Show every plane whole."""
        for view in self.views.values():
            view.canvas.fit()

    def enlarge(self, plane: Plane) -> None:
        """Give one plane all the room, or give it back."""
        self._enlarged = None if self._enlarged is plane else plane
        for each, view in self.views.items():
            view.setVisible(self._enlarged in (None, each))
        self._spare.setVisible(self._enlarged is None)

    def _build_stage(self) -> QVBoxLayout:
        self._spare = QWidget()
        planes = layouts.grid(across=1, down=1)
        for plane, cell in CELLS.items():
            planes.addWidget(self.views[plane], *cell)
        planes.addWidget(self._spare, *SPARE_CELL)
        for line in (0, 1):
            planes.setRowStretch(line, 1)
            planes.setColumnStretch(line, 1)
        stage = layouts.column(spacing=0)
        stage.addWidget(self.message)
        stage.addLayout(planes, 1)
        stage.addWidget(self.view_bar)
        return stage

    def _connect(self) -> None:
        self._workspace.opened.connect(self._open)
        for plane, view in self.views.items():
            canvas = view.canvas
            canvas.enlarged.connect(lambda plane=plane: self.enlarge(plane))
            canvas.focused.connect(lambda plane=plane: self._focus(plane))
            canvas.zoom_changed.connect(self.zoom_changed)
            canvas.hovered.connect(lambda row, column, view=view: self._hover(view, row, column))
            view.tiles.runner.crashed.connect(self._workspace.crashed)

    def _open(self, tones: object, same_file: bool) -> None:
        document = self._workspace.document
        if document is not None and isinstance(tones, tuple):
            self.message.hide()
            self.viewpoint.open_volume(document.image, tones, keep=same_file)

    def _focus(self, plane: Plane) -> None:
        self._focused = plane

    def _hover(self, view: PlaneView, row: int, column: int) -> None:
        voxel: Voxel | None = None
        if row >= 0:
            voxel = view.slicing.voxel_at(row, column, view.index)
        self.hovered.emit(voxel)

"""What the actions of the Foreground job do, and when they can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog

from segmenter.gui.file_filters import IMAGE_FILTER
from segmenter.gui.foreground.edits import (
    add_object,
    delete_object,
    move_object,
    set_object_label,
)
from segmenter.gui.look import Ground, Job, View, Way
from segmenter.gui.window import MainWindow
from segmenter.segment.labels import Color
from segmenter.session.objects import MarkedObject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.dialogs.exported import Exported
    from segmenter.gui.foreground.tool import MarkingTool
    from segmenter.gui.volume.marking import SolidMarking
    from segmenter.segment.foreground import Foreground


FIRST_COLOR = Color(255, 255, 255)


class ForegroundCommands(QObject):
    """Connects the actions of that job."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._actions = window.commands
        self._connect_marks()
        self._connect_objects()

    def idle(self) -> set[QAction]:
        """Return the actions that cannot be done to the objects now."""
        actions, document = self._actions, self._workspace.document
        active = self._workspace.active
        if document is None or active is None:
            return set()
        place = document.objects.index(active)
        can_be_done = {
            actions.clear_marks: bool(active.marks),
            actions.new_object: bool(active.marks),
            actions.delete_object: any(each.marks for each in document.objects),
            actions.move_up: place > 0,
            actions.move_down: place < len(document.objects) - 1,
        }
        return {action for action, can in can_be_done.items() if not can}

    def exported(self) -> Exported | None:
        """Return the objects as the dialog exports them, on the ground they are seen on."""
        from segmenter.export.objects import NamedObject
        from segmenter.gui.dialogs.exported import ExportedObjects
        from segmenter.session.marks import painted

        document, scene = self._workspace.document, self._workspace.cutter.scene
        if document is None or scene is None or not scene.visible:
            return None
        if document.image.is_volume:
            from segmenter.gui.volume.exported import exported_objects

            convention = self._window.ensure_volume_page().viewpoint.convention
            return exported_objects(scene, document, convention)
        look = self._workspace.look
        objects = tuple(
            NamedObject(
                replace(each.label, visible=look.paints(each.label)),
                cast("Foreground", found),
                painted(each.edge, found.mask.shape),
            )
            for each in document.objects
            if (found := scene.visible.get(each.value)) is not None
        )
        return ExportedObjects(objects, self._ground())

    def _ground(self) -> Color | NDArray[np.uint8] | None:
        """Return what the cut-out is seen on, unless that is a checkerboard."""
        ground = self._workspace.look.ground
        picture = self._window.ensure_work_page().foreground_painter.ground.picture
        if ground.color is not None:
            return ground.color
        return None if picture is None or ground.path is None else picture.rgb

    def _connect_marks(self) -> None:
        actions = self._actions
        for way, action in actions.ways.items():
            action.triggered.connect(lambda _=False, way=way: self._tool.set_way(way))
        actions.swap.triggered.connect(lambda on: self._tool.set_swapped(on))
        self._workspace.opened.connect(lambda *_: self._begin())
        actions.on_checkerboard.triggered.connect(lambda: self._show_on(Ground()))
        actions.on_color.triggered.connect(self._choose_color)
        actions.on_image.triggered.connect(self._choose_image)
        actions.hover.setChecked(self._window.settings.hover)
        actions.hover.triggered.connect(self._switch_hover)
        actions.clear_marks.triggered.connect(lambda: self._tool.clear())
        for action, factor in ((actions.brush_smaller, 0.8), (actions.brush_larger, 1.25)):
            action.triggered.connect(
                lambda _=False, factor=factor: self._window.page.scale_brush(factor)
            )

    def _begin(self) -> None:
        """Click on another image, whatever was in hand on the one before."""
        self._tool.set_way(Way.CLICK)
        self._tool.set_swapped(False)
        self._actions.ways[Way.CLICK].setChecked(True)
        self._actions.swap.setChecked(False)

    def _connect_objects(self) -> None:
        actions, workspace = self._actions, self._workspace
        actions.new_object.triggered.connect(lambda: add_object(workspace))
        does: dict[QAction, Callable[[MarkedObject], None]] = {
            actions.delete_object: lambda active: delete_object(workspace, active.value),
            actions.move_up: lambda active: self._move(active, -1),
            actions.move_down: lambda active: self._move(active, 1),
            actions.rename: lambda _: self._window.page.objects.edit_selected(),
            actions.hide_label: self._toggle_visible,
            actions.solo: self._toggle_solo,
        }
        for action, do in does.items():
            action.triggered.connect(lambda _=False, do=do: self._do(do))

    def _do(self, do: Callable[[MarkedObject], None]) -> None:
        """Do something to the object that is edited, while that job is on screen."""
        if self._workspace.job is Job.FOREGROUND and self._workspace.active is not None:
            do(self._workspace.active)

    def _show_on(self, ground: Ground) -> None:
        """See the cut-out on another ground."""
        self._workspace.set_look(ground=ground, view=View.CUTOUT)

    def _choose_color(self) -> None:
        before = self._workspace.look.ground.color or FIRST_COLOR
        color = QColorDialog.getColor(QColor(*before), self._window, "Color Under the Cut-out")
        if color.isValid():
            self._show_on(Ground(Color(color.red(), color.green(), color.blue())))

    def _choose_image(self) -> None:
        folder = self._window.settings.open_folder
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Image Under the Cut-out", folder, IMAGE_FILTER
        )
        if path:
            self._show_on(Ground(path=Path(path)))

    def _switch_hover(self, on: bool) -> None:
        self._window.settings.hover = on
        work, volume = self._window.work, self._window.volume
        if work is not None:
            work.foreground_painter.hover.switch(on)
        if volume is not None:
            volume.marking.hover.switch(on)

    def _move(self, active: MarkedObject, step: int) -> None:
        if self._workspace.document is not None:
            place = self._workspace.document.objects.index(active)
            move_object(self._workspace, active.value, place + step)

    def _toggle_visible(self, active: MarkedObject) -> None:
        label = active.label
        what = "Hide" if label.visible else "Show"
        changed = replace(label, visible=not label.visible)
        set_object_label(self._workspace, changed, f"{what} {label.name}")

    def _toggle_solo(self, active: MarkedObject) -> None:
        is_solo = self._workspace.look.solo == active.value
        self._workspace.set_look(solo=None if is_solo else active.value)

    @property
    def _tool(self) -> MarkingTool | SolidMarking:
        return self._window.page.marking

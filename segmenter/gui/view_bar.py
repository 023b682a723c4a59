"""The row beneath the canvas: what is painted over the image, how strongly, and at which zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
)

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import percent_slider, segment_button
from segmenter.gui.coupling import couple
from segmenter.gui.foreground.ground_button import GroundButton
from segmenter.gui.look import Job, View
from segmenter.gui.plain_label import ElidedLabel
from segmenter.gui.scale import ColorBar, scale_of
from segmenter.gui.workspace import Workspace

ROOM_FOR_WORDS = {Job.REGIONS: 800, Job.FOREGROUND: 800, Job.TISSUE: 1100}
"""Width of the row from which sliders and scales have their names beside them."""

LONGEST_NAME, SHORT_NAME = 160, 72
"""Pixels of a label's name: at most, and what it has at least where others need the room."""

CROWDED = 800
"""Narrower than this, the many views of tissues leave no room for what others tell too."""


class ViewBar(QFrame):
    """Shows the look of the canvas and changes it."""

    def __init__(self, workspace: Workspace, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("viewBar")
        self._workspace = workspace
        self.opacity = percent_slider("Opacity", "Opacity of what is painted over the image")
        self.opacity.setMinimumWidth(48)
        self.opacity.setMaximumWidth(104)
        self._opacity_title = QLabel("Opacity")
        self._outlines = _action_button(actions.outlines)
        self._actual_size = _action_button(actions.actual_size)
        self._scale = ColorBar()
        self._ground = GroundButton(workspace, actions)
        self._buttons: dict[View, QToolButton] = {}
        self._soft = ElidedLabel()
        self._soft.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._soft.setObjectName("faint")
        self._lay_out(actions)
        couple(self.opacity, self.opacity.valueChanged,
               lambda value: workspace.set_opacity(value / 100),
               workspace.look_changed, self._show_opacity)  # fmt: skip
        workspace.look_changed.connect(self._show)
        workspace.document_changed.connect(self._show)
        for changed in (workspace.segmented, workspace.tissue.found, workspace.cutter.changed):
            changed.connect(self._show)  # without a result there is no scale
        workspace.tissue.views.busy_changed.connect(self._show)  # some scales are computed
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out words that tooltips say too, where there is no room for them."""
        super().resizeEvent(event)
        self._show()

    def _lay_out(self, actions: Actions) -> None:
        row = layouts.row(self, margins=(8, 8, 8, 8))
        row.addLayout(self._build_views(actions))
        row.addSpacing(8)
        for part in (
            self._opacity_title,
            self.opacity,
            self._outlines,
            self._soft,
            self._scale,
            self._ground,
        ):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(_action_button(actions.fit))
        row.addWidget(self._actual_size)

    def _build_views(self, actions: Actions) -> QHBoxLayout:
        row = layouts.row(spacing=0)
        for view in View:
            name = f"View: {view.value}"
            button = segment_button(actions.views[view], name, is_first=view is View.IMAGE)
            self._buttons[view] = button
            row.addWidget(button)
        return row

    def _show_opacity(self) -> None:
        self.opacity.setValue(round(100 * self._workspace.look.opacity))

    def _show(self) -> None:
        look, views = self._workspace.look, self._workspace.views
        for view, button in self._buttons.items():
            button.setVisible(view in views)
        is_tissue = self._workspace.job is Job.TISSUE
        is_wide = self.width() >= ROOM_FOR_WORDS[self._workspace.job]
        is_crowded = is_tissue and self.width() < CROWDED
        self._move_together(is_tissue and not is_wide)
        has_opacity = look.view not in (View.IMAGE, View.CUTOUT)
        self.opacity.setVisible(has_opacity)
        self._opacity_title.setVisible(has_opacity and is_wide)
        self._ground.show_words(is_wide)
        self._outlines.setVisible(look.view is View.LABELS and not is_crowded)
        self._actual_size.setVisible(not is_crowded)
        self._scale.show_scale(scale_of(self._workspace), in_words=is_wide)
        self._show_caption("" if is_crowded else self._caption(is_wide or not is_tissue))

    def _show_caption(self, words: str) -> None:
        """Show words as far as there is room for them."""
        self._soft.setText(words)
        self._soft.setVisible(bool(words))
        self._soft.setMinimumWidth(min(self._soft.sizeHint().width(), SHORT_NAME))

    def _caption(self, in_full: bool) -> str:
        """Say of which label something is seen, where it is of one."""
        look = self._workspace.look
        of_one = {View.SOFT: "Probability of ", View.FRACTION: "Fraction of "}
        value = look.selected if look.view in of_one else look.solo
        names = [each.name for each in self._workspace.labels if each.value == value]
        if look.view not in (*of_one, View.LABELS) or not names:
            return ""
        name = self._soft.fontMetrics().elidedText(names[0], _RIGHT, LONGEST_NAME)
        return f"{of_one.get(look.view, 'Only ') if in_full else ''}{name}"

    def _move_together(self, tight: bool) -> None:
        for button in self._buttons.values():
            if button.property("isTight") != tight:
                button.setProperty("isTight", tight)
                button.style().unpolish(button)
                button.style().polish(button)
                button.updateGeometry()


_RIGHT = Qt.TextElideMode.ElideRight


def _action_button(action: QAction) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button

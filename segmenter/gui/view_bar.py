"""The row beneath the canvas: what is painted over the image, how strongly, and at which zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
)

from segmenter.gui import layouts
from segmenter.gui.actions import Actions
from segmenter.gui.controls import name_control, percent_slider, segment_button
from segmenter.gui.coupling import couple
from segmenter.gui.foreground.ground_button import GroundButton
from segmenter.gui.look import Job, View
from segmenter.gui.plain_label import ElidedLabel
from segmenter.gui.scale import ColorBar, scale_of
from segmenter.gui.workspace import Workspace

ROOM_FOR_WORDS = {Job.REGIONS: 800, Job.FOREGROUND: 800, Job.TISSUE: 1100}
"""Width of the row from which sliders and scales have their names beside them."""

LONGEST_NAME, SHORT_NAME = 160, 64
"""Pixels of a label's name: at most, and what it has at least where others need the room."""

LEAST_BESIDE, BESIDE, BESIDE_A_NAME = 208, 244, 304
"""Pixels that are needed beside the names of the views: by slider, scale and the button that fits;
by that for actual size as well; by a label's name too. Where views leave less they are in a menu.
"""

TIGHTER = 16
"""Pixels that a name of a view needs less where those move together, as the style sheet has it."""


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
        self._menu = _views_menu(actions)
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
        row.addWidget(self._menu)
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
        job = self._workspace.job
        is_wide = self.width() >= ROOM_FOR_WORDS[job]
        beside = BESIDE if job is Job.FOREGROUND else BESIDE_A_NAME  # objects are not named here
        self._move_together(self.width() - self._loose_width(views) < beside)
        room = self.width() - sum(self._buttons[view].sizeHint().width() for view in views)
        in_menu, is_crowded = room < LEAST_BESIDE, LEAST_BESIDE <= room < BESIDE
        for view, button in self._buttons.items():
            button.setVisible(view in views and not in_menu)
        self._menu.setText(look.view.value)
        self._menu.setVisible(in_menu)
        has_opacity = look.view not in (View.IMAGE, View.CUTOUT)
        self.opacity.setVisible(has_opacity)
        self._opacity_title.setVisible(has_opacity and is_wide)
        self._ground.show_words(is_wide)
        self._outlines.setVisible(look.view is View.LABELS)  # in the place of a scale
        self._actual_size.setVisible(not is_crowded)
        self._scale.show_scale(scale_of(self._workspace), in_words=is_wide)
        has_room = in_menu or room >= BESIDE_A_NAME
        self._show_caption(self._caption(is_wide) if has_room else "")

    def _loose_width(self, views: tuple[View, ...]) -> int:
        """Return the pixels that the names of views need where those do not move together."""
        buttons = [self._buttons[view] for view in views]
        return sum(
            each.sizeHint().width() + (TIGHTER if each.property("isTight") else 0)
            for each in buttons
        )

    def _show_caption(self, words: str) -> None:
        """Show words as far as there is room for them: whole before others have more than least."""
        self._soft.setText(words)
        self._soft.setVisible(bool(words))
        whole = self._soft.sizeHint().width()
        self._soft.setMinimumWidth(min(whole, SHORT_NAME))
        spare = max(0, self.width() - self.minimumSizeHint().width())
        self._soft.setMinimumWidth(min(whole, SHORT_NAME + spare))

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


def _views_menu(actions: Actions) -> QToolButton:
    """Make a button that names the view and opens a menu of all, for a row too narrow for them."""
    button = QToolButton()
    button.setObjectName("menuButton")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    name_control(button, "View", "What is painted over the image")
    menu = QMenu(button)
    menu.addActions([actions.views[view] for view in View])
    button.setMenu(menu)
    return button


def _action_button(action: QAction) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button

"""Everything a user can do, once: its words, its shortcut and its icon.

Menus, buttons, the palette and the sheet of shortcuts are all made of these actions.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from segmenter.gui.icons import ACCENT, icon
from segmenter.gui.look import View
from segmenter.gui.theme import Theme

Keys = QKeySequence.StandardKey | str | None
N_DIGITS = 9

_VIEW_TIPS = {
    View.IMAGE: ("I", "Show the image alone"),
    View.LABELS: ("L", "Paint every pixel in the color of its label"),
    View.SOFT: ("S", "Paint how probable the selected label is"),
    View.UNCERTAINTY: ("U", "Paint where the labels are in doubt"),
}


class Actions(QObject):
    """The actions; the window says what they do and when they can be done."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        standard = QKeySequence.StandardKey
        self.open = self._make("Open…", standard.Open, "open", "Open an image")
        self.paste = self._make("Paste Image", standard.Paste, "clipboard",
                                "Open the image on the clipboard")  # fmt: skip
        self.export = self._make("Export…", "Ctrl+E", "export", "Write masks and pictures")
        self.quit = self._make("Quit", standard.Quit)
        self.undo = self._make("Undo", standard.Undo, "undo")
        self.redo = self._make("Redo", "Ctrl+Shift+Z", "redo")
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.cancel = self._make("Cancel", "Esc", "close", "Stop what is being computed")
        self.segment = self._make("Segment Again", "F5", "refresh", "Run the fit again")
        self.regions = self._make("Change Number of Regions", "K")
        self.rename = self._make("Rename Label", "F2", tip="Rename the selected label")
        self.hide_label = self._make("Show or Hide Label", "H")
        self.solo = self._make("Show Only This Label", "Shift+H")
        self.fit = self._make("Fit in Window", "Ctrl+0", "fit", "Show the whole image")
        self.actual_size = self._make("Actual Size", "Ctrl+1", "actual-size",
                                      "One image pixel is one screen pixel")  # fmt: skip
        self.zoom_in = self._make("Zoom In", "+", "zoom-in")
        self.zoom_in.setShortcuts([QKeySequence("+"), QKeySequence("="), QKeySequence("Ctrl++")])
        self.zoom_out = self._make("Zoom Out", "-", "zoom-out")
        self.zoom_out.setShortcuts([QKeySequence("-"), QKeySequence("Ctrl+-")])
        self.outlines = self._make("Outlines Only", "O", "",
                                   "Show outlines of labels instead of areas")  # fmt: skip
        self.outlines.setIcon(icon("outlines", checked_role=ACCENT))
        self.outlines.setCheckable(True)
        self.panel = self._make("Side Panel", "F9")
        self.panel.setCheckable(True)
        self.palette = self._make("Find an Action…", "Ctrl+K", "search")
        self.shortcuts = self._make("Keyboard Shortcuts", "?", "keyboard")
        self.about = self._make("About Segmenter", None, "info")
        self.views = self._make_views()
        self.themes = self._make_themes()
        self.digits = [
            self._make(f"Select Label {digit}", str(digit)) for digit in range(1, N_DIGITS + 1)
        ]

    @property
    def all(self) -> list[QAction]:
        """Every action, in the order of the palette."""
        return self.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def needing_result(self) -> list[QAction]:
        """Actions that make sense once labels are there."""
        views = [action for view, action in self.views.items() if view is not View.IMAGE]
        label = [self.rename, self.hide_label, self.solo, self.outlines]
        return [self.export, *label, *views, *self.digits]

    def needing_image(self) -> list[QAction]:
        """Actions that make sense once an image is open."""
        zoom = [self.fit, self.actual_size, self.zoom_in, self.zoom_out]
        return [self.regions, self.panel, self.views[View.IMAGE], self.segment, *zoom]

    def _make(self, text: str, keys: Keys = None, picture: str = "", tip: str = "") -> QAction:
        action = QAction(text, self)
        action.setData(text.rstrip("…"))  # stays, where the text changes (“Undo Rename Sky”)
        if picture:
            action.setIcon(icon(picture))
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.setToolTip(with_keys(tip or text.rstrip("…"), action))
        return action

    def _make_views(self) -> dict[View, QAction]:
        group = QActionGroup(self)
        actions = {}
        for view, (keys, tip) in _VIEW_TIPS.items():
            actions[view] = self._make(view.value, keys, tip=tip)
            actions[view].setCheckable(True)
            group.addAction(actions[view])
        return actions

    def _make_themes(self) -> dict[Theme, QAction]:
        group = QActionGroup(self)
        texts = {Theme.SYSTEM: "Theme of the System", Theme.LIGHT: "Light", Theme.DARK: "Dark"}
        actions = {theme: self._make(text) for theme, text in texts.items()}
        for action in actions.values():
            action.setCheckable(True)
            group.addAction(action)
        return actions


def with_keys(tip: str, action: QAction) -> str:
    """Add an action's shortcut to its tooltip."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})" if keys else tip

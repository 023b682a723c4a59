"""Everything a user can do, once: its words, its shortcut and its icon.

Menus, buttons, the palette and the sheet of shortcuts are all made of these actions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from segmenter.gui.icons import ACCENT, icon
from segmenter.gui.look import VIEWS, Convention, Hand, Job, View, Way
from segmenter.gui.theme import Theme

if TYPE_CHECKING:
    from segmenter.segment.recipe import Reading

Keys = QKeySequence.StandardKey | str | None
N_DIGITS = 9

_VIEW_TIPS = {
    View.IMAGE: ("I", "Show the image alone"),
    View.LABELS: ("L", "Paint every pixel in the color of its label"),
    View.MEANS: ("C", "Paint every pixel in the mean color of its label"),
    View.SOFT: ("Shift+S", "Paint how probable the selected label is"),
    View.FRACTION: ("Shift+F", "Paint how much of the selected tissue each voxel holds"),
    View.OBJECT: ("O", "Shade the background and outline the object"),
    View.CUTOUT: ("C", "Show the object alone, soft at its outline"),
    View.PROBABILITY: ("P", "Paint how probable the object is by its colors and the marks"),
    View.UNCERTAINTY: ("U", "Paint where the result is in doubt"),
    View.BIAS: ("Shift+B", "Paint by how much the scanner brightens each place"),
    View.ANOMALY: ("A", "Paint what no tissue explains"),
    View.BRAIN: ("M", "Outline the brain mask"),
}
_JOB_TIPS = {
    Job.REGIONS: ("R", "Segment the whole image into regions"),
    Job.FOREGROUND: ("F", "Cut an object out of its background"),
    Job.TISSUE: ("T", "Tell brain tissues apart"),
}
_HAND_TIPS = {
    Hand.NAVIGATE: ("V", "crosshair", "Move the crosshair; the right button sets window and level"),
    Hand.BRUSH: ("B", "brush", "Paint the picked tissue; the right button takes away"),
}
CONVENTION_TIPS = {
    Convention.RADIOLOGICAL: "The patient's left is at the right, and the nose at the left",
    Convention.NEUROLOGICAL: "The patient's left is at the left, and the nose at the right",
}
_READING_TIPS: dict[Reading, tuple[str, str]] = {
    "regions": ("Shift+R", "Connected regions, as people would draw them"),
    "classes": ("Shift+C", "A label for each color, wherever it is in the image"),
    "objects": ("Shift+O", "Like objects on a ground, such as nuclei: found and counted"),
}
_WAY_TIPS = {
    Way.CLICK: ("V", "point", "Click the object; the right button takes away"),
    Way.BRUSH: ("B", "brush", "Brush over the object; the right button takes away"),
    Way.BOX: ("M", "box", "Draw a box around the object"),
    Way.LASSO: ("Q", "lasso", "Draw a line around the object"),
    Way.EDGE: ("E", "edge", "Paint along hair, fur or blur, where the outline is soft"),
}


class Actions(QObject):
    """The actions; the window says what they do and when they can be done."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        standard = QKeySequence.StandardKey
        self.open = self._make("Open…", standard.Open, "open", "Open an image")
        self.open_folder = self._make("Open Folder…", "Ctrl+Shift+O", "folder",
                                      "Open a folder of DICOM files")  # fmt: skip
        self.header = self._make("About This Scan…", "Ctrl+I", "info",
                                 "Show what the file says about the scan")  # fmt: skip
        self.paste = self._make("Paste Image", standard.Paste, "clipboard",
                                "Open the image on the clipboard")  # fmt: skip
        self.save = self._make("Save Session", standard.Save, "save",
                               "Keep marks, names, edits and settings in a file")  # fmt: skip
        self.save_as = self._make("Save Session As…", "Ctrl+Shift+S", "save",
                                  "Keep them in another file")  # fmt: skip
        self.export = self._make("Export…", "Ctrl+E", "export", "Write masks and pictures")
        self.quit = self._make("Quit", standard.Quit)
        self.undo = self._make("Undo", standard.Undo, "undo")
        self.redo = self._make("Redo", "Ctrl+Shift+Z", "redo")
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.cancel = self._make("Cancel", "Esc", "close", "Stop what is being computed")
        self.segment = self._make("Segment Again", "F5", "refresh", "Run the fit again")
        self.regions = self._make("Change Number of Regions", "K")
        self.readings = self._make_readings()
        self.merge = self._make("Merge", "M", tip="Merge what is picked by Ctrl+click")
        self.split = self._make("Divide", "S", tip="Divide the selected region or object")
        self.remove = self._make("Remove Objects", "Del", "clear", "Leave the picked objects out")
        self.rename = self._make("Rename Label", "F2", tip="Rename the selected label")
        self.hide_label = self._make("Show or Hide Label", "H")
        self.solo = self._make("Show Only This Label", "Shift+H")
        self.measured = self._make("Measurements…", "Ctrl+T", tip="Show what is measured of labels")
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
        self.jobs = self._make_jobs()
        self.ways = self._make_ways()
        self.swap = self._make("Swap Object and Background", "X", "swap",
                               "Let the left button take away and the right one add")  # fmt: skip
        self.swap.setCheckable(True)
        self.brush_smaller = self._make("Smaller Brush", "[")
        self.brush_larger = self._make("Larger Brush", "]")
        self.hands = self._make_hands()
        self.ball = self._make("Ball-Shaped Brush", "D", "ball",
                               "Paint in all slices around, not only in the one seen")  # fmt: skip
        self.eraser = self._make("Eraser", "E", "eraser", "Let the left button take away")
        for action in (self.ball, self.eraser):
            action.setCheckable(True)
        self.on_checkerboard = self._make("On a Checkerboard", None, "checkerboard",
                                          "See the cut-out on a checkerboard")  # fmt: skip
        self.on_color = self._make("On a Color…", None, "theme", "See the cut-out on a color")
        self.on_image = self._make("On an Image…", None, "image",
                                   "See the cut-out on another image")  # fmt: skip
        self.hover = self._make("Preview Under the Pointer", "Shift+P",
                                tip="Show what a click would select")  # fmt: skip
        self.hover.setCheckable(True)
        self.clear_marks = self._make("Clear Marks", "Del", "clear", "Take all marks away")
        self.new_object = self._make("New Object", "N", "plus", "Cut another object out")
        self.delete_object = self._make("Delete Object", "Shift+Del", "clear",
                                        "Take the object and its marks away")  # fmt: skip
        self.move_up = self._make("Move Object Up", "Ctrl+Up", "arrow-up",
                                  "Let it win over the object above")  # fmt: skip
        self.move_down = self._make("Move Object Down", "Ctrl+Down", "arrow-down",
                                    "Let the object below win over it")  # fmt: skip
        self.views = self._make_views()
        self.conventions = self._make_conventions()
        self.themes = self._make_themes()
        self.digits = [
            self._make(f"Select Label {digit}", str(digit)) for digit in range(1, N_DIGITS + 1)
        ]

    @property
    def all(self) -> list[QAction]:
        """Every action, in the order of the palette."""
        return self.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def of_job(self, job: Job) -> list[QAction]:
        """Actions that belong to one job only; its views besides, some of which others share."""
        own = {
            Job.REGIONS: [
                self.regions,
                self.segment,
                self.measured,
                *self.readings.values(),
                *self.of_parts(),
                *self.of_labels(),
            ],
            Job.FOREGROUND: [
                *self.ways.values(),
                self.swap,
                self.brush_smaller,
                self.brush_larger,
                self.clear_marks,
                *self.of_objects(),
            ],
            Job.TISSUE: [
                self.segment,
                *self.hands.values(),
                self.ball,
                self.eraser,
                self.brush_smaller,
                self.brush_larger,
                *self.of_labels(),
            ],
        }
        return [*own[job], *(self.views[view] for view in VIEWS[job])]

    def of_jobs(self) -> list[QAction]:
        """Actions that belong to a job, each once."""
        return list(dict.fromkeys(action for job in Job for action in self.of_job(job)))

    def grouped(self, jobs: Iterable[Job], *, is_volume: bool) -> list[tuple[str, list[QAction]]]:
        """Return the actions by what they are for: everywhere, or one of these jobs."""
        own = {job: self.of_job(job) for job in Job}
        owned = [each for actions in own.values() for each in actions]
        others = [each for each in self.all if each not in owned and each.isVisible()]
        left_out = self.of_pictures() if is_volume else []
        used = {job: [each for each in own[job] if each not in left_out] for job in jobs}
        return [("Everywhere", others), *((job.value, actions) for job, actions in used.items())]

    def of_pictures(self) -> list[QAction]:
        """Actions that make no sense in a volume."""
        views = [self.views[View.MEANS], self.views[View.CUTOUT]]
        grounds = [self.on_checkerboard, self.on_color, self.on_image]
        objects = [self.readings["objects"], self.remove]
        return [self.ways[Way.EDGE], *views, *grounds, *objects]

    def of_parts(self) -> list[QAction]:
        """Actions that make sense for connected regions and objects only."""
        return [self.merge, self.split, self.remove]

    def of_labels(self) -> list[QAction]:
        """Actions that change labels or their look."""
        return [self.rename, self.hide_label, self.solo, self.outlines, *self.digits]

    def of_objects(self) -> list[QAction]:
        """Actions that change the list of objects or their looks."""
        listed = [self.new_object, self.delete_object, self.move_up, self.move_down]
        grounds = [self.on_checkerboard, self.on_color, self.on_image]
        return [*listed, self.rename, self.hide_label, self.solo, self.hover, *grounds]

    def needing_result(self, job: Job) -> list[QAction]:
        """Actions of a job that make sense once it has a result."""
        views = [self.views[view] for view in VIEWS[job] if view is not View.IMAGE]
        own = {
            Job.REGIONS: [self.measured, *self.of_labels()],
            Job.FOREGROUND: [],
            Job.TISSUE: [self.hands[Hand.BRUSH], self.ball, self.eraser, *self.of_labels()],
        }
        return [*own[job], *views]

    def needing_image(self) -> list[QAction]:
        """Actions that make sense once an image is open, whatever the job."""
        zoom = [self.fit, self.actual_size, self.zoom_in, self.zoom_out]
        return [self.save, self.save_as, self.panel, *self.jobs.values(), *zoom]

    def _make(self, text: str, keys: Keys = None, picture: str = "", tip: str = "") -> QAction:
        action = QAction(text, self)
        action.setData(text.rstrip("…"))  # stays, where the text changes (“Undo Rename Sky”)
        if picture:
            action.setIcon(icon(picture))
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.setToolTip(with_keys(tip or text.rstrip("…"), action))
        return action

    def _make_group(self, name: str) -> QActionGroup:
        """Make a group of which one action is chosen; the palette says its name before theirs."""
        group = QActionGroup(self)
        group.setObjectName(name)
        return group

    def _make_jobs(self) -> dict[Job, QAction]:
        group = self._make_group("Job")
        actions = {}
        for job, (keys, tip) in _JOB_TIPS.items():
            actions[job] = self._make(job.value, keys, tip=tip)
            actions[job].setCheckable(True)
            group.addAction(actions[job])
        actions[Job.REGIONS].setChecked(True)
        return actions

    def _make_readings(self) -> dict[Reading, QAction]:
        group = self._make_group("Read as")
        actions: dict[Reading, QAction] = {}
        for reading, (keys, tip) in _READING_TIPS.items():
            actions[reading] = self._make(reading.capitalize(), keys, tip=tip)
            actions[reading].setCheckable(True)
            group.addAction(actions[reading])
        return actions

    def _make_ways(self) -> dict[Way, QAction]:
        group = self._make_group("Tool")
        actions = {}
        for way, (keys, picture, tip) in _WAY_TIPS.items():
            actions[way] = self._make(way.value, keys, picture, tip)
            actions[way].setIcon(icon(picture, checked_role=ACCENT))
            actions[way].setCheckable(True)
            group.addAction(actions[way])
        actions[Way.CLICK].setChecked(True)
        return actions

    def _make_hands(self) -> dict[Hand, QAction]:
        group = self._make_group("Tool")
        actions = {}
        for hand, (keys, picture, tip) in _HAND_TIPS.items():
            actions[hand] = self._make(hand.value, keys, picture, tip)
            actions[hand].setIcon(icon(picture, checked_role=ACCENT))
            actions[hand].setCheckable(True)
            group.addAction(actions[hand])
        actions[Hand.NAVIGATE].setChecked(True)
        return actions

    def _make_views(self) -> dict[View, QAction]:
        group = self._make_group("View")
        actions = {}
        for view, (keys, tip) in _VIEW_TIPS.items():
            actions[view] = self._make(view.value, keys, tip=tip)
            actions[view].setCheckable(True)
            group.addAction(actions[view])
        return actions

    def _make_conventions(self) -> dict[Convention, QAction]:
        group = self._make_group("Convention")
        actions = {}
        for convention, tip in CONVENTION_TIPS.items():
            actions[convention] = self._make(convention.value, tip=tip)
            actions[convention].setCheckable(True)
            group.addAction(actions[convention])
        actions[Convention.RADIOLOGICAL].setChecked(True)
        return actions

    def _make_themes(self) -> dict[Theme, QAction]:
        group = self._make_group("Theme")
        texts = {Theme.SYSTEM: "Like the System", Theme.LIGHT: "Light", Theme.DARK: "Dark"}
        actions = {theme: self._make(text) for theme, text in texts.items()}
        for action in actions.values():
            action.setCheckable(True)
            group.addAction(action)
        return actions


def full_name(action: QAction) -> str:
    """Return an action's name; of one of several that exclude each other also what they are."""
    name, group = action.text().rstrip("…").replace("&&", "&"), action.actionGroup()
    return name if group is None else f"{group.objectName()}: {name}"


def with_keys(tip: str, action: QAction) -> str:
    """Add an action's shortcut to its tooltip."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})" if keys else tip

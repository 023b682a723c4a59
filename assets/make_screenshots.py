"""Make the pictures of the README from the real window, in light and dark.

    QT_QPA_PLATFORM=offscreen python -m assets.make_screenshots

They are written beside this script.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from assets.smaller_png import write_smaller
from segmenter.gui.app import make_application, make_window
from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.dialogs.exported import ExportedRegions
from segmenter.gui.foreground.edits import set_object_label
from segmenter.gui.look import Ground, Job, View, Way
from segmenter.gui.theme import Theme, apply_theme
from segmenter.gui.volume.slicing import Plane
from segmenter.gui.window import MainWindow
from segmenter.gui.worker import Runner
from segmenter.segment.labels import Color
from segmenter.session.brain import GivenMask
from segmenter.session.objects import object_label
from tests.phantom import head_phantom

FOLDER = Path(__file__).parent
SIZE = (1280, 800)
WAIT = 120.0
BOX = ((30, 10), (365, 510))
"""Around the person, in pixels of the sample."""

NECK = (233, 204)
"""What the box alone leaves out."""

AROUND = ((402, 2), (440, 8), (444, 60), (441, 176), (398, 180), (392, 60))
"""Around another object."""

HAIR = ((160, 120), (152, 80), (170, 40), (225, 20), (280, 40), (300, 80), (292, 120))
"""Along its soft outline."""

LESION = (-34.0, -12.0, 18.0)
"""Of the phantom, in mm to the right, the front and the top."""

DEEP = (-22.0, 20.0, 18.0)
"""A place in its white matter."""

GROUND = Color(126, 176, 208)
PARTS = {"Wood": (528, 71), "Coffee": (285, 152), "Saucer": (124, 152), "Cup": (285, 227)}
"""Column and row of a pixel of each connected region that gets a name."""

SMALLEST = 20

N_CLASSES = 5
PLACES = {"Shadow": (253, 257), "Saucer": (420, 175), "Wood": (526, 125), "Porcelain": (329, 38)}
"""Column and row of a pixel of each class that gets a name."""


def main() -> None:
    """Walk through the window and take the pictures."""
    with tempfile.TemporaryDirectory() as settings:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        app = make_application()
        window = make_window()
        window.resize(*SIZE)
        window.show()
        ready: list[bool] = []
        window.prepared.connect(lambda: ready.append(True))
        window.prepare()
        wait_until(app, lambda: bool(ready))
        in_both_themes(app, lambda theme: photograph(app, window, f"empty-{theme}"))
        find_parts(app, window)
        in_both_themes(app, lambda theme: photograph_parts(app, window, theme))
        fit(app, window)
        in_both_themes(app, lambda theme: photograph_fitted(app, window, theme))
        find_objects(app, window)
        in_both_themes(app, lambda theme: photograph(app, window, f"counted-{theme}"))
        cut_out(app, window)
        in_both_themes(app, lambda theme: photograph_object(app, window, theme))
        find_tissues(app, window)
        in_both_themes(app, lambda theme: photograph_tissues(app, window, theme))
        cut_out_solids(app, window)
        in_both_themes(app, lambda theme: photograph(app, window, f"solid-{theme}"))
        give_up(window)
        window.close()


def in_both_themes(app: QApplication, take: Callable[[str], None]) -> None:
    """Take pictures in light and in dark."""
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(app, theme)
        take(theme.value)


def find_parts(app: QApplication, window: MainWindow) -> None:
    """Open a sample, whose connected regions are found by themselves, and name some."""
    window.open_path("sample:coffee")
    wait_until(app, lambda: window.workspace.result is not None)
    name_labels(window, PARTS)


def photograph_parts(app: QApplication, window: MainWindow, theme: str) -> None:
    """Take connected regions and their mean colors in one theme."""
    canvas = window.ensure_work_page().canvas
    for view, name in ((View.LABELS, "regions"), (View.MEANS, "means")):
        window.workspace.set_look(view=view)
        QTest.mouseMove(canvas.viewport(), canvas.to_canvas(QPointF(*PARTS["Saucer"])).toPoint())
        photograph(app, window, f"{name}-{theme}")


def fit(app: QApplication, window: MainWindow) -> None:
    """Read the sample as classes, ask for some, name them, and pick one."""
    workspace = window.workspace
    workspace.set_reading("classes")
    workspace.set_recipe("Change number of regions", n_regions=N_CLASSES)
    wait_until(app, lambda: workspace.result_is_current)
    name_labels(window, PLACES)


def name_labels(window: MainWindow, places: dict[str, tuple[int, int]]) -> None:
    """Name the labels of some pixels, and pick the saucer's."""
    workspace = window.workspace
    for name, (column, row) in places.items():
        if workspace.result is not None:
            label = workspace.labels[workspace.result.label_at(row, column) - 1]
            workspace.set_label(replace(label, name=name), f"Rename {label.name}")
    column, row = places["Saucer"]
    if workspace.result is not None:
        workspace.set_look(selected=workspace.result.label_at(row, column))


def photograph_fitted(app: QApplication, window: MainWindow, theme: str) -> None:
    """Take labels, export and soft view in one theme."""
    workspace, page = window.workspace, window.ensure_work_page()
    workspace.set_look(view=View.LABELS)
    place = page.canvas.to_canvas(QPointF(*PLACES["Saucer"])).toPoint()
    QTest.mouseMove(page.canvas.viewport(), place)
    photograph(app, window, f"labels-{theme}")
    if workspace.result is None:
        return
    exported = ExportedRegions(workspace.result.regions, workspace.labels, workspace.look)
    dialog = ExportDialog(exported, "/home/you/masks", Runner("export", window), window)
    dialog.show()
    photograph(app, dialog, f"export-{theme}")
    dialog.reject()
    workspace.set_look(view=View.SOFT)
    wait_until(app, lambda: not page.painter.planes.is_busy)
    photograph(app, window, f"soft-{theme}")


def find_objects(app: QApplication, window: MainWindow) -> None:
    """Open a sample of many like things, leave out the smallest, and pick one."""
    workspace = window.workspace
    workspace.set_look(view=View.LABELS)
    workspace.set_reading("objects")
    before = workspace.document
    give_up(window)
    window.open_path("sample:hubble")
    wait_until(app, lambda: workspace.document is not before and workspace.result_is_current)
    workspace.set_recipe("Change smallest object", min_size=SMALLEST)
    if workspace.result is not None and workspace.result.objects is not None:
        objects = workspace.result.objects
        largest = int(objects.sizes.argmax())
        workspace.set_look(selected=largest + 1)
        canvas = window.ensure_work_page().canvas
        place = canvas.to_canvas(QPointF(*objects.centers[largest].tolist())).toPoint()
        QTest.mouseMove(canvas.viewport(), place)


def cut_out(app: QApplication, window: MainWindow) -> None:
    """Open another sample, cut out the person and a tank, and refine the hair."""
    workspace = window.workspace
    workspace.set_job(Job.FOREGROUND)
    before = workspace.document
    give_up(window)
    window.open_path("sample:astronaut")
    wait_until(app, lambda: workspace.document is not before)
    draw(app, window, Way.BOX, BOX)
    draw(app, window, Way.CLICK, [NECK])
    draw(app, window, Way.EDGE, HAIR)
    window.commands.new_object.trigger()
    draw(app, window, Way.LASSO, AROUND)
    window.commands.ways[Way.CLICK].trigger()
    for value, name in ((1, "Astronaut"), (2, "Fuel tank")):
        set_object_label(workspace, replace(object_label(value), name=name), f"Rename {name}")


def draw(
    app: QApplication,
    window: MainWindow,
    way: Way,
    points: Sequence[tuple[int, int]],
) -> None:
    """Mark something by the mouse, at pixels of the image, and wait for what it gives."""
    window.commands.ways[way].trigger()
    canvas = window.ensure_work_page().canvas
    places = [canvas.to_canvas(QPointF(x + 0.5, y + 0.5)).toPoint() for x, y in points]
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas.viewport(), button, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas.viewport(), place)
    QTest.mouseRelease(canvas.viewport(), button, pos=places[-1])
    wait_until(app, lambda: not window.workspace.cutter.runner.is_busy)


def photograph_object(app: QApplication, window: MainWindow, theme: str) -> None:
    """Take the objects, and one of them cut out on a color, in one theme."""
    workspace, painter = window.workspace, window.ensure_work_page().foreground_painter
    workspace.set_look(view=View.OBJECT, selected=2)
    photograph(app, window, f"object-{theme}")
    workspace.set_look(view=View.CUTOUT, selected=1, ground=Ground(GROUND))
    wait_until(app, lambda: not painter.planes.is_busy)
    photograph(app, window, f"cutout-{theme}")


def find_tissues(app: QApplication, window: MainWindow) -> None:
    """Open a head made of ellipsoids, with its brain, and go to its lesion."""
    workspace = window.workspace
    phantom = head_phantom((1.0, 1.0, 1.0), "LAS", noise=6.0, lesion=True)
    give_up(window)
    workspace.opening.open_image(lambda: phantom.image, "phantom")
    wait_until(app, lambda: workspace.job is Job.TISSUE)
    workspace.change("Change brain", brain=GivenMask("brain.nii.gz", phantom.brain))
    wait_until(app, lambda: workspace.tissue.holds_for(workspace.document))
    window.ensure_volume_page().jump_to(LESION)


def photograph_tissues(app: QApplication, window: MainWindow, theme: str) -> None:
    """Take labels, one tissue's probability and anomalies in one theme."""
    workspace, page = window.workspace, window.ensure_volume_page()
    workspace.set_look(selected=2)
    views = {"tissue": View.LABELS, "probability": View.SOFT, "anomaly": View.ANOMALY}
    for name, view in views.items():
        workspace.set_look(view=view)
        wait_until(app, lambda: not workspace.tissue.views.is_busy and not page.anomalies.is_busy)
        photograph(app, window, f"{name}-{theme}")


def cut_out_solids(app: QApplication, window: MainWindow) -> None:
    """Cut the lesion of the head and its white matter out, each by a click on the axial plane."""
    workspace, page = window.workspace, window.ensure_volume_page()
    workspace.set_job(Job.FOREGROUND)
    view = page.views[Plane.AXIAL]
    for place in (DEEP, LESION):
        page.jump_to(place)
        row, column, _ = view.slicing.place_of(page.viewpoint.voxel)
        width, height = view.canvas.pixel
        middle = QPointF((column + 0.5) * width, (row + 0.5) * height)
        pixel = view.canvas.to_canvas(middle).toPoint()
        wait_until(app, lambda: workspace.cutter.ready is not None)
        QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=pixel)
        wait_until(app, lambda: not workspace.cutter.runner.is_busy)
        if place is DEEP:
            window.commands.new_object.trigger()
    for value, name in ((1, "White matter"), (2, "Lesion")):
        set_object_label(workspace, replace(object_label(value), name=name), f"Rename {name}")


def give_up(window: MainWindow) -> None:
    """Take all hand work as saved, so that nothing asks for it."""
    history = window.workspace.history
    if history is not None:
        window.saving.keep_all(history)


def photograph(app: QApplication, widget: QWidget, name: str) -> None:
    """Let everything settle, then save what the widget shows."""
    settled = time.monotonic() + 0.3
    wait_until(app, lambda: time.monotonic() > settled)
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    shape = picture.height(), picture.bytesPerLine()
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(shape)
    pixels = rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3)
    write_smaller(FOLDER / f"{name}.png", pixels)


def wait_until(app: QApplication, done: Callable[[], bool]) -> None:
    """Run the event loop until it is done."""
    end = time.monotonic() + WAIT
    while not done():
        app.processEvents()
        time.sleep(0.005)
        if time.monotonic() > end:
            sys.exit("The window did not get there in time.")


if __name__ == "__main__":
    main()

"""Like objects in the window: counted, listed, picked, merged, removed, exported."""

import csv
import json
import threading

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from segmenter.cli.main import main
from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.dialogs.exported import Choice, ExportedRegions
from segmenter.gui.look import View
from segmenter.gui.worker import Runner
from segmenter.segment.objects.dividing import second_half
from segmenter.work import finish

LEFT = Qt.MouseButton.LeftButton
CENTERS = tuple((row, column) for row in (30, 90) for column in (30, 90, 150))
"""Row and column of the middle of each disk."""

SMALL = 5
"""Which of the disks is the small one."""


def place(window, row, column):
    return window.work.canvas.to_canvas(QPointF(column + 0.5, row + 0.5)).toPoint()


def click(window, qtbot, disk, keys=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(window.work.canvas.viewport(), LEFT, keys, place(window, *CENTERS[disk]))


def drag(window, qtbot, disk, other):
    viewport = window.work.canvas.viewport()
    qtbot.mousePress(viewport, LEFT, pos=place(window, *CENTERS[disk]))
    at = QPointF(place(window, *CENTERS[other]))
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(viewport.mapToGlobal(at.toPoint())),
        Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)
    qtbot.mouseRelease(viewport, LEFT, pos=at.toPoint())


def labels_at(window):
    return [window.workspace.result.label_at(*center) for center in CENTERS]


def count(window):
    return window.workspace.result.objects.n_labels


def cell(window, row, column):
    table = window.work.table
    return table.view.model().index(row, column).data()


def test_objects_are_counted_and_listed(counted):
    table = counted.work.table
    assert sorted(labels_at(counted)) == [1, 2, 3, 4, 5, 6]
    assert table.count.text() == "6 objects"
    assert table.view.model().rowCount() == 6
    result = counted.workspace.result.objects
    assert [cell(counted, row, 1) for row in range(6)] == [str(size) for size in result.sizes]
    middles = {(float(cell(counted, row, 3)), float(cell(counted, row, 2))) for row in range(6)}
    for center in CENTERS:
        assert min(abs(row - center[0]) + abs(x - center[1]) for row, x in middles) <= 2
    means = [each.means[0] for each in result.measurements]
    assert [float(cell(counted, row, 4)) for row in range(6)] == pytest.approx(means, abs=0.51)
    assert "brighter than the ground" in counted.work.fit.sentence.text()
    assert counted.work.fit.sizes.isVisible()
    assert not counted.work.labels.isVisible()
    assert not counted.work.fit.histogram.isVisible()


def test_the_panel_is_no_wider_than_its_room_in_a_small_window(counted, qtbot):
    counted.resize(1024, 700)
    panel = counted.work.panel
    qtbot.waitUntil(lambda: panel.verticalScrollBar().isVisible())
    assert panel.widget().width() == panel.viewport().width()


def test_there_are_no_views_of_probabilities(counted, qtbot):
    assert not counted.commands.views[View.SOFT].isEnabled()
    assert not counted.commands.views[View.UNCERTAINTY].isVisible()
    qtbot.keyClick(counted.work.canvas, Qt.Key.Key_U)
    assert counted.workspace.look.view is View.LABELS


def test_a_view_of_probabilities_gives_way(window, photo, finish_fit, qtbot):
    window.workspace.reading = "classes"
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    finish_fit()
    window.workspace.set_look(view=View.SOFT)
    window.commands.readings["objects"].trigger()
    finish_fit()
    assert window.workspace.look.view is View.LABELS
    assert count(window) == 6
    window.commands.undo.trigger()
    finish_fit()
    assert window.workspace.result.classes is not None


@pytest.fixture
def large_numbers(tmp_path):
    """A wide image of 16 bits with a bright disk far to the right."""
    y, x = np.mgrid[:200, :2600]
    inside = ((y - 100) ** 2 + (x - 2400) ** 2 < 60**2) | ((y - 60) ** 2 + (x - 90) ** 2 < 40**2)
    noise = np.random.default_rng(0).normal(0, 200, y.shape)
    path = tmp_path / "wide.png"
    PillowImage.fromarray((np.where(inside, 51_234, 3_000) + noise).astype(np.uint16)).save(path)
    return path


def test_no_number_of_the_table_is_cut(window, large_numbers, finish_fit, qtbot):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(large_numbers))
    finish_fit()
    view = window.work.table.view
    assert view.model().rowCount() == 2
    for column in range(5):
        assert view.sizeHintForColumn(column) <= view.columnWidth(column)


@pytest.fixture
def cells(tmp_path):
    """Bright disks in two channels of an image whose pixels are of half a micrometer."""
    y, x = np.mgrid[:120, :180]
    near = [np.hypot(y - row, x - column) < radius for row, column, radius in
            ((30, 30, 12), (30, 100, 14), (90, 60, 16), (90, 140, 6))]  # fmt: skip
    inside = np.any(near, axis=0)
    noise = np.random.default_rng(0).normal(0, 20, (2, *y.shape))
    channels = np.stack([np.where(inside, 4000, 300), np.where(inside, 900, 100)]) + noise
    path = tmp_path / "cells.tif"
    metadata = {"axes": "CYX", "unit": "micron"}
    tifffile.imwrite(
        path, channels.astype(np.uint16), imagej=True, resolution=(2, 2), metadata=metadata
    )
    return path


def test_all_that_is_said_of_calibrated_objects_has_one_unit(window, cells, finish_fit, qtbot):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(cells))
    finish_fit()
    plot, model = window.work.fit.sizes, window.work.model.objects
    found = window.workspace.result.objects.found.sizes
    assert window.work.fit._sizes_title.text() == "Sizes of objects in µm²"
    bars = plot._bars.opts
    least = bars["x0"][np.flatnonzero(bars["height"])[0]]
    assert least == pytest.approx(np.log10(found.min() / 4), abs=0.1)
    at = plot.box.mapViewToScene(QPointF(np.log10(60), 0)).toPoint()
    qtbot.mouseClick(plot.viewport(), LEFT, pos=plot.mapFromScene(at))
    assert window.workspace.document.recipe.min_size == pytest.approx(240, rel=0.06)
    finish_fit()
    size = window.workspace.document.recipe.min_size
    assert plot._marker.value() == pytest.approx(np.log10(size / 4))
    assert model.smallest.text() == f"{size} px   {size / 4:.3g} µm²"


def test_each_channel_has_a_mean_of_its_own(window, cells, finish_fit, qtbot, photo):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(cells))
    finish_fit()
    model = window.work.table.view.model()
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert titles[4:] == ["Mean 1", "Mean 2"]
    view = window.work.table.view
    assert view.columnWidth(0) >= view.sizeHintForColumn(0)
    assert not view.horizontalScrollBar().isVisible()
    result = window.workspace.result.objects
    for row, measured in enumerate(result.measurements):
        means = [float(cell(window, row, column).replace(",", "")) for column in (4, 5)]
        assert means == pytest.approx(measured.means, abs=0.51)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    finish_fit()
    assert model.columnCount() == 5
    assert not any(map(view.isColumnHidden, range(5)))


def test_a_click_picks_in_the_image_and_in_the_table(counted, qtbot):
    click(counted, qtbot, 3)
    value = labels_at(counted)[3]
    assert counted.workspace.look.selected == value
    rows = counted.work.table.view.selectionModel().selectedRows()
    assert [row.data() for row in rows] == [str(value)]
    counted.work.table.view.selectRow(1)
    assert counted.workspace.look.selected == 2


def test_the_table_is_sorted_by_a_click_on_its_head(counted, qtbot):
    view = counted.work.table.view
    header = view.horizontalHeader()
    middle = header.sectionViewportPosition(1) + header.sectionSize(1) // 2
    qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(middle, header.height() // 2))
    areas = [int(cell(counted, row, 1)) for row in range(6)]
    assert areas == sorted(areas)
    view.selectRow(0)
    assert counted.workspace.look.selected == labels_at(counted)[SMALL]


def test_what_is_picked_in_the_table_is_brought_on_screen(counted):
    canvas = counted.work.canvas
    canvas.zoom_to(16.0, QPointF(0, 0))
    counted.work.table.view.selectRow(5)
    centers = counted.workspace.result.objects.centers
    assert canvas.visible_rect.contains(QPointF(*centers[5].tolist()))


def test_a_picked_object_is_outlined(counted, qtbot):
    click(counted, qtbot, 0)
    tiles = counted.work.tiles
    qtbot.waitUntil(lambda: not tiles.runner.is_busy)
    qtbot.waitUntil(lambda: counted.work.canvas.outlines.is_shown)


def test_outlines_of_no_objects_are_none(counted, qtbot, finish_fit):
    counted.commands.outlines.trigger()
    qtbot.waitUntil(lambda: counted.work.canvas.outlines.is_shown)
    counted.workspace.set_recipe("Change smallest object", min_size=99_999)
    finish_fit()
    assert count(counted) == 0
    assert not counted.work.canvas.outlines.is_shown


def test_delete_removes_and_undo_brings_back(counted, qtbot):
    click(counted, qtbot, 1)
    qtbot.keyClick(counted.work.canvas, Qt.Key.Key_Delete)
    assert count(counted) == 5
    assert labels_at(counted)[1] == 0
    assert counted.commands.undo.text() == "Undo Remove 1 Object"
    assert "1 change by hand" in counted.work.fit.sentence.text()
    counted.commands.undo.trigger()
    assert count(counted) == 6


def test_several_are_picked_with_ctrl_and_removed_together(counted, qtbot):
    click(counted, qtbot, 0)
    click(counted, qtbot, 4, Qt.KeyboardModifier.ControlModifier)
    assert counted.work.table.view.selectionModel().selectedRows(1)[1:]
    counted.commands.remove.trigger()
    assert count(counted) == 4
    qtbot.mouseClick(counted.work.model.objects.by_hand.take_back, LEFT)
    assert count(counted) == 6


def test_a_drag_merges(counted, qtbot):
    drag(counted, qtbot, 0, 1)
    labels = labels_at(counted)
    assert count(counted) == 5
    assert labels[0] == labels[1] == counted.workspace.look.selected
    assert counted.commands.undo.text() == "Undo Merge 2 Objects"


def test_clicks_on_the_ground_change_nothing(counted, qtbot):
    viewport = counted.work.canvas.viewport()
    qtbot.mouseClick(viewport, LEFT, pos=place(counted, 60, 60))
    qtbot.mouseDClick(viewport, LEFT, pos=place(counted, 60, 60))
    assert count(counted) == 6
    assert counted.commands.undo.text() == "Undo"


def test_the_smallest_size_leaves_out_at_once(counted, qtbot):
    field = counted.work.model.objects.smallest
    names = [label.color for label in counted.workspace.labels]
    field.setValue(400)
    assert counted.workspace.result_is_current
    assert count(counted) == 5
    assert labels_at(counted)[SMALL] == 0
    assert "1 more is left out" in counted.work.fit.sentence.text()
    assert [label.color for label in counted.workspace.labels] == names[:5]
    field.setValue(99_999)
    assert count(counted) == 0
    assert "left out" in counted.work.fit.sentence.text()
    assert not counted.commands.export.isEnabled()
    field.setValue(0)
    assert count(counted) == 6


def test_the_marker_of_the_sizes_is_dragged(counted, qtbot):
    plot = counted.work.fit.sizes
    places = [
        plot.mapFromScene(plot.box.mapViewToScene(QPointF(np.log10(size), 1)))
        for size in (260, 400)
    ]
    qtbot.mousePress(plot.viewport(), LEFT, pos=places[0])
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=places[0])
    smallest = counted.workspace.document.recipe.min_size
    assert 230 < smallest < 300
    assert count(counted) == 5


def test_the_other_ground_is_looked_at_when_told(counted, finish_fit):
    settings = counted.work.model.objects
    assert settings.ground.currentText() == "Auto: brighter"
    settings.ground.setCurrentIndex(settings.ground.findData("bright"))
    finish_fit()
    assert counted.workspace.result.objects.ground == "bright"
    counted.commands.undo.trigger()
    finish_fit()
    assert count(counted) == 6


def test_the_ground_that_was_found_can_be_told_too(counted, finish_fit):
    settings = counted.work.model.objects
    settings.ground.setCurrentIndex(settings.ground.findData("dark"))
    finish_fit()
    assert counted.workspace.document.recipe.ground == "dark"
    assert count(counted) == 6


def test_finding_can_be_cancelled(counted, qtbot):
    workspace = counted.workspace
    before = workspace.document
    workspace.set_recipe("Change ground", ground="bright")
    assert workspace.fitter.runner.is_busy
    workspace.cancel()
    assert not workspace.is_busy
    assert workspace.document == before
    assert count(counted) == 6


def test_names_stay_with_their_objects(counted, qtbot):
    workspace = counted.workspace
    value = labels_at(counted)[4]
    label = workspace.labels[value - 1]
    workspace.set_label(type(label)(value, "big one", label.color, label.visible), "Rename")
    click(counted, qtbot, 0)
    counted.commands.remove.trigger()
    assert workspace.labels[labels_at(counted)[4] - 1].name == "big one"
    assert workspace.labels[0].name == "Object 1"


def test_the_files_are_those_of_the_command_line(counted, photo, tmp_path):
    workspace = counted.workspace
    exported = ExportedRegions(workspace.result.regions, workspace.labels, workspace.look)
    dialog = ExportDialog(exported, str(tmp_path / "window"), Runner("export", counted), counted)
    assert dialog.bits.currentData() == 16
    assert "soft" not in dialog.kinds
    choice = Choice(exported.first_choice, (), 16)
    finish(exported.write(tmp_path / "window", choice))
    assert main(["objects", str(photo), "-o", str(tmp_path / "command")]) == 0
    names = sorted(path.name for path in (tmp_path / "window").iterdir())
    assert names == ["disks-labels.png", "disks-outlines.geojson", "disks-table.csv"]
    for name in names:
        one, other = (tmp_path / folder / name for folder in ("window", "command"))
        assert one.read_bytes() == other.read_bytes()
    labels = cv2.imread(str(tmp_path / "window" / names[0]), cv2.IMREAD_UNCHANGED)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, workspace.result.regions.label_map)
    with (tmp_path / "window" / names[2]).open(newline="") as file:
        assert next(csv.DictReader(file))["name"] == "Object 1"
    assert json.loads((tmp_path / "window" / names[1]).read_text())["features"]


def test_a_double_click_divides_an_object_and_so_does_a_key(counted, qtbot, finish_fit):
    viewport = counted.work.canvas.viewport()
    before = np.array(counted.workspace.result.regions.label_map)
    qtbot.mouseDClick(viewport, LEFT, pos=place(counted, *CENTERS[0]))
    finish_fit()
    assert count(counted) == 7
    assert counted.work.table.view.model().rowCount() == 7
    assert counted.commands.undo.text() == "Undo Divide Object"
    after = counted.workspace.result.regions.label_map
    assert ((after > 0) == (before > 0)).all()
    assert len(np.unique(after[before == before[CENTERS[0]]])) == 2
    assert counted.workspace.look.selected == after[CENTERS[0]]
    click(counted, qtbot, 1)
    qtbot.keyClick(counted.work.canvas, Qt.Key.Key_S)
    finish_fit()
    assert count(counted) == 8
    for _ in range(2):
        counted.commands.undo.trigger()
        finish_fit()
    assert (counted.workspace.result.regions.label_map == before).all()
    counted.commands.redo.trigger()
    assert (counted.workspace.result.regions.label_map == after).all()  # at once: it was kept
    qtbot.mouseDClick(viewport, LEFT, pos=place(counted, 60, 60))
    finish_fit()
    assert count(counted) == 7


@pytest.fixture
def slow(monkeypatch):
    """Let dividing wait, so that something can happen meanwhile."""
    gate = threading.Event()

    def half(mask):
        gate.wait()
        return second_half(mask)

    monkeypatch.setattr("segmenter.segment.objects.picked.second_half", half)
    yield gate
    gate.set()


def test_the_window_answers_while_an_object_is_divided(counted, qtbot, slow, finish_fit):
    before = counted.workspace.result
    viewport = counted.work.canvas.viewport()
    qtbot.mouseDClick(viewport, LEFT, pos=place(counted, *CENTERS[0]))
    assert counted.workspace.is_busy
    click(counted, qtbot, 2)
    assert counted.workspace.look.selected == before.regions.label_map[CENTERS[2]]
    assert counted.workspace.result is before
    slow.set()
    finish_fit()
    assert count(counted) == 7


def test_cancel_while_an_object_is_divided_leaves_all_as_it_was(counted, qtbot, slow):
    workspace = counted.workspace
    before, document = workspace.result, workspace.document
    viewport = counted.work.canvas.viewport()
    qtbot.mouseDClick(viewport, LEFT, pos=place(counted, *CENTERS[0]))
    assert workspace.document.recipe.edits
    qtbot.keyClick(counted, Qt.Key.Key_Escape)
    assert not workspace.is_busy
    assert workspace.document == document
    assert workspace.result is before
    slow.set()
    qtbot.wait(100)
    assert workspace.result is before


def test_what_cannot_be_divided_is_refused_and_taken_back(counted, qtbot, monkeypatch):
    monkeypatch.setattr("segmenter.segment.objects.picked.second_half", np.zeros_like)
    document, viewport = counted.workspace.document, counted.work.canvas.viewport()
    with qtbot.waitSignal(counted.workspace.recipe_refused) as refused:
        qtbot.mouseDClick(viewport, LEFT, pos=place(counted, *CENTERS[0]))
    assert "This object cannot be divided further" in str(refused.args[0])
    assert counted.workspace.document == document
    assert count(counted) == 6

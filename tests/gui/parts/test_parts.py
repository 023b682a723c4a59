"""Connected regions in the window: one slider, merging and dividing by hand, and what is told."""

import csv
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication
from scipy.ndimage import binary_dilation

from segmenter.cli.main import main
from segmenter.export.measured import measured_labels
from segmenter.gui.commands import Commands
from segmenter.gui.dialogs.exported import Choice, ExportedRegions
from segmenter.gui.dialogs.measured import WIDEST, MeasuredDialog
from segmenter.gui.look import View
from segmenter.gui.parts.edits import points_in
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Label
from segmenter.work import finish

LEFT = Qt.MouseButton.LeftButton
QUARTERS = ((20, 20), (20, 140), (100, 20), (100, 140))
"""Row and column inside each quarter of the photo."""


def read_table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def place(window, row, column):
    return window.work.canvas.to_canvas(QPointF(column + 0.5, row + 0.5)).toPoint()


def click(window, qtbot, row, column, keys=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(window.work.canvas.viewport(), LEFT, keys, place(window, row, column))


def send_move(window, row, column):
    """Move the mouse with the left button held, which the test library cannot."""
    viewport = window.work.canvas.viewport()
    at = QPointF(place(window, row, column))
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(viewport.mapToGlobal(at.toPoint())),
        Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def drag(window, qtbot, *places):
    viewport = window.work.canvas.viewport()
    qtbot.mousePress(viewport, LEFT, pos=place(window, *places[0]))
    for each in places[1:]:
        send_move(window, *each)
    qtbot.mouseRelease(viewport, LEFT, pos=place(window, *places[-1]))


def labels_at(window, places=QUARTERS):
    return [window.workspace.result.label_at(*each) for each in places]


def n_regions(window):
    return window.workspace.result.regions.n_labels


def test_a_window_nobody_has_touched_reads_regions():
    assert Workspace().reading == "regions"


def test_a_photo_is_cut_into_regions_by_itself(window, photo, finish_fit):
    window.open_path(str(photo))
    finish_fit()
    panel = window.work.model.parts
    assert window.workspace.result.parts is not None
    assert window.commands.readings["regions"].isChecked()
    assert panel.isVisible()
    assert not window.work.model.classes.isVisible()
    assert panel.auto.isChecked()
    assert panel.number.value() == n_regions(window)
    assert window.work.fit.merges.isVisibleTo(window.work.fit)
    assert not window.work.fit.histogram.isVisibleTo(window.work.fit)
    assert "the next merge would join" in window.work.fit.sentence.text()


def test_the_slider_answers_while_it_is_held_and_undoes_as_one(parted, qtbot):
    slider = parted.work.model.parts.detail
    before, counts = parted.workspace.document, []
    parted.workspace.segmented.connect(lambda: counts.append(n_regions(parted)))
    slider.setSliderDown(True)
    for value in range(slider.value(), 960, 20):
        slider.setSliderPosition(value)
        slider.setValue(value)
    slider.setSliderDown(False)
    assert parted.workspace.result_is_current
    assert counts[-1] > 20
    assert counts == sorted(counts)
    assert parted.work.model.parts.number.value() == counts[-1]
    assert parted.commands.undo.text() == "Undo Change detail"
    parted.commands.undo.trigger()
    assert parted.workspace.document == before
    assert n_regions(parted) == 4
    assert parted.workspace.result_is_current


def test_the_slider_is_moved_by_the_keyboard(parted, qtbot):
    slider = parted.work.model.parts.detail
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    many = n_regions(parted)
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert n_regions(parted) == 1 < many
    assert "nothing is left to join" in parted.work.fit.sentence.text()


def test_what_is_painted_are_the_colors_of_the_labels(parted, qtbot):
    parted.workspace.set_opacity(1.0)
    shown = parted.work.canvas.grab().toImage()
    for (row, column), value in zip(QUARTERS, labels_at(parted), strict=True):
        color = parted.workspace.labels[value - 1].color
        assert shown.pixelColor(place(parted, row, column)).getRgb()[:3] == color


def test_mean_colors_are_those_of_the_photo(parted, qtbot):
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_C)
    assert parted.workspace.look.view is View.MEANS
    shown = parted.work.canvas.grab().toImage()
    pixels = parted.workspace.document.image.pixels
    label_map = parted.workspace.result.regions.label_map
    for row, column in QUARTERS:
        mean = pixels[label_map == label_map[row, column]].mean(axis=0)
        seen = shown.pixelColor(place(parted, row, column)).getRgb()[:3]
        assert np.abs(np.subtract(seen, mean)).max() <= 1


def test_colors_and_names_stay_while_the_detail_changes(parted):
    workspace = parted.workspace
    few = {value: workspace.labels[value - 1].color for value in labels_at(parted)}
    (label,) = [each for each in workspace.labels if each.value == labels_at(parted)[3]]
    workspace.set_label(type(label)(label.value, "sea", label.color, label.visible), "Rename")
    workspace.set_recipe("Change detail", n_regions=60)
    names = [each.name for each in workspace.labels]
    assert names.count("sea") == 1
    many = labels_at(parted, [divmod(index, 160) for index in range(120 * 160)])
    kept = {value: workspace.labels[value - 1].color for value in set(many) & set(few)}
    assert kept == {value: few[value] for value in kept}
    workspace.set_recipe("Change detail", n_regions=1)
    workspace.set_recipe("Change detail", n_regions=4)
    assert [each.name for each in workspace.labels].count("sea") == 1
    assert workspace.labels[labels_at(parted)[3] - 1].name == "sea"


def test_a_drag_from_one_region_to_another_merges_them(parted, qtbot):
    drag(parted, qtbot, (20, 20), (20, 60), (20, 140))
    one, other, *rest = labels_at(parted)
    assert one == other
    assert n_regions(parted) == 3
    assert parted.workspace.look.selected == one
    assert len({one, *rest}) == 3
    assert parted.commands.undo.text() == "Undo Merge 2 Regions"
    assert parted.work.model.parts.by_hand.count.text() == "1 change"
    parted.commands.undo.trigger()
    assert len(set(labels_at(parted))) == 4


def test_what_will_be_merged_is_outlined_and_escape_drops_it(parted, qtbot):
    viewport = parted.work.canvas.viewport()
    qtbot.mousePress(viewport, LEFT, pos=place(parted, 20, 20))
    send_move(parted, 100, 20)
    assert parted.workspace.look.chosen == {labels_at(parted)[0], labels_at(parted)[2]}
    qtbot.waitUntil(lambda: parted.work.canvas.outlines.is_shown)
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(viewport, LEFT, pos=place(parted, 100, 20))
    assert parted.workspace.look.chosen == frozenset()
    assert n_regions(parted) == 4


def test_a_hand_that_trembles_merges_nothing(parted, qtbot):
    drag(parted, qtbot, (59, 20), (60, 20))
    assert n_regions(parted) == 4


def test_several_are_picked_and_merged_by_a_key(parted, qtbot):
    assert not parted.commands.merge.isEnabled()
    click(parted, qtbot, *QUARTERS[0])
    click(parted, qtbot, *QUARTERS[1], Qt.KeyboardModifier.ControlModifier)
    click(parted, qtbot, *QUARTERS[3], Qt.KeyboardModifier.ShiftModifier)
    click(parted, qtbot, *QUARTERS[2], Qt.KeyboardModifier.ShiftModifier)
    click(parted, qtbot, *QUARTERS[2], Qt.KeyboardModifier.ShiftModifier)  # not this one
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_M)
    one, two, three, four = labels_at(parted)
    assert one == two == four != three
    assert n_regions(parted) == 2


def test_a_double_click_divides_and_so_does_a_key(parted, qtbot):
    viewport = parted.work.canvas.viewport()
    parted.workspace.set_recipe("Change number of regions", n_regions=2)
    qtbot.mouseDClick(viewport, LEFT, pos=place(parted, 20, 20))
    assert n_regions(parted) == 3
    assert parted.commands.undo.text() == "Undo Divide Region"
    click(parted, qtbot, 100, 140)
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_S)
    assert n_regions(parted) == 4
    parted.commands.undo.trigger()
    parted.commands.undo.trigger()
    assert n_regions(parted) == 2


def test_what_cannot_be_divided_says_so_and_changes_nothing(parted, qtbot):
    qtbot.keyClick(parted.work.model.parts.detail, Qt.Key.Key_End)
    history = parted.workspace.history
    qtbot.mouseDClick(parted.work.canvas.viewport(), LEFT, pos=place(parted, 20, 20))
    assert "cannot be divided" in parted.work.model.message.text()
    assert parted.workspace.document == history.document
    assert parted.workspace.history.past == history.past


def test_changes_by_hand_are_taken_back(parted, qtbot):
    drag(parted, qtbot, (20, 20), (20, 140))
    qtbot.mouseClick(parted.work.model.parts.by_hand.take_back, LEFT)
    assert n_regions(parted) == 4
    assert not parted.work.model.parts.by_hand.take_back.isVisible()


def test_a_typed_number_counts_what_hands_have_merged(parted, qtbot):
    drag(parted, qtbot, (20, 20), (20, 140))
    qtbot.keyClick(parted, Qt.Key.Key_K)
    field = parted.work.model.parts.number
    assert field.hasFocus()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert n_regions(parted) == field.value() == 7
    one, other, *_ = labels_at(parted)
    assert one == other


def test_small_regions_join_a_neighbor(parted, qtbot):
    parted.workspace.set_recipe("Change number of regions", n_regions=60)
    field = parted.work.model.parts.smallest
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "200")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert parted.workspace.result.parts.sizes.min() >= 200
    assert parted.work.model.parts.number.value() == n_regions(parted) < 60


def test_the_marker_of_the_plot_is_dragged(parted, qtbot):
    plot = parted.work.fit.merges
    before = parted.workspace.document
    places = [QPoint(round(plot.width() * share), 50) for share in (0.5, 0.6, 0.7)]
    qtbot.mousePress(plot.viewport(), LEFT, pos=places[0])
    first = n_regions(parted)
    for each in places[1:]:
        qtbot.mouseMove(plot.viewport(), each)
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=places[-1])
    assert 4 < first < n_regions(parted)
    parted.commands.undo.trigger()
    assert parted.workspace.document == before


def test_names_of_what_would_be_merged_next_are_told(parted):
    one, other = parted.workspace.result.parts.next_merge
    words = parted.work.fit.sentence.text()
    assert words == f"4 regions: the next merge would join Region {one} and Region {other}."
    parted.workspace.set_recipe("Change number of regions", n_regions=3)
    assert len(set(labels_at(parted))) == 3


def test_a_larger_window_has_more_labels_in_sight_and_all_that_is_below_them(parted, qtbot):
    parted.workspace.set_recipe("Change number of regions", n_regions=60)
    panel, scroll = parted.work.labels, parted.work.panel.verticalScrollBar()
    parted.resize(1280, 800)
    qtbot.waitUntil(lambda: scroll.maximum() == 0)
    few = len(panel.rows)
    parted.resize(1280, 1000)
    qtbot.waitUntil(lambda: len(panel.rows) >= few + 5)
    assert scroll.maximum() == 0
    assert all(row.isVisible() for row in panel.rows)
    for height in range(1000, 1033, 8):  # no room for a row is left blank
        parted.resize(1280, height)
        qtbot.waitUntil(lambda height=height: parted.height() == height)
        qtbot.waitUntil(lambda: panel.height() - panel.rows[-1].geometry().bottom() < 24)
    parted.workspace.set_recipe("Change number of regions", n_regions=3)
    assert len(panel.rows) == 3
    qtbot.waitUntil(lambda: panel.height() == 3 * 32 + 8)


def test_many_labels_are_scrolled_and_a_click_reveals_the_row(parted, qtbot):
    panel = parted.work.labels
    parted.workspace.set_recipe("Change number of regions", n_regions=60)
    assert len(panel.rows) < n_regions(parted)
    assert panel.bar.isVisible()
    panel.bar.setValue(panel.bar.maximum())
    assert panel.rows[-1].label.value == n_regions(parted)
    click(parted, qtbot, 20, 20)
    value = parted.workspace.result.label_at(20, 20)
    assert value in [row.label.value for row in panel.rows]
    panel.edit_selected()
    row = next(row for row in panel.rows if row.label.value == value)
    qtbot.keyClicks(row.name, "sky")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert parted.workspace.labels[value - 1].name == "sky"


def test_a_row_under_the_pointer_outlines_its_region(parted, qtbot):
    row = parted.work.labels.rows[2]
    at = QPointF(5, 5)
    QApplication.sendEvent(row, QEnterEvent(at, at, at))
    qtbot.waitUntil(lambda: parted.work.canvas.outlines.is_shown)
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    assert not parted.work.canvas.outlines.is_shown


def test_hovering_tells_the_region_and_its_size(parted, qtbot):
    qtbot.mouseMove(parted.work.canvas.viewport(), place(parted, 20, 140))
    parts, value = parted.workspace.result.parts, labels_at(parted)[1]
    assert f"Region {value}   {parts.sizes[value - 1]:,} pixels" in parted.status.pixel.text()


@pytest.mark.parametrize("view", [View.SOFT, View.UNCERTAINTY])
def test_planes_are_painted_in_place_of_the_labels(parted, qtbot, view):
    parted.workspace.set_look(view=view)
    qtbot.waitUntil(lambda: parted.work.canvas.overlay.is_shown)
    assert not parted.work.canvas.regions.is_shown
    parted.workspace.set_look(view=View.LABELS)
    assert parted.work.canvas.regions.is_shown
    assert not parted.work.canvas.overlay.is_shown


def test_the_readings_are_changed_to_and_fro(parted, qtbot, finish_fit):
    parts = parted.workspace.result.parts
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    finish_fit()
    assert parted.workspace.result.classes is not None
    assert parted.work.model.classes.isVisible()
    assert parted.work.fit.histogram.isVisibleTo(parted.work.fit)
    assert not parted.work.canvas.regions.is_shown
    assert not parted.commands.split.isEnabled()
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert parted.workspace.result_is_current  # its tree was kept
    assert parted.workspace.result.parts.partition is parts.partition
    assert n_regions(parted) == 4
    assert not parted.work.fit.histogram.isVisibleTo(parted.work.fit)


def test_another_image_opens_in_the_reading_last_used(parted, qtbot, finish_fit, tmp_path):
    parted.commands.readings["classes"].trigger()
    finish_fit()
    with qtbot.waitSignal(parted.workspace.opened):
        parted.open_path("sample:coins")
    assert parted.workspace.document.recipe.reading == "classes"


def test_where_nothing_can_be_merged_there_is_no_plot_of_it(parted, qtbot, finish_fit, tmp_path):
    assert parted.work.fit.merges.isVisible()
    page = PillowImage.new("L", (50, 40), 90)
    page.save(tmp_path / "blank.tif", save_all=True, append_images=[page])
    with qtbot.waitSignal(parted.workspace.opened):
        parted.open_path(str(tmp_path / "blank.tif"))
    finish_fit()
    assert parted.work.fit.sentence.text() == "1 region: nothing is left to join."
    assert not parted.work.fit.merges.isVisible()


def test_the_panel_is_not_wider_than_its_place(parted):
    panel = parted.work.panel
    assert panel.widget().minimumSizeHint().width() <= panel.viewport().width()


def test_a_pixel_is_found_in_every_region(parted):
    parted.workspace.set_recipe("Change number of regions", n_regions=80)
    result = parted.workspace.result
    values = range(1, result.regions.n_labels + 1)
    points = points_in(result, values)
    assert [result.label_at(row, column) for column, row in points] == list(values)


@pytest.fixture
def exported(parted):
    look = parted.workspace.look
    return ExportedRegions(parted.workspace.result.regions, parted.workspace.labels, look)


def test_the_files_are_those_of_the_command_line(parted, exported, photo, tmp_path):
    kinds = frozenset(("masks", "indexed", "values", "outlines", "table", "overlay"))
    values = tuple(label.value for label in exported.labels)
    written = finish(exported.write(tmp_path / "window", Choice(kinds, values, 8)))
    arguments = ["regions", str(photo), "--reading", "regions", "-k", "4", "--masks", "--table"]
    arguments += ["--outlines", "--overlay", "-o", str(tmp_path / "line")]
    assert main(arguments) == 0
    names = sorted(each.path.name for each in written)
    assert names == sorted(path.name for path in (tmp_path / "line").iterdir())
    for name in names:
        one, other = ((tmp_path / place / name).read_bytes() for place in ("window", "line"))
        assert one == other, name
    rows = read_table(tmp_path / "window" / "photo-table.csv")
    label_map = parted.workspace.result.regions.label_map
    for row in rows:
        inside = label_map == int(row["label"])
        assert int(row["area_px"]) == inside.sum()
        around = np.unique(label_map[binary_dilation(inside)])
        assert row["neighbors"].split() == [str(v) for v in around if v != int(row["label"])]
    values_file = np.asarray(PillowImage.open(tmp_path / "window" / "photo-labels.png"))
    for row, column in QUARTERS:
        assert values_file[row, column] == parted.workspace.result.label_at(row, column)


def test_very_many_regions_get_no_masks_unasked(parted, exported, tmp_path):
    assert "masks" in exported.first_choice
    parted.workspace.set_recipe("Change number of regions", n_regions=150)
    regions, labels = parted.workspace.result.regions, parted.workspace.labels
    many = ExportedRegions(regions, labels, parted.workspace.look)
    assert "masks" not in many.first_choice
    assert sorted(many.names(Choice(many.first_choice, (), 8))) == [
        "photo-colors.png",
        "photo-labels.png",
        "photo-table.csv",
    ]
    beyond = replace(many, regions=replace(regions, owner=np.arange(300, dtype=np.int32)))
    assert "indexed" not in beyond.kinds


def test_what_there_is_not_to_choose_takes_no_room(parted):
    assert not parted.work.fit.features.isVisible()


def test_measurements_are_a_table_that_is_sorted_and_copied(parted, qtbot):
    parted.commands.measured.trigger()
    qtbot.waitUntil(lambda: parted.findChild(MeasuredDialog) is not None)
    dialog = parted.findChild(MeasuredDialog)
    model = dialog.table.model()
    columns = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    area = columns.index("Area px")
    assert model.rowCount() == 4
    sizes = sorted(parted.workspace.result.parts.sizes.tolist())
    dialog.table.sortByColumn(area, Qt.SortOrder.AscendingOrder)
    assert [model.index(row, area).data() for row in range(4)] == [f"{size:,}" for size in sizes]
    colors = [label.color for label in parted.workspace.labels]
    for row in range(4):
        swatch = model.index(row, 0).data(Qt.ItemDataRole.DecorationRole)
        pixel = swatch.pixmap(16, 16).toImage().pixelColor(8, 8)
        assert pixel.getRgb()[:3] == tuple(colors[int(model.index(row, 0).data()) - 1])
    dialog.copying.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("label\tname\tarea_px")
    dialog.reject()


@pytest.fixture
def held(monkeypatch):
    """Return an event: until it is set, what is being measured takes its time."""
    go_on = threading.Event()

    def measured(*what):
        go_on.wait(10)
        return measured_labels(*what)

    monkeypatch.setattr("segmenter.export.measured.measured_labels", measured)
    yield go_on
    go_on.set()


def test_measurements_are_of_what_is_on_screen_when_they_open(parted, held, qtbot):
    parted.commands.measured.trigger()
    label = parted.workspace.labels[0]
    parted.workspace.set_label(replace(label, name="Sky"), "Rename")
    parted.workspace.set_recipe("Change number of regions", n_regions=3)
    held.set()
    qtbot.waitUntil(lambda: parted.findChild(MeasuredDialog) is not None)
    (dialog,) = parted.findChildren(MeasuredDialog)
    model = dialog.table.model()
    assert model.rowCount() == 3
    assert model.index(0, 1).data() == "Sky"


def test_it_is_told_that_labels_are_measured_until_they_are(parted, held, monkeypatch, qtbot):
    monkeypatch.setattr("segmenter.gui.status.PASSING_MS", 20)
    note = parted.status.note
    parted.commands.measured.trigger()
    parted.status.show_passing_note("Saved")
    assert note.text() == "Saved"
    qtbot.waitUntil(lambda: note.text() == "Measuring labels")
    monkeypatch.setattr("segmenter.gui.status.PASSING_MS", 60_000)
    parted.status.show_passing_note("Saved again")
    held.set()
    qtbot.waitUntil(lambda: parted.findChild(MeasuredDialog) is not None)
    assert note.text() == "Saved again"


def test_escape_stops_a_measurement_that_nothing_else_runs_beside(parted, held, qtbot):
    parted.commands.measured.trigger()
    assert parted.status.note.text() == "Measuring labels"
    qtbot.keyClick(parted.work.canvas, Qt.Key.Key_Escape)
    assert parted.status.note.text() == ""
    assert not parted.commands.cancel.isEnabled()
    assert not parted.findChild(Commands)._measurer.is_busy


def test_measurements_open_though_something_else_is_undone_meanwhile(parted, held, qtbot):
    label = parted.workspace.labels[0]
    parted.workspace.set_label(replace(label, name="Sky"), "Rename")
    parted.commands.measured.trigger()
    parted.commands.undo.trigger()
    held.set()
    qtbot.waitUntil(lambda: parted.findChild(MeasuredDialog) is not None)
    (dialog,) = parted.findChildren(MeasuredDialog)
    assert dialog.table.model().index(0, 1).data() == label.name
    qtbot.waitUntil(lambda: parted.status.note.text() == "")


def test_measurements_do_not_open_over_another_dialog_or_image(
    parted, held, finish_fit, make_photo, tmp_path, qtbot
):
    measurer = parted.findChild(Commands)._measurer
    parted.commands.measured.trigger()
    parted.commands.shortcuts.trigger()
    with qtbot.waitSignal(measurer.succeeded):
        held.set()
    assert parted.findChild(MeasuredDialog) is None
    QApplication.activeModalWidget().close()
    held.clear()
    parted.commands.measured.trigger()
    other = tmp_path / "other.png"
    PillowImage.fromarray(make_photo(60, 80)).save(other)
    with qtbot.waitSignal(parted.workspace.opened):
        parted.open_path(str(other))
    assert not measurer.is_busy


def test_a_long_name_leaves_room_for_what_is_measured_of_it(window):
    name = "a very long name of a region " * 5
    dialog = MeasuredDialog(
        [{"label": 1, "name": name, "area_px": 9}], [Label(1, name, (9, 9, 9))], window
    )
    assert dialog.table.columnWidth(1) == WIDEST
    assert dialog.table.columnWidth(2) < WIDEST
    cell = dialog.table.model().index(0, 1)
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == cell.data() == name


def test_large_and_small_measurements_are_written_in_full(window):
    rows = [
        {"label": 1, "volume_mm3": 4806350.25, "mean": 12.34567, "share": 0.00004, "area": 62638}
    ]
    QLocale.setDefault(QLocale("de_DE"))
    dialog = MeasuredDialog(rows, [Label(1, "One", (9, 9, 9))], window)
    model = dialog.table.model()
    delegate = dialog.table.itemDelegate()
    shown = [delegate.displayText(model.index(0, n).data(), QLocale()) for n in range(5)]
    QLocale.setDefault(QLocale.c())
    assert shown == ["1", "4,806,350.2", "12.346", "4.0000e-05", "62,638"]


def test_a_tiny_measurement_among_large_ones_keeps_its_digits(window):
    values = [31250.5, 0.25, 0.000012, -0.0000047, 3.2e-11, 0.0]
    rows = [{"label": label, "variance": value} for label, value in enumerate(values, 1)]
    labels = [Label(row["label"], "One", (9, 9, 9)) for row in rows]
    model = MeasuredDialog(rows, labels, window).table.model()
    shown = [model.index(row, 1).data() for row in range(len(rows))]
    assert shown == [
        "31,250.500000", "0.250000", "0.000012", "-4.7e-06", "3.2e-11", "0.000000"
    ]  # fmt: skip


def test_decimals_of_a_measurement_are_aligned_and_a_label_is_no_quantity(window):
    rows = [
        {"label": 999, "mean": 12.5, "share": 0.25, "area": 999, "none": None},
        {"label": 1000, "mean": 7.12345, "share": 0.000012, "area": 1000, "none": None},
        {"label": 1001, "mean": None, "share": 0.0, "area": 7, "none": None},
    ]
    labels = [Label(row["label"], "One", (9, 9, 9)) for row in rows]
    model = MeasuredDialog(rows, labels, window).table.model()
    shown = [[model.index(row, column).data() for row in range(3)] for column in range(5)]
    assert shown == [
        ["999", "1000", "1001"],
        ["12.500", "7.123", ""],
        ["0.250000", "0.000012", "0.000000"],
        ["999", "1,000", "7"],
        ["", "", ""],
    ]

"""The road of a user through the window, by mouse and keyboard."""

import threading
from dataclasses import replace

import nibabel
import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QSpinBox,
    QStyleFactory,
    QToolButton,
    QWidget,
)

from segmenter.gui.dialogs.measured import MeasuredDialog
from segmenter.gui.dialogs.palette import ActionPalette
from segmenter.gui.dialogs.report import BugReport
from segmenter.gui.dialogs.shortcuts import ShortcutSheet
from segmenter.gui.look import View
from segmenter.gui.pages.empty import EmptyPage
from segmenter.gui.panel.section import Section
from segmenter.gui.plots.plot import Plot
from segmenter.gui.settings import Settings
from segmenter.gui.status import time_left
from segmenter.gui.theme import DARK, LIGHT, Theme, current_colors
from segmenter.images.samples import list_samples
from segmenter.work import Progress
from tests.phantom import head_phantom


def named(window, kind, name):
    (found,) = [each for each in window.findChildren(kind) if each.accessibleName() == name]
    return found


def canvas_place(window, row, column):
    return window.work.canvas.to_canvas(QPointF(column + 0.5, row + 0.5)).toPoint()


def test_it_starts_empty_with_samples_and_nothing_dead(window, qtbot):
    assert window.empty.isVisible()
    assert not window.commands.export.isEnabled()
    assert not window.commands.undo.isEnabled()
    samples = [
        each for each in window.empty.findChildren(QToolButton) if each.objectName() == "sample"
    ]
    assert len(samples) == 3
    with qtbot.waitSignal(window.empty.chosen) as chosen:
        qtbot.mouseClick(samples[0], Qt.MouseButton.LeftButton)
    assert chosen.args[0].startswith("sample:")


def test_a_photo_is_segmented_by_itself_while_the_overlay_moves(window, photo, qtbot):
    steps = []
    window.workspace.stepped.connect(steps.append)
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: window.workspace.result is not None)
    assert steps
    assert steps[0].histograms
    assert window.work.isVisible()
    assert "photo.png" in window.windowTitle()
    assert window.workspace.result.regions.n_labels >= 4
    assert window.work.fit.sentence.text()
    assert window.work.fit.evidence.isVisibleTo(window.work.fit)


def test_the_number_is_changed_by_the_keyboard(opened, qtbot, finish_fit):
    qtbot.keyClick(opened, Qt.Key.Key_K)
    field = named(opened, QSpinBox, "Number of regions")
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_2)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    finish_fit()
    assert opened.workspace.result.regions.n_labels == 2
    assert len(opened.work.labels.rows) == 2
    assert opened.workspace.history.undo_name == "Change number of regions"


def test_hovering_tells_pixel_and_probabilities(opened, qtbot):
    qtbot.mouseMove(opened.work.canvas.viewport(), canvas_place(opened, 10, 70))
    words = opened.status.pixel.text()
    value = " ".join(str(each) for each in opened.workspace.document.image.pixels[10, 70])
    assert words.startswith(f"70, 10      RGB {value}      Region ")
    assert words.endswith("100 %")


def test_a_plot_neither_takes_the_keyboard_nor_stops_it(opened, qtbot):
    canvas, plots = opened.work.canvas, opened.work.findChildren(Plot)
    canvas.setFocus()
    for plot in plots:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton)
        assert canvas.hasFocus()
    each = canvas.nextInFocusChain()
    while each is not canvas:
        assert not (isinstance(each, Plot) and each.focusPolicy() & Qt.FocusPolicy.TabFocus)
        each = each.nextInFocusChain()
    assert len(plots) >= 3


def test_a_click_in_the_image_picks_the_label(opened, qtbot):
    label_map = opened.workspace.result.regions.label_map
    for row, column in ((10, 10), (10, 70), (50, 10), (50, 70)):
        place = canvas_place(opened, row, column)
        qtbot.mouseClick(opened.work.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert opened.workspace.look.selected == label_map[row, column]


def test_a_label_is_renamed_and_that_is_undone_and_redone(opened, qtbot):
    row = opened.work.labels.rows[1]
    qtbot.keyClick(opened, Qt.Key.Key_2)
    qtbot.keyClick(opened, Qt.Key.Key_F2)
    assert row.name.hasFocus()
    qtbot.keyClicks(row.name, "sky")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert opened.workspace.labels[1].name == "sky"
    assert opened.commands.undo.text() == "Undo Rename Region 2"
    opened.work.canvas.setFocus()
    qtbot.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert row.name.text() == "Region 2"
    qtbot.keyClick(opened, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert row.name.text() == "sky"


def test_undo_of_a_setting_brings_the_result_back(opened, qtbot, finish_fit):
    before = opened.workspace.result.regions.label_map
    opened.workspace.set_recipe("Change number of regions", n_regions=2)
    finish_fit()
    opened.commands.undo.trigger()
    assert opened.workspace.result_is_current  # it was kept
    assert opened.workspace.result.regions.label_map is before
    assert named(opened, QSpinBox, "Number of regions").value() == 4


def test_names_follow_their_regions_when_the_number_changes(opened, qtbot, finish_fit):
    before = opened.workspace.result.regions.label_map
    for label in opened.workspace.labels:
        opened.workspace.set_label(replace(label, name=f"was {label.value}"), "Rename")
    opened.workspace.set_recipe("Change number of regions", n_regions=3)
    finish_fit()
    after = opened.workspace.result.regions.label_map
    kept = [label for label in opened.workspace.labels if label.name.startswith("was ")]
    assert len(kept) >= 2
    for label in kept:
        old, new = before == int(label.name[-1]), after == label.value
        assert (old & new).sum() > 0.9 * (old | new).sum()
    opened.commands.undo.trigger()
    finish_fit()
    assert [label.name for label in opened.workspace.labels] == [f"was {i}" for i in range(1, 5)]


def test_a_label_is_hidden_and_shown_alone(opened, qtbot):
    row = opened.work.labels.rows[0]
    qtbot.mouseClick(row.eye, Qt.MouseButton.LeftButton)
    assert not opened.workspace.labels[0].visible
    assert opened.commands.undo.text() == "Undo Hide Region 1"
    qtbot.mouseClick(row.solo, Qt.MouseButton.LeftButton)
    assert opened.workspace.look.solo == 1
    qtbot.mouseClick(row.solo, Qt.MouseButton.LeftButton)
    assert opened.workspace.look.solo is None


@pytest.mark.parametrize(
    ("key", "held", "view"),
    [
        (Qt.Key.Key_I, Qt.KeyboardModifier.NoModifier, View.IMAGE),
        (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier, View.LABELS),
        (Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier, View.SOFT),
        (Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier, View.UNCERTAINTY),
    ],
)
def test_views_change_by_a_key_and_by_a_click(opened, qtbot, key, held, view):
    opened.work.canvas.setFocus()
    qtbot.keyClick(opened.work.canvas, key, held)
    assert opened.workspace.look.view is view
    qtbot.waitUntil(lambda: not opened.work.painter.planes.is_busy)
    assert opened.work.canvas.overlay.is_shown is (view is not View.IMAGE)
    opened.workspace.set_look(view=View.LABELS)
    button = named(opened, QToolButton, f"View: {view.value}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.workspace.look.view is view


def test_the_soft_view_paints_the_probability_of_the_selected_label(opened, qtbot):
    value = int(opened.workspace.result.regions.label_map[10, 10])
    opened.workspace.set_look(view=View.SOFT, selected=value)
    opened.workspace.set_opacity(1.0)
    qtbot.waitUntil(lambda: not opened.work.painter.planes.is_busy)
    shown = opened.work.canvas.grab().toImage()
    color = opened.workspace.labels[value - 1].color
    inside = shown.pixelColor(canvas_place(opened, 10, 10)).getRgb()[:3]
    outside = shown.pixelColor(canvas_place(opened, 50, 70)).getRgb()[:3]
    assert np.abs(np.subtract(inside, color)).max() <= 2
    assert np.abs(np.subtract(outside, color)).max() > 50


def test_outlines_are_drawn_for_what_is_seen(opened, qtbot):
    qtbot.keyClick(opened.work.canvas, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: opened.work.canvas.outlines.is_shown)
    assert not opened.work.canvas.overlay.is_shown
    opened.work.canvas.zoom_to(20.0)
    qtbot.waitUntil(lambda: not opened.work.tiles.runner.is_busy)
    assert opened.work.canvas.outlines.is_shown


def test_cancel_leaves_the_document_as_it_was(opened, qtbot):
    before, result = opened.workspace.document, opened.workspace.result
    opened.workspace.set_recipe("Change features", features=("lab", "local_mean"), n_regions="auto")
    assert opened.workspace.fitter.runner.is_busy
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.workspace.fitter.runner.is_busy
    assert opened.workspace.document == before
    assert opened.workspace.result is result
    assert named(opened, QSpinBox, "Number of regions").value() == 4


def test_a_first_fit_that_was_cancelled_can_be_run_again(window, photo, qtbot, finish_fit):
    window.workspace.opened.connect(lambda *_: None)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.commands.cancel.trigger()
    assert window.workspace.result is None
    assert window.commands.segment.isEnabled()
    assert "stopped" in window.work.message.text
    qtbot.mouseClick(window.work.message.button, Qt.MouseButton.LeftButton)
    finish_fit()


def test_that_a_fit_was_stopped_is_said_until_there_is_a_result(window, photo, qtbot, finish_fit):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.commands.cancel.trigger()
    assert window.work.message.isVisible()
    window.commands.segment.trigger()
    finish_fit()
    assert not window.work.message.isVisible()


def test_what_is_said_of_a_file_stays_over_what_is_said_of_results(
    opened, tmp_path, qtbot, finish_fit
):
    bar, clicks = opened.message_bar(), []
    opened.open_path(str(tmp_path / "missing.png"))
    qtbot.waitUntil(bar.isVisible)
    opened.workspace.set_recipe("Change number of regions", n_regions=2)
    finish_fit()
    assert "missing.png" in bar.text
    opened.workspace.stopped.emit()  # late
    assert "missing.png" in bar.text
    qtbot.mouseClick(named(bar, QToolButton, "Close the message"), Qt.MouseButton.LeftButton)
    assert "stopped" in bar.text
    bar.show_message("Another.", "Do it", lambda: clicks.append(bar.text))
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert len(clicks) == 1
    assert "stopped" in clicks[0]
    qtbot.mouseClick(named(bar, QToolButton, "Close the message"), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_a_damaged_file_is_refused_in_place(opened, tmp_path, qtbot):
    document = opened.workspace.document
    broken = tmp_path / "broken.png"
    broken.write_bytes((tmp_path / "photo.png").read_bytes()[:200])
    with qtbot.waitSignal(opened.workspace.opening.refused):
        opened.open_path(str(broken))
    assert opened.work.message.isVisible()
    assert "broken.png" in opened.work.message.text
    assert opened.workspace.document is document


def test_a_name_that_looks_like_html_is_shown_as_it_is(opened, tmp_path, qtbot):
    with qtbot.waitSignal(opened.workspace.opening.refused):
        opened.open_path(str(tmp_path / "a <b>bold & broken.png"))
    assert "<b>" in opened.work.message.text


def test_the_zoom_told_is_that_of_the_photo_after_a_scan(opened, photo, tmp_path, qtbot):
    told = opened.status.zoom.text()
    scan = tmp_path / "scan.nii.gz"
    phantom = head_phantom((4.0, 4.0, 4.0)).image
    nibabel.save(nibabel.Nifti1Image(phantom.pixels[..., 0], phantom.affine), scan)
    for path in (scan, photo):
        with qtbot.waitSignal(opened.workspace.opened):
            opened.open_path(str(path))
        assert (opened.status.zoom.text() == told) == (path == photo)


def test_in_the_empty_window_the_refusal_is_shown_there(window, tmp_path, qtbot):
    with qtbot.waitSignal(window.workspace.opening.refused):
        window.open_path(str(tmp_path / "missing.png"))
    assert window.empty.message.isVisible()
    assert window.workspace.document is None


def test_too_many_regions_are_refused_beside_the_field(window, tmp_path, qtbot):
    path = tmp_path / "two.png"
    PillowImage.fromarray(np.repeat(np.eye(8, dtype=np.uint8) * 200, 4, axis=0)).save(path)
    window.open_path(str(path))
    qtbot.waitUntil(lambda: window.workspace.result is not None)
    recipe = window.workspace.document.recipe
    with qtbot.waitSignal(window.workspace.recipe_refused):
        window.workspace.set_recipe("Change number of regions", n_regions=9)
    assert "distinct" in window.work.model.message.text()
    assert window.work.model.message.isVisible()
    assert window.workspace.document.recipe == recipe


# Qt 6.12 wants another type for the position than those before.
@pytest.mark.filterwarnings("ignore:Function.*QDragEnterEvent:DeprecationWarning")
def test_a_file_is_dropped(window, photo, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    enter = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, mime,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, mime,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(window, enter)
    assert window.empty.zone.property("hovered") is True
    with qtbot.waitSignal(window.workspace.opened):
        QApplication.sendEvent(window, event)
    assert window.workspace.document.image.source.path == photo


def test_of_several_photos_the_first_is_opened_and_that_is_said(window, photo, tmp_path, qtbot):
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    with qtbot.waitSignal(window.workspace.opened):
        window.open_paths([str(photo), str(other)])
    assert window.work.message.isVisibleTo(window.work)
    said = window.work.message.text
    assert "1 other not" in said
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(other))
    assert not window.work.message.isVisibleTo(window.work)


def test_a_picture_is_pasted(window, qtbot, make_photo):
    pixels = make_photo(30, 41)
    picture = QImage(pixels.data, 41, 30, 3 * 41, QImage.Format.Format_RGB888)
    QGuiApplication.clipboard().setImage(picture.copy())
    with qtbot.waitSignal(window.workspace.opened):
        qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (window.workspace.document.image.pixels == pixels).all()
    QGuiApplication.clipboard().clear()


def test_the_page_of_a_file_with_several_is_chosen(window, tmp_path, qtbot, make_photo):
    path = tmp_path / "pages.tif"
    pages = [PillowImage.fromarray(make_photo(40, 50, seed)) for seed in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(path))
    assert window.toolbar.page.isVisible()
    window.workspace.set_recipe("Change number of regions", n_regions=4)
    with qtbot.waitSignal(window.workspace.opened):
        window.toolbar.page.stepUp()
    document = window.workspace.document
    assert (document.image.pixels == make_photo(40, 50, 1)).all()
    assert document.recipe.n_regions == 4


def test_a_file_whose_first_page_is_blank_is_opened(window, tmp_path, qtbot, finish_fit):
    path = tmp_path / "stack.tif"
    pages = np.full((2, 40, 50), 90, np.uint8)
    pages[1, 10:30, 10:40] = 200
    tifffile.imwrite(path, pages, photometric="minisblack")
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(path))
    with qtbot.waitSignal(window.workspace.opened):
        window.toolbar.page.stepUp()
    finish_fit()
    assert window.workspace.result.regions.n_labels == 2


def test_a_bug_in_a_work_shows_a_report_and_the_window_goes_on(opened, qtbot, capfd):
    opened.workspace.crashed.emit(ZeroDivisionError("a bug"))
    (report,) = opened.findChildren(BugReport)
    assert "ZeroDivisionError: a bug" in report.text.toPlainText()
    assert "ZeroDivisionError" in capfd.readouterr().err
    report.reject()


def test_the_palette_finds_and_runs_an_action(opened, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    (palette,) = opened.findChildren(ActionPalette)
    qtbot.keyClicks(palette.field, "actual")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.work.canvas.zoom == pytest.approx(1.0)


def test_the_palette_says_what_a_name_is_of(opened, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    (palette,) = opened.findChildren(ActionPalette)
    names = [
        palette.list.topLevelItem(each).text(0) for each in range(palette.list.topLevelItemCount())
    ]
    assert {"Job: Regions", "Read as: Regions", "View: Image", "Theme: Dark"} <= set(names)
    assert len(set(names)) == len(names)
    assert not any("Convention" in each for each in names)  # volumes have it
    palette.close()


def test_the_palette_is_no_higher_than_what_it_finds(opened, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    (palette,) = opened.findChildren(ActionPalette)
    whole = palette.height()
    first = palette.list.visualItemRect(palette.list.topLevelItem(0)).height()
    qtbot.keyClicks(palette.field, "actual")
    row = palette.list.visualItemRect(palette.list.topLevelItem(0)).height()
    assert row == first
    assert palette.list.viewport().height() < 2 * row
    assert palette.height() < whole / 3
    palette.field.clear()
    assert palette.height() == whole
    assert not palette.nothing.isVisible()
    qtbot.keyClicks(palette.field, "xyzzy")
    assert palette.nothing.isVisible()
    palette.close()


def test_what_was_reported_before_there_was_a_bar_is_told(opened, qtbot):
    released = threading.Event()

    def slow():
        yield Progress("Counting sheep", 0.25)
        released.wait(60)
        yield Progress("Counting sheep", 0.5)

    runner, status = opened.workspace.fitter.runner, opened.status
    with qtbot.waitSignal(runner.progressed):
        runner.start(slow())
    qtbot.waitUntil(status.bar.isVisible)
    assert status.doing.text().startswith("Counting sheep")
    assert status.bar.value() == 250
    opened.workspace.cancel()
    released.set()
    assert not status.bar.isVisible()
    assert status.doing.text() == ""


def test_the_sheet_lists_the_shortcuts(opened, qtbot):
    opened.commands.shortcuts.trigger()
    (sheet,) = opened.findChildren(ShortcutSheet)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    assert "Ctrl+E" in texts
    assert "Fit in Window" in texts
    assert texts.count("Select a label") == 1
    for title in ("Everywhere", "Regions", "Foreground", "Mouse"):
        assert title in texts
    for of_scans in ("Eraser", "Tissue", "About This Scan"):
        assert of_scans not in texts
    for hand in ("Ctrl + click", "Double click", "Right click, Alt + click"):
        assert hand in texts
    assert sheet.sizeHint().height() < 660  # on a small screen
    assert sheet.sizeHint().width() < 1000
    sheet.reject()


def test_the_theme_is_changed_and_remembered(opened):
    opened.commands.themes[Theme.DARK].trigger()
    assert current_colors() is DARK
    assert Settings().theme is Theme.DARK
    opened.commands.themes[Theme.LIGHT].trigger()
    assert current_colors() is LIGHT


def test_another_theme_is_another_sheet_and_not_another_style(opened, monkeypatch):
    made = []
    monkeypatch.setattr(QStyleFactory, "create", lambda name: made.append(name))
    for theme in (Theme.DARK, Theme.LIGHT):
        opened.commands.themes[theme].trigger()
        ground = opened.work.panel.palette().color(QPalette.ColorRole.Window)
        assert (ground.lightness() < 128) is (theme is Theme.DARK)
    assert not made


def test_opened_files_are_remembered(opened, photo):
    assert Settings().recent_files == [photo.resolve()]


def test_recent_files_are_named_as_they_are_and_samples_by_their_titles(window, tmp_path):
    file = tmp_path / "salt & pepper.png"
    file.touch()
    coffee = next(sample for sample in list_samples() if sample.name == "coffee")
    for path in (coffee.path, file):
        window.settings.add_recent(path)
    window.empty.show_recent(window.settings.recent_files)
    buttons = window.empty.findChildren(QToolButton, "recent")
    texts = [each.text() for each in buttons]
    assert texts[0].startswith("salt && pepper.png   /")
    assert texts[1] == "Sample: Cup of coffee"
    (menu,) = (each for each in window.findChildren(QMenu) if each.title() == "Open Recent")
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions()] == ["salt && pepper.png", texts[1]]


def test_the_smallest_window_has_room_for_a_message_and_what_is_recent(window, tmp_path, qtbot):
    for number in range(4):
        path = tmp_path / f"{number}.png"
        path.touch()
        window.settings.add_recent(path)
    empty = window.empty
    empty.show_recent(window.settings.recent_files)
    recent = empty.findChildren(QToolButton, "recent")[-4:]
    window.resize(window.minimumSize())
    window.message_bar().show_message("There is work that was not saved.", "Restore", print)
    qtbot.waitUntil(lambda: empty.minimumSizeHint().height() <= empty.height())
    assert recent[0].isVisible()
    window.message_bar().show_message("a_very_long_name_" * 30, "Restore", print)
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in recent), timeout=5000)
    window.resize(1280, 900)
    qtbot.waitUntil(lambda: all(each.isVisible() for each in recent))


def test_where_no_recent_file_fits_their_title_is_left_out_too(window, tmp_path, qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(1280, 900)
    page = EmptyPage(window.commands)
    page.setParent(holder)
    page.show_recent([tmp_path / "1.png", tmp_path / "2.png"])
    holder.show()
    words = ("Recent", *(each.text() for each in page.findChildren(QToolButton, "recent")))
    texts = [*page.findChildren(QLabel), *page.findChildren(QToolButton, "recent")]
    parts = [each for each in texts if each.text() in words]

    def shown():
        return [each.isVisible() for each in parts]

    page.resize(700, 900)
    qtbot.waitUntil(lambda: shown() == [True] * 3, timeout=5000)
    whole = page.minimumSizeHint().height()
    row = parts[1].height()
    for height, n_shown in ((whole, 3), (whole - 1, 2), (whole - row - 1, 0), (whole, 3)):
        page.resize(700, height)
        qtbot.waitUntil(lambda n=n_shown: shown() == [True] * n + [False] * (3 - n), timeout=5000)
        qtbot.wait(1)
        assert page.minimumSizeHint().height() <= height


def test_a_point_of_the_evidence_is_clicked(window, photo, qtbot, finish_fit):
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: window.workspace.result is not None)
    plot = window.work.fit.evidence
    with qtbot.waitSignal(plot.chosen) as chosen:
        qtbot.mouseClick(
            plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(plot.width() // 2, 50)
        )
    finish_fit()
    assert window.workspace.document.recipe.n_regions == chosen.args[0]
    assert window.workspace.candidates


def test_the_curve_of_another_criterion_is_shown(window, photo, qtbot, finish_fit):
    window.open_path(str(photo))
    finish_fit()
    panel = window.work.fit
    curves = []
    for button in panel.criteria.chosen.buttons():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        curves.append(panel.evidence.shown_values)
    candidates = sorted(window.workspace.candidates, key=lambda each: each.n_components)
    assert curves == [
        [getattr(each, criterion) for each in candidates] for criterion in ("bic", "aic", "icl")
    ]
    assert window.isActiveWindow()  # no part of the panel was a window of its own for a moment


def test_every_control_has_a_name(opened):
    nameless = [
        each
        for kind in (QToolButton, QSpinBox)
        for each in opened.findChildren(kind)
        if each.isVisible() and not (each.accessibleName() or each.text())
    ]
    assert nameless == []


def test_pixels_without_a_value_can_be_left_out(window, tmp_path, qtbot, finish_fit, make_photo):
    pixels = make_photo(40, 50).astype(np.float32) / 255
    pixels[:5, :7] = np.nan
    path = tmp_path / "holes.tif"
    tifffile.imwrite(path, pixels, photometric="rgb")
    with qtbot.waitSignal(window.workspace.opening.refused):
        window.open_path(str(path))
    assert "NaN" in window.empty.message.text
    with qtbot.waitSignal(window.workspace.opened):
        qtbot.mouseClick(window.empty.message.button, Qt.MouseButton.LeftButton)
    finish_fit()
    assert not window.workspace.result.regions.label_map[:5, :7].any()
    qtbot.mouseMove(window.work.canvas.viewport(), canvas_place(window, 2, 3))
    assert window.status.pixel.text().endswith("no value")


def test_enter_gives_the_keyboard_back_to_the_canvas(opened, qtbot):
    field = named(opened, QSpinBox, "Number of regions")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened.work.canvas.hasFocus()


def test_tab_goes_through_the_labels_in_their_order_and_then_to_the_plots(opened, qtbot):
    page = opened.work
    opened.resize(1100, 1000)
    opened.workspace.set_recipe("Change number of regions", n_regions=6)
    qtbot.waitUntil(lambda: len(page.labels.rows) > 4 and page.labels.rows[4].isVisible())
    page.labels.rows[0].swatch.setFocus(Qt.FocusReason.TabFocusReason)
    visited = []
    for _ in range(4 * len(page.labels.rows)):
        visited.append(opened.focusWidget())
        qtbot.keyClick(opened.focusWidget(), Qt.Key.Key_Tab)
    wanted = [
        part for row in page.labels.rows for part in (row.swatch, row.name, row.eye, row.solo)
    ]
    assert visited == wanted
    assert opened.focusWidget().accessibleName() == "Fold or unfold Fit"


def test_escape_takes_the_typing_of_a_name_back(opened, qtbot):
    row = opened.work.labels.rows[0]
    row.name.setFocus()
    qtbot.keyClicks(row.name, "oops")
    qtbot.keyClick(row.name, Qt.Key.Key_Escape)
    assert row.name.text() == "Region 1"
    assert opened.workspace.labels[0].name == "Region 1"
    assert opened.work.canvas.hasFocus()


def test_what_is_typed_for_a_name_stays_when_the_label_is_shown_anew(opened, qtbot):
    row = opened.work.labels.rows[1]
    row.name.setFocus()
    row.name.selectAll()
    qtbot.keyClicks(row.name, "half a na")
    row.eye.click()  # or a fit ends, and the share is another
    assert not opened.workspace.labels[1].visible
    assert row.name.text() == "half a na"
    qtbot.keyClicks(row.name, "me")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert opened.workspace.labels[1].name == "half a name"


def test_what_is_typed_for_a_name_is_dropped_when_another_image_opens(
    opened, photo, finish_fit, qtbot
):
    row = opened.work.labels.rows[1]
    row.name.setFocus()
    row.name.selectAll()
    qtbot.keyClicks(row.name, "half a na")
    with qtbot.waitSignal(opened.workspace.opened):
        opened.open_path(str(photo))
    finish_fit()
    assert row.name.text() == "Region 2"
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert opened.workspace.labels[1].name == "Region 2"


def test_a_name_that_is_edited_is_kept_when_the_labels_scroll(opened, qtbot, finish_fit):
    opened.workspace.set_recipe("Change number of regions", n_regions=9)
    finish_fit()
    panel = opened.work.labels
    qtbot.waitUntil(lambda: panel.bar.maximum() > 0)
    name = panel.rows[0].name
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "Sea")
    panel.bar.setValue(panel.bar.maximum())
    assert opened.workspace.labels[0].name == "Sea"
    assert opened.work.canvas.hasFocus()


@pytest.mark.parametrize(
    ("elapsed", "fraction", "words"),
    [(0.5, 0.5, ""), (2.0, None, ""), (2.0, 0.5, "2 s left"), (9.0, 0.9, "1 s left"), (2, 1, "")],
)
def test_the_time_left_is_told_once_it_is_known(elapsed, fraction, words):
    assert time_left(elapsed, fraction) == words


def test_a_flat_image_is_refused_and_the_open_one_stays(opened, tmp_path, qtbot):
    document, path = opened.workspace.document, tmp_path / "flat.png"
    PillowImage.new("RGB", (20, 20), (90, 90, 90)).save(path)
    with qtbot.waitSignal(opened.workspace.opening.refused):
        opened.open_path(str(path))
    assert "single color" in opened.work.message.text
    assert opened.workspace.document is document
    assert opened.workspace.result_is_current


def test_no_digit_is_swallowed_and_too_many_regions_are_refused(opened, qtbot):
    field = named(opened, QSpinBox, "Number of regions")
    field.selectAll()
    with qtbot.waitSignal(opened.workspace.recipe_refused):
        qtbot.keyClicks(field, "300")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "not 300" in opened.work.model.message.text()
    assert field.value() == 4
    assert opened.workspace.document.recipe.n_regions == 4


def test_the_panel_keeps_its_width_with_many_features(opened, qtbot, finish_fit):
    opened.workspace.set_recipe("Change features", features=("lab", "local_deviation", "position"))
    finish_fit()
    panel = opened.work.panel
    assert panel.widget().minimumSizeHint().width() <= panel.viewport().width()


def test_a_calibrated_picture_of_two_channels_is_measured_in_micrometers(
    window, tmp_path, make_photo, qtbot
):
    path = tmp_path / "cells.tif"
    channels = np.moveaxis(make_photo(40, 50)[..., :2], -1, 0).astype(np.uint16)
    metadata = {"axes": "CYX", "unit": "micron"}
    tifffile.imwrite(path, channels, imagej=True, resolution=(4, 4), metadata=metadata)
    window.open_path(str(path))
    qtbot.waitUntil(lambda: window.workspace.result is not None)
    window.workspace.set_reading("regions")
    qtbot.waitUntil(lambda: window.workspace.result_is_current)
    assert window.toolbar.source.text().startswith("50 x 40   0.25 µm per pixel")
    assert not window.toolbar.page.isVisible()
    place = canvas_place(window, 10, 10)
    qtbot.mouseMove(window.work.canvas.viewport(), place)
    parts = window.workspace.result.parts
    size = int(parts.sizes[parts.label_map[10, 10] - 1])
    assert f"{size:,} pixels   {size / 16:.3g} µm²" in window.status.pixel.text()
    window.commands.measured.trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(MeasuredDialog)))
    (dialog,) = window.findChildren(MeasuredDialog)
    model = dialog.table.model()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert "Area µm²" in heads
    dialog.reject()


def test_what_lasts_is_told_again_after_what_passes(window, qtbot, monkeypatch):
    status = window.status
    monkeypatch.setattr("segmenter.gui.status.PASSING_MS", 50)
    status.show_note("compiling", "Compiling")
    status.show_passing_note("Saved a.segmenter")
    assert status.note.text() == "Saved a.segmenter"
    qtbot.waitUntil(lambda: status.note.text() == "Compiling")
    status.show_passing_note("Saved b.segmenter")
    status.show_note("compiling", "")
    assert status.note.text() == "Saved b.segmenter"
    qtbot.waitUntil(lambda: status.note.text() == "")


def test_each_note_ends_by_itself(window):
    status = window.status
    status.show_note("compiling", "Compiling")
    status.show_note("measuring", "Measuring")
    assert status.note.text() == "Measuring"
    status.show_note("measuring", "")
    assert status.note.text() == "Compiling"
    status.show_note("compiling", "")
    assert status.note.text() == ""


@pytest.mark.parametrize("reading", ["classes", "regions", "objects"])
def test_a_folded_section_stays_folded_when_there_is_another_result(opened, finish_fit, reading):
    opened.workspace.set_reading(reading)
    finish_fit()
    (section,) = [
        each for each in opened.work.findChildren(Section) if each.isAncestorOf(opened.work.fit)
    ]
    section.button.click()
    assert not opened.work.fit.sentence.isVisible()
    changes = {"min_size": 9} if reading == "objects" else {"n_regions": 3}
    opened.workspace.set_recipe("Change", **changes)
    finish_fit()
    assert not opened.work.fit.sentence.isVisible()
    section.button.click()
    assert opened.work.fit.sentence.isVisible()


def test_what_has_nothing_to_show_yet_is_not_there(window, photo, qtbot, finish_fit):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.commands.cancel.trigger()
    titles = {each.button.text(): each for each in window.work.findChildren(Section)}
    assert titles["Model"].isVisible()
    assert not titles["Labels"].isVisible()
    assert not titles["Fit"].isVisible()
    window.workspace.refit()
    finish_fit()
    assert titles["Labels"].isVisible()
    assert titles["Fit"].isVisible()

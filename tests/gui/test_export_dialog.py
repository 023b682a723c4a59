from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication

from segmenter.errors import ParameterError
from segmenter.gui.commands import _folder_beside
from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.dialogs.exported import ExportedRegions
from segmenter.gui.worker import Runner
from segmenter.images.samples import find_sample
from segmenter.work import Progress


@pytest.fixture
def dialog(opened, tmp_path, qtbot):
    regions, labels = opened.workspace.result.regions, opened.workspace.labels
    exported = ExportedRegions(regions, labels, opened.workspace.look)
    folder = str(tmp_path / "masks")
    made = ExportDialog(exported, folder, Runner("export", opened), opened)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.reject()


def export(dialog, qtbot):
    qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.is_busy)


def test_masks_hold_what_the_screen_shows(dialog, opened, tmp_path, qtbot):
    assert dialog.outcome.text() == "6 files will be written."
    export(dialog, qtbot)
    assert dialog.outcome.text() == f"6 files written to {tmp_path / 'masks'}, read back equal."
    label_map = opened.workspace.result.regions.label_map
    values = np.asarray(PillowImage.open(tmp_path / "masks" / "photo-labels.png"))
    assert (values == label_map).all()
    mask = np.asarray(PillowImage.open(tmp_path / "masks" / "photo-2-region-2.png"))
    assert (mask == np.where(label_map == 2, 255, 0)).all()


def test_what_an_earlier_export_left_is_said_and_stays(dialog, tmp_path, qtbot):
    earlier = tmp_path / "masks" / "photo-7-region-7.png"
    earlier.parent.mkdir()
    earlier.write_text("precious")
    dialog.kinds["soft"].setChecked(True)
    assert "1 file of an earlier export stays" in dialog.outcome.text()
    assert dialog.outcome.toolTip() == "photo-7-region-7.png"
    export(dialog, qtbot)
    assert earlier.read_text() == "precious"


def test_only_what_is_chosen_is_written(dialog, tmp_path, qtbot):
    for kind, box in dialog.kinds.items():
        box.setChecked(kind == "soft")
    for row in (0, 1, 3):
        dialog.label_list.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.bits.setCurrentIndex(1)
    export(dialog, qtbot)
    (written,) = (tmp_path / "masks").iterdir()
    assert written.name == "photo-3-region-3-soft.png"
    assert np.asarray(PillowImage.open(written)).max() > 255


def test_nothing_else_is_chosen_while_files_are_written(dialog, tmp_path, qtbot):
    fields = (*dialog.kinds.values(), dialog.label_list, dialog.bits, dialog.folder)
    qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    assert dialog.is_busy  # its end is told by this thread's events
    assert not any(each.isEnabled() for each in (*fields, dialog.export))
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert all(each.isEnabled() for each in (*fields, dialog.export))
    assert dialog.outcome.text() == f"6 files written to {tmp_path / 'masks'}, read back equal."


def test_return_after_an_export_does_not_close_the_dialog(dialog, qtbot):
    for field in (dialog.export, dialog.folder):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not dialog.is_busy)
        assert "read back equal" in dialog.outcome.text()
        assert dialog.focusWidget() is field


def test_nothing_chosen_cannot_be_exported(dialog):
    for box in dialog.kinds.values():
        box.setChecked(False)
    assert not dialog.export.isEnabled()
    dialog.kinds["masks"].setChecked(True)
    for row in range(4):
        dialog.label_list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.export.isEnabled()


def test_files_that_would_be_replaced_are_counted(dialog, qtbot):
    export(dialog, qtbot)
    dialog.kinds["overlay"].setChecked(True)
    assert "6 files of the same name will be replaced" in dialog.outcome.text()


def test_a_folder_that_cannot_be_written_is_refused_beside_the_field(dialog, tmp_path, qtbot):
    (tmp_path / "file").write_text("in the way")
    dialog.folder.setText(str(tmp_path / "file" / "masks"))
    export(dialog, qtbot)
    assert dialog.message.isVisible()
    assert dialog.message.text()
    assert dialog.focusWidget() is dialog.folder
    # It grows when the layout asks for it, an event later.
    qtbot.waitUntil(lambda: dialog.height() >= dialog.heightForWidth(dialog.width()))
    assert dialog.label_list.geometry().bottom() < dialog.bits.geometry().top()


def test_return_after_a_refusal_exports_again(dialog, tmp_path, qtbot):
    (tmp_path / "file").write_text("in the way")
    dialog.folder.setText(str(tmp_path / "file"))
    export(dialog, qtbot)
    assert dialog.message.text()
    dialog.folder.selectAll()
    qtbot.keyClicks(dialog.folder, str(tmp_path / "masks"))
    qtbot.keyClick(dialog.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.isVisible()
    assert "read back equal" in dialog.outcome.text()


def test_with_many_labels_and_a_refusal_it_fits_a_small_window(opened, tmp_path, qtbot):
    opened.resize(1024, 700)
    opened.workspace.set_recipe("Change number of regions", n_regions=9)
    qtbot.waitUntil(lambda: opened.workspace.result_is_current)
    exported = ExportedRegions(
        opened.workspace.result.regions, opened.workspace.labels, opened.workspace.look
    )
    (tmp_path / "file").write_text("in the way")
    folder = str(tmp_path / "file" / "a-folder-of-a-long-name" / "and-masks-below-it")
    dialog = ExportDialog(exported, folder, Runner("export", opened), opened)
    qtbot.addWidget(dialog)
    dialog.show()
    export(dialog, qtbot)
    message = dialog.message
    qtbot.waitUntil(lambda: message.height() >= message.heightForWidth(message.width()))
    qtbot.waitUntil(lambda: dialog.height() <= 700)
    assert dialog.label_list.height() >= 2 * 28
    dialog.reject()


def export_by_menu(window, monkeypatch, qtbot, folder=None, *, write=True):
    """Export what is open, or close the dialog; return the folder that was proposed."""
    proposed = []

    def run(dialog):
        proposed.append(dialog.folder.text())
        dialog.folder.setText(dialog.folder.text() if folder is None else str(folder))
        if write:
            export(dialog, qtbot)
        dialog.reject()

    monkeypatch.setattr(ExportDialog, "exec", run)
    window.commands.export.trigger()
    return proposed[0]


def test_the_folder_of_a_packed_volume_has_no_part_of_its_ending():
    assert _folder_beside(Path("scans/T1.nii.gz")) == Path("scans/T1-masks")
    assert _folder_beside(Path("photos/photo.v2.jpg")) == Path("photos/photo.v2-masks")
    assert _folder_beside(find_sample("coffee").path) == Path.home() / "masks"


def open_another(window, tmp_path, make_photo, qtbot, finish_fit):
    PillowImage.fromarray(make_photo(50, 70)).save(tmp_path / "another.png")
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(tmp_path / "another.png"))
    finish_fit()


def test_the_menu_opens_it_with_what_the_screen_shows(opened):
    opened.workspace.set_look(solo=2)
    seen = []

    def look_and_leave():
        (dialog,) = opened.findChildren(ExportDialog)
        seen.append([label.visible for label in dialog.exported.labels])
        dialog.reject()

    QTimer.singleShot(0, look_and_leave)
    opened.commands.export.trigger()
    assert seen == [[False, True, False, False]]


@pytest.fixture
def opened_with(monkeypatch):
    """Return how many labels each dialog that was opened would export."""
    counts = []

    def run(dialog):
        counts.append(len(dialog.exported.labels))

    monkeypatch.setattr(ExportDialog, "exec", run)
    return counts


def test_during_a_fit_it_waits_for_the_result(opened, opened_with, finish_fit, qtbot):
    opened.workspace.set_recipe("Change number of regions", n_regions=3)
    opened.commands.export.trigger()
    assert opened.status.note.text() == "Export: once the result is there"
    assert opened_with == []
    finish_fit()
    qtbot.waitUntil(lambda: opened_with == [3])


def test_a_fit_that_is_cancelled_is_not_waited_for(opened, opened_with, finish_fit, qtbot):
    opened.workspace.set_recipe("Change number of regions", n_regions=3)
    opened.commands.export.trigger()
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert opened.workspace.result_is_current
    opened.workspace.set_recipe("Change number of regions", n_regions=2)
    finish_fit()
    qtbot.wait(1)  # all that was queued
    assert opened_with == []


@pytest.mark.parametrize("ended", ["recipe_refused", "crashed"])
def test_a_fit_that_fails_is_not_waited_for(opened, opened_with, ended, monkeypatch, qtbot):
    error = ParameterError("It cannot be.") if ended == "recipe_refused" else KeyError("a bug")

    def fail(*_):
        yield Progress("Starting")
        raise error

    monkeypatch.setattr("segmenter.gui.jobs.segment_steps", fail)
    monkeypatch.setattr("segmenter.gui.app.report_bug", lambda *_: None)
    with qtbot.waitSignal(getattr(opened.workspace, ended)):
        opened.workspace.set_recipe("Change number of regions", n_regions=3)
        opened.commands.export.trigger()
    assert opened.workspace.result_is_current
    qtbot.wait(1)  # all that was queued
    assert opened_with == []


def test_it_does_not_open_over_another_dialog(opened, opened_with, finish_fit, qtbot):
    opened.workspace.set_recipe("Change number of regions", n_regions=3)
    opened.commands.export.trigger()
    opened.commands.shortcuts.trigger()
    finish_fit()
    qtbot.wait(1)  # all that was queued
    QApplication.activeModalWidget().close()
    qtbot.wait(1)
    assert opened_with == []


def test_it_stays_within_the_window_when_it_grows(dialog, opened, qtbot):
    dialog.move(dialog.x(), opened.frameGeometry().bottom() - dialog.height() + 30)
    dialog.message.show_message("A sentence. " * 20)
    qtbot.waitUntil(lambda: dialog.frameGeometry().bottom() <= opened.frameGeometry().bottom())


@pytest.fixture
def on_screen(dialog, monkeypatch):
    """Return a call that puts the dialog on a screen of such a geometry."""

    def put(geometry):
        screen = SimpleNamespace(availableGeometry=lambda: geometry)
        monkeypatch.setattr(dialog, "screen", lambda: screen)

    return put


def test_on_a_screen_above_the_first_it_moves_up_only(dialog, opened, on_screen, qtbot):
    on_screen(QRect(0, -1080, 1920, 1080))
    opened.move(100, -900)
    dialog.move(200, opened.frameGeometry().bottom() - dialog.height() + 30)
    before = dialog.y()
    dialog.message.show_message("A sentence. " * 20)
    qtbot.waitUntil(lambda: dialog.frameGeometry().bottom() <= opened.frameGeometry().bottom())
    assert -1080 <= dialog.y() < before


def test_on_another_screen_than_the_window_it_stays(dialog, opened, on_screen, qtbot):
    on_screen(QRect(3000, 0, 1920, 1080))
    dialog.move(3200, 300)
    height = dialog.height()
    dialog.message.show_message("A sentence. " * 20)
    qtbot.waitUntil(lambda: dialog.height() > height)
    assert dialog.pos() == QPoint(3200, 300)


def test_each_image_has_a_folder_beside_it(
    opened, tmp_path, make_photo, finish_fit, monkeypatch, qtbot
):
    beside = export_by_menu(opened, monkeypatch, qtbot)
    assert beside == str(tmp_path / "photo-masks")
    open_another(opened, tmp_path, make_photo, qtbot, finish_fit)
    proposed = export_by_menu(opened, monkeypatch, qtbot, tmp_path / "elsewhere", write=False)
    assert proposed == str(tmp_path / "another-masks")
    assert export_by_menu(opened, monkeypatch, qtbot, write=False) == proposed


def test_a_folder_that_was_chosen_and_written_to_is_proposed_again(
    opened, tmp_path, make_photo, finish_fit, monkeypatch, qtbot
):
    export_by_menu(opened, monkeypatch, qtbot, tmp_path / "elsewhere")
    open_another(opened, tmp_path, make_photo, qtbot, finish_fit)
    beside = tmp_path / "another-masks"
    chosen = export_by_menu(opened, monkeypatch, qtbot, beside)
    assert chosen == str(tmp_path / "elsewhere")
    assert export_by_menu(opened, monkeypatch, qtbot, write=False) == str(beside)


def test_an_export_keeps_no_work_on_an_image_that_came_meanwhile(
    opened, tmp_path, make_photo, finish_fit, monkeypatch, qtbot
):
    def run(dialog):
        open_another(opened, tmp_path, make_photo, qtbot, finish_fit)
        label = opened.workspace.labels[0]
        opened.workspace.set_label(replace(label, name="Sky"), "Rename")
        dialog.written_to = tmp_path / "masks"

    monkeypatch.setattr(ExportDialog, "exec", run)
    opened.commands.export.trigger()
    assert opened.saving.has_unsaved

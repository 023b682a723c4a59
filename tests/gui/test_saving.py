"""Nothing done by hand is lost without a question, and sessions bring it back."""

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QSpinBox

from segmenter.errors import ParameterError
from segmenter.gui.dialogs.question import Button, Question
from segmenter.gui.look import Job
from segmenter.gui.saving import _beside
from segmenter.images.samples import find_sample
from segmenter.segment.labels import Color
from segmenter.session.objects import MarkedObject, object_label

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def is_asked():
    return True


@pytest.fixture
def other(tmp_path, make_photo):
    path = tmp_path / "other.png"
    PillowImage.fromarray(make_photo(50, 70, 1)).save(path)
    return path


@pytest.fixture
def marked(window, photo, qtbot):
    """Return the window with an object cut out by two clicks."""
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: window.workspace.document is not None)
    qtbot.keyClick(window, Qt.Key.Key_F)
    for (x, y), button in (((20, 15), LEFT), ((60, 45), Qt.MouseButton.RightButton)):
        place = window.work.canvas.to_canvas(QPointF(x, y)).toPoint()
        qtbot.mouseClick(window.work.canvas.viewport(), button, pos=place)
        wait_for_cut(window, qtbot)
    return window


def wait_for_cut(window, qtbot):
    def is_there():
        asked = tuple((each.value, each.marks) for each in window.workspace.document.objects)
        return window.workspace.cutter.shown == asked

    qtbot.waitUntil(is_there)


def questions(window):
    return [each for each in window.findChildren(Question) if each.isVisible()]


def answer(window, qtbot, button):
    (question,) = questions(window)
    qtbot.mouseClick(question.button(button), LEFT)
    qtbot.waitUntil(lambda: not questions(window))


def drop(window, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = QPoint(50, 50)
    window.dropEvent(
        QDropEvent(place, Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    )


def is_open(window, path):
    return window.workspace.document.image.source.path == path


def save_to(path, monkeypatch):
    asked = []

    def name(*args):
        asked.append(args)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    return asked


def test_settings_alone_ask_nothing(opened, other, qtbot, finish_fit):
    qtbot.keyClick(opened, Qt.Key.Key_K)
    field = next(each for each in opened.findChildren(QSpinBox) if each.hasFocus())
    qtbot.keyClick(field, Qt.Key.Key_2)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    finish_fit()
    assert not opened.isWindowModified()
    drop(opened, other)
    assert not questions(opened)
    qtbot.waitUntil(lambda: is_open(opened, other))
    assert opened.close()


def test_dropping_another_image_asks_and_cancel_keeps_all(marked, other, photo, qtbot):
    assert marked.isWindowModified()
    drop(marked, other)
    (question,) = questions(marked)
    assert "photo.png" in question.asked.text()
    assert [question.button(each).text().replace("&", "") for each in (Button.Save,)] == ["Save…"]
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not questions(marked))
    assert not marked.workspace.opening.runner.is_busy
    assert is_open(marked, photo)
    assert len(marked.workspace.active.marks.drawn) == 2


def test_discard_opens_the_other_image(marked, other, qtbot):
    drop(marked, other)
    answer(marked, qtbot, Button.Discard)
    qtbot.waitUntil(lambda: is_open(marked, other))
    assert not marked.isWindowModified()


def test_closing_asks_and_saves(marked, tmp_path, qtbot, monkeypatch):
    asked = save_to(tmp_path / "work", monkeypatch)
    assert not marked.close()
    assert marked.isVisible()
    answer(marked, qtbot, Button.Save)
    qtbot.waitUntil(lambda: not marked.isVisible())
    assert asked[0][2] == str(tmp_path / "photo.segmenter")
    assert (tmp_path / "work.segmenter").is_file()


def test_closing_with_discard_closes_and_with_a_dialog_left_stays(
    marked, tmp_path, qtbot, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    marked.close()
    answer(marked, qtbot, Button.Save)
    assert marked.isVisible()
    marked.close()
    answer(marked, qtbot, Button.Discard)
    assert not marked.isVisible()


def test_a_save_that_fails_keeps_the_window_open(marked, tmp_path, qtbot, monkeypatch):
    (tmp_path / "work.segmenter").mkdir()
    save_to(tmp_path / "work.segmenter", monkeypatch)
    marked.close()
    answer(marked, qtbot, Button.Save)
    message = marked.page.message
    qtbot.waitUntil(message.isVisible)
    assert "is a folder" in message.text
    assert marked.isVisible()
    assert marked.isWindowModified()


def test_undoing_all_marks_leaves_nothing_to_lose(marked, other, qtbot):
    for _ in range(2):
        qtbot.keyClick(marked, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not marked.isWindowModified()
    drop(marked, other)
    assert not questions(marked)


def test_exporting_keeps_the_work_of_that_job_only(marked, qtbot, monkeypatch, tmp_path):
    marked.settings.export_folder = str(tmp_path / "masks")

    def write(dialog):
        dialog.show()
        button = next(b for b in dialog.findChildren(QPushButton) if b.isDefault())
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: dialog.written_to is not None)
        dialog.reject()

    monkeypatch.setattr("segmenter.gui.dialogs.export.ExportDialog.exec", write)
    marked.commands.export.trigger()
    assert not marked.isWindowModified()
    marked.commands.jobs[Job.REGIONS].trigger()
    qtbot.waitUntil(lambda: marked.workspace.result_is_current)
    label = marked.workspace.labels[0]
    marked.workspace.set_label(replace(label, name="Sky"), "Rename")
    assert marked.isWindowModified()
    marked.workspace.set_recipe("Change reading", reading="regions")
    qtbot.waitUntil(lambda: marked.workspace.result_is_current)
    marked.commands.export.trigger()
    assert marked.isWindowModified()  # what is named is in the other reading


def test_a_session_brings_back_the_same_masks_marks_names_and_job(
    marked, tmp_path, other, photo, qtbot, monkeypatch
):
    workspace, path = marked.workspace, tmp_path / "photo.segmenter"
    first = workspace.document.objects[0]
    named = replace(first, label=replace(first.label, name="Käse", color=Color(9, 8, 7)))
    workspace.set_objects((named,), "Rename")
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        qtbot.keyClick(marked, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not marked.isWindowModified()
    assert "photo.segmenter" in marked.windowTitle()
    mask, document = workspace.cutter.cut.mask, workspace.document
    drop(marked, other)
    qtbot.waitUntil(lambda: is_open(marked, other))
    qtbot.keyClick(marked, Qt.Key.Key_R)
    drop(marked, path)
    qtbot.waitUntil(lambda: workspace.document.image.source.name == "photo.png")
    assert workspace.job is Job.FOREGROUND
    wait_for_cut(marked, qtbot)
    assert replace(workspace.document, image=document.image) == document
    np.testing.assert_array_equal(workspace.cutter.cut.mask, mask)
    assert not marked.isWindowModified()
    assert path in marked.settings.recent_files
    assert marked.work.objects.isVisible()


def test_the_object_that_was_edited_is_edited_again(marked, tmp_path, qtbot, monkeypatch):
    workspace, path = marked.workspace, tmp_path / "photo.segmenter"
    objects = (*workspace.document.objects, MarkedObject(object_label(2)))
    workspace.set_objects(objects, "Add an object")
    workspace.set_look(selected=2)
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    workspace.set_look(selected=1)
    with qtbot.waitSignal(workspace.opened):
        marked.open_path(str(path))
    assert workspace.active.value == 2


def test_edits_and_names_of_every_reading_come_back(marked, tmp_path, qtbot, monkeypatch):
    workspace, path = marked.workspace, tmp_path / "photo.segmenter"
    workspace.set_job(Job.REGIONS)
    workspace.set_reading("regions")
    qtbot.waitUntil(lambda: workspace.result_is_current)
    workspace.set_recipe("Merge", edits=(("merge", ((10, 10), (60, 10))),))
    qtbot.waitUntil(lambda: workspace.result_is_current)
    workspace.set_label(replace(workspace.labels[0], name="Sky"), "Rename")
    before = workspace.result.regions.label_map
    workspace.set_reading("classes")
    qtbot.waitUntil(lambda: workspace.result_is_current)
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save_as.trigger()
    with qtbot.waitSignal(workspace.opened):
        marked.open_path(str(path))
    assert workspace.document.recipe.reading == "classes"
    workspace.set_reading("regions")
    qtbot.waitUntil(lambda: workspace.result_is_current)
    np.testing.assert_array_equal(workspace.result.regions.label_map, before)
    assert workspace.labels[0].name == "Sky"


def test_saving_again_asks_nothing_and_replaces_the_file(marked, tmp_path, qtbot, monkeypatch):
    path = tmp_path / "photo.segmenter"
    asked = save_to(path, monkeypatch)
    for _ in range(2):
        with qtbot.waitSignal(marked.saving.saved):
            marked.commands.save.trigger()
        marked.workspace.set_objects(marked.workspace.document.objects[::-1], "Move")
    assert len(asked) == 1
    with zipfile.ZipFile(path) as archive:
        values = json.loads(archive.read("session.json"))
    assert values["image"]["files"] == ["photo.png"]
    assert len(values["objects"][0]["drawn"]) == 2


def test_that_a_session_is_not_saved_is_said_until_it_is(marked, tmp_path, qtbot, monkeypatch):
    marked.workspace.session_path = tmp_path / "folder.segmenter"
    marked.workspace.session_path.mkdir()
    marked.commands.save.trigger()
    message = marked.page.message
    qtbot.waitUntil(message.isVisible)
    save_to(tmp_path / "photo.segmenter", monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save_as.trigger()
    assert not message.isVisible()
    marked.show_refusal(ParameterError("There is no such file; check its name."))
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    assert message.isVisible()


def test_a_session_whose_image_moved_offers_to_locate_it(
    marked, tmp_path, photo, qtbot, monkeypatch
):
    path = tmp_path / "photo.segmenter"
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    mask = marked.workspace.cutter.cut.mask
    moved = photo.rename(tmp_path / "moved.png")
    with qtbot.waitSignal(marked.workspace.opening.refused):
        marked.open_path(str(path))
    message = marked.page.message
    assert message.isVisible()
    assert "photo.png" in message.text
    assert message.button.text() == "Locate Image…"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(moved), ""))
    qtbot.mouseClick(message.button, LEFT)
    qtbot.waitUntil(lambda: is_open(marked, moved))
    wait_for_cut(marked, qtbot)
    np.testing.assert_array_equal(marked.workspace.cutter.cut.mask, mask)
    assert message.text == "The image of photo.segmenter is moved.png now; save to keep that."
    with qtbot.waitSignal(marked.saving.saved):
        qtbot.mouseClick(message.button, LEFT)
    with qtbot.waitSignal(marked.workspace.opened):
        marked.open_path(str(path))
    assert is_open(marked, moved)
    assert not message.isVisible()


def test_another_image_that_is_located_is_told(marked, tmp_path, photo, qtbot, monkeypatch):
    path = tmp_path / "photo.segmenter"
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    PillowImage.open(photo).rotate(180).save(photo)
    with qtbot.waitSignal(marked.workspace.opening.refused):
        marked.open_path(str(path))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(photo), ""))
    message = marked.page.message
    with qtbot.waitSignal(marked.workspace.opened):
        qtbot.mouseClick(message.button, LEFT)
    assert message.isVisible()
    assert "Its pixels are not those" in message.text


def test_turning_to_another_page_asks_and_turns_back(window, tmp_path, make_photo, qtbot):
    pages = [PillowImage.fromarray(make_photo(40, 50, seed)) for seed in range(2)]
    path = tmp_path / "pages.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    window.open_path(str(path))
    qtbot.waitUntil(lambda: window.workspace.result is not None)
    window.workspace.set_label(replace(window.workspace.labels[0], name="Sky"), "Rename")
    window.toolbar.page.setValue(2)
    answer(window, qtbot, Button.Cancel)
    assert window.toolbar.page.value() == 1
    assert window.workspace.document.image.source.page == 0


def test_what_is_saved_while_a_fit_runs_keeps_the_names(opened, tmp_path, qtbot, monkeypatch):
    workspace, path = opened.workspace, tmp_path / "photo.segmenter"
    workspace.set_label(replace(workspace.labels[0], name="Sky"), "Rename")
    save_to(path, monkeypatch)
    workspace.set_recipe("Change smoothness", smoothness=0.4)
    assert not workspace.document.labels_are_current
    with qtbot.waitSignal(opened.saving.saved):
        opened.commands.save.trigger()
    with qtbot.waitSignal(workspace.opened):
        opened.open_path(str(path))
    qtbot.waitUntil(lambda: workspace.result_is_current)
    assert "Sky" in [label.name for label in workspace.labels]
    assert not opened.isWindowModified()


@pytest.fixture
def refused(marked, tmp_path, photo, qtbot, monkeypatch):
    """Give up work for a session whose image has moved; return where it is, as will be chosen."""
    path = tmp_path / "photo.segmenter"
    save_to(path, monkeypatch)
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    moved = photo.rename(tmp_path / "moved.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(moved), ""))
    marked.commands.undo.trigger()
    marked.open_path(str(path))
    with qtbot.waitSignal(marked.workspace.opening.refused):
        answer(marked, qtbot, Button.Discard)
    return moved


def test_other_work_than_was_given_up_is_asked_for(refused, marked, qtbot):
    marked.commands.undo.trigger()  # it is not what was given up
    qtbot.mouseClick(marked.page.message.button, LEFT)
    answer(marked, qtbot, Button.Discard)
    qtbot.waitUntil(lambda: is_open(marked, refused))
    assert not marked.isWindowModified()


def test_what_was_given_up_is_not_asked_for_again_by_the_same_opening(refused, marked, qtbot):
    assert not marked.close()  # the window asks all the same
    answer(marked, qtbot, Button.Cancel)
    qtbot.mouseClick(marked.page.message.button, LEFT)
    assert not questions(marked)
    qtbot.waitUntil(lambda: is_open(marked, refused))


@pytest.fixture
def held_write(monkeypatch):
    """Hold the writing of sessions until the event is set."""
    from segmenter.session import file

    may_write, save = threading.Event(), file.save_session

    def save_later(*args):
        may_write.wait(60)
        save(*args)

    monkeypatch.setattr(file, "save_session", save_later)
    yield may_write
    may_write.set()


def test_a_save_that_ends_once_another_image_is_open_is_not_of_that_one(
    marked, other, tmp_path, qtbot, monkeypatch, held_write
):
    path = tmp_path / "photo.segmenter"
    save_to(path, monkeypatch)
    marked.commands.save.trigger()
    drop(marked, other)
    answer(marked, qtbot, Button.Discard)
    qtbot.waitUntil(lambda: is_open(marked, other))
    with qtbot.waitSignal(marked.saving.saved):
        held_write.set()
    assert path.is_file()
    assert marked.workspace.session_path is None
    assert not marked.isWindowModified()
    assert marked.windowTitle().startswith("other.png")


def test_work_done_while_it_is_saved_before_leaving_is_asked_for(
    marked, other, photo, tmp_path, qtbot, monkeypatch, held_write
):
    save_to(tmp_path / "photo.segmenter", monkeypatch)
    drop(marked, other)
    answer(marked, qtbot, Button.Save)
    marked.commands.undo.trigger()
    with qtbot.waitSignal(marked.saving.saved):
        held_write.set()
    assert marked.isWindowModified()
    answer(marked, qtbot, Button.Save)  # where is known by now
    qtbot.waitUntil(lambda: is_open(marked, other))


def test_of_two_openings_that_wait_for_a_save_the_latest_wins(
    marked, other, photo, tmp_path, qtbot, monkeypatch, held_write
):
    save_to(tmp_path / "photo.segmenter", monkeypatch)
    drop(marked, photo)
    answer(marked, qtbot, Button.Save)
    drop(marked, other)
    answer(marked, qtbot, Button.Discard)
    qtbot.waitUntil(lambda: is_open(marked, other))
    with qtbot.waitSignal(marked.saving.saved):
        held_write.set()
    assert not marked.workspace.opening.runner.is_busy
    assert is_open(marked, other)


@pytest.mark.parametrize("button", [Button.Yes, Button.Cancel])
def test_a_session_is_not_replaced_unasked_by_a_name_without_the_suffix(
    marked, tmp_path, qtbot, monkeypatch, button
):
    path, asked = tmp_path / "work.segmenter", []
    path.write_bytes(b"another")
    save_to(tmp_path / "work", monkeypatch)
    monkeypatch.setattr(Question, "exec", lambda it: asked.append(it) or it.button(button).click())
    marked.commands.save_as.trigger()
    assert [each.asked.text() for each in asked] == ["Replace work.segmenter?"]
    assert asked[0].button(Button.Cancel).isDefault()
    qtbot.waitUntil(lambda: not marked.saving.runner.is_busy)
    assert (path.read_bytes() == b"another") == (button is Button.Cancel)
    assert marked.isWindowModified() == (button is Button.Cancel)


def test_work_done_while_another_image_is_read_is_asked_for(marked, other, photo, qtbot):
    workspace = marked.workspace
    drop(marked, other)
    answer(marked, qtbot, Button.Discard)
    marked.commands.undo.trigger()  # it is being read
    qtbot.waitUntil(lambda: bool(questions(marked)))
    assert is_open(marked, photo)
    answer(marked, qtbot, Button.Cancel)
    assert is_open(marked, photo)
    assert len(workspace.active.marks.drawn) == 1
    drop(marked, other)
    answer(marked, qtbot, Button.Discard)
    qtbot.waitUntil(lambda: is_open(marked, other))


def test_an_opening_that_was_cancelled_is_not_the_one_to_be_located(
    refused, marked, other, tmp_path, qtbot
):
    marked.commands.undo.trigger()  # other work than was given up
    drop(marked, other)
    answer(marked, qtbot, Button.Cancel)
    assert marked.workspace.opening.requested == tmp_path / "photo.segmenter"


def test_sessions_are_proposed_beside_their_image_by_its_whole_name():
    assert _beside(Path("slides/slide.1.tif")) == Path("slides/slide.1.segmenter")
    assert _beside(Path("scans/T1.nii.gz")) == Path("scans/T1.segmenter")
    assert _beside(None) == Path.home() / "session.segmenter"
    assert _beside(find_sample("coffee").path) == Path.home() / "coffee.segmenter"


def test_all_of_a_question_is_seen_however_long_the_name(marked):
    question = Question(
        marked, f"Discard your work on {'a_long_name' * 20}?", "It is lost.",
        {Button.Discard: "Discard", Button.Cancel: "Cancel"}, Button.Cancel,
    )  # fmt: skip
    question.show()
    label = question.asked
    assert label.height() >= label.heightForWidth(label.width()) > 4 * label.fontMetrics().height()
    question.reject()

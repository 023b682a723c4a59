"""Work by hand outlives a program that does not end well."""

import shutil

import pytest
from PySide6.QtCore import QPointF, QSysInfo, Qt
from PySide6.QtWidgets import QFileDialog

from segmenter.gui.app import make_window
from segmenter.gui.dialogs.question import Button, Question
from segmenter.gui.recovery import SUFFIX, Recovery
from segmenter.images.image import Image

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recovery"


@pytest.fixture
def recovery(window, folder):
    return Recovery(window, folder)


@pytest.fixture
def marked(window, photo, qtbot, recovery):
    """Return the window with a click of the user on the photo."""
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: window.workspace.document is not None)
    click_on_object(window, qtbot)
    return window


def click_on_object(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F)
    place = window.work.canvas.to_canvas(QPointF(20, 15)).toPoint()
    qtbot.mouseClick(window.work.canvas.viewport(), LEFT, pos=place)
    qtbot.waitUntil(lambda: window.saving.has_unsaved)


@pytest.fixture
def start_again(qtbot, folder, tmp_path):
    """Return a call that opens a second window, after a process that was killed left its work."""

    def start():
        left = tmp_path / "left"  # without a lock: no process holds one
        shutil.copytree(folder, left, ignore=shutil.ignore_patterns("*.lock"))
        made = make_window()
        qtbot.addWidget(made, before_close_func=keep_all)
        made.show()
        Recovery(made, left).offer()
        return made

    return start


def keep_all(window):
    if window.workspace.history is not None:
        window.saving.keep_all(window.workspace.history)


def write(recovery, qtbot):
    with qtbot.waitSignal(recovery.runner.succeeded):
        recovery.write()


def answer(window, button):
    (question,) = window.findChildren(Question)
    question.button(button).click()


def files(folder):
    return sorted(each.suffix for each in folder.glob("*")) if folder.exists() else []


def test_unsaved_work_is_written_aside_after_a_while(marked, recovery, folder, qtbot):
    assert recovery._timer.isActive()
    assert files(folder) == []
    write(recovery, qtbot)
    assert files(folder) == [".lock", SUFFIX]
    assert recovery.left_behind() == []  # it is this process's own


def test_nothing_is_written_where_nothing_was_done(window, photo, recovery, folder, qtbot):
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: window.workspace.document is not None)
    recovery.write()
    assert not recovery.runner.is_busy
    assert files(folder) == []


def test_saved_work_is_no_longer_aside(marked, recovery, folder, qtbot, tmp_path, monkeypatch):
    write(recovery, qtbot)
    target = str(tmp_path / "mine.segmenter")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (target, ""))
    with qtbot.waitSignal(marked.saving.saved):
        marked.commands.save.trigger()
    assert files(folder) == []


def test_what_is_aside_stays_until_the_next_is_written(marked, recovery, folder, qtbot):
    recovery.write()
    recovery.write()
    qtbot.waitUntil(lambda: not recovery.runner.is_busy)
    assert files(folder) == [".lock", SUFFIX]
    assert recovery._timer.isActive()


def test_work_that_is_given_up_while_it_is_written_leaves_no_file(marked, recovery, folder, qtbot):
    recovery.write()
    recovery.forget()
    recovery.runner.close()
    assert files(folder) == []


def test_work_left_behind_is_offered_and_restored(
    marked, recovery, start_again, qtbot, tmp_path, photo
):
    write(recovery, qtbot)
    marks = marked.workspace.active.marks
    second = start_again()
    bar = second.message_bar()
    assert "photo.png" in bar.text
    qtbot.mouseClick(bar.button, LEFT)
    qtbot.waitUntil(lambda: second.workspace.document is not None)
    assert second.workspace.document.image.source.path == photo
    assert second.workspace.active.marks == marks
    assert second.saving.has_unsaved
    assert second.workspace.session_path is None
    assert not second.message_bar().isVisible()
    assert len(list((tmp_path / "left").glob(f"*{SUFFIX}"))) == 1  # until it is saved
    second.saving.keep_all(second.workspace.history)
    assert files(tmp_path / "left") == []


def test_work_left_behind_is_offered_beside_a_file_that_is_opened(
    marked, recovery, start_again, qtbot, tmp_path, photo
):
    write(recovery, qtbot)
    second = start_again()
    second.open_path(str(photo))
    qtbot.waitUntil(lambda: second.workspace.document is not None)
    qtbot.waitUntil(second.message_bar().isVisible)
    assert "photo.png" in second.message_bar().text
    qtbot.mouseClick(second.message_bar().other_button, LEFT)
    answer(second, Button.Discard)
    assert files(tmp_path / "left") == []
    assert not second.message_bar().isVisible()


def test_work_left_behind_is_not_discarded_without_a_question(
    marked, recovery, start_again, qtbot, tmp_path
):
    write(recovery, qtbot)
    second = start_again()
    qtbot.mouseClick(second.message_bar().other_button, LEFT)
    answer(second, Button.Cancel)
    assert files(tmp_path / "left") == [SUFFIX]
    assert second.message_bar().isVisible()  # and is offered as before


def test_what_was_left_behind_of_an_image_that_moved_can_be_located(
    marked, recovery, start_again, qtbot, tmp_path, photo, monkeypatch
):
    write(recovery, qtbot)
    elsewhere = photo.rename(tmp_path / "moved.png")
    second = start_again()
    qtbot.mouseClick(second.message_bar().button, LEFT)
    qtbot.waitUntil(lambda: "locate it" in second.message_bar().text)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(elsewhere), ""))
    qtbot.mouseClick(second.message_bar().button, LEFT)
    qtbot.waitUntil(lambda: second.workspace.document is not None)
    assert second.saving.has_unsaved
    assert second.workspace.session_path is None


def test_damaged_files_are_not_offered(start_again, folder):
    folder.mkdir()
    (folder / f"x{SUFFIX}").write_bytes(b"no session")
    assert not start_again().message_bar().isVisible()


def test_locks_of_processes_that_had_written_nothing_are_removed(window, folder):
    folder.mkdir()
    (folder / f"x{SUFFIX}.lock").write_text(f"999999999\nsegmenter\n{QSysInfo.machineHostName()}\n")
    Recovery(window, folder).offer()
    assert files(folder) == []


def test_a_folder_that_cannot_be_written_is_said_once(marked, recovery, folder, qtbot):
    folder.write_text("a file")
    recovery.write()
    qtbot.waitUntil(lambda: marked.message_bar().isVisible())
    marked.message_bar().clear()
    recovery.write()
    assert not marked.message_bar().isVisible()


def test_an_image_without_a_file_is_kept_with_the_work(
    window, recovery, make_photo, qtbot, start_again
):
    picture = make_photo(60, 80)
    window.workspace.opening.open_image(lambda: Image(picture, "rgb"), "the clipboard")
    qtbot.waitUntil(lambda: window.workspace.document is not None)
    click_on_object(window, qtbot)
    write(recovery, qtbot)
    second = start_again()
    qtbot.mouseClick(second.message_bar().button, LEFT)
    qtbot.waitUntil(lambda: second.workspace.document is not None)
    assert (second.workspace.document.image.pixels == picture).all()

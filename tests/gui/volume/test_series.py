"""Opening folders of DICOM files."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget

from segmenter.gui.dialogs.series import SeriesDialog, describe
from segmenter.images.file_info import SeriesInfo
from segmenter.session.file import Session, save_session
from tests.images.dicom_files import save_series

VALUES = np.random.default_rng(3).integers(0, 900, (6, 9, 8)).astype(np.uint16)


@pytest.fixture
def folder(tmp_path):
    for number, name in ((1, "T1"), (2, "T2")):
        save_series(
            tmp_path / name, VALUES * number, SeriesInstanceUID=f"1.2.{number}",
            SeriesDescription=name,
        )  # fmt: skip
    return tmp_path


def chooser(window, qtbot):
    qtbot.waitUntil(lambda: bool(window.findChildren(SeriesDialog)))
    (dialog,) = window.findChildren(SeriesDialog)
    return dialog


def test_one_of_several_series_is_chosen(window, folder, qtbot):
    window.open_path(str(folder))
    dialog = chooser(window, qtbot)
    rows = dialog.findChild(QListWidget)
    assert [rows.item(row).text().split("\n")[0] for row in range(rows.count())] == ["T1", "T2"]
    save_series(folder / "damaged", VALUES[:1], Columns=None)  # is met by whoever looks again
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.workspace.opened):
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    image = window.workspace.document.image
    assert sorted(np.unique(image.pixels)) == sorted(np.unique(2 * VALUES))


def test_no_series_is_opened_when_none_is_chosen(window, folder, qtbot):
    window.open_path(str(folder))
    chooser(window, qtbot).reject()
    assert window.workspace.document is None


def test_a_folder_with_one_series_opens_at_once(window, folder, qtbot):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(folder / "T1"))
    qtbot.waitUntil(window.volume.isVisible)
    assert window.workspace.document.image.is_volume


def test_a_folder_without_images_is_refused_in_words(window, tmp_path, qtbot):
    (tmp_path / "notes.txt").write_text("nothing")
    with qtbot.waitSignal(window.workspace.opening.refused):
        window.open_path(str(tmp_path))
    assert "DICOM" in window.empty.message.text


@pytest.mark.parametrize(
    ("modality", "second"), [("MR", "MR   No pixels."), ("", "No pixels.")], ids=["MR", "unknown"]
)
def test_what_a_series_does_not_say_leaves_no_gap(modality, second):
    info = SeriesInfo("1.2", "", modality, (Path("IM1"),), 100, None, "No pixels.")
    assert describe(info) == f"Without a name\n{second}"


def test_the_folder_of_a_session_that_moved_is_located(window, folder, qtbot, monkeypatch):
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(folder / "T1"))
    document, path = window.workspace.document, folder / "T1.segmenter"
    save_session(path, Session((document,), "regions"))
    moved = (folder / "T1").rename(folder / "elsewhere")
    with qtbot.waitSignal(window.workspace.opening.refused):
        window.open_path(str(path))
    message = window.message_bar()
    qtbot.waitUntil(lambda: not window.workspace.is_busy)  # that there is no brain is told late
    assert message.button.text() == "Locate Image…"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    with qtbot.waitSignal(window.workspace.opened):
        qtbot.mouseClick(message.button, Qt.MouseButton.LeftButton)
    assert window.workspace.document.image.source.path.samefile(moved)

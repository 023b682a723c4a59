"""Objects from the window to files, and back by other libraries."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog

from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.look import Ground, Way
from segmenter.segment.labels import Color

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def export(hand, tmp_path, monkeypatch, qtbot):
    """Return a call that exports by the dialog with some kinds chosen besides the first ones."""

    def write(*kinds, change=lambda _dialog: None):
        def run(dialog):
            for kind in kinds:
                dialog.kinds[kind].setChecked(True)
            dialog.folder.setText(str(tmp_path / "masks"))
            change(dialog)
            dialog.show()
            qtbot.mouseClick(dialog.export, LEFT)
            qtbot.waitUntil(lambda: not dialog.is_busy)
            assert dialog.outcome.text().endswith("read back equal.")
            dialog.hide()

        monkeypatch.setattr(ExportDialog, "exec", run)
        hand.window.commands.export.trigger()
        return {path.name: path for path in (tmp_path / "masks").iterdir()}

    return write


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_an_object_is_exported_and_read_back_equal(hand, export):
    hand.click(30, 45)
    files = export("alpha")
    assert set(files) == {"discs-mask.png", "discs-alpha.png", "discs-cutout.png"}
    assert (read(files["discs-mask.png"]) == np.where(hand.mask, 255, 0)).all()
    alpha = read(files["discs-alpha.png"])
    assert (read(files["discs-cutout.png"])[..., 3] == alpha).all()
    assert ((alpha > 127) == hand.mask).mean() > 0.97


def test_files_say_where_they_come_from_and_what_was_marked(hand, export):
    hand.click(30, 45)
    hand.click(60, 10, RIGHT)
    for path in export("alpha").values():
        text = PillowImage.open(path).text
        assert text["Software"].startswith("Segmenter ")
        assert text["Source"] == "discs.png"
        marks = json.loads(text["Segmenter marks"])
        assert marks["foreground"] == [pytest.approx([30, 45], abs=1)]
        assert marks["background"] == [pytest.approx([60, 10], abs=1)]
        assert "box" not in marks


def test_several_objects_give_one_label_map_and_files_of_each(hand, export, qtbot):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_N)
    hand.click(90, 45)
    hand.click(48, 45, RIGHT)
    hand.window.commands.rename.trigger()
    row = hand.window.work.objects.rows[0]
    qtbot.keyClicks(row.name, "Right disc")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    label_map = hand.workspace.cutter.scene.label_map
    files = export("indexed", "alpha")
    assert len(files) == 9
    assert (read(files["discs-labels.png"]) == label_map).all()
    colors = PillowImage.open(files["discs-colors.png"])
    assert (np.asarray(colors) == label_map).all()
    for value, name in ((1, "object-1"), (2, "right-disc")):
        mask = read(files[f"discs-{value}-{name}-mask.png"]) > 0
        assert (mask == (label_map == value)).all()
        alpha = read(files[f"discs-{value}-{name}-alpha.png"])
        assert ((alpha > 127) == mask).mean() > 0.97
        assert (read(files[f"discs-{value}-{name}-cutout.png"])[..., 3] == alpha).all()
        table = json.loads(colors.text["Segmenter labels"])
        assert table[value - 1]["value"] == value


def test_visible_objects_are_written_together_as_the_cutout_shows_them(hand, export):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_N)
    hand.click(90, 45)
    hand.click(48, 45, RIGHT)
    files = export("alpha")
    both = read(files["discs-cutout.png"])
    alphas = [read(files[f"discs-{value}-object-{value}-alpha.png"]) for value in (1, 2)]
    together = np.minimum(alphas[0].astype(int) + alphas[1], 255)
    assert np.abs(both[..., 3].astype(int) - together).max() <= 1
    hand.window.commands.hide_label.trigger()
    assert (read(export()["discs-cutout.png"])[..., 3] == alphas[0]).all()
    hand.workspace.set_look(ground=Ground(Color(20, 220, 40)))
    picture = read(export("all composite")["discs-composite.png"])[..., ::-1]
    assert tuple(picture[45, 90]) == (20, 220, 40)
    assert np.abs(picture[45, 30].astype(int) - (200, 60, 40)).max() < 25


def test_the_upper_object_has_the_pixel_in_every_file(hand, export):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_N)
    hand.click(30, 45)
    hand.type(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    files = export()
    assert read(files["discs-labels.png"])[45, 30] == 1
    assert read(files["discs-1-object-1-mask.png"])[45, 30] == 255
    assert not read(files["discs-2-object-2-mask.png"])[45, 30]


def test_an_object_that_is_not_chosen_has_no_files(hand, export):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_N)
    hand.click(90, 45)
    hand.click(30, 45, RIGHT)

    def leave_out_the_first(dialog):
        dialog.label_list.item(1).setCheckState(Qt.CheckState.Unchecked)

    files = export(change=leave_out_the_first)
    assert not any("object-1" in name for name in files)
    assert set(np.unique(read(files["discs-labels.png"]))) == {0, 1, 2}


def test_a_composite_is_as_seen_on_a_color(hand, export, monkeypatch, qtbot):
    hand.click(30, 45)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor(20, 220, 40))
    hand.window.commands.on_color.trigger()
    painter = hand.window.work.foreground_painter
    qtbot.waitUntil(lambda: not painter.planes.is_busy)
    assert hand.color(60, 10) == (20, 220, 40)
    picture = read(export("composite")["discs-composite.png"])[..., ::-1]
    assert tuple(picture[10, 60]) == (20, 220, 40)
    assert np.abs(picture[45, 30].astype(int) - (200, 60, 40)).max() < 25
    hand.window.commands.on_checkerboard.trigger()
    assert hand.color(60, 10) in ((255, 255, 255), (204, 204, 204))


def test_a_composite_is_as_seen_on_another_image_scaled_to_cover(
    hand, export, tmp_path, monkeypatch, qtbot
):
    pixels = np.zeros((40, 100, 3), np.uint8)
    pixels[:, :, 1] = np.arange(100) * 2
    PillowImage.fromarray(pixels).save(tmp_path / "ground.png")
    hand.click(30, 45)
    path = str(tmp_path / "ground.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    hand.window.commands.on_image.trigger()
    painter = hand.window.work.foreground_painter
    qtbot.waitUntil(lambda: painter.ground.picture is not None)
    qtbot.waitUntil(lambda: not painter.planes.is_busy)
    seen = hand.color(60, 10)
    assert seen[0] == seen[2] == 0
    picture = read(export("composite")["discs-composite.png"])[..., ::-1]
    assert abs(int(picture[10, 60, 1]) - seen[1]) <= 4
    assert abs(int(picture[10, 60, 1]) - 100) <= 6
    assert picture[10, 119, 1] < 155


def test_an_image_that_cannot_be_read_is_refused_in_words(hand, tmp_path, qtbot):
    hand.click(30, 45)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    hand.workspace.set_look(ground=Ground(path=tmp_path / "broken.png"))
    qtbot.waitUntil(hand.window.work.message.isVisible)
    assert hand.workspace.look.ground == Ground()


def test_without_a_ground_there_is_no_composite(hand, export):
    hand.click(30, 45)
    seen = []
    export(change=lambda dialog: seen.append("composite" in dialog.kinds))
    hand.workspace.set_look(ground=Ground(Color(1, 2, 3)))
    export(change=lambda dialog: seen.append("composite" in dialog.kinds))
    assert seen == [False, True]


def test_the_refined_edge_widens_the_band_in_view_and_files(hand, export):
    hand.click(30, 45)
    plain = read(export("alpha")["discs-alpha.png"])
    hand.window.commands.ways[Way.EDGE].trigger()
    hand.drag([(50, 38), (58, 42), (60, 48)])
    assert hand.window.commands.undo.text() == "Undo Refine Edge"
    assert len(hand.workspace.active.edge) == 1
    drawn = hand.workspace.active.edge[0].covered(plain.shape)
    refined = read(export("alpha")["discs-alpha.png"])
    assert (refined != plain)[drawn].any()
    assert (refined == plain)[:, 90:].all()
    hand.window.commands.undo.trigger()
    assert hand.workspace.active.edge == ()
    assert (read(export("alpha")["discs-alpha.png"]) == plain).all()


def test_a_cut_that_is_cancelled_is_not_waited_for(hand, monkeypatch, qtbot):
    opened = []
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: opened.append(dialog))
    hand.click(30, 45)
    qtbot.mouseClick(hand.viewport, LEFT, pos=hand.place(90, 45))
    hand.window.commands.export.trigger()
    assert hand.window.status.note.text() == "Export: once the result is there"
    qtbot.keyClick(hand.window, Qt.Key.Key_Escape)
    assert hand.workspace.is_settled
    qtbot.wait(1)  # all that was queued
    assert opened == []


def test_who_takes_back_a_running_cut_takes_back_the_export_of_it(hand, monkeypatch, qtbot):
    opened = []
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: opened.append(dialog))
    hand.click(30, 45)
    qtbot.mouseClick(hand.viewport, LEFT, pos=hand.place(90, 45))
    hand.window.commands.export.trigger()
    hand.window.commands.undo.trigger()
    assert hand.workspace.is_settled
    qtbot.wait(1)  # all that was queued
    assert opened == []

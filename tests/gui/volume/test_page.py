"""Looking at a volume, by mouse, wheel and keyboard."""

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox

from segmenter.gui.dialogs.header import HeaderDialog
from segmenter.gui.dialogs.palette import ActionPalette
from segmenter.gui.look import Convention, Job
from segmenter.gui.settings import Settings
from segmenter.gui.volume.slicing import Plane
from segmenter.gui.volume.tone import GrayRange

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton
VOXEL = (12, 40, 9)


def named(window, kind, name):
    (found,) = [each for each in window.findChildren(kind) if each.accessibleName() == name]
    return found


def test_a_volume_opens_on_three_planes_with_the_job_of_volumes(volume):
    assert volume.workspace.job is Job.TISSUE
    assert all(volume.commands.jobs[job].isVisible() for job in Job)
    for view in volume.volume.views.values():
        assert view.canvas.picture.is_shown
    assert "46 x 56 x 32   4 x 4 x 6 mm   LAS" in volume.toolbar.source.text()


def test_a_photo_after_a_volume_has_its_own_page_and_jobs(volume, photo, qtbot):
    volume.open_path(str(photo))
    qtbot.waitUntil(lambda: volume.workspace.result_is_current)
    assert volume.work.isVisible()
    assert volume.workspace.job is Job.REGIONS
    assert volume.commands.jobs[Job.FOREGROUND].isVisible()
    assert not volume.commands.jobs[Job.TISSUE].isVisible()


@pytest.mark.parametrize("plane", Plane)
def test_a_click_moves_the_crosshair_of_all_planes(volume, place, qtbot, plane):
    page = volume.volume
    page.viewpoint.move_to(VOXEL)
    wanted = list(VOXEL)
    for axis in page.views[plane].slicing.axes[:2]:
        wanted[axis] += 5
    qtbot.mouseClick(page.views[plane].canvas.viewport(), LEFT, pos=place(volume, plane, wanted))
    assert page.viewpoint.voxel == tuple(wanted)
    for view in page.views.values():
        assert view.index == view.slicing.place_of(tuple(wanted))[2]
        assert view.slider.value() == view.index


def test_the_crosshair_is_dragged_and_stays_in_the_volume(volume, place, axial, qtbot):
    canvas = axial.canvas.viewport()
    qtbot.mousePress(canvas, LEFT, pos=place(volume, Plane.AXIAL, VOXEL))
    qtbot.mouseMove(canvas, QPoint(-50, -50))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(-50, -50))
    assert axial.slicing.place_of(volume.volume.viewpoint.voxel)[:2] == (0, 0)


def test_the_wheel_scrolls_and_with_ctrl_zooms(volume, axial, turn_wheel):
    index, zoom = axial.index, axial.canvas.zoom
    turn_wheel(axial.canvas, 120)
    assert (axial.index, axial.canvas.zoom) == (index + 1, zoom)
    turn_wheel(axial.canvas, -240)
    assert axial.index == index - 1
    for _ in range(4):
        turn_wheel(axial.canvas, 30)
    assert axial.index == index
    turn_wheel(axial.canvas, 120, Qt.KeyboardModifier.ControlModifier)
    assert axial.index == index
    assert axial.canvas.zoom == pytest.approx(1.25 * zoom)


def test_scrolling_up_goes_towards_the_head(volume, axial, turn_wheel):
    affine = volume.workspace.document.image.affine
    before = affine @ (*volume.volume.viewpoint.voxel, 1)
    turn_wheel(axial.canvas, 120)
    after = affine @ (*volume.volume.viewpoint.voxel, 1)
    assert after - before == pytest.approx([0, 0, 6, 0])


def test_keys_move_the_crosshair_and_scroll(volume, axial, qtbot):
    viewpoint = volume.volume.viewpoint
    viewpoint.move_to(VOXEL)
    row, column, index = axial.slicing.place_of(VOXEL)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        qtbot.keyClick(axial.canvas, key)
    assert axial.slicing.place_of(viewpoint.voxel) == (row - 1, column + 1, index + 1)


def test_the_slider_scrolls(volume, axial, qtbot):
    slider = named(volume, QSlider, "Axial slice")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert axial.index == 0
    assert axial.place.text() == "1 of 32"


def test_a_double_click_enlarges_a_plane_and_brings_the_others_back(volume, qtbot):
    views = volume.volume.views
    canvas = views[Plane.CORONAL].canvas.viewport()
    width = canvas.width()
    qtbot.mouseDClick(canvas, LEFT)
    assert [plane for plane, view in views.items() if view.isVisible()] == [Plane.CORONAL]
    qtbot.waitUntil(lambda: canvas.width() > 1.9 * width)
    qtbot.mouseDClick(canvas, LEFT)
    assert all(view.isVisible() for view in views.values())


def test_a_right_drag_changes_window_and_level_and_escape_gives_it_up(volume, axial, qtbot):
    viewpoint, canvas = volume.volume.viewpoint, axial.canvas
    before = viewpoint.gray
    start = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mousePress(canvas.viewport(), RIGHT, pos=start)
    qtbot.mouseMove(canvas.viewport(), start + QPoint(50, 25))
    assert viewpoint.gray.width == pytest.approx(1.2 * before.width)
    assert viewpoint.gray.level == pytest.approx(before.level + 0.1 * before.width)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert viewpoint.gray == before
    qtbot.mouseRelease(canvas.viewport(), RIGHT, pos=start)
    assert viewpoint.gray == before


def test_middle_button_and_space_pan(volume, axial, qtbot):
    canvas = axial.canvas
    canvas.zoom_to(3 * canvas.zoom)
    voxel = volume.volume.viewpoint.voxel
    start, end = QPoint(150, 150), QPoint(170, 140)
    for button, is_held in ((MIDDLE, False), (LEFT, True)):
        at = canvas.to_image(start.toPointF())
        if is_held:
            qtbot.keyPress(canvas, Qt.Key.Key_Space)
        qtbot.mousePress(canvas.viewport(), button, pos=start)
        qtbot.mouseMove(canvas.viewport(), end)
        qtbot.mouseRelease(canvas.viewport(), button, pos=end)
        now = canvas.to_image(end.toPointF())
        assert (now.x(), now.y()) == pytest.approx((at.x(), at.y()))
    assert volume.volume.viewpoint.voxel == voxel


def test_presets_and_numbers_set_the_gray_range(volume, qtbot, head):
    viewpoint, presets = volume.volume.viewpoint, named(volume, QComboBox, "Gray range")
    assert presets.currentText() == "Auto"
    presets.setFocus()
    for _ in range(2):
        qtbot.keyClick(presets, Qt.Key.Key_Down)
    assert presets.currentText() == "Full range"
    pixels = head.image.pixels
    assert viewpoint.gray == GrayRange(float(pixels.min()), float(pixels.max()))
    field = volume.volume.display.width_field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "500")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert viewpoint.gray.width == 500
    assert presets.currentText() == "Own"


def test_the_picture_shows_the_slice_in_the_gray_range(volume, axial, place, head):
    viewpoint = volume.volume.viewpoint
    viewpoint.move_to(VOXEL)
    voxel = axial.slicing.voxel_at(20, 22, axial.index)
    value = float(head.image.pixels[voxel][0])
    for low, gray in ((value - 100, 127.5), (value, 0), (value - 200, 255)):
        viewpoint.set_gray(GrayRange(low, low + 200))
        picture = axial.canvas.grab().toImage()
        color = QColor(picture.pixel(place(volume, Plane.AXIAL, voxel)))
        assert color.red() == pytest.approx(gray, abs=1.5)
        assert color.red() == color.green() == color.blue()


def test_voxels_that_are_not_square_are_shown_in_their_proportions(volume):
    coronal = volume.volume.views[Plane.CORONAL]
    assert coronal.canvas.pixel == pytest.approx((1.0, 1.5))
    assert coronal.canvas.visible_rect.height() == pytest.approx(1.5 * 32)
    assert volume.volume.views[Plane.AXIAL].canvas.pixel == (1.0, 1.0)


def test_a_place_of_the_volume_before_tells_nothing_of_a_picture(volume, photo, qtbot):
    with qtbot.waitSignal(volume.workspace.opened):
        volume.open_path(str(photo))
    volume.status.show_voxel((3, 4, 20))
    assert volume.status.pixel.text() == ""
    volume.status.show_pixel(3, 4)
    assert volume.status.pixel.text() != ""


def test_hovering_tells_index_millimeters_and_value(volume, place, qtbot, head):
    volume.volume.viewpoint.move_to(VOXEL)
    canvas = volume.volume.views[Plane.AXIAL].canvas
    qtbot.mouseMove(canvas.viewport(), QPoint(3, 3))
    qtbot.mouseMove(canvas.viewport(), place(volume, Plane.AXIAL, VOXEL))
    x, y, z = (head.image.affine @ (*VOXEL, 1))[:3]
    sides = "RL"[int(x < 0)], "AP"[int(y < 0)], "SI"[int(z < 0)]
    places = " ".join(f"{side} {abs(at):.1f}" for side, at in zip(sides, (x, y, z), strict=True))
    value = head.image.pixels[VOXEL][0]
    assert volume.status.pixel.text() == f"12, 40, 9      {places} mm      {value}"


def test_the_convention_mirrors_axial_and_coronal_planes(volume, axial, qtbot):
    rows = axial.canvas.grab().toImage()
    before = axial.slicing
    box = named(volume, QComboBox, "Convention")
    box.setFocus()
    qtbot.keyClicks(box, "N")
    assert volume.volume.viewpoint.convention is Convention.NEUROLOGICAL
    assert axial.slicing.letters[:2] == before.letters[1::-1]
    assert axial.slicing.flips[0] != before.flips[0]
    assert axial.canvas.grab().toImage() != rows


def test_a_large_volume_scrolls_without_touching_all_of_it(volume, axial, monkeypatch, turn_wheel):
    taken = []
    cut = np.moveaxis
    monkeypatch.setattr(np, "moveaxis", lambda *a: taken.append(1) or cut(*a))
    turn_wheel(axial.canvas, 120)
    assert len(taken) == 1  # one plane takes one slice; the two others only move their crosshair


def test_one_volume_of_several_is_chosen_and_the_view_stays(window, tmp_path, qtbot):
    path = tmp_path / "series.nii.gz"
    voxels = np.random.default_rng(0).integers(0, 900, (10, 12, 8, 3)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag((2.0, 2.0, 3.0, 1.0))), path)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(path))
    qtbot.waitUntil(lambda: window.volume is not None and window.volume.isVisible())
    page = named(window, QSpinBox, "Page of the file")
    assert page.isVisible()
    assert page.suffix() == " of 3"
    window.volume.viewpoint.move_to((3, 4, 5))
    gray = GrayRange(10.0, 400.0)
    window.volume.viewpoint.set_gray(gray)
    with qtbot.waitSignal(window.workspace.opened):
        page.stepUp()
    assert (window.workspace.document.image.pixels[..., 0] == voxels[..., 1]).all()
    assert window.volume.viewpoint.voxel == (3, 4, 5)
    assert window.volume.viewpoint.gray == gray


def test_the_palette_has_the_conventions_of_a_volume(volume, qtbot):
    qtbot.keyClick(volume, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    (palette,) = volume.findChildren(ActionPalette)
    qtbot.keyClicks(palette.field, "convention neuro")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert volume.volume.viewpoint.convention is Convention.NEUROLOGICAL
    assert named(volume, QComboBox, "Convention").currentText() == "Neurological"
    volume.volume.viewpoint.set_convention(Convention.RADIOLOGICAL)
    assert volume.commands.conventions[Convention.RADIOLOGICAL].isChecked()


def test_the_convention_is_remembered(volume, qtbot):
    box = named(volume, QComboBox, "Convention")
    box.setFocus()
    qtbot.keyClicks(box, "N")
    assert Settings().convention is Convention.NEUROLOGICAL


def test_a_remembered_convention_is_that_of_the_next_window(window, head, qtbot):
    window.settings.convention = Convention.NEUROLOGICAL
    page = window.ensure_volume_page()  # a slot that fails fails the test
    assert named(window, QComboBox, "Convention").currentText() == "Neurological"
    assert window.commands.conventions[Convention.NEUROLOGICAL].isChecked()
    with qtbot.waitSignal(window.workspace.opened):
        window.workspace.opening.open_image(lambda: head.image, "head")
    assert page.views[Plane.AXIAL].slicing.letters[0] == "L"


def test_aligned_volumes_dropped_together_are_channels(window, tmp_path, qtbot):
    random = np.random.default_rng(0)
    paths = []
    for name in ("t1", "t2"):
        paths.append(str(tmp_path / f"{name}.nii.gz"))
        voxels = random.integers(0, 900, (10, 12, 8)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), paths[-1])
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    with qtbot.waitSignal(window.workspace.opened):
        window.open_mime(mime)
    image = window.workspace.document.image
    assert image.channel_names == ("t1.nii.gz", "t2.nii.gz")
    qtbot.waitUntil(lambda: window.volume is not None and window.volume.isVisible())
    box = named(window, QComboBox, "Channel")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert window.volume.viewpoint.channel == 1
    assert window.volume.viewpoint.gray == window.volume.viewpoint.tones[1].auto


def test_what_the_file_says_is_shown(window, tmp_path, qtbot):
    assert not window.commands.header.isVisible()
    path = tmp_path / "scan.nii.gz"
    voxels = np.arange(6 * 7 * 8, dtype=np.int16).reshape(6, 7, 8)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag((2.0, 2.0, 3.0, 1.0))), path)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(path))
    assert window.commands.header.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = window.findChildren(HeaderDialog)
    items = [dialog.rows.topLevelItem(row) for row in range(dialog.rows.topLevelItemCount())]
    said = {item.text(0): item.text(1) for item in items}
    assert said["Voxels"] == "6 x 7 x 8"
    assert said["Voxel size"] == "2 x 2 x 3 mm"
    assert said["Orientation"] == "RAS"
    dialog.reject()


def test_a_letter_typed_in_a_list_looks_for_an_entry_and_switches_no_job(volume, qtbot):
    conventions = volume.volume.display.convention
    volume.activateWindow()
    conventions.setFocus()
    before = volume.workspace.job
    qtbot.keyClick(conventions, Qt.Key.Key_R)
    qtbot.keyClick(conventions, Qt.Key.Key_F)
    assert volume.workspace.job is before
    axial = volume.volume.views[Plane.AXIAL].canvas
    axial.setFocus()
    qtbot.keyClick(axial, Qt.Key.Key_F)
    assert volume.workspace.job is Job.FOREGROUND

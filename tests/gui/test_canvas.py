import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from segmenter.gui.canvas.canvas import Canvas
from segmenter.gui.canvas.layer import TRANSPARENT
from segmenter.gui.canvas.levels import label_levels, picture_levels
from segmenter.gui.canvas.tables import label_table
from segmenter.gui.theme import CANVAS_GRAY
from segmenter.segment.labels import default_label

WIDTH, HEIGHT = 200, 100


@pytest.fixture
def canvas(qtbot):
    window = QWidget()  # pyqtgraph's views do not stand being closed as windows
    qtbot.addWidget(window)
    window.resize(400, 400)
    made = Canvas(window)
    made.resize(400, 400)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:, : WIDTH // 2] = (250, 0, 0)
    picture[:, WIDTH // 2 :] = (0, 0, 250)
    made.show_picture(picture_levels(picture))
    with qtbot.waitExposed(window):
        window.show()
    yield made
    window.hide()


def wheel(canvas, place, notches):
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def drag(qtbot, canvas, button, start, end):
    qtbot.mousePress(canvas.viewport(), button, pos=start)
    qtbot.mouseMove(canvas.viewport(), end)
    qtbot.mouseRelease(canvas.viewport(), button, pos=end)


def color_at(canvas, x, y):
    return canvas.grab().toImage().pixelColor(x, y)


def test_the_image_is_fitted_on_neutral_gray(canvas):
    assert canvas.zoom == pytest.approx(400 / WIDTH)
    assert color_at(canvas, 100, 200).red() > 240
    assert color_at(canvas, 300, 200).blue() > 240
    assert color_at(canvas, 200, 20) == QColor(CANVAS_GRAY)


def test_of_a_very_long_image_there_is_something_to_see(canvas):
    canvas.show_picture(picture_levels(np.full((10, 30_000, 3), (250, 0, 0), np.uint8)))
    assert color_at(canvas, 200, 200).red() > 240
    assert canvas.visible_rect.center().x() == pytest.approx(15_000)


def test_it_stays_fitted_when_the_window_grows(canvas, qtbot):
    canvas.resize(600, 500)
    qtbot.waitUntil(lambda: canvas.zoom == pytest.approx(600 / WIDTH))


def test_the_wheel_zooms_around_the_pointer(canvas):
    place = QPointF(90, 170)
    before = canvas.to_image(place)
    wheel(canvas, place, 3)
    assert canvas.zoom == pytest.approx(2 * 1.25**3)
    assert (canvas.to_image(place) - before).manhattanLength() < 1e-6
    wheel(canvas, place, -3)
    assert canvas.zoom == pytest.approx(2.0)


def test_zoom_has_ends(canvas):
    wheel(canvas, QPointF(200, 200), 100)
    assert canvas.zoom == 64
    wheel(canvas, QPointF(200, 200), -100)
    assert canvas.zoom == pytest.approx(0.5)


def test_the_middle_button_pans(canvas, qtbot):
    canvas.zoom_to(8.0)
    before = canvas.to_image(QPointF(200, 200))
    drag(qtbot, canvas, Qt.MouseButton.MiddleButton, QPoint(200, 200), QPoint(160, 216))
    after = canvas.to_image(QPointF(200, 200))
    assert after.x() - before.x() == pytest.approx(40 / 8)
    assert after.y() - before.y() == pytest.approx(-16 / 8)


def test_space_and_drag_pan_and_do_not_pick(canvas, qtbot):
    canvas.zoom_to(8.0)
    canvas.setFocus()
    before = canvas.to_image(QPointF(200, 200))
    with qtbot.assertNotEmitted(canvas.picked):
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        drag(qtbot, canvas, Qt.MouseButton.LeftButton, QPoint(200, 200), QPoint(120, 200))
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.to_image(QPointF(200, 200)).x() - before.x() == pytest.approx(10)
    with qtbot.waitSignal(canvas.picked):
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))


def test_the_arrows_pan(canvas, qtbot):
    canvas.zoom_to(8.0)
    before = canvas.to_image(QPointF(0, 0))
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.to_image(QPointF(0, 0)).x() - before.x() == pytest.approx(40 / 8)


def test_the_image_cannot_be_lost(canvas):
    canvas.zoom_to(4.0)
    canvas.pan_by(QPointF(1e6, -1e6))
    assert canvas.to_image(QPointF(200, 200)) == QPointF(0, HEIGHT)


def test_a_click_picks_the_pixel_and_hovering_reads_it(canvas, qtbot):
    with qtbot.waitSignal(canvas.picked) as picked:
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(101, 205))
    assert picked.args == [52, 50]
    with qtbot.waitSignal(canvas.hovered) as hovered:
        qtbot.mouseMove(canvas.viewport(), QPoint(399, 101))
    assert hovered.args == [0, 199]
    with qtbot.waitSignal(canvas.hovered) as hovered:
        qtbot.mouseMove(canvas.viewport(), QPoint(200, 50))
    assert hovered.args == [-1, -1]


@pytest.mark.parametrize("zoom", [0.8, 2.0, 7.0])
def test_labels_lie_exactly_on_their_pixels_at_any_zoom(canvas, zoom):
    labels = np.ones((HEIGHT, WIDTH), np.uint8)
    labels[40:60, 90:110] = 2
    table = label_table([default_label(2)])
    canvas.overlay.show_values(label_levels(labels, (HEIGHT, WIDTH)), table)
    canvas.zoom_to(zoom)
    shown = canvas.grab().toImage()
    color = QColor(*default_label(2).color)
    for row, column, inside in ((50, 100, True), (41, 91, True), (58, 108, True), (50, 88, False),
                                (38, 100, False), (62, 100, False), (50, 112, False)):  # fmt: skip
        place = canvas.to_canvas(QPointF(column + 0.5, row + 0.5)).toPoint()
        assert (shown.pixelColor(place) == color) is inside


def test_unlabeled_and_hidden_pixels_show_the_image(canvas):
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[:, 100:] = 3
    canvas.overlay.show_values(label_levels(labels, (HEIGHT, WIDTH)), label_table([]))
    assert color_at(canvas, 100, 200).red() > 240
    assert color_at(canvas, 300, 200).blue() > 240


def test_coarse_labels_of_a_running_fit_cover_the_whole_image(canvas):
    labels = np.full((HEIGHT // 5, WIDTH // 5), 1, np.uint8)
    levels = label_levels(labels, (HEIGHT, WIDTH), 5)
    canvas.overlay.show_values(levels, label_table([default_label(1)]))
    for x, y in ((2, 102), (397, 297), (200, 200)):
        assert color_at(canvas, x, y) == QColor(*default_label(1).color)


def test_transparent_parts_are_told_from_the_outside_of_the_image(canvas):
    alpha = np.full((30, 30), 255, np.uint8)
    alpha[:15] = 0
    canvas.show_picture(picture_levels(np.full((30, 30, 3), 200, np.uint8), alpha))
    canvas.zoom_to(8.0)
    shown = canvas.grab().toImage()

    def colors(rows):
        places = [canvas.to_canvas(QPointF(x, y)).toPoint() for x in range(2, 29) for y in rows]
        return {shown.pixelColor(place).red() for place in places}

    assert colors(range(2, 14)) == {int(color[1:3], 16) for color in TRANSPARENT}
    assert colors(range(17, 29)) == {200}
    assert shown.pixelColor(5, 200).red() == int(CANVAS_GRAY[1:3], 16)

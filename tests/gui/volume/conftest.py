import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from segmenter.gui.volume.slicing import Plane
from tests.phantom import head_phantom


@pytest.fixture(scope="session")
def head():
    return head_phantom((4.0, 4.0, 6.0), "LAS", lesion=True)


@pytest.fixture
def volume(window, head, qtbot):
    """Return the window with the head open."""
    with qtbot.waitSignal(window.workspace.opened):
        window.workspace.opening.open_image(lambda: head.image, "head")
    qtbot.waitUntil(window.volume.isVisible)
    return window


@pytest.fixture
def place():
    """Return a call that finds where a voxel is on the canvas of a plane."""

    def found(window, plane, voxel):
        view = window.volume.views[plane]
        row, column, _ = view.slicing.place_of(voxel)
        width, height = view.canvas.pixel
        return view.canvas.to_canvas(
            QPointF((column + 0.5) * width, (row + 0.5) * height)
        ).toPoint()

    return found


@pytest.fixture
def turn_wheel():
    """Return a call that turns the wheel over the middle of a canvas."""

    def turn(canvas, eighths, keys=Qt.KeyboardModifier.NoModifier):
        middle = QPointF(canvas.width() / 2, canvas.height() / 2)
        event = QWheelEvent(
            middle, canvas.mapToGlobal(middle), QPoint(), QPoint(0, eighths),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas.viewport(), event)

    return turn


@pytest.fixture
def axial(volume):
    return volume.volume.views[Plane.AXIAL]

"""A photo of two discs, and a hand on the mouse."""

from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QPointF, Qt

from segmenter.gui.look import Job
from segmenter.gui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
HEIGHT, WIDTH = 90, 120


def discs():
    """Return the truth of two discs, at the left and at the right."""
    y, x = np.indices((HEIGHT, WIDTH))
    return np.hypot(y - 45, x - 30) <= 20, np.hypot(y - 45, x - 90) <= 20


@pytest.fixture(scope="session")
def left_disc():
    return discs()[0]


@pytest.fixture(scope="session")
def right_disc():
    return discs()[1]


@pytest.fixture
def photo(tmp_path):
    pixels = np.full((HEIGHT, WIDTH, 3), (60, 80, 160), float)
    for disc in discs():
        pixels[disc] = (200, 60, 40)
    pixels += np.random.default_rng(0).normal(0, 5, pixels.shape)
    path = tmp_path / "discs.png"
    PillowImage.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


@dataclass
class Hand:
    """Marks by mouse and keyboard, and waits for what they give."""

    window: MainWindow
    qtbot: object

    @property
    def workspace(self):
        return self.window.workspace

    @property
    def mask(self):
        return self.workspace.cutter.cut.foreground.mask

    @property
    def viewport(self):
        return self.window.work.canvas.viewport()

    def settle(self):
        self.qtbot.waitUntil(lambda: not self.workspace.cutter.runner.is_busy)

    def place(self, x, y):
        return self.window.work.canvas.to_canvas(QPointF(x + 0.5, y + 0.5)).toPoint()

    def color(self, x, y):
        """Return the color of the canvas over a pixel of the image."""
        shown = self.window.work.canvas.grab().toImage()
        return shown.pixelColor(self.place(x, y)).getRgb()[:3]

    def click(self, x, y, button=LEFT, keys=Qt.KeyboardModifier.NoModifier):
        self.qtbot.mouseClick(self.viewport, button, keys, self.place(x, y))
        self.settle()

    def drag(self, points, button=LEFT, *, release=True):
        self.qtbot.mousePress(self.viewport, button, pos=self.place(*points[0]))
        for point in points[1:]:
            self.qtbot.mouseMove(self.viewport, self.place(*point))
        if release:
            self.qtbot.mouseRelease(self.viewport, button, pos=self.place(*points[-1]))
            self.settle()

    def type(self, key, keys=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(self.window, key, keys)
        self.settle()

    def overlap(self, truth):
        return (self.mask & truth).sum() / (self.mask | truth).sum()


@pytest.fixture
def make_hand(qtbot):
    return lambda window: Hand(window, qtbot)


@pytest.fixture
def hand(window, photo, qtbot, make_hand):
    """Return a hand on the window with the photo open in the Foreground job."""
    window.workspace.set_job(Job.FOREGROUND)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    made = make_hand(window)
    made.settle()
    return made

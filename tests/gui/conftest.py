import gc
import os
from functools import partialmethod

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from segmenter.gui.app import make_window
from segmenter.gui.commands import Commands
from segmenter.gui.dialogs.question import Question
from segmenter.gui.theme import Theme, apply_theme

COLORS = ((200, 30, 30), (40, 160, 60), (40, 60, 200), (240, 230, 210))
"""Of the four quarters of the photo; told apart by any color feature."""


PATIENCE = 180_000
"""Milliseconds until a test gives up waiting: the first run compiles, on a busy machine too."""


class PatientBot(QtBot):
    """A robot that waits for any event as long as for the slowest."""

    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE)  # noqa: N815  Qt's names
    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE)  # noqa: N815
    waitExposed = partialmethod(QtBot.waitExposed, timeout=PATIENCE)  # noqa: N815


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


def quartered(height, width, seed=0):
    """Return pixels whose quarters have the four colors, with a little noise."""
    pixels = np.zeros((height, width, 3), float)
    pixels[: height // 2, : width // 2] = COLORS[0]
    pixels[: height // 2, width // 2 :] = COLORS[1]
    pixels[height // 2 :, : width // 2] = COLORS[2]
    pixels[height // 2 :, width // 2 :] = COLORS[3]
    noise = np.random.default_rng(seed).normal(0, 4, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def collect_on_this_thread():
    """Collect as the program does (`gui/garbage.py`): no worker may destroy a window of old.

    All that a test makes is still young at its end, since nothing was collected while it ran.
    """
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def own_settings(tmp_path):
    """Keep the user's own settings out of the tests, and the tests out of them."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )


@pytest.fixture
def is_asked():
    """Whether the test answers the question before hand work is lost; else it is given up."""
    return False


@pytest.fixture(autouse=True)
def give_up(is_asked, monkeypatch):
    """Answer that question in tests that are not about it, so that none waits for ever."""
    if not is_asked:
        monkeypatch.setattr(
            "segmenter.gui.saving.ask_before_leaving", lambda *_, discard, **__: discard()
        )


@pytest.fixture(scope="session")
def make_photo():
    return quartered


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    PillowImage.fromarray(quartered(60, 80)).save(path)
    return path


@pytest.fixture
def reading():
    """The reading last used in the window: most tests are about the mixture, which has classes."""
    return "classes"


def keep_all(window):
    """Let a window close without a question."""
    for question in window.findChildren(Question):
        question.reject()
    history = window.workspace.history
    if history is not None:
        window.saving.keep_all(history)


@pytest.fixture
def window(qtbot, qapp, reading):
    qapp.setOrganizationName("Segmenter")
    qapp.setApplicationName("Segmenter")
    apply_theme(qapp, Theme.LIGHT)
    made = make_window()
    assert made.findChild(Commands) is not None
    qtbot.addWidget(made, before_close_func=keep_all)
    made.workspace.reading = reading
    made.resize(1100, 760)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def finish_fit(window, qtbot):
    """Return a call that waits until the result is that of the document."""
    return lambda: qtbot.waitUntil(lambda: window.workspace.result_is_current)


@pytest.fixture
def opened(window, photo, finish_fit, qtbot):
    """Return the window with the photo open and segmented into four."""
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.workspace.set_recipe("Change number of regions", n_regions=4)
    finish_fit()
    return window

import os
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from PySide6.QtCore import QTimer
from skimage import data

from segmenter.gui import window as window_module
from segmenter.gui.app import APP_ID
from segmenter.gui.look import Job
from segmenter.gui.pages.volume import VolumePage
from segmenter.gui.startup import warm_up_solids_steps, warm_up_steps
from segmenter.images.image import Image
from segmenter.segment.foreground import segment_foreground
from segmenter.segment.foreground.matte import matte_steps
from segmenter.segment.objects.objects import segment_objects
from segmenter.segment.regions import segment_regions
from segmenter.shipped import resource_path
from segmenter.work import Progress, finish
from tests.phantom import head_phantom


def test_the_way_to_the_first_window_imports_no_heavy_library():
    script = (
        "import sys\n"
        "from segmenter.gui.app import make_application, make_window\n"
        "app = make_application(); window = make_window(); window.show(); app.processEvents()\n"
        "heavy = {'numpy', 'numba', 'scipy', 'skimage', 'pyqtgraph', 'PIL'} & set(sys.modules)\n"
        "window.close()\n"
        "sys.exit(', '.join(heavy) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_one_sentence_says_so():
    places = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    done = subprocess.run(
        [sys.executable, "-m", "segmenter"],
        env={name: value for name, value in os.environ.items() if name not in places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's")
def test_a_missing_library_of_x11_is_named_in_one_sentence(tmp_path):
    (tmp_path / "libxcb-cursor.so.0").touch()
    places = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in places}
    done = subprocess.run(
        [sys.executable, "-m", "segmenter"],
        env={**kept, "DISPLAY": ":99", "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "libxcb-cursor.so.0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_desktop_finds_its_files():
    desktop = resource_path(f"{APP_ID}.desktop").read_text(encoding="utf-8")
    assert f"Icon={APP_ID}\n" in desktop
    assert resource_path(f"{APP_ID}.svg").is_file()
    component = ElementTree.parse(resource_path(f"{APP_ID}.metainfo.xml")).getroot()
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == f"{APP_ID}.desktop"


def test_the_window_prepares_itself_and_closes(window, qtbot):
    with qtbot.waitSignal(window.prepared):
        window.prepare()
    assert window.work is not None
    window.close()
    assert not window.isVisible()


def test_what_objects_of_volumes_need_is_compiled_once_there_is_a_volume(
    window, photo, qtbot, monkeypatch
):
    warmed = []
    monkeypatch.setattr(window_module, "import_steps", nothing_to_do)
    monkeypatch.setattr(window_module, "warm_up_steps", nothing_to_do)
    monkeypatch.setattr(
        window_module, "warm_up_solids_steps", lambda: warmed.append(1) or nothing_to_do()
    )
    with qtbot.waitSignal(window.prepared):
        window.prepare()
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.commands.jobs[Job.FOREGROUND].trigger()
    assert not warmed
    head = head_phantom((9.0, 9.0, 9.0)).image
    with qtbot.waitSignal(window.workspace.opened):
        window.workspace.opening.open_image(lambda: head, "head")
    window.commands.jobs[Job.FOREGROUND].trigger()
    window.commands.jobs[Job.REGIONS].trigger()
    window.commands.jobs[Job.FOREGROUND].trigger()
    assert len(warmed) == 1


def nothing_to_do():
    yield Progress("Nothing")


def kernels() -> set[Dispatcher]:
    return {
        kernel
        for name, module in list(sys.modules.items())
        if name.startswith("segmenter.segment")
        for kernel in vars(module).values()
        if isinstance(kernel, Dispatcher)
    }


def test_after_their_warm_up_objects_of_volumes_compile_nothing():
    finish(warm_up_solids_steps())
    known = {kernel: len(kernel.signatures) for kernel in kernels()}
    head = head_phantom((3.0, 3.0, 3.0)).image
    middle = tuple(side // 2 for side in head.grid)
    cut = segment_foreground(head, foreground=[middle])
    beside = (middle[0] + 5, middle[1], middle[2])
    segment_foreground(head, foreground=[middle], background=[beside], previous=cut)
    segment_foreground(head, (5, 5, 5, 30, 30, 30))
    assert {kernel.py_func.__name__ for kernel in known
            if len(kernel.signatures) > known[kernel]} == set()  # fmt: skip


def test_after_the_warm_up_like_objects_compile_nothing():
    finish(warm_up_steps())
    known = {kernel: len(kernel.signatures) for kernel in kernels()}
    pixels = np.full((80, 80, 3), 200, np.uint8)
    for row in range(8, 80, 24):
        for column in range(8, 80, 24):
            pixels[row : row + 10, column : column + 12] = 40
    assert segment_objects(Image(pixels, "rgb")).n_labels == 9
    assert {kernel.py_func.__name__ for kernel in kernels()
            if len(kernel.signatures) > known.get(kernel, 0)} == set()  # fmt: skip


def test_after_the_warm_up_a_photo_cut_out_by_clicks_compiles_nothing():
    finish(warm_up_steps())
    known = {kernel: len(kernel.signatures) for kernel in kernels()}
    photo = Image(data.astronaut(), "rgb")
    segment_regions(photo, reading="regions")
    cut = segment_foreground(photo, foreground=[(230, 100)])
    cut = segment_foreground(photo, foreground=[(230, 100), (230, 400)], previous=cut)
    finish(matte_steps(cut))
    segment_foreground(photo, (60, 10, 400, 500))
    assert {kernel.py_func.__name__ for kernel in kernels()
            if len(kernel.signatures) > known.get(kernel, 0)} == set()  # fmt: skip


def test_a_page_is_made_between_other_events(window, photo, qtbot):
    """Making it at once would hold the window for a quarter of a second."""
    beats, opened_at = [], []
    heart = QTimer(window, interval=0)
    heart.timeout.connect(lambda: beats.append(window.work))
    heart.start()
    window.workspace.opening.runner.succeeded.connect(lambda _: beats.clear())
    window.workspace.opened.connect(lambda *_: opened_at.append(len(beats)))
    window.open_path(str(photo))
    qtbot.waitUntil(lambda: bool(opened_at))
    heart.stop()
    assert opened_at[0] >= 6
    assert beats[0] is None
    assert window.work.isVisible()
    assert sum(1 for _ in VolumePage(window.workspace).build(window.commands)) >= 6

"""Measure the window: until it is there, until labels are, and the longest time it stands still.

    python tests/benchmarks/window.py [PHOTO]

Without a photo, a noisy one of 12 megapixels is made of a sample. The window works as for a user:
it is started as a process, then opens, fits, changes, zooms and cancels under an event loop whose
every pause is measured. Uses the display there is, or none with QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FIRST_WINDOW = """
import time
begin = time.time() - time.perf_counter()
from segmenter.gui.app import make_application, make_window
app = make_application()
window = make_window()
window.show()
app.processEvents()
print(time.time())
window.close()
"""
N_STARTS = 5
WAIT = 120.0
TICK_MS = 2


def first_window() -> float:
    """Seconds from the start of a Python process to the painted window: the best of some."""
    times = []
    for _ in range(N_STARTS):
        begin = time.time()
        done = subprocess.run(
            [sys.executable, "-c", FIRST_WINDOW], capture_output=True, text=True, check=True
        )
        times.append(float(done.stdout) - begin)
    return min(times)


class Watch:
    """Runs the event loop and knows the longest pause between two of its turns."""

    def __init__(self, app) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._app = app
        self._last = time.perf_counter()
        self.longest = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def until(self, done: Callable[[], bool]) -> float:
        """Turn until it is done; return how long that took."""
        from PySide6.QtCore import QEventLoop

        begin = time.perf_counter()
        while not done():
            self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() - begin > WAIT:
                raise TimeoutError
        return time.perf_counter() - begin

    def report(self, name: str, seconds: float | None = None) -> None:
        took = "" if seconds is None else f"{seconds:7.2f} s"
        print(f"{name:34s}{took:>10s}   longest pause {1000 * self.longest:5.0f} ms")
        self.longest = 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def make_photo(folder: str) -> Path:
    """Enlarge a sample to 12 megapixels and add noise, so that it has as many colors as a photo."""
    import numpy as np
    from PIL import Image

    from segmenter.images.samples import find_sample

    large = Image.open(find_sample("coffee").path).convert("RGB").resize((4000, 3000))
    noise = np.random.default_rng(0).normal(0, 6, (3000, 4000, 3))
    path = Path(folder) / "photo.jpg"
    Image.fromarray(np.clip(np.asarray(large) + noise, 0, 255).astype(np.uint8)).save(path)
    return path


def measure(photo: Path, settings_folder: str) -> None:
    """Walk a user's road and print the times and pauses."""
    from PySide6.QtCore import QPointF, QSettings

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings_folder)
    from segmenter.gui.app import SWITCH_INTERVAL, make_application, make_window
    from segmenter.gui.garbage import GarbageCollector
    from segmenter.gui.look import View

    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_application()
    window = make_window()
    collector = GarbageCollector(lambda: window.workspace.is_busy, window)
    for settled in (window.loaded, window.prepared):
        settled.connect(collector.set_aside)
    window.resize(1280, 820)
    window.show()
    app.processEvents()
    workspace, watch, ready, steps = window.workspace, Watch(app), [], []
    window.prepared.connect(lambda: ready.append(True))
    workspace.stepped.connect(steps.append)

    window.prepare()
    watch.report("libraries and kernels ready", watch.until(lambda: bool(ready)))
    window.open_path(str(photo))
    watch.report("photo on screen", watch.until(lambda: workspace.document is not None))
    watch.report("connected regions after that", watch.until(lambda: workspace.result is not None))
    drag_detail(app, window)
    watch.report("27 moves of the detail's slider")
    divide_and_merge(app, window)
    watch.report("10 regions divided and merged")
    workspace.set_reading("classes")
    watch.report("first labels of classes", watch.until(lambda: bool(steps)))
    watch.report("number found, final labels", watch.until(lambda: workspace.result_is_current))

    def change(name: str, **changes: object) -> None:
        steps.clear()
        workspace.set_recipe(name, **changes)
        seconds = watch.until(lambda: bool(steps) or workspace.result_is_current)
        seconds += watch.until(lambda: workspace.result_is_current)
        watch.report(name, seconds)

    change("K = 5", n_regions=5)
    change("smoothness", smoothness=0.2)
    canvas = window.work.canvas
    for factor in [1.1] * 40 + [1 / 1.1] * 40:
        canvas.zoom_to(canvas.zoom * factor, QPointF(300, 300))
        canvas.pan_by(QPointF(3, 2))
        app.processEvents()
    watch.report("80 steps of zoom and pan")
    planes = window.work.painter.planes
    for view in (View.SOFT, View.UNCERTAINTY):
        workspace.set_look(view=view)
        watch.report(f"view: {view.value}", watch.until(lambda: not planes.is_busy))
    for row in range(0, 2000, 20):
        window.status.show_pixel(row, row)
        app.processEvents()
    watch.report("100 pixels read")
    workspace.set_look(view=View.LABELS)
    workspace.set_recipe("K = auto", n_regions="auto", seed=1)
    watch.until(lambda: bool(steps))
    begin = time.perf_counter()
    workspace.cancel()
    app.processEvents()
    watch.report("cancel", time.perf_counter() - begin)
    window.saving.keep_all(workspace.history)  # so that closing does not ask
    window.close()


def drag_detail(app, window) -> None:
    """Drag the slider from few regions to many, and tell how long a move takes until it is seen."""
    slider, times = window.work.model.parts.detail, []
    slider.setSliderDown(True)
    for value in range(300, 840, 20):
        begin = time.perf_counter()
        slider.setSliderPosition(value)
        app.processEvents()
        times.append(1000 * (time.perf_counter() - begin))
    slider.setSliderDown(False)
    print(
        f"a move of the detail's slider   median {sorted(times)[len(times) // 2]:4.0f} ms", end=""
    )
    print(f"   longest {max(times):4.0f} ms   {window.workspace.result.regions.n_labels} regions")


def divide_and_merge(app, window) -> None:
    """Divide the largest region and merge its halves, and tell how long it takes until seen."""
    from segmenter.gui.parts.edits import merge_chosen, split_selected

    workspace, times = window.workspace, {"dividing": [], "merging": []}
    for _ in range(5):
        for name, edit in (("dividing", split_selected), ("merging", merge_chosen)):
            largest, second = (-workspace.result.parts.sizes).argsort()[:2] + 1
            workspace.set_look(selected=int(largest), chosen=frozenset({int(largest), int(second)}))
            app.processEvents()
            begin = time.perf_counter()
            edit(workspace)
            app.processEvents()
            times[name].append(1000 * (time.perf_counter() - begin))
    for name, each in times.items():
        print(f"{name} regions   median {sorted(each)[2]:4.0f} ms   longest {max(each):4.0f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"first window, process included    {first_window():7.2f} s")
        photo = Path(sys.argv[1]) if len(sys.argv) > 1 else make_photo(folder)
        measure(photo, folder)


if __name__ == "__main__":
    main()

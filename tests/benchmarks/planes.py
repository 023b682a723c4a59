"""Measure the planes of a volume: the cost of a slice, of a brush that moves, and of undo.

    python -m tests.benchmarks.planes [SIDE]

The volume has 256 voxels a side, labels over it, and three planes in a window of 1280 x 820. Times
are of the processor, in milliseconds: the mean, and the worst of the steps. Uses the display there
is, or none with QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

N_STEPS = 40
RADIUS = 5.0


def measure(name: str, step: Callable[[int], None]) -> None:
    """Take some steps and print what they cost."""
    times = []
    for index in range(N_STEPS):
        begin = time.process_time()
        step(index)
        times.append(1000 * (time.process_time() - begin))
    print(f"{name:32} {np.mean(times):7.2f} {max(times):7.2f}")


def main(side: int) -> None:
    """Show a volume, scroll through it, paint in it."""
    from segmenter.gui.app import make_application, make_window
    from segmenter.gui.canvas.tables import label_table
    from segmenter.gui.volume.corrected import CorrectedMap
    from segmenter.gui.volume.plane_view import Paint
    from segmenter.gui.volume.slicing import Plane
    from segmenter.gui.volume.tone import measure_steps
    from segmenter.images.image import Image
    from segmenter.segment.labels import default_label
    from segmenter.session.corrections import BrushStroke
    from segmenter.work import finish

    app = make_application()
    window = make_window()
    window.resize(1280, 820)
    window.show()
    page = window.ensure_volume_page()
    window.centralWidget().layout().itemAt(1).widget().setCurrentWidget(page)
    values = np.random.default_rng(0).integers(0, 1000, (side,) * 3).astype(np.int16)
    image = Image(values[..., None], "gray", affine=np.eye(4))
    page.viewpoint.open_volume(image, finish(measure_steps(image)), keep=False)
    labels = (values % 4).astype(np.uint8)
    table = tuple(label_table([default_label(value) for value in (1, 2, 3)]))
    for view in page.views.values():
        view.show_paint(Paint(labels, table, 0.45))
    app.processEvents()
    print(f"{'ms of the processor':32} {'mean':>7} {'worst':>7}")
    for plane in Plane:

        def scroll(index: int, plane: Plane = plane) -> None:
            page.viewpoint.scroll(plane, 1 if index < N_STEPS // 2 else -1)
            app.processEvents()

        measure(f"a slice, {plane.value.lower()}", scroll)
    places = [(side / 3 + index, side / 2 + index / 2, side / 2) for index in range(N_STEPS)]
    for axis, name in ((None, "ball"), (2, "disc")):
        painted = CorrectedMap(labels, np.eye(4))

        def paint(index: int, painted: CorrectedMap = painted, axis: int | None = axis) -> None:
            points = tuple(places[: index + 1])
            painted.follow([BrushStroke(points, RADIUS, axis, "labels", 2)])

        measure(f"a move of a {name} of 5 mm", paint)
        begin = time.process_time()
        painted.follow([])
        print(f"{'undo of all of it':32} {1000 * (time.process_time() - begin):7.2f}")
    window.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 256)

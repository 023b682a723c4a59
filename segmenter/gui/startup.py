"""What is loaded after the first picture of the window: libraries, then the compiled kernels."""

from __future__ import annotations

from importlib import import_module

from segmenter.work import Progress, Work

MODULES = (
    "numpy",
    "pyqtgraph",
    "segmenter.gui.pages.work",
    "segmenter.images.read",
    "segmenter.images.display",
    "segmenter.segment.regions",
    "segmenter.gui.jobs",
    "segmenter.gui.preview",
    "segmenter.gui.dialogs.export",
)
"""In the order in which they are needed."""

WARM_UP_SIDE = 64


def import_steps() -> Work[None]:
    """Import the libraries."""
    for name in MODULES:
        yield Progress("Loading")
        import_module(name)


def warm_up_steps() -> Work[None]:
    """Segment a tiny image.

    The first start compiles the kernels for it, which takes a while, and keeps them on disk; later
    ones load them from there. In both cases the first image finds them ready.
    """
    import numpy as np

    from segmenter.images.image import Image
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.segment.regions import segment_regions_steps

    noise = np.random.default_rng(0).integers(0, 255, (WARM_UP_SIDE, WARM_UP_SIDE, 3), np.uint8)
    recipe = RegionsRecipe(n_regions="auto", max_regions=2)
    regions = yield from segment_regions_steps(Image(noise, "rgb"), recipe)
    regions.posteriors_at(0, 0)
    yield from regions.field.uncertainty()

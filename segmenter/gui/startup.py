"""What is loaded after the first picture of the window: libraries, then the compiled kernels."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.images.image import Image

MODULES = (
    "numpy",
    "pyqtgraph",
    "segmenter.gui.pages.work",
    "segmenter.images.read",
    "segmenter.images.display",
    "segmenter.segment.regions",
    "segmenter.segment.parts",
    "segmenter.segment.objects.objects",
    "segmenter.gui.jobs",
    "segmenter.gui.preview",
    "segmenter.gui.foreground.steps",
    "segmenter.gui.dialogs.export",
)
"""In the order in which they are needed."""

WARM_UP_SIDE = 64
DISC_SIDE = 420
N_WARM_UP_COLORS = 50
N_WARM_UP_VOXELS = 32


def import_steps() -> Work[None]:
    """Import the libraries."""
    for name in MODULES:
        yield Progress("Loading")
        import_module(name)


def warm_up_steps() -> Work[None]:
    """Compile the kernels, first those of color photos, and walk the roads once with a small image.

    The first start takes a while for it and keeps the machine code on disk; later ones load it
    from there. In both cases the first image finds it ready.
    """
    from segmenter.em.warm import IMAGE_FEATURES, warm_up

    for n_features in IMAGE_FEATURES:
        yield Progress("Compiling")
        warm_up((n_features,))
        if n_features == IMAGE_FEATURES[0]:
            yield from _disc_parts()
            yield from _tiny_road()
    yield from _disc_cut_out()
    yield from _tiny_objects()


def warm_up_solids_steps() -> Work[None]:
    """Compile what objects of volumes need besides: cut one out of a tiny volume, and mend it."""
    from dataclasses import replace

    import numpy as np

    from segmenter.images.image import Image
    from segmenter.segment.foreground.solid.segment import (
        prepare_solid_steps,
        segment_solid_steps,
    )
    from segmenter.segment.partition.working import averaged

    yield Progress("Compiling")
    places = np.indices((N_WARM_UP_VOXELS,) * 3, np.float32)
    is_ball = np.square(places - N_WARM_UP_VOXELS / 2).sum(0) < (N_WARM_UP_VOXELS / 4) ** 2
    values = np.random.default_rng(0).normal(0, 9, is_ball.shape) + 90 * is_ball
    fine = values[..., None].astype(np.float32)
    spacing = (1.0, 1.0, 1.0)
    coarse = averaged(fine, (N_WARM_UP_VOXELS // 2,) * 3)
    view = yield from prepare_solid_steps(Image(coarse, "gray", spacing=spacing))
    view = replace(view, image=Image(fine, "gray", spacing=spacing))  # as of one that is larger
    middle, last = (N_WARM_UP_VOXELS // 2,) * 3, N_WARM_UP_VOXELS - 1
    stroke = np.zeros(is_ball.shape, np.int8)
    stroke[1, 1] = -1
    cut = yield from segment_solid_steps(view, foreground=[middle])
    yield from segment_solid_steps(view, None, [middle], [(2, 2, 2)], stroke, cut)
    yield from segment_solid_steps(view, (2, 2, 2, last - 2, last - 2, last - 2))


def _tiny_objects() -> Work[None]:
    """Find like objects in a tiny image, in which there are some."""
    import numpy as np

    from segmenter.images.image import Image
    from segmenter.segment.objects.objects import segment_objects_steps
    from segmenter.segment.recipe import RegionsRecipe

    pixels = np.full((WARM_UP_SIDE, WARM_UP_SIDE, 3), 30, np.uint8)
    for corner in (8, 36):
        pixels[corner : corner + 12, corner : corner + 14] = 200
    objects = yield from segment_objects_steps(
        Image(pixels, "rgb"), RegionsRecipe(reading="objects")
    )
    objects.found.measurements  # noqa: B018  its kernel too


def _disc_cut_out() -> Work[None]:
    """Cut the disc out, mend it by a click and by a stroke, and make its edge soft."""
    import numpy as np

    from segmenter.segment.foreground import segment_foreground_steps
    from segmenter.segment.foreground.matte import matte_steps

    image = _disc()
    stroke = np.zeros(image.grid, np.int8)
    stroke[1] = -1
    middle, corner = (DISC_SIDE / 2, DISC_SIDE / 2), (2.0, 2.0)
    cut = yield from segment_foreground_steps(image, foreground=[middle])
    cut = yield from segment_foreground_steps(image, None, [middle], [corner], previous=cut)
    cut = yield from segment_foreground_steps(image, None, [middle], [corner], stroke, cut)
    yield from matte_steps(cut)


def _disc() -> Image:
    """Return an image larger than those that outlines and regions are decided on first."""
    import numpy as np

    from segmenter.images.image import Image

    places = np.indices((DISC_SIDE, DISC_SIDE)) - DISC_SIDE / 2
    is_disc = np.square(places).sum(0) < (DISC_SIDE / 4) ** 2
    noise = np.random.default_rng(0).integers(0, 9, (DISC_SIDE, DISC_SIDE, 3))
    return Image((noise + 120 * is_disc[..., None]).astype(np.uint8), "rgb")


def _tiny_image() -> Image:
    import numpy as np

    from segmenter.images.image import Image

    random = np.random.default_rng(0)
    colors = random.integers(0, 255, (N_WARM_UP_COLORS, 3), np.uint8)
    pixels = colors[random.integers(0, N_WARM_UP_COLORS, (WARM_UP_SIDE, WARM_UP_SIDE))]
    return Image(pixels, "rgb")


def _tiny_road() -> Work[None]:
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.segment.regions import segment_regions_steps

    recipe = RegionsRecipe(n_regions="auto", max_regions=2)
    regions = yield from segment_regions_steps(_tiny_image(), recipe)
    regions.posteriors_at(0, 0)
    yield from regions.field.uncertainty()


def _disc_parts() -> Work[None]:
    from segmenter.segment.parts import segment_parts_steps
    from segmenter.segment.recipe import RegionsRecipe

    yield from segment_parts_steps(_disc(), RegionsRecipe(reading="regions"))

"""The window's long works: they run on worker threads and prepare all that is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.errors import ParameterError
from segmenter.gui.canvas.levels import Levels, label_levels, picture_levels, value_levels
from segmenter.gui.look import View
from segmenter.gui.plots.histograms import Histogram
from segmenter.gui.volume.tone import Tones, measure_steps
from segmenter.session.document import Document
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.images.image import Image
    from segmenter.segment.regions import Regions


@dataclass(frozen=True, eq=False)
class Opened:
    """An image and its picture for the canvas; of a volume, how its values spread."""

    image: Image
    picture: Levels | tuple[Tones, ...]


@dataclass(frozen=True, eq=False)
class Segmented:
    """A finished result as it is shown."""

    regions: Regions
    labels: Levels
    histograms: tuple[Histogram, ...]


def open_steps(read: Callable[[], Image], name: str) -> Work[Opened]:
    """Read an image and prepare its picture.

    Parameters
    ----------
    read : callable
        Reads it.
    name : str
        What is being opened, for the user.

    Raises
    ------
    ParameterError
        When there is nothing to tell apart in it: it is not worth giving up what is open.
    """
    yield Progress(f"Opening {name}")
    import segmenter.gui.pages.work
    from segmenter.images.display import display_rgb

    yield Progress(f"Reading {name}")
    image = read()
    yield Progress(f"Preparing {name}")
    _check_contrast(image)
    if image.is_volume:
        import segmenter.gui.pages.volume  # noqa: F401  so here too

        return Opened(image, (yield from measure_steps(image)))
    return Opened(image, picture_levels(display_rgb(image), _alpha_bytes(image)))


def segment_steps(document: Document, previous: Segmented | None) -> Work[Segmented]:
    """Segment a document's image; the partial results are `LiveStep`.

    Parameters
    ----------
    document : Document
        What to segment and how.
    previous : Segmented or None
        The result on screen: what it shares with the new one is not computed again.
    """
    yield Progress("Starting")
    from segmenter.gui.preview import Preview
    from segmenter.segment.regions import segment_regions_steps

    image, recipe = document.image, document.recipe
    before = None if previous is None else previous.regions
    preview = Preview(_plane(image), 0 if before is None else before.n_labels)
    if before is None:
        yield from preview.coarse_steps(image, recipe)
    work = segment_regions_steps(image, recipe, previous=before)
    regions = yield from preview.follow(work)
    yield Progress("Preparing the picture", 1.0)
    regions.shares  # noqa: B018  computed once, here and not on the window's thread
    return Segmented(
        regions,
        label_levels(regions.label_map, _plane(regions.image)),
        preview.histograms_of(regions.field.features),
    )


def plane_steps(regions: Regions, view: View, label: int) -> Work[Levels]:
    """Compute what the soft or the uncertainty view paints.

    Parameters
    ----------
    regions : Regions
        The result.
    view : View
        SOFT or UNCERTAINTY.
    label : int
        The label whose probability is seen in the soft view.
    """
    plane = regions.field.plane(label) if view is View.SOFT else regions.field.uncertainty()
    return value_levels((yield from plane))


def _check_contrast(image: Image) -> None:
    """Refuse an image whose visible pixels are all alike."""
    pixels = image.pixels if image.valid is None else image.pixels[image.valid]
    colors = pixels.reshape(-1, image.n_channels)
    if len(colors) == 0:
        raise ParameterError(f"{image.source.name} has no visible pixel; open another image.")
    if (colors == colors[0]).all():
        raise ParameterError(
            f"{image.source.name} has a single color, so there is nothing to tell apart;"
            " open another image."
        )


def _plane(image: Image) -> tuple[int, int]:
    return (image.grid[0], image.grid[1])


def _alpha_bytes(image: Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]] | None:
    """Opacity for the screen: the image's own, and none where values are missing."""
    if image.valid is None:
        return None
    if image.alpha is None:
        return image.valid.astype(np.uint8) * np.uint8(255)
    top = np.iinfo(image.alpha.dtype).max if image.alpha.dtype.kind == "u" else 1.0
    return (image.alpha * (255.0 / top) * image.valid + 0.5).astype(np.uint8)

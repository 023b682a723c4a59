"""The window's long works: they run on worker threads and prepare all that is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.gui.canvas.levels import (
    Levels,
    label_levels,
    picture_levels,
    seen_doubt,
    value_levels,
)
from segmenter.gui.look import View
from segmenter.gui.mean_colors import Sums, color_sums
from segmenter.gui.plots.histograms import Histogram
from segmenter.gui.volume.tone import Tones, measure_steps
from segmenter.session.document import Document, share_keys
from segmenter.work import Progress, Work, aside, changed

if TYPE_CHECKING:
    from pathlib import Path

    from segmenter.images.image import Image
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.segment.regions import Regions
    from segmenter.segment.segmentation import Segmentation
    from segmenter.session.file import Session


T = TypeVar("T")

CANNOT_DIVIDE = "This {noun} cannot be divided further; it is one piece of the image."


@dataclass(frozen=True, eq=False)
class Opened:
    """An image and its picture for the canvas; of a volume, how its values spread.

    `session` and its file are there if the image is that of one; `restored` is the file if it was
    written aside for a crash, and is no place of the user's.
    """

    image: Image
    picture: Levels | tuple[Tones, ...]
    session: Session | None = None
    session_path: Path | None = None
    restored: Path | None = None


@dataclass(frozen=True, eq=False)
class Segmented:
    """A finished result as it is shown.

    Attributes
    ----------
    regions : Regions, Parts or Objects
        By the reading of its recipe.
    labels : Levels or None
        Of classes their labels; of parts the leaves and of objects all that were found, whose
        labels are another lookup for each cut. None of a volume, whose planes show `numbers`.
    sums : ndarray or None
        Sums of colors for each value of `labels`; see `color_sums`. None of a volume.
    histograms : tuple of Histogram
        Of classes: one for each feature.
    """

    regions: Segmentation
    labels: Levels | None
    sums: Sums | None
    histograms: tuple[Histogram, ...] = ()

    @property
    def classes(self) -> Regions | None:
        """The result, if its labels are classes."""
        is_classes = self.regions.recipe.reading == "classes"
        return cast("Regions", self.regions) if is_classes else None

    @property
    def parts(self) -> Parts | None:
        """The result, if its labels are connected parts."""
        is_parts = self.regions.recipe.reading == "regions"
        return cast("Parts", self.regions) if is_parts else None

    @property
    def objects(self) -> Objects | None:
        """The result, if its labels are like objects."""
        is_objects = self.regions.recipe.reading == "objects"
        return cast("Objects", self.regions) if is_objects else None

    @property
    def numbers(self) -> NDArray[Any]:
        """What `labels` shows: the label map of classes, leaves of parts, or found objects."""
        if self.parts is not None:
            return self.parts.partition.leaves
        return self.regions.label_map if self.objects is None else self.objects.found.numbers

    @property
    def lookup(self) -> NDArray[Any] | None:
        """The label of each of `numbers`, where they are not the labels themselves."""
        cut = self.parts or self.objects
        return None if cut is None else cut.lookup

    def label_at(self, *place: int) -> int:
        """Return the label at (row, column) or (i, j, k), without making a map for it."""
        number = int(self.numbers[place])
        return number if self.lookup is None else int(self.lookup[number])

    def cut(self, recipe: RegionsRecipe) -> Segmented | None:
        """Cut the tree of parts, or choose among objects, by another recipe: a few milliseconds.

        None where the recipe needs another tree or other objects, perhaps divided ones.
        """
        from segmenter.segment.objects.picked import has_to_divide, pick_objects
        from segmenter.segment.parts import cut_parts

        if not share_keys(self.regions.recipe, recipe):
            return None
        if self.objects is not None:
            if has_to_divide(self.objects, recipe):
                return None
            return replace(self, regions=pick_objects(self.objects, recipe))
        parts = self.parts
        return None if parts is None else replace(self, regions=cut_parts(parts.partition, recipe))


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
    if image.source.n_pages == 1:  # else another page may be worth it
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
    if document.recipe.reading == "regions":
        return (yield from _part_steps(document))
    if document.recipe.reading == "objects":
        return (yield from _object_steps(document, None if previous is None else previous.objects))
    from segmenter.gui.preview import Preview
    from segmenter.segment.regions import segment_regions_steps

    image, recipe = document.image, document.recipe
    before = None if previous is None else previous.classes
    preview = Preview(_plane(image), 0 if before is None else before.n_labels)
    if before is None and not image.is_volume:
        yield from preview.coarse_steps(image, recipe)
    work = segment_regions_steps(image, recipe, previous=before)
    regions = yield from preview.follow(work)
    yield Progress("Preparing the picture", 1.0)
    regions.shares  # noqa: B018  computed once, here and not on the window's thread
    histograms = preview.histograms_of(regions.field.features)
    return _shown(regions, regions.label_map, histograms)


def _part_steps(document: Document) -> Work[Segmented]:
    """Find the parts of a document's image at all levels of detail, and cut them as it says."""
    from segmenter.segment.parts import segment_parts_steps

    image = document.image
    parts = yield from _unshown(segment_parts_steps(image, document.recipe))
    yield Progress("Preparing the picture", 1.0)
    leaves = parts.partition.leaves
    parts.partition.births  # noqa: B018  computed once, here and not on the window's thread
    yield Progress("Preparing the picture", 1.0)
    return _shown(parts, leaves)


def _shown(
    regions: Segmentation, numbers: NDArray[Any], histograms: tuple[Histogram, ...] = ()
) -> Segmented:
    """Prepare a result for the canvas; the planes of a volume need no preparation."""
    image = regions.image
    if image.is_volume:
        return Segmented(regions, None, None, histograms)
    levels = label_levels(numbers, _plane(image))
    return Segmented(regions, levels, color_sums(image, numbers), histograms)


def _object_steps(document: Document, before: Objects | None) -> Work[Segmented]:
    """Find the objects of a document's image, and choose among them as it says."""
    from segmenter.segment.objects.objects import segment_objects_steps

    image = document.image
    objects = yield from segment_objects_steps(image, document.recipe, previous=before)
    _check_divided(before, objects)
    preparing = Progress("Preparing the picture", 1.0)
    yield from aside(lambda: (objects.found.colors, objects.found.measurements), preparing)
    return (yield from aside(partial(_shown, objects, objects.found.numbers), preparing))


def _check_divided(before: Objects | None, objects: Objects) -> None:
    """Refuse a division that has changed nothing."""
    if before is None or before.n_labels != objects.n_labels:
        return
    edits, done = objects.recipe.edits, before.recipe.edits
    if edits and edits[:-1] == done and edits[-1][0] == "split":
        raise ParameterError(CANNOT_DIVIDE.format(noun="object"))


def _unshown(work: Work[T]) -> Work[T]:
    """Pass a work on without its partial results, of which there is no picture."""
    return changed(work, lambda progress: replace(progress, partial=None))


def plane_steps(regions: Regions | Parts, view: View, label: int) -> Work[Levels]:
    """Compute what the soft or the uncertainty view paints."""
    return value_levels((yield from value_steps(regions, view, label)))


def value_steps(regions: Regions | Parts, view: View, label: int) -> Work[NDArray[np.float32]]:
    """Compute the values of the soft or the uncertainty view, 0..1, shape grid.

    Parameters
    ----------
    regions : Regions or Parts
        The result.
    view : View
        SOFT or UNCERTAINTY.
    label : int
        The label whose probability is seen in the soft view.
    """
    if view is View.SOFT:
        return (yield from regions.field.plane(label))
    return seen_doubt((yield from regions.field.uncertainty()), regions.image.valid)


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

"""Objects: an image of many like things in, each with a label of its own out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.blas import with_serial_blas
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.colors import colors_of
from segmenter.segment.objects.choice import chosen_sets
from segmenter.segment.objects.component_tree import ComponentTree, component_tree
from segmenter.segment.objects.growth import grown_objects, with_left_out
from segmenter.segment.objects.picked import FoundObjects, Objects, pick_objects_steps
from segmenter.segment.objects.pixel_traits import PixelTraits, pixel_traits, promise_of
from segmenter.segment.objects.quality import Membership, Quality, learned
from segmenter.segment.objects.traits import N_LEVELS, traits_of, with_compared
from segmenter.segment.partition.evidence import steepness
from segmenter.segment.partition.smoothing import smoothed
from segmenter.segment.recipe import Edit, Ground, RegionsRecipe
from segmenter.work import Progress, Work, aside, finish

Float = NDArray[np.float32]
LEAST_SIZE = 20  # pixels; smaller sets have no shape
LARGEST_SHARE = 0.2  # of the image
BLUR = 1.0
RANGE = (0.1, 99.95)  # percentiles between which levels are told apart
LIKELY = 0.4  # pixels at least so likely make up the largest expected overlap
ROWS = 1 << 16  # pixels that are judged at once


@dataclass(frozen=True, eq=False)
class Heights:
    """An image seen as heights, high on objects, and the connected sets of all its levels."""

    values: Float
    colors: Float
    tree: ComponentTree
    traits: NDArray[np.float64]

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Sets that can be objects by their size."""
        sizes = self.tree.sizes
        allowed: NDArray[np.bool_] = sizes >= LEAST_SIZE
        return allowed & (sizes <= LARGEST_SHARE * self.values.size)


@dataclass(frozen=True, eq=False)
class Choice:
    """Sets that do not overlap and together promise most.

    Attributes
    ----------
    heights : Heights
    labels : int32 ndarray, shape grid
        Objects from 1, 0 elsewhere.
    quality : float64 ndarray, shape (n_nodes,)
        Of each set, at the second time; 0 of those that cannot be objects.
    worth : float
        Of the first choice.
    """

    heights: Heights
    labels: NDArray[np.int32]
    quality: NDArray[np.float64]
    worth: float


def segment_objects(
    image: Image, *, ground: Ground = "auto", min_size: int = 0, edits: Sequence[Edit] = ()
) -> Objects:
    """Find like objects, such as nuclei, that are darker or brighter than their ground.

    Thresholds of any height are tried at once, so that dim and bright objects, and those on an
    uneven ground, are found together; touching ones are parted where a higher threshold does.

    Parameters
    ----------
    image : Image
        A two-dimensional image.
    ground : {"auto", "dark", "bright"}
        What the objects lie on.
    min_size : int
        Objects of fewer pixels are left out.
    edits : sequence of Edit
        What was merged and removed by hand; see `RegionsRecipe`.

    Raises
    ------
    ParameterError
        When a setting is out of its range or the image is a volume.
    """
    recipe = RegionsRecipe(reading="objects", ground=ground, min_size=min_size, edits=tuple(edits))
    return finish(segment_objects_steps(image, recipe))


@with_serial_blas
def segment_objects_steps(
    image: Image, recipe: RegionsRecipe, *, previous: object = None
) -> Work[Objects]:
    """Find the objects of an image as a work that reports.

    Parameters
    ----------
    image : Image
        A two-dimensional image.
    recipe : RegionsRecipe
        Of which `ground`, `min_size` and `edits` count.
    previous : object, optional
        An earlier result. If it is of the same image and ground, its objects are only chosen anew.

    Raises
    ------
    ParameterError
        When the image is a volume.
    """
    source: FoundObjects | Objects
    if (
        isinstance(previous, Objects)
        and previous.image is image
        and previous.recipe.ground == recipe.ground
    ):
        source = previous
    else:
        source = yield from found_objects(image, recipe.ground)
    return (yield from pick_objects_steps(source, recipe))


def found_objects(image: Image, ground: Ground) -> Work[FoundObjects]:
    """Find all objects on the ground that is told, or on the one on which more is found."""
    if image.is_volume:
        raise ParameterError(
            f"{image.source.name} is a volume, and objects are found in pictures alone; read it as"
            " regions instead."
        )
    grounds: tuple[Literal["dark", "bright"], ...]
    grounds = ("dark", "bright") if ground == "auto" else (ground,)
    on, models, best = grounds[0], learned(), None
    for number, tried in enumerate(grounds):
        seeing = Progress("Finding objects", number / 4)
        heights = yield from aside(partial(heights_of, image, tried), seeing)
        choosing = Progress("Choosing objects", number / 4 + 0.2)
        choice = yield from aside(
            partial(choice_in, heights, models.first, models.second), choosing
        )
        if best is None or choice.worth > best.worth:
            on, best = tried, choice
    assert best is not None
    labels = yield from outlined(best, models.pixels)
    if image.valid is not None:
        labels[~image.valid] = 0
    return FoundObjects(image, on, _in_order(labels))


def heights_of(image: Image, ground: Literal["dark", "bright"]) -> Heights:
    """Lightness, or the main axis of other channels, turned so that objects are high."""
    colors = colors_of(image).of(image.pixels)
    light = colors[..., 0]
    turned = np.ascontiguousarray(light if ground == "dark" else -light)[None]
    values = smoothed(turned, (BLUR, BLUR))[0]
    taken = values if image.valid is None else values[image.valid]
    lowest, highest = np.percentile(taken, RANGE) if taken.size else (0.0, 0.0)
    span = max(float(highest - lowest), 1e-6)
    levels = ((values - lowest) / span).clip(0, 1) * (N_LEVELS - 1)
    levels = levels.astype(np.int32)
    if image.valid is not None:
        levels[~image.valid] = -1
    steep = steepness(smoothed(values[None], (1.0, 1.0)), np.ones(2))
    tree = component_tree(levels, values, steep)
    return Heights(values, colors, tree, traits_of(tree, float(lowest), span))


def outlined(choice: Choice, model: Membership) -> Work[NDArray[np.int32]]:
    """Follow the outlines of the chosen sets by pixels, and add what was left out."""
    labels = choice.labels
    if not labels.any():
        return labels
    side = float(np.sqrt(typical_size(labels)))
    belongs = yield from _belonging(choice, labels, side, model, Progress("Measuring pixels", 0.5))
    seeking = Progress("Looking for more objects", 0.7)
    more = yield from aside(partial(with_left_out, labels, belongs, side), seeking)
    if more.max() > labels.max():  # dim ones are now compared with themselves
        labels = more
        again = Progress("Measuring pixels again", 0.75)
        belongs = yield from _belonging(choice, labels, side, model, again)
    outlining = Progress("Outlining objects", 0.9)
    return (yield from aside(partial(grown_objects, labels, belongs, side), outlining))


def _belonging(
    choice: Choice, labels: NDArray[np.int32], side: float, model: Membership, progress: Progress
) -> Work[NDArray[np.bool_]]:
    traits = yield from aside(partial(traits_of_pixels, choice, labels, side), progress)
    return (yield from aside(partial(_likely_pixels, traits, model), progress))


def _likely_pixels(traits: PixelTraits, model: Membership) -> NDArray[np.bool_]:
    """The pixels that are more likely part of an object than a larger overlap can do without."""
    rows = traits.pixels.reshape(-1, traits.pixels.shape[-1])
    parts = np.array_split(rows, 1 + len(rows) // ROWS)
    likely = np.concatenate([model.of(part, traits.kind) > LIKELY for part in parts])
    return likely.reshape(traits.distance.shape)


def choice_in(heights: Heights, first: Quality, second: Quality) -> Choice:
    """Choose sets twice, the second time knowing what objects of this image are like."""
    tree, allowed = heights.tree, heights.allowed
    if len(tree.parents) == 0:
        return Choice(heights, np.zeros(heights.values.shape, np.int32), np.zeros(0), 0.0)
    labels, worth = chosen_sets(tree.parents, first.of(heights.traits), allowed)
    quality = second.of(with_compared(heights.traits, tree.parents, labels))
    labels, _ = chosen_sets(tree.parents, quality, allowed)
    objects = np.where(tree.node_of >= 0, labels[tree.node_of], 0).astype(np.int32)
    return Choice(heights, objects, np.where(allowed, quality, 0.0), worth)


def traits_of_pixels(choice: Choice, labels: NDArray[np.int32], side: float) -> PixelTraits:
    """Measure each pixel beside objects: those that were chosen, or more."""
    heights, tree = choice.heights, choice.heights.tree
    promise = promise_of(tree.parents, choice.quality, tree.node_of)
    return pixel_traits(heights.values, heights.colors, tree.node_of >= 0, labels, promise, side)


def typical_size(labels: NDArray[np.int32]) -> float:
    """Median size of objects; a hundred pixels where there are none."""
    sizes = np.bincount(labels.ravel())[1:]
    return float(np.median(sizes[sizes > 0])) if (sizes > 0).any() else 100.0


def _in_order(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number objects in the order in which they are met."""
    first = np.full(int(labels.max()) + 1, -1)
    first[labels.ravel()[::-1]] = np.arange(labels.size)[::-1]  # the last to be written stays
    numbers = np.flatnonzero(first[1:] >= 0) + 1
    lookup = np.zeros(len(first), np.int32)
    lookup[numbers[np.argsort(first[numbers])]] = np.arange(1, len(numbers) + 1)
    in_order: NDArray[np.int32] = lookup[labels]
    return in_order

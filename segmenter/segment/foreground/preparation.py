"""What an image needs before the first click, computed once, in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.colors import Colors, colors_of
from segmenter.segment.foreground.distances import barrier_distance
from segmenter.segment.foreground.hierarchy import Hierarchy, hierarchy_of
from segmenter.segment.foreground.palette import Palette, palette_of
from segmenter.segment.foreground.pyramid import pyramid_of
from segmenter.segment.foreground.views import View, view_of
from segmenter.work import Progress, Work, finish

Float = NDArray[np.float32]
N_WORKING = 30_000  # pixels at which an outline is decided before it is followed to full size
N_DRAFT = 8_000  # pixels at which the first click's many hypotheses are compared


@dataclass(frozen=True, eq=False)
class Draft:
    """The image at the size of first guesses.

    Attributes
    ----------
    view : View
    colors, places : Palette
        Shared mixtures over color, and over color and position.
    hierarchy : Hierarchy
        Nested regions.
    from_border : float32 ndarray, shape (height, width)
        Minimum barrier distance from the border of the image: high on what stands out.
    """

    view: View
    colors: Palette
    places: Palette
    hierarchy: Hierarchy
    from_border: Float


@dataclass(frozen=True, eq=False)
class Prepared:
    """An image ready to be clicked.

    Attributes
    ----------
    image : Image
    colors : Colors
        How its values become colors.
    levels : tuple of ndarray
        The pixels at full size and at halved sizes.
    working : View
        Where outlines are decided.
    draft : Draft
        Where first guesses are made.
    """

    image: Image
    colors: Colors
    levels: tuple[NDArray[Any], ...]
    working: View
    draft: Draft


def prepare_foreground(image: Image) -> Prepared:
    """Do everything that does not depend on a click; see `prepare_foreground_steps`."""
    return finish(prepare_foreground_steps(image))


def prepare_foreground_steps(image: Image) -> Work[Prepared]:
    """Prepare an image for clicks.

    Parameters
    ----------
    image : Image
        A two-dimensional image of any kind.

    Raises
    ------
    ParameterError
        When it has other than two axes, or no pixel takes part.
    """
    if len(image.grid) != 2:
        raise ParameterError(
            f"{image.source.name} has {len(image.grid)} axes; an object is cut out of one plane,"
            " so choose a slice first."
        )
    if image.valid is not None and not image.valid.any():
        raise ParameterError(f"{image.source.name} has no visible pixel to cut out.")
    grid = image.grid[0], image.grid[1]
    yield Progress("Reducing the image", 0.0)
    levels = pyramid_of(image.pixels, N_WORKING)
    colors = colors_of(image)
    yield Progress("Reducing the image", 0.2)
    working = view_of(levels[-1], _valid_at(image, len(levels) - 1), colors, N_WORKING, grid)
    view = view_of(levels[-1], _valid_at(image, len(levels) - 1), colors, N_DRAFT, grid)
    yield Progress("Finding nested regions", 0.4)
    hierarchy = hierarchy_of(view)
    from_border = barrier_distance(border_of(view.grid), view.colors)
    yield Progress("Finding the main colors", 0.6)
    of_color = palette_of(view.colors.reshape(view.edges.size, -1), view.valid)
    yield Progress("Finding the main colors", 0.8)
    of_places = palette_of(view.samples, view.valid)
    draft = Draft(view, of_color, of_places, hierarchy, from_border)
    return Prepared(image, colors, levels, working, draft)


def border_of(grid: tuple[int, int]) -> NDArray[np.bool_]:
    """The outermost pixels of a grid."""
    border = np.ones(grid, bool)
    border[1:-1, 1:-1] = False
    return border


def _valid_at(image: Image, level: int) -> NDArray[np.bool_] | None:
    """Which pixels of a level take part, None for all: those whose middle does."""
    if image.valid is None:
        return None
    step = 2**level
    rows = np.minimum(np.arange(step // 2, image.grid[0] + step // 2, step), image.grid[0] - 1)
    columns = np.minimum(np.arange(step // 2, image.grid[1] + step // 2, step), image.grid[1] - 1)
    valid: NDArray[np.bool_] = image.valid[np.ix_(rows, columns)]
    return valid

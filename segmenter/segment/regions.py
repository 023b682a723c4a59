"""Regions: an image in, a label for every pixel by the mixture component it most likely came from.

features -> distinct samples -> EM -> posteriors -> smoothing -> label map. Labels are numbered by
the mean of their component in the first feature (lightness or intensity), from dark to bright,
equal means by the next features; so the same image has the same numbers and colors every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from segmenter.blas import with_serial_blas
from segmenter.em.fit import Fit
from segmenter.em.merging import Merging
from segmenter.em.mixture import Covariance
from segmenter.em.selection import Selection
from segmenter.errors import ParameterError
from segmenter.images.feature_names import FeatureName
from segmenter.images.features import default_features, pixel_features
from segmenter.images.image import Image
from segmenter.segment.parts import Parts, segment_parts_steps
from segmenter.segment.posteriors import PosteriorField
from segmenter.segment.recipe import Edit, RegionsRecipe
from segmenter.segment.region_fit import Fitted, fitted_regions
from segmenter.work import Work, finish, portion


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of an image: labels, probabilities and the mixture they came from.

    Attributes
    ----------
    image : Image
        What was segmented.
    recipe : RegionsRecipe
        How; `segment_regions_steps(image, recipe)` gives this result again.
    label_map : ndarray of uint8, shape grid
        1..n_labels, 0 where pixels take no part.
    fitted : Fitted
        The mixture, which of its components are which label, and how both were chosen.
    field : PosteriorField
        The posteriors as a function of place.
    """

    noun = "Region"

    image: Image
    recipe: RegionsRecipe
    label_map: NDArray[np.uint8]
    fitted: Fitted
    field: PosteriorField

    @property
    def fit(self) -> Fit:
        """The mixture of all components, in the order of their means."""
        return self.fitted.fit

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The components of the mixture that are label 1, 2, ...; mostly one each."""
        return self.fitted.groups

    @property
    def selection(self) -> Selection | None:
        """The numbers of components that were tried and their criteria, where one was chosen."""
        return self.fitted.selection

    @property
    def merging(self) -> Merging | None:
        """How components would become one step by step, where the number was chosen."""
        return self.fitted.merging

    @property
    def resolved_recipe(self) -> RegionsRecipe:
        """The recipe with the features that stood for the default spelled out."""
        features = self.recipe.features or default_features(self.image)
        return replace(self.recipe, features=features)

    @property
    def n_labels(self) -> int:
        """How many labels there are; some may have no pixel."""
        return len(self.groups)

    @property
    def keys(self) -> tuple[int, ...]:
        """What makes a label the same one in another result; of classes it is the number."""
        return tuple(range(1, self.n_labels + 1))

    @property
    def color_numbers(self) -> tuple[int, ...]:
        """The number by which each label has its color."""
        return self.keys

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Share of the valid pixels that each label has, shape (n_labels,)."""
        # Counting holds the interpreter lock: by parts, so that a window can answer in between.
        parts = np.array_split(self.label_map.ravel(), 1 + self.label_map.size // 1_000_000)
        each = [np.bincount(part, minlength=self.n_labels + 1) for part in parts]
        counts = np.sum(each, axis=0)[1:]
        shares: NDArray[np.float64] = counts / max(1, counts.sum())
        return shares

    @property
    def posteriors(self) -> NDArray[np.float32]:
        """Probability of each label at each pixel, shape (*grid, n_labels).

        Their argmax is the label map. Sums to one, or to zero where pixels take no part.
        """
        return finish(self.field.all_planes())

    def posterior(self, label: int) -> NDArray[np.float32]:
        """Probability of one label at each pixel, shape grid."""
        return finish(self.field.plane(label))

    @property
    def uncertainty(self) -> NDArray[np.float32]:
        """Entropy of the posteriors as a share of the largest possible, 0..1, shape grid."""
        return finish(self.field.uncertainty())

    def posteriors_at(self, *place: int) -> NDArray[np.float32]:
        """Probability of each label at one pixel (row, column) or (i, j, k), shape (n_labels,)."""
        return self.field.window(*(slice(at, at + 1) for at in place)).reshape(-1)


@overload
def segment_regions(
    image: Image,
    n_regions: int | Literal["auto"] = "auto",
    reading: Literal["classes"] = "classes",
    *,
    features: Sequence[FeatureName] = (),
    covariance: Covariance = "full",
    smoothness: float = 0.5,
    seed: int = 0,
) -> Regions: ...


@overload
def segment_regions(
    image: Image,
    n_regions: int | Literal["auto"] = "auto",
    *,
    reading: Literal["regions"],
    detail: float = 0.5,
    min_size: int = 0,
    edits: Sequence[Edit] = (),
    seed: int = 0,
) -> Parts: ...


def segment_regions(
    image: Image,
    n_regions: int | Literal["auto"] = "auto",
    reading: Literal["classes", "regions"] = "classes",
    *,
    features: Sequence[FeatureName] = (),
    covariance: Covariance = "full",
    smoothness: float = 0.5,
    detail: float = 0.5,
    min_size: int = 0,
    edits: Sequence[Edit] = (),
    seed: int = 0,
) -> Regions | Parts:
    """Segment an image into regions of similar pixels.

    Parameters
    ----------
    image : Image
        A picture or a volume, whose neighborhood is in three dimensions and knows its spacing.
    n_regions : int or "auto"
        How many; "auto" lets BIC choose the classes, of which those that describe one thing
        become one, and `detail` the connected regions.
    reading : {"classes", "regions"}
        Classes: same color, same label, wherever it is. Regions: connected parts, close to those
        that people draw.
    features, covariance, smoothness
        Of classes; see `RegionsRecipe`.
    detail : float
        Of regions: 0 (one) to 1 (superpixels); 0.5 is what people would mostly draw.
    min_size : int
        Regions of fewer pixels join their neighbor of the nearest color.
    edits : sequence of Edit
        What was merged and split by hand; see `RegionsRecipe`.
    seed : int
        Of the random starts.

    Returns
    -------
    Regions or Parts
        By the reading. A `Parts` holds the whole merge tree: `cut_parts` cuts it at another detail
        in milliseconds.

    Raises
    ------
    ParameterError
        When a setting is out of its range or does not fit the image.
    """
    recipe = RegionsRecipe(
        n_regions,
        tuple(features),
        covariance,
        smoothness,
        seed,
        reading=reading,
        detail=detail,
        min_size=min_size,
        edits=tuple(edits),
    )
    if recipe.reading == "objects":
        raise ParameterError("Objects have no number; find them by segment_objects.")
    if reading == "regions":
        return finish(segment_parts_steps(image, recipe))
    return finish(segment_regions_steps(image, recipe))


@with_serial_blas
def segment_regions_steps(
    image: Image, recipe: RegionsRecipe, *, previous: Regions | None = None
) -> Work[Regions]:
    """Segment an image as a work that reports; `RegionsStep` is its partial result.

    Parameters
    ----------
    image : Image
        Of two or three axes.
    recipe : RegionsRecipe
        The settings.
    previous : Regions, optional
        An earlier result. What it shares with this one (features, fit) is taken from it.

    Raises
    ------
    ParameterError
        When the image has nothing to segment or the recipe does not fit it.
    """
    shared = previous if previous is not None and previous.image is image else None
    if shared is not None and shared.recipe.features == recipe.features:
        features = shared.field.features
    else:
        features = yield from portion(pixel_features(image, recipe.features), 0.0, 0.2)
    if shared is not None and replace(shared.recipe, smoothness=recipe.smoothness) == recipe:
        fitted = shared.fitted
    else:
        fitted = yield from portion(fitted_regions(image, recipe, features), 0.2, 0.8)
    field = PosteriorField(
        features,
        fitted.fit.mixture,
        fitted.groups,
        image.grid,
        image.valid,
        recipe.smoothness,
        image.cells,
    )
    label_map = yield from portion(field.label_map(), 0.8, 1.0)
    return Regions(image, recipe, label_map, fitted, field)

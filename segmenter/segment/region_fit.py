"""The mixture of a segmentation into regions: how many components, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import Fit, FitStep, fit_mixture_steps
from segmenter.em.merging import Merging, merge_by_entropy_steps, moments_of_groups
from segmenter.em.mixture import GaussianMixture
from segmenter.em.selection import Candidate, Selection, select_components_steps
from segmenter.errors import ParameterError
from segmenter.images.features import PixelFeatures
from segmenter.images.image import Image
from segmenter.segment.effective_size import effective_size
from segmenter.segment.recipe import RegionsRecipe
from segmenter.work import Progress, Work, changed

FIT_PIXELS = 1_000_000
"""Where pixels cannot be reduced to distinct values, about this many of them, evenly spaced over
the image, are fitted; all of them are labeled."""

N_STARTS = 4
"""Starts of a fit with a given number of regions: one alone too often ends in a poor optimum."""

CONFUSED = 0.4
"""Components are one class where color leaves at least so much of the choice between them open:
equal Gaussians less than 2.3 standard deviations apart."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Fitted:
    """The mixture of a segmentation, and how it was chosen.

    Attributes
    ----------
    fit : Fit
        Its components in the order of their means.
    groups : tuple of tuple of int
        The components that are label 1, 2, ...
    selection : Selection or None
        The numbers of components that were tried, where one was to be chosen.
    merging : Merging or None
        How components become one step by step, where it was to be chosen which do.
    """

    fit: Fit
    groups: tuple[tuple[int, ...], ...]
    selection: Selection | None = None
    merging: Merging | None = None


@dataclass(frozen=True, eq=False)
class RegionsStep:
    """What a running segmentation can already show: the mixture after an iteration of EM.

    Attributes
    ----------
    image : Image
        What is being segmented.
    features : PixelFeatures
        Its samples.
    mixture : GaussianMixture
        In label order.
    log_likelihood : float
        Mean per pixel, natural logarithm.
    iteration : int
        Iterations of EM so far.
    candidates : tuple of Candidate
        While the number of regions is being chosen: what was fitted so far.
    """

    image: Image
    features: PixelFeatures
    mixture: GaussianMixture
    log_likelihood: float
    iteration: int
    candidates: tuple[Candidate, ...] = ()

    def label_map(self, stride: int = 1) -> NDArray[np.uint8]:
        """Labels of every `stride`-th pixel along each axis, without smoothing."""
        sparse = (slice(None, None, stride),) * len(self.image.grid)
        if self.features.index is not None:
            table = self.mixture.predict(self.features.samples)
            labels = table[self.features.index[sparse]]
        else:
            samples = self.features.samples.reshape(*self.image.grid, -1)[sparse]
            flat = self.mixture.predict(samples.reshape(-1, samples.shape[-1]))
            labels = flat.reshape(samples.shape[:-1])
        shown = (labels + 1).astype(np.uint8)
        if self.image.valid is not None:
            shown *= self.image.valid[sparse]
        return shown


def fitted_regions(image: Image, recipe: RegionsRecipe, features: PixelFeatures) -> Work[Fitted]:
    """Fit the mixture a recipe asks for; components come in label order.

    Parameters
    ----------
    image : Image
        What is segmented, for its name in messages.
    recipe : RegionsRecipe
        How many components, of which shape, from which seed.
    features : PixelFeatures
        The samples.

    Raises
    ------
    ParameterError
        When there are fewer distinct samples than components, or only one.
    """
    samples, weight = _fit_samples(features)
    _check_distinct(image, recipe, samples, weight)
    if recipe.n_regions == "auto":
        return (yield from _chosen(image, recipe, features))
    fit = yield from _shown(
        fit_mixture_steps(
            samples,
            recipe.n_regions,
            sample_weight=weight,
            covariance=recipe.covariance,
            seed=recipe.seed,
            n_starts=N_STARTS,
            least_variance=features.least_variance,
        ),
        image,
        features,
    )
    groups = tuple((component,) for component in range(fit.mixture.n_components))
    return Fitted(replace(fit, mixture=in_label_order(fit.mixture)), groups)


def _chosen(image: Image, recipe: RegionsRecipe, features: PixelFeatures) -> Work[Fitted]:
    """Choose the number of components, then put together those that describe one thing."""
    selection = yield from _shown(_selection(image, recipe, features), image, features)
    best = selection.best.fit
    fit = replace(best, mixture=in_label_order(best.mixture))
    merging = yield from merge_by_entropy_steps(
        fit.mixture, *_fit_samples(features), by="confusion"
    )
    # Two classes that are confused are still more than an image of one class.
    n_merges = min(merging.n_merges_above(CONFUSED), max(0, fit.mixture.n_components - 2))
    groups = merging.clusterings[n_merges]
    order = _label_order(moments_of_groups(fit.mixture, groups))
    return Fitted(fit, tuple(groups[index] for index in order), selection, merging)


def in_label_order(mixture: GaussianMixture) -> GaussianMixture:
    """Order components by the mean of the first feature, equal ones by the next features."""
    return mixture.with_order(_label_order(mixture))


def _label_order(mixture: GaussianMixture) -> NDArray[np.intp]:
    order: NDArray[np.intp] = np.lexsort(mixture.means.T[::-1])
    return order


def _selection(image: Image, recipe: RegionsRecipe, features: PixelFeatures) -> Work[Selection]:
    samples, weight = _fit_samples(features)
    n_distinct = len(_distinct(samples, weight, recipe.max_regions))
    return select_components_steps(
        samples,
        range(1, min(recipe.max_regions, n_distinct) + 1),
        sample_weight=weight,
        covariance=recipe.covariance,
        seed=recipe.seed,
        least_variance=features.least_variance,
        effective_size=effective_size(image.grid),
    )


def _shown(work: Work[T], image: Image, features: PixelFeatures) -> Work[T]:
    """Pass a work on, its partial results turned into what the image shows of them."""

    def shown(progress: Progress) -> Progress:
        return replace(progress, partial=_step(progress.partial, image, features))

    return changed(work, shown)


def _step(partial: object, image: Image, features: PixelFeatures) -> RegionsStep | None:
    if isinstance(partial, FitStep):
        mixture = in_label_order(partial.mixture)
        return RegionsStep(image, features, mixture, partial.log_likelihood, partial.iteration)
    if isinstance(partial, tuple) and partial:
        fit = partial[-1].fit
        mixture = in_label_order(fit.mixture)
        return RegionsStep(image, features, mixture, fit.log_likelihood, fit.n_iterations, partial)
    return None


def _fit_samples(
    features: PixelFeatures,
) -> tuple[NDArray[np.float32], NDArray[np.float64] | None]:
    """Return samples to fit and their weights: all, or evenly spaced pixels of a large image."""
    samples, weight = features.samples, features.sample_weight
    if features.index is not None or len(samples) <= FIT_PIXELS:
        return samples, weight
    # A step that shares no factor with the width of usual images walks over all columns.
    step = len(samples) // FIT_PIXELS | 1
    return np.ascontiguousarray(samples[::step]), None if weight is None else weight[::step]


def _check_distinct(
    image: Image,
    recipe: RegionsRecipe,
    samples: NDArray[np.float32],
    weight: NDArray[np.float64] | None,
) -> None:
    """Refuse an image in which there is nothing to tell apart."""
    name = image.source.name
    wanted = 2 if recipe.n_regions == "auto" else recipe.n_regions
    n_distinct = len(_distinct(samples, weight, max(2, wanted)))
    if n_distinct == 0:
        raise ParameterError(f"{name} has no visible pixel; there is nothing to segment.")
    if n_distinct == 1:
        raise ParameterError(f"{name} has a single color; there is nothing to tell apart.")
    if n_distinct < wanted:
        raise ParameterError(
            f"{name} has {n_distinct} distinct colors, fewer than the {wanted} regions asked for;"
            f" ask for {n_distinct} or fewer."
        )


def _distinct(
    samples: NDArray[np.float32], weight: NDArray[np.float64] | None, enough: int
) -> NDArray[np.float32]:
    """Distinct samples with a weight; some of them suffice once there are `enough`."""
    some = slice(None, None, max(1, len(samples) // 4096))
    for part in (some, slice(None)):
        counted = samples[part] if weight is None else samples[part][weight[part] > 0]
        distinct: NDArray[np.float32] = np.unique(counted, axis=0)
        if len(distinct) >= enough:
            break
    return distinct

"""Where to start: several starts run against each other on a part of the samples.

Each round has half as many starts and twice as many samples as the one before it, so that the
rounds cost alike: successive halving (Jamieson & Talwalkar, AISTATS 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from segmenter.em.iteration import FINEST_FAST_TOLERANCE, Course, Population, iterate_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.em.moves import improve_steps
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.em.start import PILOT_SIZE, first_mixture_steps, hinted_mixture_steps, with_noise
from segmenter.work import Work

_PILOT_PRECISION = 0.1  # of the tolerance: iterations are cheap there
_ITERATIONS_A_ROUND = 10
_LEAST_SAMPLES = 8192


def find_start_steps(
    samples: Population,
    n_components: int,
    settings: FitSettings,
    hints: ArrayLike | None,
    rivals: Sequence[GaussianMixture],
) -> Work[GaussianMixture]:
    """Find the most promising start, and bring it near its end on a part of the samples.

    Parameters
    ----------
    samples : Population
    n_components : int
    settings : FitSettings
    hints : array_like, shape (k, d), optional
        Means that take the place of starts of its own.
    rivals : sequence of GaussianMixture
        Standardized mixtures that compete with the other starts.

    Returns
    -------
    GaussianMixture
        Standardized.
    """
    size = max(PILOT_SIZE, 64 * n_components * (len(samples.center) + 2))
    pilot = yield from samples.draw_steps(size, settings.seed)
    starts = list(rivals)
    if hints is not None:
        starts.append((yield from hinted_mixture_steps(pilot, n_components, settings, hints)))
    # What looks like noise may be a wide component: starts with and without it compete.
    kinds = (settings, replace(settings, noise=False)) if settings.noise else (settings,)
    for number in range(settings.n_starts if hints is None else 0):
        for kind in kinds:
            mixture = yield from first_mixture_steps(pilot, n_components, kind, number)
            starts.append(mixture)
    if settings.noise:
        starts = [with_noise(start, pilot) for start in starts]
    precise = max(settings.tolerance * _PILOT_PRECISION, FINEST_FAST_TOLERANCE)
    course = yield from best_start_steps(pilot, starts, replace(settings, tolerance=precise))
    enough = max(settings.tolerance, FINEST_FAST_TOLERANCE)
    course = yield from improve_steps(pilot, course, replace(settings, tolerance=enough))
    return course.mixture


def best_start_steps(
    pilot: Samples, starts: Sequence[GaussianMixture], settings: FitSettings
) -> Work[Course]:
    """Drop the less likely half of the starts every few iterations; the last one runs to its end.

    Parameters
    ----------
    pilot : Samples
    starts : sequence of GaussianMixture
        Standardized, at least one.
    settings : FitSettings

    Returns
    -------
    Course
        That of the best start on the pilot samples.
    """
    contenders = list(starts)
    while len(contenders) > 1:
        part = pilot.every(min(len(contenders), len(pilot) // _LEAST_SAMPLES))
        courses = []
        for start in contenders:
            course = yield from iterate_steps(part, start, settings, _ITERATIONS_A_ROUND)
            courses.append(course)
        courses.sort(key=lambda course: -course.log_likelihood)
        contenders = [course.mixture for course in courses[: len(courses) // 2]]
    return (yield from iterate_steps(pilot, contenders[0], settings, settings.max_iterations))

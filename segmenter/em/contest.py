"""Where to start: several starts run against each other on a part of the samples.

Each round has half as many starts and twice as many samples as the one before it, so that the
rounds cost alike: successive halving (Jamieson & Talwalkar, AISTATS 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

from segmenter.em.iteration import Course, iterate_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.work import Work

_ITERATIONS_A_ROUND = 10
_LEAST_SAMPLES = 8192


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

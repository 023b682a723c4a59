"""How the canvas shows a result: values of the window, not of the document; they are not undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from segmenter.segment.labels import Color, Label

if TYPE_CHECKING:
    from pathlib import Path

    from segmenter.images.image import Image
    from segmenter.segment.recipe import Reading
    from segmenter.segment.segmentation import Segmentation
    from segmenter.session.document import Document


class Job(Enum):
    """What the image is worked on for; the value is its name on screen."""

    REGIONS = "Regions"
    FOREGROUND = "Foreground"
    TISSUE = "Tissue"


class Way(Enum):
    """How an object is marked; the value is its name on screen."""

    CLICK = "Click"
    BRUSH = "Brush"
    BOX = "Box"
    LASSO = "Lasso"
    EDGE = "Refine Edge"


class View(Enum):
    """What is painted over the image; the value is its name on screen."""

    IMAGE = "Image"
    LABELS = "Labels"
    MEANS = "Mean colors"
    SOFT = "Soft"
    FRACTION = "Fraction"
    OBJECT = "Object"
    CUTOUT = "Cut-out"
    PROBABILITY = "Probability"
    UNCERTAINTY = "Uncertainty"
    BIAS = "Bias"
    ANOMALY = "Anomaly"
    BRAIN = "Brain"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a cut-out is seen on: a checkerboard, unless a color or another image is given.

    Attributes
    ----------
    color : Color or None
        One color.
    path : Path or None
        An image, scaled to cover.
    """

    color: Color | None = None
    path: Path | None = None


class Hand(Enum):
    """What the left mouse button does on the planes of a volume; its name on screen."""

    NAVIGATE = "Navigate"
    BRUSH = "Correct"


class Convention(Enum):
    """From which side the planes of a volume are seen; its name on screen."""

    RADIOLOGICAL = "Radiological"
    NEUROLOGICAL = "Neurological"


VIEWS = {
    Job.REGIONS: (View.IMAGE, View.LABELS, View.MEANS, View.SOFT, View.UNCERTAINTY),
    Job.FOREGROUND: (View.IMAGE, View.OBJECT, View.CUTOUT, View.PROBABILITY, View.UNCERTAINTY),
    Job.TISSUE: (
        View.IMAGE,
        View.LABELS,
        View.SOFT,
        View.FRACTION,
        View.UNCERTAINTY,
        View.BIAS,
        View.ANOMALY,
        View.BRAIN,
    ),
}
"""The views of each job, in their order on screen."""

_OF_PROBABILITIES = (View.SOFT, View.UNCERTAINTY)
_OF_PICTURES = (View.MEANS, View.CUTOUT)


def views_of(job: Job, reading: Reading, *, is_volume: bool = False) -> tuple[View, ...]:
    """Return the views of a job: objects have no probabilities, volumes no means and cut-outs."""
    left_out = set(_OF_PICTURES if is_volume else ())
    if job is Job.REGIONS and reading == "objects":
        left_out |= set(_OF_PROBABILITIES)
    return tuple(view for view in VIEWS[job] if view not in left_out)


LEAST_P = 1e-8
"""Anomalies are brightest at this p-value; smaller ones are no more than small."""

_OPACITIES = {
    View.LABELS: 0.45,
    View.MEANS: 1.0,
    View.SOFT: 0.8,
    View.FRACTION: 0.8,
    View.OBJECT: 0.5,
    View.PROBABILITY: 0.8,
    View.UNCERTAINTY: 0.8,
    View.BIAS: 0.8,
    View.ANOMALY: 1.0,
    View.BRAIN: 0.3,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen and how.

    Attributes
    ----------
    view : View
        What is painted over the image.
    outlines_only : bool
        Whether labels are outlines instead of areas.
    selected : int
        The label that is picked; the one whose probability or fraction is seen.
    solo : int or None
        The only label that is painted, if one is. Like the view and the zoom it is no edit, so
        undo leaves it alone: undoing a merge while one label is shown must not show the others.
    chosen : frozenset of int
        Labels that are picked together, to be merged.
    opacities : dict
        Opacity of each view, 0..1.
    ground : Ground
        What a cut-out is seen on.
    rate : float
        The share of normal voxels that may be marked as anomalies.
    """

    view: View = View.LABELS
    outlines_only: bool = False
    selected: int = 1
    solo: int | None = None
    chosen: frozenset[int] = frozenset()
    opacities: dict[View, float] = field(default_factory=_OPACITIES.copy)
    ground: Ground = Ground()
    rate: float = 1e-3

    @property
    def opacity(self) -> float:
        """Opacity of the present view."""
        return self.opacities.get(self.view, 1.0)

    def paints(self, label: Label) -> bool:
        """Tell whether a label is painted: it is visible, or the only one shown."""
        if self.solo is not None:
            return label.value == self.solo
        return label.visible

    def with_opacity(self, opacity: float) -> Look:
        """Return the look with another opacity of the present view."""
        return replace(self, opacities={**self.opacities, self.view: opacity})


def jobs_of(image: Image) -> tuple[Job, ...]:
    """Return the jobs that can be done on an image; what it opens for is the first."""
    if image.is_volume:
        return (Job.TISSUE, Job.REGIONS, Job.FOREGROUND)
    return (Job.REGIONS, Job.FOREGROUND)


def job_named(name: str, image: Image) -> Job:
    """Return the job of a name on screen; the first there is where an image has none such."""
    jobs = jobs_of(image)
    return next((job for job in jobs if job.value == name), jobs[0])


def changed_job(before: Document, after: Document) -> Job:
    """Return the job in which two documents of one image differ."""
    if before.objects != after.objects:
        return Job.FOREGROUND
    is_alike = before.recipe == after.recipe and before.labels == after.labels
    return Job.TISSUE if is_alike and after.image.is_volume else Job.REGIONS


def first_looks() -> dict[Job, Look]:
    """Return how each job is shown at first."""
    return {job: Look(view=View.OBJECT) if job is Job.FOREGROUND else Look() for job in Job}


def followed_look(look: Look, before: Segmentation | None, after: Segmentation) -> Look:
    """Return the look in which what was picked of one result is picked of the next."""
    from segmenter.session.labeling import followed_label

    selected = followed_label(look.selected, before, after)
    if selected is None:
        selected = max(1, min(look.selected, after.n_labels))
    solo = None if look.solo is None else followed_label(look.solo, before, after)
    return replace(look, selected=selected, solo=solo, chosen=frozenset())

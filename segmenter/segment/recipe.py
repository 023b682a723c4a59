"""What a user decides about a segmentation, as a value that gives the same result again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from segmenter.em.mixture import Covariance
from segmenter.errors import ParameterError
from segmenter.images.feature_names import FeatureName
from segmenter.segment.labels import MAX_LABELS

Reading = Literal["classes", "regions", "objects"]
"""Classes: a label for each component of the mixture, wherever it is. Regions: connected parts.
Objects: each of many like things on a ground, which has no label."""

Ground = Literal["auto", "dark", "bright"]
"""What like objects lie on."""

MAX_PARTS = 65_535
"""Label maps of parts have at most 16 bits."""

Point = tuple[int, ...]
Edit = tuple[Literal["merge", "split", "remove"], tuple[Point, ...]]
"""Merge the parts or objects at the points into one, split the one at each point into two, or
remove the object at each. Points are pixels (x, y), or (i, j, k) in a volume."""

EDITS: dict[Reading, tuple[str, ...]] = {
    "classes": (),
    "regions": ("merge", "split"),
    "objects": ("merge", "split", "remove"),
}
"""What can be done by hand in each reading."""


@dataclass(frozen=True, slots=True)
class RegionsRecipe:
    """The settings that, with an image, give its regions; equal recipes give equal results.

    Attributes
    ----------
    n_regions : int or "auto"
        How many components, 1..255; "auto" lets BIC choose among 1..max_regions, and then puts
        together those that describe one thing. When reading regions: how many parts, 1..65535,
        or as many as `detail` gives.
    features : tuple of FeatureName
        Empty for the default: CIELAB for color images, else the intensity. Each counts once.
    covariance : Covariance
        The shape of the components.
    smoothness : float
        0 (off) to 1: how much the neighbors of a pixel count.
    seed : int
        Seed of the random starts, not negative.
    max_regions : int
        The largest number that "auto" tries.
    reading : {"classes", "regions", "objects"}
        Whether labels are components of the mixture, connected parts, or like objects; the
        settings below are for parts and objects, and features, covariance, smoothness and
        max_regions for classes.
    detail : float
        Of parts: 0 (one) to 1 (superpixels); 0.5 is what people would mostly draw.
    min_size : int
        Parts of fewer pixels join their neighbor of the nearest color; such objects are left out.
    edits : tuple of Edit
        What the user did by hand, in order; see `EDITS`.
    ground : {"auto", "dark", "bright"}
        What objects lie on.
    """

    n_regions: int | Literal["auto"] = "auto"
    features: tuple[FeatureName, ...] = ()
    covariance: Covariance = "full"
    smoothness: float = 0.5
    seed: int = 0
    max_regions: int = 10
    reading: Reading = "classes"
    detail: float = 0.5
    min_size: int = 0
    edits: tuple[Edit, ...] = ()
    ground: Ground = "auto"

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", tuple(dict.fromkeys(self.features)))
        object.__setattr__(self, "edits", tuple(_edit(*edit) for edit in self.edits))
        largest = MAX_LABELS if self.reading == "classes" else MAX_PARTS
        if self.n_regions != "auto" and not 1 <= self.n_regions <= largest:
            raise ParameterError(
                f"The number of regions must be 1 to {largest} or “auto”, not {self.n_regions}."
            )
        if self.covariance not in get_args(Covariance):
            raise ParameterError(
                f"There is no covariance “{self.covariance}”;"
                f" choose among {', '.join(get_args(Covariance))}."
            )
        if not 0 <= self.smoothness <= 1:
            raise ParameterError(f"The smoothness must be 0 to 1, not {self.smoothness:g}.")
        if self.seed < 0:
            raise ParameterError(f"The seed must be 0 or more, not {self.seed}.")
        if not 1 <= self.max_regions <= MAX_LABELS:
            raise ParameterError(
                f"The largest number of regions must be 1 to {MAX_LABELS}, not {self.max_regions}."
            )

        self._check_parts()

    def _check_parts(self) -> None:
        if self.reading not in get_args(Reading):
            raise ParameterError(
                f"There is no reading “{self.reading}”;"
                f" choose among {', '.join(get_args(Reading))}."
            )
        if not 0 <= self.detail <= 1:
            raise ParameterError(f"The detail must be 0 to 1, not {self.detail:g}.")
        if self.min_size < 0:
            raise ParameterError(f"The smallest size must be 0 or more, not {self.min_size}.")
        if self.ground not in get_args(Ground):
            raise ParameterError(f"The ground is dark, bright or auto, not “{self.ground}”.")
        for kind, _ in self.edits:
            if kind not in EDITS[self.reading]:
                raise ParameterError(f"{self.reading.capitalize()} cannot be edited by “{kind}”.")

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON; `RegionsRecipe(**values)` undoes it."""
        return {**asdict(self), "features": list(self.features)}


def _edit(kind: str, points: Iterable[Iterable[int]]) -> tuple[str, tuple[Point, ...]]:
    """Return an edit as tuples, whatever JSON made of it."""
    return kind, tuple(tuple(int(at) for at in point) for point in points)

"""What a user decides about a segmentation, as a value that gives the same result again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from segmenter.em.mixture import Covariance
from segmenter.errors import ParameterError
from segmenter.images.feature_names import FeatureName
from segmenter.segment.labels import MAX_LABELS


@dataclass(frozen=True, slots=True)
class RegionsRecipe:
    """The settings that, with an image, give its regions; equal recipes give equal results.

    Attributes
    ----------
    n_regions : int or "auto"
        How many components, 1..255; "auto" lets BIC choose among 1..max_regions.
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
    """

    n_regions: int | Literal["auto"] = "auto"
    features: tuple[FeatureName, ...] = ()
    covariance: Covariance = "full"
    smoothness: float = 0.5
    seed: int = 0
    max_regions: int = 10

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", tuple(dict.fromkeys(self.features)))
        if self.n_regions != "auto" and not 1 <= self.n_regions <= MAX_LABELS:
            raise ParameterError(
                f"The number of regions must be 1 to {MAX_LABELS} or “auto”, not {self.n_regions}."
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

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON; `RegionsRecipe(**values)` undoes it."""
        return {**asdict(self), "features": list(self.features)}

"""What a user decides about a tissue segmentation, as a value that gives the same result again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from segmenter.errors import ParameterError

Contrast = Literal["auto", "T1", "T2", "PD"]
AtlasName = Literal["icbm152", "none"]
SulcalCsf = Literal["csf", "gm"]

MOST_TISSUES = 9
"""More tissues than this cannot be told apart by their intensities alone."""


@dataclass(frozen=True, slots=True)
class TissueRecipe:
    """The settings that, with a volume, give its tissues; equal recipes give equal results.

    Attributes
    ----------
    contrast : {"auto", "T1", "T2", "PD"}
        How bright the tissues are in the first channel; "auto" finds it by the atlas, and
        without one takes the volume for a T1.
    atlas : {"icbm152", "none"}
        What is known of where tissues lie: the ICBM 152 average of human brains, or nothing.
    bias : bool
        Estimate and correct the slow change of brightness across the volume.
    smoothness : float
        0 (off) to 1: how much the neighbors of a voxel count.
    sulcal_csf : {"csf", "gm"}
        What fluid outside the ventricles is labelled; "gm" is the reading of the IBSR.
    n_tissues : int
        Number of labels, 1 to 9; other than 3 only without an atlas.
    false_alarm_rate : float
        Share of normal voxels that may be reported as explained by no tissue, above 0, below 1.
    seed : int
        Seed of random draws, not negative.
    names : tuple of str
        Of the tissues, from dark to bright in a T1; only without an atlas. Empty: as they come.
    """

    contrast: Contrast = "auto"
    atlas: AtlasName = "icbm152"
    bias: bool = True
    smoothness: float = 0.5
    sulcal_csf: SulcalCsf = "csf"
    n_tissues: int = 3
    false_alarm_rate: float = 1e-3
    seed: int = 0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, kind in (
            ("contrast", Contrast),
            ("atlas", AtlasName),
            ("sulcal_csf", SulcalCsf),
        ):
            if getattr(self, name) not in get_args(kind):
                raise ParameterError(
                    f"There is no {name} “{getattr(self, name)}”;"
                    f" choose among {', '.join(get_args(kind))}."
                )
        if not 0 <= self.smoothness <= 1:
            raise ParameterError(f"The smoothness must be 0 to 1, not {self.smoothness:g}.")
        if not 1 <= self.n_tissues <= MOST_TISSUES:
            raise ParameterError(
                f"The number of tissues must be 1 to {MOST_TISSUES}, not {self.n_tissues}."
            )
        if self.n_tissues != 3 and self.atlas != "none":
            raise ParameterError(
                "The atlas knows three tissues; for another number choose the atlas “none”."
            )
        self._check_names()
        if not 0 < self.false_alarm_rate < 1:
            raise ParameterError(
                f"The false-alarm rate must be between 0 and 1, not {self.false_alarm_rate:g}."
            )
        if self.seed < 0:
            raise ParameterError(f"The seed must be 0 or more, not {self.seed}.")

    def _check_names(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))  # JSON has lists
        if self.names and self.atlas != "none":
            raise ParameterError(
                "The atlas has names for its tissues; to give others choose the atlas “none”."
            )
        if self.names and len(self.names) != self.n_tissues:
            raise ParameterError(
                f"There are {len(self.names)} names for {self.n_tissues} tissues;"
                " give one for each, from dark to bright."
            )
        if len(set(self.names)) < len(self.names) or not all(map(str.strip, self.names)):
            raise ParameterError("Every tissue needs a name of its own.")

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON; `TissueRecipe(**values)` undoes it."""
        return asdict(self)

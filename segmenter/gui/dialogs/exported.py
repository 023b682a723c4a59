"""Results as the export dialog sees them: which files there can be, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast

from segmenter.export.foreground import FOREGROUND_KINDS, Ground
from segmenter.export.kinds import KindInfo
from segmenter.export.masks import (
    ExportChoice,
    Kind,
    export_regions,
    kinds_of,
    planned_names,
)
from segmenter.export.objects import (
    OBJECTS_KINDS,
    NamedObject,
    ObjectsChoice,
    ObjectsKind,
    export_objects,
    planned_files,
)
from segmenter.export.written import Written
from segmenter.gui.look import Look, View
from segmenter.segment.labels import Label
from segmenter.segment.objects.picked import Objects
from segmenter.segment.segmentation import Segmentation
from segmenter.work import Work

FEW_LABELS = 24
"""Labels up to which each gets a mask of its own unless the user takes that choice back."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen in the dialog.

    Attributes
    ----------
    kinds : frozenset of str
        Which kinds of files.
    values : tuple of int
        The labels that get files of their own.
    bits : {8, 16}
        Depth.
    """

    kinds: frozenset[str]
    values: tuple[int, ...]
    bits: Literal[8, 16]


class Exported(Protocol):
    """A result that can be exported."""

    @property
    def kinds(self) -> Mapping[str, KindInfo]:
        """The kinds of files there can be."""

    @property
    def first_choice(self) -> frozenset[str]:
        """The kinds that are chosen at first."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """Labels that can have files of their own."""

    @property
    def depth_of(self) -> str:
        """What the depth belongs to, in words; empty where there is no choice of it."""

    @property
    def first_bits(self) -> Literal[8, 16]:
        """Depth that is chosen at first."""

    def names(self, choice: Choice) -> tuple[str, ...]:
        """Name the files that would be written."""

    def write(self, folder: Path, choice: Choice) -> Work[tuple[Written, ...]]:
        """Write the files."""


@dataclass(frozen=True, eq=False)
class ExportedRegions:
    """Regions; the overlay picture is painted as on screen."""

    regions: Segmentation
    labels: tuple[Label, ...]
    look: Look
    depth_of = "label values and soft masks"

    @property
    def first_bits(self) -> Literal[8, 16]:
        """Depth that is chosen at first: of objects 16, so that any number of them fits."""
        return 16 if isinstance(self.regions, Objects) else 8

    @property
    def kinds(self) -> Mapping[str, KindInfo]:
        """The kinds of files there can be."""
        return cast(Mapping[str, KindInfo], kinds_of(self.regions))

    @property
    def first_choice(self) -> frozenset[str]:
        """The kinds that are chosen at first: masks only where they are not a heap of files."""
        if isinstance(self.regions, Objects):
            return frozenset(("values", "table", "outlines"))
        maps = frozenset(("indexed", "values"))
        return maps | {"masks"} if len(self.labels) <= FEW_LABELS else maps | {"table"}

    def names(self, choice: Choice) -> tuple[str, ...]:
        """Name the files that would be written."""
        return planned_names(self.regions, self.labels, self._stem, self._choice(choice))

    def write(self, folder: Path, choice: Choice) -> Work[tuple[Written, ...]]:
        """Write the files."""
        return export_regions(self.regions, self.labels, folder, self._stem, self._choice(choice))

    @property
    def _stem(self) -> str:
        return Path(self.regions.image.source.name).stem

    def _choice(self, choice: Choice) -> ExportChoice:
        kinds = cast("frozenset[Kind]", choice.kinds)
        if not choice.values:  # to the export, no values are all labels
            kinds -= {"masks", "soft", "cutouts"}
        opacity = self.look.opacities[View.LABELS]
        return ExportChoice(kinds, choice.values, choice.bits, opacity, self.look.outlines_only)


@dataclass(frozen=True, eq=False)
class ExportedObjects:
    """Objects cut out of their background.

    Attributes
    ----------
    objects : tuple of NamedObject
        The uppermost first, none of which covers another.
    ground : ndarray or None
        What composites are laid on; without one there are none.
    """

    objects: tuple[NamedObject, ...]
    ground: Ground | None = None
    depth_of = "opacity"
    first_bits: Literal[8, 16] = 8

    @property
    def kinds(self) -> Mapping[str, KindInfo]:
        """The kinds of files there can be: a label map only of several objects."""
        kinds = FOREGROUND_KINDS if len(self.objects) == 1 else OBJECTS_KINDS
        left_out = set() if self.ground is not None else {"composite", "all composite"}
        if not any(each.label.visible for each in self.objects):
            left_out |= {"all cutout", "all composite"}
        return {
            kind: info
            for kind, info in cast(Mapping[str, KindInfo], kinds).items()
            if kind not in left_out
        }

    @property
    def first_choice(self) -> frozenset[str]:
        """The kinds that are chosen at first."""
        return frozenset(("values", "mask", "cutout", "all cutout"))

    @property
    def labels(self) -> tuple[Label, ...]:
        """Labels that can have files of their own, where there are several."""
        return tuple(each.label for each in self.objects) if len(self.objects) > 1 else ()

    def names(self, choice: Choice) -> tuple[str, ...]:
        """Name the files that would be written."""
        return tuple(planned_files(self.objects, self._stem, self._choice(choice)))

    def write(self, folder: Path, choice: Choice) -> Work[tuple[Written, ...]]:
        """Write the files."""
        arguments = (self.objects, folder, self._stem, self._choice(choice), self.ground)
        return export_objects(*arguments)

    @property
    def _stem(self) -> str:
        return Path(self.objects[0].result.image.source.name).stem

    def _choice(self, choice: Choice) -> ObjectsChoice:
        values = choice.values if self.labels else (self.objects[0].label.value,)
        kinds = cast("frozenset[ObjectsKind]", choice.kinds & self.kinds.keys())
        return ObjectsChoice(kinds, frozenset(values), choice.bits)

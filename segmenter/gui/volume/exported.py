"""Tissues as the export dialog sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from segmenter.export.foreground import marks_said
from segmenter.export.kinds import KindInfo
from segmenter.export.tissue import (
    TissueExport,
    TissueKind,
    export_tissue,
    planned_tissue_names,
)
from segmenter.export.volume import (
    VolumeExport,
    VolumeKind,
    export_volume,
    planned_volume_names,
    regions_export,
)
from segmenter.export.written import Written
from segmenter.gui.dialogs.exported import Choice
from segmenter.gui.foreground.scene import Scene
from segmenter.gui.look import Convention
from segmenter.gui.volume.fitter import TissueFitter
from segmenter.segment.labels import Label
from segmenter.segment.parts import Parts
from segmenter.segment.regions import Regions
from segmenter.session.document import Document
from segmenter.work import Work


@dataclass(frozen=True, eq=False)
class ExportedTissue:
    """The tissues of a volume, as they were corrected."""

    export: TissueExport
    labels: tuple[Label, ...]
    first_choice = frozenset(("labels", "volumes"))
    depth_of = ""
    first_bits: Literal[8, 16] = 8

    @property
    def kinds(self) -> Mapping[str, KindInfo]:
        """The kinds of files there can be."""
        return cast(Mapping[str, KindInfo], self.export.kinds)

    def names(self, choice: Choice) -> tuple[str, ...]:
        """Name the files that would be written."""
        return planned_tissue_names(self.export, _kinds(choice), choice.values)

    def write(self, folder: Path, choice: Choice) -> Work[tuple[Written, ...]]:
        """Write the files."""
        return export_tissue(self.export, folder, _kinds(choice), choice.values)


@dataclass(frozen=True, eq=False)
class ExportedVolume:
    """Regions of a volume, or objects cut out of it."""

    export: VolumeExport
    labels: tuple[Label, ...]
    first_choice = frozenset(("labels", "table"))
    depth_of = ""
    first_bits: Literal[8, 16] = 8

    @property
    def kinds(self) -> Mapping[str, KindInfo]:
        """The kinds of files there can be."""
        return cast(Mapping[str, KindInfo], self.export.kinds)

    def names(self, choice: Choice) -> tuple[str, ...]:
        """Name the files that would be written."""
        return planned_volume_names(self.export, _volume_kinds(choice), choice.values)

    def write(self, folder: Path, choice: Choice) -> Work[tuple[Written, ...]]:
        """Write the files."""
        return export_volume(self.export, folder, _volume_kinds(choice), choice.values)


def exported_regions(
    regions: Regions | Parts, labels: tuple[Label, ...], convention: Convention
) -> ExportedVolume:
    """Return the regions on screen as the dialog exports them."""
    return ExportedVolume(regions_export(regions, labels, _seen(convention)), labels)


def exported_objects(scene: Scene, document: Document, convention: Convention) -> ExportedVolume:
    """Return the objects on screen as the dialog exports them."""
    labels = tuple(
        sorted(
            (each.label for each in document.objects if each.value in scene.visible),
            key=lambda label: label.value,
        )
    )
    export = VolumeExport(
        document.image,
        scene.label_map,
        labels,
        lambda value: scene.visible[value].probability,
        {"Marks": {label.name: marks_said(scene.visible[label.value]) for label in labels}},
        convention=_seen(convention),
    )
    return ExportedVolume(export, labels)


def exported_tissue(
    fitter: TissueFitter, document: Document, convention: Convention
) -> ExportedTissue | None:
    """Return the result on screen as the dialog exports it; None where there is none."""
    if fitter.result is None or fitter.label_map is None:
        return None
    facts = {
        "Corrections": len(document.strokes),
        "Brain": fitter.result.tissue.brain_mask_origin,
    }
    labels, seen = fitter.labels_of(document), _seen(convention)
    export = TissueExport(fitter.result.tissue, fitter.label_map.values, facts, seen, labels)
    return ExportedTissue(export, labels)


def _seen(convention: Convention) -> Literal["radiological", "neurological"]:
    return "radiological" if convention is Convention.RADIOLOGICAL else "neurological"


def _volume_kinds(choice: Choice) -> frozenset[VolumeKind]:
    """Return the kinds chosen; to the export, no values are all labels."""
    kinds = cast("frozenset[VolumeKind]", choice.kinds)
    return kinds if choice.values else kinds - {"masks", "posteriors"}


def _kinds(choice: Choice) -> frozenset[TissueKind]:
    """Return the kinds chosen; to the export, no values are all labels."""
    kinds = cast("frozenset[TissueKind]", choice.kinds)
    return kinds if choice.values else kinds - {"posteriors", "fractions"}

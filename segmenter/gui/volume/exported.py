"""Tissues as the export dialog sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from segmenter.export.kinds import KindInfo
from segmenter.export.tissue import (
    TissueExport,
    TissueKind,
    export_tissue,
    planned_tissue_names,
)
from segmenter.export.written import Written
from segmenter.gui.dialogs.exported import Choice
from segmenter.gui.look import Convention
from segmenter.gui.volume.fitter import TissueFitter
from segmenter.segment.labels import Label
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
    seen: Literal["radiological", "neurological"] = (
        "radiological" if convention is Convention.RADIOLOGICAL else "neurological"
    )
    labels = fitter.labels_of(document)
    export = TissueExport(fitter.result.tissue, fitter.label_map.values, facts, seen, labels)
    return ExportedTissue(export, labels)


def _kinds(choice: Choice) -> frozenset[TissueKind]:
    """Return the kinds chosen; to the export, no values are all labels."""
    kinds = cast("frozenset[TissueKind]", choice.kinds)
    return kinds if choice.values else kinds - {"posteriors", "fractions"}

"""Tissues as files: which there are, what they are called, and how they are written.

The window and the command line export through this one function, so that they give equal files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.export.bids import (
    TISSUE_LABELS,
    ShareMeaning,
    VolumeLabel,
    bids_stem,
    probability_name,
    write_probability,
    write_segmentation,
)
from segmenter.export.dicom_seg import write_dicom_labels
from segmenter.export.kinds import KindInfo
from segmenter.export.nifti import write_label_volume, write_value_volume
from segmenter.export.overview import write_overview
from segmenter.export.slices import Convention, slice_names, write_slices
from segmenter.export.tables import write_json, write_table
from segmenter.export.together import Planned, write_together
from segmenter.export.volume import volume_labels
from segmenter.export.written import Written
from segmenter.segment.labels import Label, label_color
from segmenter.segment.tissue.result import Tissue
from segmenter.work import Work

TissueKind = Literal[
    "labels",
    "posteriors",
    "fractions",
    "volumes",
    "overview",
    "slices",
    "brain",
    "bias",
    "outliers",
    "dicom",
]

TISSUE_KINDS: dict[TissueKind, KindInfo] = {
    "labels": KindInfo("Label map", "NIfTI on the scan's grid, with a table of its labels."),
    "posteriors": KindInfo("Probabilities", "One NIfTI a tissue: its probability, 0 to 1."),
    "fractions": KindInfo("Fractions", "One NIfTI a tissue: how much of it a voxel holds, 0 to 1."),
    "volumes": KindInfo("Volumes", "A table in ml with intervals, and figures of quality."),
    "overview": KindInfo("Overview", "A picture to check at a glance: slices of three planes."),
    "dicom": KindInfo("DICOM segmentation", "The label map for an archive, beside its series."),
    "slices": KindInfo("Slices", "A gray PNG an axial slice: its values are the labels."),
    "brain": KindInfo("Brain mask", "NIfTI: 1 inside, 0 outside."),
    "bias": KindInfo("Bias field", "NIfTI: what the first channel is multiplied by."),
    "outliers": KindInfo("Anomaly", "NIfTI: the p-value of each voxel; a table of the regions."),
}

_CORRECTED = (
    "Labels were corrected by hand: volume_ml is theirs; expected_ml, its interval, means and"
    " probabilities are the model's."
)

DECIMALS = 6
"""Of milliliters; a voxel of 0.1 mm has 1e-6 of them."""

_MEANINGS: dict[TissueKind, ShareMeaning] = {"posteriors": "probability", "fractions": "fraction"}


@dataclass(frozen=True, eq=False)
class TissueExport:
    """A result as it is written.

    Attributes
    ----------
    tissue : Tissue
        The result.
    label_map : uint8 ndarray, shape grid
        Its labels, with the user's corrections.
    facts : mapping
        More for the descriptions, such as how often it was corrected.
    convention : {"radiological", "neurological"}
        From where slices are seen.
    labels : tuple of Label
        What the user calls the tissues and in which colors, in order of value; as they come where
        it is empty.
    """

    tissue: Tissue
    label_map: NDArray[np.uint8]
    facts: Mapping[str, Any]
    convention: Convention = "radiological"
    labels: tuple[Label, ...] = ()

    @property
    def kinds(self) -> dict[TissueKind, KindInfo]:
        """The kinds of files there can be: in DICOM only of a scan that is; of what was found."""
        can_be: dict[TissueKind, bool] = {
            "dicom": self.tissue.image.source.format == "DICOM",
            "bias": self.tissue.tissues.log_field is not None,
        }
        return {kind: info for kind, info in TISSUE_KINDS.items() if can_be.get(kind, True)}


def export_tissue(
    export: TissueExport, folder: Path, kinds: frozenset[TissueKind], values: tuple[int, ...] = ()
) -> Work[tuple[Written, ...]]:
    """Write the chosen files; each is atomic, and volumes are read back by another library.

    Parameters
    ----------
    export : TissueExport
        The result.
    folder : Path
        Made if it is not there. Files of the same names are replaced.
    kinds : frozenset of TissueKind
        Which kinds of files.
    values : tuple of int
        The labels whose probabilities and fractions are written; empty for all of them.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    stem = bids_stem(export.tissue.image.source.name)
    writes = [write for _, write in _planned(export, stem, kinds, values)]
    slices = _slices(export, stem, folder) if "slices" in kinds else None
    return (yield from write_together(writes, folder, slices))


def planned_tissue_names(
    export: TissueExport, kinds: frozenset[TissueKind], values: tuple[int, ...] = ()
) -> tuple[str, ...]:
    """Name all files that `export_tissue` would write."""
    stem = bids_stem(export.tissue.image.source.name)
    slices = slice_names(stem, export.tissue.image) if "slices" in kinds else ()
    planned = _planned(export, stem, kinds, values)
    return (*(name for names, _ in planned for name in names), *slices)


def tissue_labels(export: TissueExport) -> tuple[VolumeLabel, ...]:
    """Return what the numbers of a result's label map stand for.

    A tissue of the atlas that the user calls otherwise is no longer said to be the standard one.
    """
    names = enumerate(export.tissue.names, 1)
    labels = export.labels or [Label(value, name, label_color(value)) for value, name in names]
    standard = {(each.value, each.name): each for each in TISSUE_LABELS}
    return tuple(
        replace(standard.get((named.value, named.name), named), color=named.color)
        for named in volume_labels(labels)
    )


def _planned(
    export: TissueExport, stem: str, kinds: frozenset[TissueKind], values: tuple[int, ...]
) -> Iterator[Planned]:
    """Pair the names of files with the call that writes them."""
    if "labels" in kinds:
        names = tuple(f"{stem}_dseg{ending}" for ending in (".nii.gz", ".tsv", ".json"))
        yield names, partial(_labels, export, stem)
    for kind, meaning in _MEANINGS.items():
        for label in tissue_labels(export) if kind in kinds else ():
            if not values or label.value in values:
                name = probability_name(stem, label, meaning)
                write = partial(_probability, export, stem, label, meaning)
                yield (f"{name}.nii.gz", f"{name}.json"), write
    if "volumes" in kinds:
        name = f"{stem}_volumes"
        yield (f"{name}.csv", f"{name}.json"), partial(_volumes, export, name)
    for kind, (ending, write_one) in _SINGLE.items():
        if kind in kinds & export.kinds.keys():
            name = f"{stem}_{ending}"
            yield (name,), partial(write_one, export, name)
    if "outliers" in kinds:
        name = f"{stem}_desc-outliers_pvalues"
        yield (f"{name}.nii.gz", f"{name}.csv"), partial(_outliers, export, name)


def _overview(export: TissueExport, name: str, folder: Path) -> Written:
    colors = [label.color for label in tissue_labels(export)]
    image = export.tissue.image
    return write_overview(folder / name, image, export.label_map, colors, export.convention)


def _dicom(export: TissueExport, name: str, folder: Path) -> Written:
    labels = tissue_labels(export)
    return write_dicom_labels(folder / name, export.label_map, export.tissue.image, labels)


def _slices(export: TissueExport, stem: str, folder: Path) -> Work[tuple[Written, ...]]:
    image = export.tissue.image
    return write_slices(folder, stem, export.label_map, image, "axial", export.convention)


def _labels(export: TissueExport, stem: str, folder: Path) -> Written:
    labels = tissue_labels(export)
    image = export.tissue.image
    return write_segmentation(folder, stem, export.label_map, image, labels, _facts(export))


def _probability(
    export: TissueExport, stem: str, label: VolumeLabel, meaning: ShareMeaning, folder: Path
) -> Written:
    tissue = export.tissue
    shares = tissue.posterior if meaning == "probability" else tissue.fraction
    return write_probability(
        folder, stem, shares(label.value), tissue.image, label, _facts(export), meaning
    )


def _volumes(export: TissueExport, name: str, folder: Path) -> Written:
    """Write a row for each tissue; its milliliters are those of the label map as it is written."""
    tissue = export.tissue
    counts = np.bincount(export.label_map.reshape(-1), minlength=256)
    voxel_ml = tissue.voxel_ml
    rows: list[dict[str, str | int | float | None]] = [
        {
            "label": each.label,
            "name": label.name,
            "volume_ml": round(voxel_ml * int(counts[each.label]), DECIMALS),
            "expected_ml": round(each.expected_ml, DECIMALS),
            "low_ml": round(each.low_ml, DECIMALS),
            "high_ml": round(each.high_ml, DECIMALS),
            "mean": each.mean,
            "deviation": each.deviation,
        }
        for each, label in zip(tissue.volumes, tissue_labels(export), strict=True)
    ]
    path = write_table(folder / f"{name}.csv", rows)
    changes = counts - np.bincount(tissue.label_map.reshape(-1), minlength=256)
    is_corrected = not np.array_equal(export.label_map, tissue.label_map)
    figures = {
        "parenchymal_fraction": tissue.corrected_fraction(changes),
        "quality": tissue.quality,
        "notes": [*tissue.notes, *([_CORRECTED] if is_corrected else tissue.volume_notes)],
    }
    write_json(folder / f"{name}.json", {"tissues": rows, **figures, **_facts(export)})
    return Written(path, (len(rows),), "volumes in ml")


def _brain(export: TissueExport, name: str, folder: Path) -> Written:
    mask = export.tissue.brain_mask.astype(np.uint8)
    written = write_label_volume(folder / name, mask, export.tissue.image)
    return replace(written, description="1 inside the brain, 0 outside")


def _bias(export: TissueExport, name: str, folder: Path) -> Written:
    tissue = export.tissue
    assert tissue.bias_field is not None  # else there is no such kind
    return write_value_volume(folder / name, tissue.bias_field, tissue.image, "bias field")


def _outliers(export: TissueExport, name: str, folder: Path) -> Written:
    """Write the map, and a row for each region that no tissue explains."""
    tissue = export.tissue
    write_table(folder / f"{name}.csv", region_rows(tissue))
    return write_value_volume(folder / f"{name}.nii.gz", tissue.outliers, tissue.image, "p-values")


def region_rows(tissue: Tissue) -> list[dict[str, str | int | float | None]]:
    """List the regions that no tissue explains, the largest first: sizes, places in RAS mm."""
    return [
        {
            "region": number,
            "volume_ml": region.volume_ml,
            "x_mm": region.center[0],
            "y_mm": region.center[1],
            "z_mm": region.center[2],
            "p_value": region.p_value,
            "voxels": region.n_voxels,
        }
        for number, region in enumerate(tissue.abnormalities(), 1)
    ]


def _facts(export: TissueExport) -> dict[str, Any]:
    return {"Recipe": export.tissue.recipe.as_dict(), **export.facts}


_SINGLE: dict[TissueKind, tuple[str, Callable[[TissueExport, str, Path], Written]]] = {
    "overview": ("overview.png", _overview),
    "dicom": ("dseg.dcm", _dicom),
    "brain": ("desc-brain_mask.nii.gz", _brain),
    "bias": ("desc-bias_field.nii.gz", _bias),
}
"""Kinds of one file each: how its name ends, and what writes it."""

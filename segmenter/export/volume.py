"""Labels of a volume as files: on its grid as NIfTI under BIDS names, as slices, as a table.

Regions and objects of volumes are exported through this one function, by the window and the
command line, so that they give equal files. Tissues have more to say; see `tissue.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.export.bids import (
    VolumeLabel,
    bids_stem,
    write_probability,
    write_segmentation,
)
from segmenter.export.dicom_seg import write_dicom_labels
from segmenter.export.kinds import KindInfo
from segmenter.export.measured import measured_rows
from segmenter.export.nifti import write_label_volume
from segmenter.export.slices import Convention, slice_names, write_slices
from segmenter.export.tables import write_table
from segmenter.export.together import Planned, write_together
from segmenter.export.written import Written
from segmenter.images.image import Image
from segmenter.segment.labels import Label
from segmenter.segment.measurements import measurements
from segmenter.segment.parts import Parts
from segmenter.segment.regions import Regions
from segmenter.work import Work

VolumeKind = Literal["labels", "masks", "posteriors", "table", "slices", "dicom"]

VOLUME_KINDS: dict[VolumeKind, KindInfo] = {
    "labels": KindInfo("Label map", "NIfTI on the scan's grid, with a table of its labels."),
    "masks": KindInfo("Binary masks", "One NIfTI a label: 1 inside, 0 outside."),
    "posteriors": KindInfo("Probabilities", "One NIfTI a label: its probability, 0 to 1."),
    "table": KindInfo("Measurements", "One CSV: size, place and mean values of each label."),
    "slices": KindInfo("Slices", "A gray PNG an axial slice: its values are the labels."),
    "dicom": KindInfo("DICOM segmentation", "The label map for an archive, beside its series."),
}


@dataclass(frozen=True, eq=False)
class VolumeExport:
    """A labeled volume as it is written.

    Attributes
    ----------
    image : Image
        The volume.
    label_map : integer ndarray, shape grid
        0 is unlabeled.
    labels : sequence of Label
        What its numbers are called, in order of value.
    posterior : callable
        The probability of a value, shape grid.
    facts : mapping
        For the descriptions: the recipe, what was marked.
    neighbors : integer ndarray, shape (n, 2), or None
        Pairs of values that share a boundary, for the table.
    convention : {"radiological", "neurological"}
        From where slices are seen.
    """

    image: Image
    label_map: NDArray[Any]
    labels: Sequence[Label]
    posterior: Callable[[int], NDArray[np.float32]]
    facts: Mapping[str, Any]
    neighbors: NDArray[np.integer] | None = None
    convention: Convention = "radiological"

    @property
    def kinds(self) -> dict[VolumeKind, KindInfo]:
        """The kinds of files there can be; a segmentation in DICOM only of a scan that is."""
        is_dicom = self.image.source.format == "DICOM"
        return {kind: info for kind, info in VOLUME_KINDS.items() if kind != "dicom" or is_dicom}


def regions_export(
    regions: Regions | Parts, labels: Sequence[Label], convention: Convention = "radiological"
) -> VolumeExport:
    """Return the regions of a volume as they are written."""
    return VolumeExport(
        regions.image,
        regions.label_map,
        labels,
        regions.posterior,
        {"Recipe": regions.resolved_recipe.as_dict()},
        regions.neighbors if isinstance(regions, Parts) else None,
        convention,
    )


def export_volume(
    export: VolumeExport,
    folder: Path,
    kinds: frozenset[VolumeKind],
    values: tuple[int, ...] = (),
    stem: str = "",
) -> Work[tuple[Written, ...]]:
    """Write the chosen files; each is atomic, and volumes are read back by another library.

    Parameters
    ----------
    export : VolumeExport
        What is written.
    folder : Path
        Made if it is not there. Files of the same names are replaced.
    kinds : frozenset of VolumeKind
        Which kinds of files.
    values : tuple of int
        The labels that get files of their own; empty for all of them.
    stem : str
        How all names begin; empty for what `bids_stem` makes of the source's name.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    stem = stem or bids_stem(export.image.source.name)
    writes = [write for _, write in _planned(export, kinds, values, stem)]
    slices = _slices(export, stem, folder) if "slices" in kinds else None
    return (yield from write_together(writes, folder, slices))


def planned_volume_names(
    export: VolumeExport,
    kinds: frozenset[VolumeKind],
    values: tuple[int, ...] = (),
    stem: str = "",
) -> tuple[str, ...]:
    """Name all files that `export_volume` would write."""
    stem = stem or bids_stem(export.image.source.name)
    slices = slice_names(stem, export.image) if "slices" in kinds else ()
    planned = _planned(export, kinds, values, stem)
    return (*(name for names, _ in planned for name in names), *slices)


def _planned(
    export: VolumeExport, kinds: frozenset[VolumeKind], values: tuple[int, ...], stem: str
) -> Iterator[Planned]:
    """Pair the names of files with the call that writes them."""
    labels = volume_labels(export.labels)
    if "labels" in kinds:
        names = tuple(f"{stem}_dseg{ending}" for ending in (".nii.gz", ".tsv", ".json"))
        yield names, partial(_labels, export, labels, stem)
    for label in labels:
        if values and label.value not in values:
            continue
        if "masks" in kinds:
            name = f"{stem}_label-{label.abbreviation}_mask.nii.gz"
            yield (name,), partial(_mask, export, label, name)
        if "posteriors" in kinds:
            name = f"{stem}_label-{label.abbreviation}_probseg"
            yield (f"{name}.nii.gz", f"{name}.json"), partial(_posterior, export, label, stem)
    if "table" in kinds:
        name = f"{stem}_dseg.csv"
        yield (name,), partial(_table, export, name)
    if "dicom" in kinds & export.kinds.keys():
        name = f"{stem}_dseg.dcm"
        yield (name,), partial(_dicom, export, labels, name)


def volume_labels(labels: Sequence[Label]) -> tuple[VolumeLabel, ...]:
    """Return what numbers stand for, with what they are called in names of files."""
    return tuple(
        VolumeLabel(each.value, each.name, _abbreviation(each), each.color) for each in labels
    )


def _abbreviation(label: Label) -> str:
    """Letters and digits of a name; one that is not told apart by them has its number too."""
    plain = "".join(
        letter for letter in label.name.title() if letter.isascii() and letter.isalnum()
    )
    return plain if plain.endswith(str(label.value)) else f"{plain}{label.value}"


def _slices(export: VolumeExport, stem: str, folder: Path) -> Work[tuple[Written, ...]]:
    image = export.image
    return write_slices(folder, stem, export.label_map, image, "axial", export.convention)


def _labels(
    export: VolumeExport, labels: Sequence[VolumeLabel], stem: str, folder: Path
) -> Written:
    return write_segmentation(folder, stem, export.label_map, export.image, labels, export.facts)


def _mask(export: VolumeExport, label: VolumeLabel, name: str, folder: Path) -> Written:
    mask = (export.label_map == label.value).astype(np.uint8)
    written = write_label_volume(folder / name, mask, export.image)
    return replace(written, description=f"1 inside {label.name}, 0 outside")


def _posterior(export: VolumeExport, label: VolumeLabel, stem: str, folder: Path) -> Written:
    posterior = export.posterior(label.value)
    return write_probability(folder, stem, posterior, export.image, label, export.facts)


def _table(export: VolumeExport, name: str, folder: Path) -> Written:
    largest = max((label.value for label in export.labels), default=0)
    measured = measurements(export.image, export.label_map, largest)
    rows = measured_rows(export.image, measured, export.labels, export.neighbors)
    path = write_table(folder / name, rows)
    return Written(path, export.image.grid, "measurements of each label")


def _dicom(export: VolumeExport, labels: Sequence[VolumeLabel], name: str, folder: Path) -> Written:
    return write_dicom_labels(folder / name, export.label_map, export.image, labels)

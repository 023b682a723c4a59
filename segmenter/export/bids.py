"""Segmented volumes under the names and with the side files that BIDS derivatives have.

Two numberings of tissues are about: ours (1 CSF, 2 gray matter, 3 white matter, from dark to bright
in a T1, as FSL has it) and BIDS's standard one (1 gray matter, 2 white matter, 3 CSF). A label map
always holds the numbers that the screen showed; the table beside it says what each of them is, and
in its column "mapping" which number of the standard it stands for. Nothing is renumbered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter import __version__
from segmenter.export.names import without_ending
from segmenter.export.nifti import write_label_volume, write_posterior_volume
from segmenter.export.tables import write_json, write_table
from segmenter.export.written import Written
from segmenter.images.image import Image
from segmenter.segment.labels import Color, label_color

ShareMeaning = Literal["probability", "fraction"]


@dataclass(frozen=True, slots=True)
class VolumeLabel:
    """What a number of a label map stands for.

    Attributes
    ----------
    value : int
        The number, from 1.
    name : str
        In words, such as "Gray matter".
    abbreviation : str
        For file names, such as "GM": letters and digits.
    color : Color
        In which it is shown.
    standard : int or None
        The number that BIDS's standard table has for it.
    snomed : str or None
        The number that SNOMED CT has for it, for DICOM.
    """

    value: int
    name: str
    abbreviation: str
    color: Color
    standard: int | None = None
    snomed: str | None = None


TISSUE_LABELS = (
    VolumeLabel(1, "Cerebrospinal fluid", "CSF", label_color(1), 3, "65216001"),
    VolumeLabel(2, "Gray matter", "GM", label_color(2), 1, "389081007"),
    VolumeLabel(3, "White matter", "WM", label_color(3), 2, "389080008"),
)


def bids_stem(name: str) -> str:
    """Give what derivatives of a file are called before their own endings.

    Parameters
    ----------
    name : str
        The file's name. Of a BIDS name the entities are kept: ``sub-01_T1w.nii.gz`` gives
        ``sub-01``. Of any other only the ending of a volume's file goes: a folder of DICOM files
        may be called by a number with dots.
    """
    stem = without_ending(name)
    entities, _, suffix = stem.rpartition("_")
    return entities if stem.startswith("sub-") and entities and "-" not in suffix else stem


def write_segmentation(
    folder: Path,
    stem: str,
    label_map: NDArray[Any],
    image: Image,
    labels: Sequence[VolumeLabel],
    facts: Mapping[str, Any] | None = None,
) -> Written:
    """Write a label map as ``STEM_dseg.nii.gz``, with its table and its description beside it.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    stem : str
        How the names begin; see `bids_stem`.
    label_map : integer ndarray, shape (i, j, k)
        On the image's grid; 0 is unlabeled.
    image : Image
        The volume it belongs to.
    labels : sequence of VolumeLabel
        What the numbers stand for.
    facts : mapping, optional
        More to say in the JSON file, such as the recipe.

    Raises
    ------
    ParameterError
        If the label map is not on the image's grid.
    WriteError
        If a file cannot be written; files written before it stay, whole.
    """
    written = write_label_volume(folder / f"{stem}_dseg.nii.gz", label_map, image)
    write_table(folder / f"{stem}_dseg.tsv", [_row(label) for label in labels])
    description = {"Description": "Labels: 0 is unlabeled, the others are in the table"}
    write_json(folder / f"{stem}_dseg.json", _sidecar(image, description, facts))
    return written


def probability_name(stem: str, label: VolumeLabel, meaning: ShareMeaning = "probability") -> str:
    """Name the files of a label's probability, or of its fraction, without their endings."""
    described = "" if meaning == "probability" else f"_desc-{meaning}"
    return f"{stem}_label-{label.abbreviation}{described}_probseg"


def write_probability(
    folder: Path,
    stem: str,
    posterior: NDArray[np.floating[Any]],
    image: Image,
    label: VolumeLabel,
    facts: Mapping[str, Any] | None = None,
    meaning: ShareMeaning = "probability",
) -> Written:
    """Write a probability as ``STEM_label-GM_probseg.nii.gz``, with its description beside it.

    Fractions of tissue, which BIDS counts as such too, are ``STEM_label-GM_desc-fraction_...``.

    Parameters
    ----------
    folder, stem, image, facts
        As for `write_segmentation`.
    posterior : float ndarray, shape (i, j, k)
        From 0 to 1, on the image's grid.
    label : VolumeLabel
        Whose probability it is.
    meaning : {"probability", "fraction"}
        What the values are.

    Raises
    ------
    ParameterError
        If it is not on the image's grid, or not within 0 and 1.
    WriteError
        If a file cannot be written; files written before it stay, whole.
    """
    name = probability_name(stem, label, meaning)
    written = write_posterior_volume(folder / f"{name}.nii.gz", posterior, image)
    description = {"Description": f"{meaning.capitalize()} of {label.name.lower()}, 0 to 1"}
    write_json(folder / f"{name}.json", _sidecar(image, description, facts))
    return written


def _row(label: VolumeLabel) -> dict[str, str | int | None]:
    return {
        "index": label.value,
        "name": label.name,
        "abbreviation": label.abbreviation,
        "color": "#{:02X}{:02X}{:02X}".format(*label.color),
        "mapping": label.standard,
    }


def _sidecar(
    image: Image, description: Mapping[str, Any], facts: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        **description,
        "Sources": [image.source.name],
        "GeneratedBy": [{"Name": "Segmenter", "Version": __version__}],
        **(facts or {}),
    }

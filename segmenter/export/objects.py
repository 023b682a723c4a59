"""Several objects of one image as files: one label map of all, and files of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.export import png
from segmenter.export.foreground import (
    FOREGROUND_KINDS,
    ForegroundKind,
    Ground,
    export_foreground,
    foreground_passport,
    marks_said,
    write_matte_steps,
)
from segmenter.export.kinds import KindInfo
from segmenter.export.masks import KINDS
from segmenter.export.names import label_names
from segmenter.export.written import Written
from segmenter.segment.foreground import Foreground
from segmenter.segment.foreground.layered import label_map_of, united_matte_steps
from segmenter.segment.labels import Label
from segmenter.work import Progress, Work, portion

MapKind = Literal["values", "indexed"]
TogetherKind = Literal["all cutout", "all composite"]
ObjectsKind = MapKind | ForegroundKind | TogetherKind

OBJECTS_KINDS: dict[ObjectsKind, KindInfo] = {
    "values": KINDS["values"],
    "indexed": KINDS["indexed"],
    "mask": KindInfo("Masks", "One gray PNG an object: 255 on it, 0 elsewhere."),
    "alpha": KindInfo("Opacities", "One gray PNG an object: opacity times 255 or 65535."),
    "cutout": KindInfo("Cut-outs", "One PNG an object, on transparency."),
    "composite": KindInfo("Composites", "One PNG an object, on the ground of the window."),
    "all cutout": KindInfo("Cut-out of all", "One PNG of all visible objects, on transparency."),
    "all composite": KindInfo("Composite of all", "One PNG of all visible objects, as shown."),
}
_MAP_NAMES: dict[MapKind, str] = {"values": "labels", "indexed": "colors"}
_TOGETHER: dict[TogetherKind, ForegroundKind] = {
    "all cutout": "cutout",
    "all composite": "composite",
}


@dataclass(frozen=True, eq=False)
class NamedObject:
    """An object with what is needed to write it.

    Attributes
    ----------
    label : Label
        Its value, name and color, and whether it is seen in the window.
    result : Foreground
        The object, without what upper ones cover.
    edge : bool ndarray, shape (height, width), or None
        Where its outline is soft besides the usual band.
    """

    label: Label
    result: Foreground
    edge: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class ObjectsChoice:
    """What to write.

    Attributes
    ----------
    kinds : frozenset
        Which kinds of files.
    values : frozenset of int
        The objects that get files of their own.
    bits : {8, 16}
        Depth of opacities.
    """

    kinds: frozenset[ObjectsKind]
    values: frozenset[int]
    bits: Literal[8, 16] = 8


def planned_files(objects: Sequence[NamedObject], stem: str, choice: ObjectsChoice) -> list[str]:
    """Name the files that `export_objects` would write, in its order."""
    names = [f"{stem}-{name}.png" for kind, name in _MAP_NAMES.items() if kind in choice.kinds]
    for each in objects:
        names.extend(_object_files(objects, each, stem, choice).values())
    return [*names, *_together_files(objects, stem, choice).values()]


def export_objects(
    objects: Sequence[NamedObject],
    folder: Path,
    stem: str,
    choice: ObjectsChoice,
    ground: Ground | None = None,
) -> Work[tuple[Written, ...]]:
    """Write the chosen files; each is atomic and is read back by another library.

    Parameters
    ----------
    objects : sequence of NamedObject
        Of one image, none of which covers another.
    folder : Path
        Made if it is not there. Files of the same names are replaced.
    stem : str
        How all file names begin.
    choice : ObjectsChoice
        What to write.
    ground : ndarray, optional
        What composites are laid on.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    written = []
    for kind, name in _MAP_NAMES.items():
        if kind in choice.kinds:
            yield Progress(f"Writing {stem}-{name}.png", 0.0)
            written.append(_write_map(objects, kind, folder / f"{stem}-{name}.png"))
    for number, each in enumerate(objects):
        files = _object_files(objects, each, stem, choice)
        paths = {kind: folder / name for kind, name in files.items()}
        work = export_foreground(each.result, paths, choice.bits, each.edge, ground)
        share = number / (len(objects) + 1), (number + 1) / (len(objects) + 1)
        written.extend((yield from portion(work, *share)))
    together = _together_files(objects, stem, choice)
    if together:
        paths = {kind: folder / name for kind, name in together.items()}
        work = _write_together(objects, paths, ground)
        written.extend((yield from portion(work, len(objects) / (len(objects) + 1), 1.0)))
    return tuple(written)


def _object_files(
    objects: Sequence[NamedObject], each: NamedObject, stem: str, choice: ObjectsChoice
) -> Mapping[ForegroundKind, str]:
    """Name the files of an object; where it is the only one, its name is left out."""
    if each.label.value not in choice.values:
        return {}
    names = label_names(other.label for other in objects)
    which = f"-{names[each.label.value]}" if len(objects) > 1 else ""
    return {kind: f"{stem}{which}-{kind}.png" for kind in FOREGROUND_KINDS if kind in choice.kinds}


def _together_files(
    objects: Sequence[NamedObject], stem: str, choice: ObjectsChoice
) -> Mapping[ForegroundKind, str]:
    """Name the files of all visible objects together."""
    if len(objects) == 1 or not any(each.label.visible for each in objects):
        return {}
    kinds = [own for kind, own in _TOGETHER.items() if kind in choice.kinds]
    return {kind: f"{stem}-{kind}.png" for kind in kinds}


def _write_together(
    objects: Sequence[NamedObject], paths: Mapping[ForegroundKind, Path], ground: Ground | None
) -> Work[tuple[Written, ...]]:
    """Write what is seen of all objects in the window."""
    seen = [each for each in objects if each.label.visible]
    mattes = united_matte_steps([(each.result, each.edge) for each in seen])
    matte = yield from portion(mattes, 0.0, 0.8)
    work = write_matte_steps(matte, paths, _passport(seen), ground=ground)
    return (yield from portion(work, 0.8, 1.0))


def _passport(objects: Sequence[NamedObject]) -> dict[str, str]:
    """Say inside a file of several objects where it comes from and what was said about each."""
    marks = {each.label.name: marks_said(each.result) for each in objects}
    return {**foreground_passport(objects[0].result), "Segmenter marks": json.dumps(marks)}


def _write_map(objects: Sequence[NamedObject], kind: MapKind, path: Path) -> Written:
    label_map = label_map_of({each.label.value: each.result for each in objects})
    labels = sorted((each.label for each in objects), key=lambda label: label.value)
    table = [
        {"value": label.value, "name": label.name, "color": list(label.color)} for label in labels
    ]
    passport = {**_passport(objects), "Segmenter labels": json.dumps(table)}
    if kind == "values":
        return png.write_label_values(path, label_map, text=passport)
    colors = np.zeros((labels[-1].value, 3), np.uint8)
    for label in labels:
        colors[label.value - 1] = label.color
    return png.write_indexed_labels(path, label_map, colors, text=passport)

"""Regions as files: which masks there are, what they are called, and how they are written.

The window and the command line export through this one function, so that they give equal files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from segmenter import __version__
from segmenter.export import png
from segmenter.export.boundaries import boundary_mask
from segmenter.export.kinds import KindInfo
from segmenter.export.measured import measured_labels
from segmenter.export.names import label_names
from segmenter.export.outlines import write_outlines
from segmenter.export.overlay import overlay_picture
from segmenter.export.tables import write_table
from segmenter.export.written import Written
from segmenter.images.display import display_rgb
from segmenter.segment.labels import Label
from segmenter.segment.objects.picked import Objects
from segmenter.segment.polygons import polygons_of
from segmenter.segment.segmentation import Segmentation
from segmenter.work import Progress, Work

Kind = Literal[
    "masks",
    "indexed",
    "values",
    "soft",
    "cutouts",
    "overlay",
    "boundaries",
    "outlines",
    "table",
    "table_json",
]
KINDS: dict[Kind, KindInfo] = {
    "masks": KindInfo("Binary masks", "One PNG a label: 255 inside, 0 outside."),
    "indexed": KindInfo("Label map to look at", "One PNG with the labels' colors as palette."),
    "values": KindInfo("Label values", "One gray PNG whose values are the labels, 0 unlabeled."),
    "soft": KindInfo("Soft masks", "One gray PNG a label: probability times 255 or 65535."),
    "cutouts": KindInfo("Cut-outs", "One PNG a label: its pixels on transparency."),
    "overlay": KindInfo("Overlay picture", "The image with the labels over it, as shown."),
    "boundaries": KindInfo(
        "Boundaries", "One gray PNG: 255 where the right or lower pixel differs."
    ),
    "outlines": KindInfo("Outlines", "One GeoJSON with each label's outline as polygons."),
    "table": KindInfo("Measurements", "One CSV: size, place and mean values of each label."),
    "table_json": KindInfo("Measurements, JSON", "The same as JSON."),
}


def kinds_of(regions: Segmentation) -> dict[Kind, KindInfo]:
    """Return the kinds of files that a result can have.

    A palette has no room for very many labels, and objects have no probabilities.
    """
    has_palette = regions.n_labels <= png.MAX_INDEXED
    left_out = {"indexed": not has_palette, "soft": isinstance(regions, Objects)}
    return {kind: info for kind, info in KINDS.items() if not left_out.get(kind)}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What to write.

    Attributes
    ----------
    kinds : frozenset of Kind
        Which kinds of files.
    values : tuple of int
        The labels that get files of their own; empty for all of them.
    bits : {8, 16}
        Depth of label values and soft masks.
    opacity : float
        Of the labels in the overlay picture, 0..1.
    outlines_only : bool
        Whether the overlay picture shows outlines in place of areas.
    """

    kinds: frozenset[Kind]
    values: tuple[int, ...] = ()
    bits: Literal[8, 16] = 8
    opacity: float = 0.45
    outlines_only: bool = False


Passport = dict[str, str]
Write = Callable[[Path], Written]


def export_regions(
    regions: Segmentation, labels: Sequence[Label], folder: Path, stem: str, choice: ExportChoice
) -> Work[tuple[Written, ...]]:
    """Write the chosen files; each is atomic and is read back by another library.

    Parameters
    ----------
    regions : Regions, Parts or Objects
        The result.
    labels : sequence of Label
        One for each label of the result, in order of value.
    folder : Path
        Made if it is not there. Files of the same names are replaced.
    stem : str
        How all file names begin.
    choice : ExportChoice
        What to write.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    planned = list(_planned(regions, labels, stem, choice))
    written = []
    for done, (name, write) in enumerate(planned):
        yield Progress(f"Writing {name}", done / len(planned))
        written.append(write(folder / name))
    return tuple(written)


def planned_names(
    regions: Segmentation, labels: Sequence[Label], stem: str, choice: ExportChoice
) -> tuple[str, ...]:
    """Name the files that `export_regions` would write, in its order."""
    return tuple(name for name, _ in _planned(regions, labels, stem, choice))


def _planned(
    regions: Segmentation, labels: Sequence[Label], stem: str, choice: ExportChoice
) -> Iterator[tuple[str, Write]]:
    """Pair each file's name with the call that writes it."""
    passport = _passport(regions, labels)
    kinds = choice.kinds & kinds_of(regions).keys()
    chosen = [label for label in labels if not choice.values or label.value in choice.values]
    whole: tuple[tuple[Kind, str, Write], ...] = (
        ("values", "labels.png", partial(_values, regions, choice.bits, passport)),
        ("indexed", "colors.png", partial(_indexed, regions, labels, passport)),
        ("overlay", "overlay.png", partial(_overlay, regions, labels, choice, passport)),
        ("boundaries", "boundaries.png", partial(_boundaries, regions, passport)),
        ("outlines", "outlines.geojson", partial(_outlines, regions, labels)),
        ("table", "table.csv", partial(_table, regions, labels)),
        ("table_json", "table.json", partial(_table, regions, labels)),
    )
    for kind, ending, write_whole in whole:
        if kind in kinds:
            yield f"{stem}-{ending}", write_whole
    per_label: tuple[tuple[Kind, str, Callable[..., Written]], ...] = (
        ("masks", "", _mask),
        ("soft", "-soft", _soft),
        ("cutouts", "-cutout", _cutout),
    )
    names = label_names(labels)
    for kind, suffix, write in per_label:
        if kind in kinds:
            for label in chosen:
                name = f"{stem}-{names[label.value]}{suffix}.png"
                yield name, partial(write, regions, label, choice, passport)


def _values(regions: Segmentation, bits: Literal[8, 16], passport: Passport, path: Path) -> Written:
    bits = 8 if bits == 8 and regions.n_labels < 256 else 16
    return png.write_label_values(path, regions.label_map, bits=bits, text=passport)


def _indexed(
    regions: Segmentation, labels: Sequence[Label], passport: Passport, path: Path
) -> Written:
    colors = [label.color for label in labels]
    return png.write_indexed_labels(path, regions.label_map, colors, text=passport)


def _overlay(
    regions: Segmentation,
    labels: Sequence[Label],
    choice: ExportChoice,
    passport: Passport,
    path: Path,
) -> Written:
    picture = overlay_picture(
        display_rgb(regions.image),
        regions.label_map,
        [label.color for label in labels],
        opacity=choice.opacity,
        outlines_only=choice.outlines_only,
        visible=[label.visible for label in labels],
    )
    return png.write_overlay(path, picture, text=passport)


def _boundaries(regions: Segmentation, passport: Passport, path: Path) -> Written:
    mask = boundary_mask(regions.label_map)
    description = "255 where the right or lower pixel has another label, else 0"
    return replace(png.write_binary_mask(path, mask, text=passport), description=description)


def _outlines(regions: Segmentation, labels: Sequence[Label], path: Path) -> Written:
    write_outlines(path, polygons_of(regions.label_map), labels)
    return Written(path, regions.image.grid, "outlines in pixels, as GeoJSON")


def _table(regions: Segmentation, labels: Sequence[Label], path: Path) -> Written:
    write_table(path, measured_labels(regions, labels))
    return Written(path, regions.image.grid, "measurements of each label")


def _mask(
    regions: Segmentation, label: Label, _choice: ExportChoice, passport: Passport, path: Path
) -> Written:
    return png.write_binary_mask(path, regions.label_map == label.value, text=passport)


def _soft(
    regions: Segmentation, label: Label, choice: ExportChoice, passport: Passport, path: Path
) -> Written:
    if isinstance(regions, Objects):
        raise TypeError("objects have no probabilities")
    posterior = regions.posterior(label.value)
    return png.write_posterior(path, posterior, bits=choice.bits, text=passport)


def _cutout(
    regions: Segmentation, label: Label, _choice: ExportChoice, passport: Passport, path: Path
) -> Written:
    mask = regions.label_map == label.value
    return png.write_cutout(path, regions.image, mask, text=passport)


def _passport(regions: Segmentation, labels: Sequence[Label]) -> Passport:
    """Say inside each file where it comes from and what its values mean."""
    table = [
        {"value": label.value, "name": label.name, "color": list(label.color)} for label in labels
    ]
    return {
        "Software": f"Segmenter {__version__}",
        "Source": regions.image.source.name,
        "Segmenter recipe": json.dumps(regions.resolved_recipe.as_dict()),
        "Segmenter labels": json.dumps(table),
    }

"""`segmenter regions`: images in, masks out."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segmenter.cli.arguments import count, names
from segmenter.cli.batch import add_batch_options, run_batch, stem_of
from segmenter.cli.commands import can_show_window, run_with_bar
from segmenter.cli.reading import add_reading_options, read
from segmenter.cli.window import open_window
from segmenter.errors import ParameterError
from segmenter.images.feature_names import FEATURES

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.export.masks import ExportChoice
    from segmenter.export.written import Written
    from segmenter.images.image import Image
    from segmenter.segment.parts import Parts
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.segment.regions import Regions
    from segmenter.work import Work

MOST_PRINTED = 20  # labels whose shares are printed

_SETTINGS = {
    "classes": ("features", "covariance", "smoothness"),
    "regions": ("detail", "min_size"),
}
"""Settings that are of one reading only."""

_EPILOG = f"""\
features: {", ".join(FEATURES)}

covariances: full, tied, diagonal, spherical

readings: classes (same color, same label, wherever it is), regions (connected parts, as people
draw them)

Labels of classes are numbered 1, 2, ... from dark to bright, those of regions in the order in which
they come apart while detail rises, so that they keep their numbers while it changes; 0 is unlabeled
(transparent pixels).

Every file has the size and orientation of the image as shown, and is read back after it is written.

Volumes (NIfTI, DICOM folders and others) are segmented in three dimensions, by their spacing; their
labels are written as NIfTI on the grid of the scan, --soft as probabilities, --slices as pictures.

examples:
  segmenter regions photo.jpg -k 4 -o masks
  segmenter regions photo.jpg --reading regions --detail 0.6 --min-size 200 --table --outlines
  segmenter regions scan.nii.gz --reading regions --detail 0.6 --table -o out
  segmenter regions *.tif -k auto --soft --json -o masks > summary.json
  segmenter regions sample:coffee -k 4 --features lab,local_deviation --covariance diagonal
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "regions",
        help="segment images into regions of similar pixels and write masks",
        description="Segment images into regions of similar pixels and write masks.",
        epilog=_EPILOG,
    )
    add_batch_options(parser, "an image, a volume, a DICOM folder, or sample:NAME", "masks")
    _add_recipe_options(parser.add_argument_group("segmentation"))
    _add_export_options(parser.add_argument_group("what is written besides masks and label maps"))
    add_reading_options(parser.add_argument_group("reading"))
    parser.add_argument("--show", action="store_true",
                        help="then open the window, where there is a display")  # fmt: skip
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Segment each file; go on with the next when one cannot be read. Return the exit code."""
    recipe, choice = _recipe(chosen), _choice(chosen)
    code = run_batch(
        chosen,
        map(stem_of, chosen.files),
        lambda file, stem: _segment(file, stem, recipe, choice, chosen),
    )
    if chosen.show and code == 0 and can_show_window():
        return open_window(chosen.files[0])
    return code


def _add_recipe_options(group: Any) -> None:
    group.add_argument("-k", "--regions", type=_n_regions, default="auto", metavar="K",
                       help="how many, or auto (default): by BIC, or by --detail")  # fmt: skip
    group.add_argument("--reading", choices=("classes", "regions"), default="classes",
                       help="what gets a label of its own (default: %(default)s)")  # fmt: skip
    group.add_argument("--detail", type=float, metavar="D",
                       help="of regions: 0 (one) to 1 (hundreds); 0.5 is what people would mostly"
                       " draw (default)")  # fmt: skip
    group.add_argument("--min-size", type=count, metavar="PIXELS",
                       help="of regions: smaller ones join a neighbor (default: 0)")  # fmt: skip
    group.add_argument("--features", type=names, metavar="NAMES",
                       help="of classes: what is measured of a pixel, comma-separated"
                       " (default: lab for color, else intensity)")  # fmt: skip
    group.add_argument("--covariance", metavar="SHAPE",
                       help="of classes: shape of their Gaussians (default: full)")  # fmt: skip
    group.add_argument("--smoothness", type=float, metavar="S",
                       help="of classes: 0 (off) to 1 (default: 0.5)")  # fmt: skip
    group.add_argument("--seed", type=int, default=0, metavar="N",
                       help="of the random start (default: %(default)s)")  # fmt: skip


def _add_export_options(group: Any) -> None:
    group.add_argument("--masks", action=argparse.BooleanOptionalAction, default=None,
                       help="a mask for each label (default: of classes only)")  # fmt: skip
    group.add_argument("--soft", action="store_true", help="probability of each label, as gray")
    group.add_argument("--bits", type=int, choices=(8, 16), default=8,
                       help="of label values and soft masks (default: %(default)s)")  # fmt: skip
    group.add_argument("--cutout", action="store_true", help="each region on transparency")
    group.add_argument("--overlay", action="store_true", help="the image with the labels over it")
    group.add_argument("--outlines", action="store_true", help="polygons, as GeoJSON")
    group.add_argument("--slices", action="store_true",
                       help="of a volume: the labels, a PNG an axial slice")  # fmt: skip
    group.add_argument("--boundaries", action="store_true", help="lines a pixel wide, as gray")
    group.add_argument("--table", action="store_true",
                       help="size, place and mean values of each label, as CSV")  # fmt: skip
    group.add_argument("--table-json", action="store_true", help="the same as JSON")


def _recipe(chosen: argparse.Namespace) -> RegionsRecipe:
    from segmenter.segment.recipe import RegionsRecipe

    settings = {"reading": chosen.reading, "seed": chosen.seed}
    for reading, names_of_settings in _SETTINGS.items():
        for name in names_of_settings:
            value = getattr(chosen, name)
            if value is not None and reading != chosen.reading:
                raise ParameterError(
                    f"--{name.replace('_', '-')} is of {reading}; add --reading {reading}, or"
                    " leave it out."
                )
            if value is not None:
                settings[name] = value
    return RegionsRecipe(chosen.regions, **settings)


def _choice(chosen: argparse.Namespace) -> ExportChoice:
    from segmenter.export.masks import ExportChoice, Kind

    wanted: dict[Kind, bool] = {
        "masks": chosen.reading == "classes" if chosen.masks is None else chosen.masks,
        "indexed": True,
        "values": True,
        "soft": chosen.soft,
        "cutouts": chosen.cutout,
        "overlay": chosen.overlay,
        "boundaries": chosen.boundaries,
        "outlines": chosen.outlines,
        "table": chosen.table,
        "table_json": chosen.table_json,
    }
    kinds = frozenset(kind for kind, is_wanted in wanted.items() if is_wanted)
    return ExportChoice(kinds, bits=chosen.bits)


def _segment(
    file: str, stem: str, recipe: RegionsRecipe, choice: ExportChoice, chosen: argparse.Namespace
) -> dict[str, Any]:
    """Segment one file, write its masks, say so, and return its summary."""
    from segmenter.segment.parts import segment_parts_steps
    from segmenter.segment.regions import segment_regions_steps

    image = read(file, chosen)
    _check_kinds(image, chosen)
    regions: Regions | Parts
    if recipe.reading == "regions":
        regions = run_with_bar(segment_parts_steps(image, recipe), image.source.name)
    else:
        regions = run_with_bar(segment_regions_steps(image, recipe), image.source.name)
    export = _export(regions, stem, choice, chosen)
    written = run_with_bar(export, image.source.name)
    if not chosen.json:
        _print_summary(file, regions, written, chosen.output)
    return _summary(file, regions, written)


def _check_kinds(image: Image, chosen: argparse.Namespace) -> None:
    """Refuse kinds of files that there are of pictures only, or of volumes only."""
    of_pictures = ("cutout", "overlay", "boundaries", "outlines", "table_json")
    asked = [kind.replace("_", "-") for kind in of_pictures if getattr(chosen, kind)]
    if image.is_volume and asked:
        raise ParameterError(
            f"{image.source.name} is a volume, which has no --{asked[0]}; leave it out."
        )
    if not image.is_volume and chosen.slices:
        raise ParameterError(f"{image.source.name} is a picture; --slices are of volumes.")


def _export(
    regions: Regions | Parts, stem: str, choice: ExportChoice, chosen: argparse.Namespace
) -> Work[tuple[Written, ...]]:
    """Write what was chosen; of volumes a mask for each label only where it was asked for."""
    from segmenter.export.masks import export_regions
    from segmenter.export.volume import VolumeKind, export_volume, regions_export
    from segmenter.segment.labels import default_labels

    labels = default_labels(regions)
    if not regions.image.is_volume:
        return export_regions(regions, labels, chosen.output, stem, choice)
    wanted: dict[VolumeKind, bool] = {
        "labels": True,
        "masks": bool(chosen.masks),
        "posteriors": chosen.soft,
        "table": chosen.table,
        "slices": chosen.slices,
    }
    kinds = frozenset(kind for kind, is_wanted in wanted.items() if is_wanted)
    return export_volume(regions_export(regions, labels), chosen.output, kinds, stem=stem)


def _print_summary(
    file: str, regions: Regions | Parts, written: Iterable[Written], folder: Path
) -> None:
    from segmenter.export.names import left_over
    from segmenter.segment.labels import default_labels
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions
    from segmenter.session.words import counted, describe_parts, describe_regions

    if isinstance(regions, Parts):
        words = describe_parts(regions, default_labels(regions))
    else:
        words = describe_regions(regions)
    print(f"{file}: {words}")
    if isinstance(regions, Regions):
        print(f"  mean log-likelihood {regions.fit.log_likelihood:.4f}")
    for note in _notes(regions):
        print(f"  {note}")
    for label, share in enumerate(regions.shares[:MOST_PRINTED], 1):
        print(f"  {label:3d}  {share:6.1%}")
    if regions.n_labels > MOST_PRINTED:
        print(f"  and {regions.n_labels - MOST_PRINTED} more")
    names = [each.path.name for each in written]
    checked = " and read back equal"
    if regions.image.is_volume:  # its table is not read back
        them = "it" if len(names) == 1 else "them"
        checked = f", images read back equal, with what describes {them}"
    files = f"{counted(len(names), 'file')} written{checked}"
    print(f"{files}: {folder.resolve()}")
    if kept := left_over(folder, names):
        print(
            f"  {counted(len(kept), 'file')} of an earlier export left there: {', '.join(kept[:5])}"
        )


def _notes(regions: Regions | Parts) -> list[str]:
    """What was noticed on reading, and in the fit if its components were asked for.

    The mixture behind connected regions has always as many components as an image may need; that
    an image needs fewer is nothing that anyone has to know.
    """
    from segmenter.segment.parts import Parts

    of_fit = () if isinstance(regions, Parts) else regions.fit.notes
    return [*regions.image.source.notes, *of_fit]


def _summary(file: str, regions: Regions | Parts, written: Iterable[Written]) -> dict[str, Any]:
    return {
        "file": file,
        "size": list(regions.image.grid if regions.image.is_volume else regions.image.grid[::-1]),
        "recipe": regions.resolved_recipe.as_dict(),
        "log_likelihood": regions.fit.log_likelihood,
        "iterations": regions.fit.n_iterations,
        "converged": regions.fit.converged,
        "notes": _notes(regions),
        **_choice_of_number(regions),
        "labels": list(_label_facts(regions)),
        "files": [str(item.path) for item in written],
    }


def _choice_of_number(regions: Regions | Parts) -> dict[str, Any]:
    """How the number of classes came about, where it was chosen: in words and in numbers."""
    from segmenter.segment.parts import Parts
    from segmenter.session.words import describe_regions

    if isinstance(regions, Parts) or regions.selection is None or regions.merging is None:
        return {}
    tried = regions.selection.candidates
    merging = regions.merging
    return {
        "words": describe_regions(regions),
        "criteria": [
            {"components": each.n_components, "bic": each.bic, "aic": each.aic, "icl": each.icl}
            for each in tried
        ],
        "merges": [
            {"clusters": clusters, "entropy": entropy, "confusion": confusion}
            for clusters, entropy, confusion in zip(
                merging.clusterings[1:], merging.entropies[1:], merging.confusions, strict=True
            )
        ],
    }


def _label_facts(regions: Regions | Parts) -> Iterator[dict[str, Any]]:
    """Say what each label is: components of the mixture, or a part of so many pixels."""
    from segmenter.em.merging import moments_of_groups
    from segmenter.segment.parts import Parts

    shares = map(float, regions.shares)
    if isinstance(regions, Parts):
        for label, (share, size) in enumerate(zip(shares, regions.sizes, strict=True), 1):
            yield {"value": label, "share": share, "size": int(size)}
        return
    mixture = moments_of_groups(regions.fit.mixture, regions.groups)
    names = regions.field.features.names
    for index, share in enumerate(shares):
        mean = map(float, mixture.means[index])
        yield {
            "value": index + 1,
            "share": share,
            "components": regions.groups[index],
            "weight": float(mixture.weights[index]),
            "mean": dict(zip(names, mean, strict=True)),
            "covariance": mixture.covariances[index].tolist(),
        }


def _n_regions(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is neither a whole number nor auto")
    return int(text)  # its range is the recipe's business

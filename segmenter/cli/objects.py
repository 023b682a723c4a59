"""`segmenter objects`: images of many like things in, each counted and measured."""

from __future__ import annotations

import argparse
from statistics import median_low
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import count, whole
from segmenter.cli.batch import add_batch_options, run_batch, stem_of
from segmenter.cli.commands import run_with_bar
from segmenter.cli.reading import add_missing_option, read
from segmenter.session.words import counted, describe_objects

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.export.masks import Kind
    from segmenter.segment.recipe import RegionsRecipe

_EPILOG = """\
Writes, for photo.png: photo-labels.png (16-bit gray, the number of the object, 0 ground),
photo-table.csv (area, place and mean values of each), photo-outlines.geojson (their outlines).

example:
  segmenter objects nuclei.png --ground dark --min-size 30 -o counted
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "objects",
        help="find, count and measure like objects, such as nuclei under a microscope",
        description="Find, count and measure like objects, such as nuclei under a microscope.",
        epilog=_EPILOG,
    )
    add_batch_options(parser, "an image, or sample:NAME", "objects")
    parser.add_argument("--ground", choices=("auto", "dark", "bright"), default="auto",
                        help="what the objects lie on (default: %(default)s)")  # fmt: skip
    parser.add_argument("--min-size", type=count, default=0, metavar="PIXELS",
                        help="leave out smaller objects (default: %(default)s)")  # fmt: skip
    parser.add_argument(
        "--overlay", action="store_true", help="write the image with the objects too"
    )
    parser.add_argument("--boundaries", action="store_true", help="write lines a pixel wide too")
    parser.add_argument("--masks", action="store_true", help="write a mask of each object too")
    parser.add_argument("--table-json", action="store_true", help="write the table as JSON too")
    parser.add_argument("--page", type=whole, default=1, metavar="N",
                        help="page or frame of a file that has several (default: 1)")  # fmt: skip
    add_missing_option(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Count the objects of each file; return the exit code."""
    from segmenter.segment.recipe import RegionsRecipe

    recipe = RegionsRecipe(reading="objects", ground=chosen.ground, min_size=chosen.min_size)
    stems = map(stem_of, chosen.files)
    return run_batch(chosen, stems, lambda file, stem: _counted(file, stem, recipe, chosen))


def _counted(
    file: str, stem: str, recipe: RegionsRecipe, chosen: argparse.Namespace
) -> dict[str, Any]:
    """Find the objects of one file, write them, say so, and return a summary."""
    from segmenter.export.masks import ExportChoice, export_regions
    from segmenter.segment.labels import default_labels
    from segmenter.segment.objects.objects import segment_objects_steps

    image = read(file, chosen)
    objects = run_with_bar(segment_objects_steps(image, recipe), image.source.name)
    choice = ExportChoice(_kinds(chosen), bits=16)
    export = export_regions(objects, default_labels(objects), chosen.output, stem, choice)
    written = run_with_bar(export, image.source.name)
    median = int(median_low(objects.sizes.tolist())) if objects.n_labels else 0
    if not chosen.json:
        found = f"{counted(objects.n_labels, 'object')} on {objects.ground} ground"
        words = f"{found}, median {median} pixels" if median else describe_objects(objects)
        print(f"{file}: {words}")
        for note in image.source.notes:
            print(f"  {note}")
        files = f"{counted(len(written), 'file')} written and read back equal"
        print(f"{files}: {chosen.output.resolve()}")
    return {
        "file": file,
        "ground": objects.ground,
        "count": objects.n_labels,
        "median_area": median,
        "notes": list(image.source.notes),
        "files": [str(each.path) for each in written],
    }


def _kinds(chosen: argparse.Namespace) -> frozenset[Kind]:
    asked: dict[Kind, bool] = {
        "values": True,
        "table": True,
        "outlines": True,
        "table_json": chosen.table_json,
        "boundaries": chosen.boundaries,
        "masks": chosen.masks,
        "overlay": chosen.overlay,
    }
    return frozenset(kind for kind, is_asked in asked.items() if is_asked)

"""`segmenter objects`: images of many like things in, each counted and measured."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import count
from segmenter.cli.batch import add_batch_options, run_batch, stem_of
from segmenter.cli.commands import run_with_bar

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers

_EPILOG = """\
Writes, for photo.png: photo-objects.png (16-bit gray, the number of the object, 0 ground),
photo-objects.csv (area, place and mean values of each), photo-objects.geojson (their outlines).

example:
  segmenter objects nuclei.png --ground dark --min-size 30 -o counted
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "objects",
        help="find, count and measure like objects, such as nuclei under a microscope",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_batch_options(parser, "an image, or sample:NAME", "objects")
    parser.add_argument("--ground", choices=("auto", "dark", "bright"), default="auto",
                        help="what the objects lie on (default: %(default)s)")  # fmt: skip
    parser.add_argument("--min-size", type=count, default=0, metavar="PIXELS",
                        help="leave out smaller objects (default: %(default)s)")  # fmt: skip
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Count the objects of each file; return the exit code."""
    names = map(stem_of, chosen.files)
    return run_batch(chosen, names, lambda file, name: _counted(file, name, chosen))


def _counted(file: str, name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Find the objects of one file, write them, say so, and return a summary."""
    from segmenter.export.measured import measured_rows
    from segmenter.export.outlines import write_outlines
    from segmenter.export.png import write_label_values
    from segmenter.export.tables import write_table
    from segmenter.images.read import read_image
    from segmenter.segment.labels import Label, label_color
    from segmenter.segment.objects.objects import segment_objects_steps
    from segmenter.segment.polygons import polygons_of

    image = read_image(file)
    work = segment_objects_steps(image, ground=chosen.ground, min_size=chosen.min_size)
    objects = run_with_bar(work, image.source.name)
    numbers = range(1, objects.n_labels + 1)
    labels = [Label(number, f"Object {number}", label_color(number)) for number in numbers]
    stem = chosen.output / f"{name}-objects"
    measured = objects.measurements
    write_label_values(stem.with_suffix(".png"), objects.label_map, bits=16)
    write_table(stem.with_suffix(".csv"), measured_rows(image, measured, labels))
    write_outlines(stem.with_suffix(".geojson"), polygons_of(objects.label_map), labels)
    areas = sorted(each.size for each in measured)
    median = areas[len(areas) // 2] if areas else 0
    if not chosen.json:
        found = "1 object" if len(areas) == 1 else f"{len(areas)} objects"
        print(f"{image.source.name}: {found} on {objects.ground} ground, median {median} pixels")
        print(f"3 files written: {stem.resolve()}.png, .csv, .geojson")
    return {"file": file, "ground": objects.ground, "count": len(areas), "median_area": median}

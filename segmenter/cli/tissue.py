"""`segmenter tissue`: brain scans in, CSF, gray and white matter out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.commands import numbered, run_with_bar
from segmenter.errors import SegmenterError

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.images.image import Image
    from segmenter.segment.tissue.recipe import TissueRecipe
    from segmenter.segment.tissue.result import Tissue

_EPILOG = """\
Labels: 0 outside the brain, 1 cerebrospinal fluid, 2 gray matter, 3 white matter. All files lie on
the grid of the scan, with its affine: labels, probabilities, brain mask, bias field, p-values of
abnormality (NIfTI), volumes and regions (CSV) and all numbers (JSON).

examples:
  segmenter tissue T1.nii.gz -o out
  segmenter tissue sub-*_T1w.nii.gz -o out --json > volumes.json
  segmenter tissue T1.nii.gz --channels T2.nii.gz --mask brain.nii.gz
  segmenter tissue mouse.nii.gz --atlas none --tissues 4
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "tissue",
        help="label the tissues of brains in MRI and measure them",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a volume, or a DICOM folder")
    parser.add_argument("-o", "--output", type=Path, default=Path("tissue"), metavar="FOLDER",
                        help="where the files go (default: %(default)s)")  # fmt: skip
    _add_recipe_options(parser.add_argument_group("segmentation"))
    reading = parser.add_argument_group("reading")
    reading.add_argument("--channels", nargs="+", default=[], metavar="FILE",
                         help="further volumes on the same grid, such as a T2")  # fmt: skip
    reading.add_argument("--mask", metavar="FILE",
                         help="where the brain is (default: it is found)")  # fmt: skip
    reading.add_argument("--volume", type=int, metavar="N",
                         help="which volume of a 4-D file, from 1")  # fmt: skip
    reading.add_argument("--dicom-series", metavar="UID",
                         help="which series of a DICOM folder")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    parser.set_defaults(run=run)


def _add_recipe_options(group: Any) -> None:
    group.add_argument("--contrast", default="auto", metavar="KIND",
                       help="T1, T2, PD, or auto: found by the atlas (default)")  # fmt: skip
    group.add_argument("--atlas", default="icbm152", metavar="NAME",
                       help="icbm152 (default), or none for other anatomy")  # fmt: skip
    group.add_argument("--tissues", type=int, default=3, metavar="K",
                       help="how many, without an atlas (default: %(default)s)")  # fmt: skip
    group.add_argument("--no-bias", action="store_true", help="leave the bias field as it is")
    group.add_argument("--smoothness", type=float, default=None, metavar="S",
                       help="0 (off) to 1: how much neighbors count")  # fmt: skip
    group.add_argument("--sulcal", default="csf", metavar="TISSUE",
                       help="what fluid in the sulci counts as: csf (default) or gm")  # fmt: skip
    group.add_argument("--false-alarm", type=float, default=1e-3, metavar="RATE",
                       help="share of normal voxels that may be called abnormal"
                       " (default: %(default)s)")  # fmt: skip


def run(chosen: argparse.Namespace) -> int:
    """Segment each file; go on with the next when one cannot be. Return the exit code."""
    from segmenter.export.bids import bids_stem

    recipe = _recipe(chosen)
    stems = numbered(bids_stem(Path(file).name) for file in chosen.files)
    summaries: list[dict[str, Any]] = []
    code = 0
    for file, stem in zip(chosen.files, stems, strict=True):
        try:
            summaries.append(_segment(file, stem, recipe, chosen))
        except SegmenterError as error:
            print(f"segmenter: {error}", file=sys.stderr)
            summaries.append({"file": file, "error": str(error)})
            code = 2
    if chosen.json:
        print(json.dumps(summaries, indent=2))
    return code


def _recipe(chosen: argparse.Namespace) -> TissueRecipe:
    from segmenter.segment.tissue.recipe import TissueRecipe

    smoothness = {} if chosen.smoothness is None else {"smoothness": chosen.smoothness}
    return TissueRecipe(
        contrast=chosen.contrast,
        atlas=chosen.atlas,
        bias=not chosen.no_bias,
        sulcal_csf=chosen.sulcal,
        n_tissues=chosen.tissues,
        false_alarm_rate=chosen.false_alarm,
        **smoothness,
    )


def _segment(
    file: str, stem: str, recipe: TissueRecipe, chosen: argparse.Namespace
) -> dict[str, Any]:
    """Segment one brain, write its files, say so, and return its summary."""
    from segmenter.export.tissue import export_tissue, tissue_summary
    from segmenter.segment.tissue.segment import segment_tissue_steps

    images = [_read(name, chosen) for name in (file, *chosen.channels)]
    mask = None if chosen.mask is None else _read_mask(chosen.mask)
    name = images[0].source.name
    tissue = run_with_bar(segment_tissue_steps(images, mask, recipe), name)
    paths = run_with_bar(export_tissue(tissue, chosen.output, stem), name)
    if not chosen.json:
        _print_summary(tissue)
        print(f"{len(paths)} files written: {chosen.output.resolve()}")
    return {**tissue_summary(tissue), "file": file, "files": [str(path) for path in paths]}


def _read(file: str, chosen: argparse.Namespace) -> Image:
    from segmenter.images.read import read_image

    which = {} if chosen.volume is None else {"volume": chosen.volume - 1}
    if chosen.dicom_series is not None:
        which["series"] = chosen.dicom_series
    return read_image(file, **which)


def _read_mask(file: str) -> Image:
    from segmenter.images.read import read_image

    return read_image(file)


def _print_summary(tissue: Tissue) -> None:
    print(tissue.image.source.name)
    for note in (*tissue.image.source.notes, *tissue.notes):
        print(f"  {note}")
    for volume in tissue.volumes:
        print(
            f"  {volume.label}  {volume.name:<20} {volume.hard_ml:8.1f} ml"
            f"  expected {volume.expected_ml:.1f} ({volume.low_ml:.1f} to {volume.high_ml:.1f})"
        )
    if tissue.parenchymal_fraction is not None:
        print(f"  Brain parenchymal fraction {tissue.parenchymal_fraction:.3f}")
    regions = tissue.abnormalities()
    if regions:
        total = sum(region.volume_ml for region in regions)
        print(f"  {len(regions)} regions that no tissue explains, {total:.1f} ml together")

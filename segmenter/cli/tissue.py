"""`segmenter tissue`: brain scans in, CSF, gray and white matter out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import named, names, whole
from segmenter.cli.batch import Summary, add_batch_options, numbered, run_batch
from segmenter.cli.commands import run_with_bar
from segmenter.cli.scan import Scan
from segmenter.cli.scans import mask_for, scans_of
from segmenter.cli.tissue_summary import print_tissue, tissue_summary
from segmenter.errors import ParameterError, ReadError

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.cli.resume import Record
    from segmenter.export.tissue import TissueExport, TissueKind
    from segmenter.images.image import Image
    from segmenter.segment.tissue.recipe import TissueRecipe

GROUP_TABLE, REPORT = "volumes.csv", "report.html"
"""Of several brains, a row or a picture for each; both are written anew after each of them."""

_EPILOG = """\
Labels: 0 outside the brain, 1 cerebrospinal fluid, 2 gray matter, 3 white matter. All files lie on
the grid of the scan, with its affine: labels, probabilities, brain mask, bias field, p-values of
abnormality (NIfTI), volumes and regions (CSV) and all numbers (JSON). Fractions are how much of a
tissue a voxel holds, which at a border is not how probable the tissue is there.

Of several files there is also volumes.csv, a row for each, and report.html, a page with a picture
of each, in which scans unlike the others are marked; both are written anew after each of them. A
file that fails does not stop the others, and is named at the end. A folder stands for all volumes
in it and below it, in a BIDS data set for its T1w scans; where it holds DICOM files alone, for all
their series that make a volume. --only t1 takes those with this in their path or description. When
masks have been corrected, --mask OUTPUT segments all scans anew with the masks of an earlier
output.

After an interruption --resume goes on: a scan is left as it is if the record beside its result
says that all files were written, from the same voxels and mask, with the same settings, by the same
version of the program. If the program was upgraded meanwhile, --any-version keeps what the earlier
one wrote; the notes of these scans say so.

examples:
  segmenter tissue T1.nii.gz -o out
  segmenter tissue sub-*_T1w.nii.gz -o out --json > volumes.json
  segmenter tissue study -o out
  segmenter tissue study -o out --resume
  segmenter tissue dicoms --only t1 -o out
  segmenter tissue study -o again --mask out
  segmenter tissue --channels T1.nii.gz T2.nii.gz --mask brain.nii.gz
  segmenter tissue phantom.nii.gz --atlas none --names water,gel,fat --fractions
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "tissue",
        help="label the tissues of brains in MRI and measure them",
        description="Label the tissues of brains in MRI and measure them.",
        epilog=_EPILOG,
    )
    add_batch_options(
        parser, "a volume, or a folder of volumes or DICOM files", "tissue", nargs="*"
    )
    _add_recipe_options(parser.add_argument_group("segmentation"))
    reading = parser.add_argument_group("reading")
    reading.add_argument("--channels", nargs="+", type=named, default=[], metavar="FILE",
                         help="volumes on one grid, such as T1 and T2, taken together")  # fmt: skip
    reading.add_argument("--mask", type=named, metavar="FILE",
                         help="where the brain is (default: it is found); of several scans a folder"
                         " of masks, such as an earlier output")  # fmt: skip
    reading.add_argument("--volume", type=whole, metavar="N",
                         help="which volume of a 4-D file, from 1")  # fmt: skip
    reading.add_argument("--dicom-series", metavar="UID",
                         help="which series of a DICOM folder")  # fmt: skip
    reading.add_argument("--only", metavar="TEXT",
                         help="of a folder: the scans that have this in their path there, or in the"
                         " description of their DICOM series, such as t1")  # fmt: skip
    _add_writing_options(parser.add_argument_group("files"))
    parser.set_defaults(run=run)


def _add_writing_options(group: Any) -> None:
    group.add_argument("--fractions", action="store_true",
                       help="write how much of each tissue a voxel holds too")  # fmt: skip
    group.add_argument("--slices", action="store_true",
                       help="write the label map as one PNG an axial slice too")  # fmt: skip
    group.add_argument("--dicom-seg", action="store_true",
                       help="write the label map as a DICOM segmentation too")  # fmt: skip
    group.add_argument("--resume", action="store_true",
                       help="leave scans as they are that have been segmented like this"
                       " before")  # fmt: skip
    group.add_argument("--any-version", action="store_true",
                       help="with --resume: even if another version of the program segmented"
                       " them")  # fmt: skip


def _add_recipe_options(group: Any) -> None:
    group.add_argument("--contrast", default="auto", metavar="KIND",
                       help="T1, T2, PD, or auto (default): found by the atlas")  # fmt: skip
    group.add_argument("--atlas", default="icbm152", metavar="NAME",
                       help="icbm152 (default), or none for other anatomy")  # fmt: skip
    group.add_argument("--tissues", type=whole, default=None, metavar="K",
                       help="how many, without an atlas (default: 3)")  # fmt: skip
    group.add_argument("--names", type=names, default=(), metavar="NAMES",
                       help="of the tissues, without an atlas: comma-separated, from dark to"
                       " bright in a T1")  # fmt: skip
    group.add_argument("--no-bias", action="store_true", help="leave the bias field as it is")
    group.add_argument("--smoothness", type=float, default=None, metavar="S",
                       help="0 (off) to 1: how much neighbors count (default: 0.5)")  # fmt: skip
    group.add_argument("--sulcal", choices=("csf", "gm"), default="csf",
                       help="what fluid in the sulci counts as (default: %(default)s)")  # fmt: skip
    group.add_argument("--false-alarm", type=float, default=1e-3, metavar="RATE",
                       help="share of normal voxels that may be called abnormal"
                       " (default: %(default)s)")  # fmt: skip


def run(chosen: argparse.Namespace) -> int:
    """Segment each file; go on with the next when one cannot be. Return the exit code."""
    from segmenter.export.group import write_group_table
    from segmenter.export.report import write_report

    recipe = _recipe(chosen)
    _check_version(chosen)
    scans = _scans(chosen)
    names = numbered(scan.name for scan in scans)
    by_name = {name: replace(scan, name=name) for name, scan in zip(names, scans, strict=True)}
    chosen.files = [scan.shown for scan in by_name.values()]
    numbers = count(1)

    def segment(file: str, name: str) -> Summary:
        if not chosen.json:
            print(f"{file} ({next(numbers)} of {len(scans)})" if len(scans) > 1 else file)
        return {"file": file, **_segment(by_name[name], recipe, chosen)}

    def keep(summaries: Sequence[Summary]) -> None:
        if len(scans) > 1:
            write_group_table(chosen.output / GROUP_TABLE, summaries)
            write_report(chosen.output / REPORT, summaries)

    code = run_batch(chosen, names, segment, keep)
    if len(scans) > 1 and not chosen.json:
        print(f"A row for each of {len(scans)} scans: {(chosen.output / GROUP_TABLE).resolve()}")
        print(f"A picture of each, to check: {(chosen.output / REPORT).resolve()}")
    return code


def _scans(chosen: argparse.Namespace) -> list[Scan]:
    """Let the first channel be the scan where no other is named, and count none twice."""
    if not chosen.files and not chosen.channels:
        raise ParameterError("Name a scan, or several; see segmenter tissue --help.")
    files = chosen.files or chosen.channels[:1]
    chosen.channels = [name for name in chosen.channels if name not in files]
    if chosen.only and chosen.dicom_series:
        raise ParameterError("--only and --dicom-series both choose a series; leave one out.")
    if chosen.dicom_series:
        scans = [Scan(each, Scan(each, "").stem, chosen.dicom_series) for each in files]
    else:
        scans = scans_of(files, chosen.only or "", _tell)
    if len(scans) > 1 and chosen.channels:
        raise ParameterError(
            "Channels belong to one scan; segment each scan with its channels by itself."
        )
    return scans


def _tell(message: str) -> None:
    print(f"segmenter: {message}", file=sys.stderr)


def _check_version(chosen: argparse.Namespace) -> None:
    """Say once, before a night of work, that a newer program does not leave what an older did."""
    from segmenter.cli.resume import count_of_others

    if not chosen.resume:
        if chosen.any_version:
            raise ParameterError("--any-version goes with --resume; add that, or leave it out.")
        return
    n_others = 0 if chosen.any_version else count_of_others(chosen.output)
    if n_others:
        print(f"segmenter: {_made_by_others(n_others, chosen.output)}", file=sys.stderr)


def _made_by_others(n_results: int, folder: Path) -> str:
    """Say it of all results in a folder, for it is not known yet which of them are wanted."""
    made = f"in {folder} {'was' if n_results == 1 else 'were'} made by another version of Segmenter"
    if n_results == 1:
        return (
            f"1 result {made}: if it is wanted now, it is segmented anew (--any-version keeps it)."
        )
    return (
        f"{n_results} results {made}: those among these scans are segmented anew"
        " (--any-version keeps them)."
    )


def _recipe(chosen: argparse.Namespace) -> TissueRecipe:
    from segmenter.segment.tissue.recipe import TissueRecipe

    smoothness = {} if chosen.smoothness is None else {"smoothness": chosen.smoothness}
    return TissueRecipe(
        contrast=chosen.contrast,
        atlas=chosen.atlas,
        bias=not chosen.no_bias,
        sulcal_csf=chosen.sulcal,
        n_tissues=chosen.tissues or len(chosen.names) or 3,
        names=chosen.names,
        false_alarm_rate=chosen.false_alarm,
        **smoothness,
    )


@dataclass(frozen=True, eq=False)
class _Inputs:
    """A scan as it was read, and the files of its other channels and its mask."""

    images: list[Image]
    mask: Image | None
    others: list[str]


def _segment(scan: Scan, recipe: TissueRecipe, chosen: argparse.Namespace) -> Summary:
    """Segment one brain, write its files, say so, and return its summary."""
    from segmenter.cli.resume import RECORD, Record, made_of
    from segmenter.export.atomic import keeping
    from segmenter.export.bids import bids_stem

    if scan.problem:
        raise ReadError(scan.problem)
    inputs, folder = _inputs(scan, chosen), chosen.output / scan.folder
    facts = made_of(inputs.images, inputs.mask, recipe.as_dict(), _options(chosen))
    record = Record(folder / f"{bids_stem(inputs.images[0].source.name)}{RECORD}", facts)
    summary = record.kept_summary(chosen.any_version) if chosen.resume else None
    if summary is None:
        with keeping([scan.file, *inputs.others]):
            summary = _segment_anew(inputs, recipe, chosen, record)
    elif not chosen.json:
        print("  Left as it is: it was segmented like this before.")
    files = [str(folder / name) for name in summary["files"]]
    series = {"series": scan.uid} if scan.uid else {}
    return {**series, **summary, "files": files}


def _inputs(scan: Scan, chosen: argparse.Namespace) -> _Inputs:
    images = [_read(scan, chosen), *(_read_channel(name) for name in chosen.channels)]
    _check_is_dicom(images[0], chosen)
    masks = [] if chosen.mask is None else [_mask_file(scan, chosen.mask)]
    return _Inputs(images, next(map(_read_channel, masks), None), [*chosen.channels, *masks])


def _segment_anew(
    inputs: _Inputs, recipe: TissueRecipe, chosen: argparse.Namespace, record: Record
) -> Summary:
    from segmenter.export.atomic import check_not_read, remove_abandoned
    from segmenter.export.tissue import TissueExport, export_tissue, planned_tissue_names
    from segmenter.segment.tissue.segment import segment_tissue_steps

    folder, name = record.path.parent, inputs.images[0].source.name
    tissue = run_with_bar(segment_tissue_steps(inputs.images, inputs.mask, recipe), name)
    export = TissueExport(tissue, tissue.label_map, {})
    kinds = _kinds(export, chosen)
    planned = planned_tissue_names(export, kinds)
    for each in planned:
        check_not_read(folder / each)  # before the first of them is written
    record.remove()
    remove_abandoned(folder)
    written = run_with_bar(export_tissue(export, folder, kinds), name)
    summary = tissue_summary(tissue, [each.path.name for each in written])
    record.write(planned, summary)
    if not chosen.json:
        print_tissue(tissue)
        files = f"{len(written)} files written, images read back equal, with what describes them"
        print(f"{files}: {folder.resolve()}")
    return summary


def _kinds(export: TissueExport, chosen: argparse.Namespace) -> frozenset[TissueKind]:
    """Leave out what is many files or for archives, unless it was asked for."""
    return frozenset(kind for kind in export.kinds if _options(chosen).get(kind, True))


def _options(chosen: argparse.Namespace) -> dict[TissueKind, bool]:
    return {"fractions": chosen.fractions, "slices": chosen.slices, "dicom": chosen.dicom_seg}


def _check_is_dicom(image: Image, chosen: argparse.Namespace) -> None:
    """Say at once, not after all the work, that a segmentation in DICOM cannot be made."""
    if chosen.dicom_seg and image.source.format != "DICOM":
        raise ParameterError(
            f"{image.source.name} is no DICOM scan, so that it cannot have a DICOM segmentation;"
            " leave out --dicom-seg."
        )


def _mask_file(scan: Scan, mask: str) -> str:
    return str(mask_for(scan, Path(mask))) if Path(mask).is_dir() else mask


def _read(scan: Scan, chosen: argparse.Namespace) -> Image:
    from segmenter.images.read import read_image

    volume = None if chosen.volume is None else chosen.volume - 1
    return read_image(scan.file, volume=volume, series=scan.series)


def _read_channel(file: str) -> Image:
    from segmenter.images.read import read_image

    return read_image(file)

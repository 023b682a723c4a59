"""`segmenter info`: what a file holds, without reading its pixels."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import named
from segmenter.cli.commands import complain
from segmenter.cli.scan import walk
from segmenter.cli.scans import volumes_in
from segmenter.cli.series import FoundSeries, own_series
from segmenter.cli.volume_info import series_facts, series_rows, volume_facts, volume_rows
from segmenter.errors import ReadError, SegmenterError

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.images.file_info import FileInfo, SeriesInfo, VolumeInfo

    Info = FileInfo | VolumeInfo | tuple[Path, SeriesInfo]


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "info",
        help="say what image files hold",
        description="Say what image files hold: format, size, spacing, orientation, colors.",
        epilog="example: segmenter info photo.jpg scan.nii.gz study",
    )
    parser.add_argument("files", nargs="+", type=named, metavar="FILE",
                        help="an image, a volume, a folder of scans, or sample:NAME")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON: a list, an item a file")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Describe each file; go on with the next when one cannot be read. Return the exit code."""
    described: list[Info] = []
    code = 0
    for describe in chain.from_iterable(map(_descriptions, chosen.files)):
        try:
            described += describe()
        except SegmenterError as error:
            complain(error)
            code = 2
    if chosen.json:
        print(json.dumps([_plain(info) for info in described], indent=2))
    elif described:
        print("\n\n".join(map(_text, described)))
    return code


def _descriptions(file: str) -> Iterator[Callable[[], Sequence[Info]]]:
    """Yield a call for each thing there is to describe: a file, or all that a folder holds."""
    from segmenter.images.read import describe_file, list_series

    if not Path(file).is_dir():
        yield lambda: [describe_file(file)]
        return
    study = Path(file)
    volumes = volumes_in(study)
    for volume in volumes:
        yield partial(_in_folder, volume, study)
    found = [each for folder, _ in walk(study) for each in own_series(folder, study)]
    for series in found:
        if series.info is not None or not volumes:
            yield partial(_listed_series, series)
    if not volumes and not found:
        yield lambda: [(Path(), each) for each in list_series(file)]  # or say that there is none


def _in_folder(volume: Path, folder: Path) -> Sequence[Info]:
    """Describe a volume, and name it by its place in the folder: many are called alike."""
    from segmenter.images.read import describe_file

    return [describe_file(volume, name=volume.relative_to(folder).as_posix())]


def _listed_series(series: FoundSeries) -> Sequence[Info]:
    if series.info is None:
        raise ReadError(series.problem)
    return [(series.place, series.info)]


def _plain(info: Info) -> dict[str, Any]:
    from segmenter.images.file_info import FileInfo, VolumeInfo

    if isinstance(info, FileInfo):
        return {**asdict(info), "path": str(info.path)}
    if isinstance(info, VolumeInfo):
        return volume_facts(info)
    place, series = info
    return {"folder": place.as_posix(), **series_facts(series)}


def _text(info: Info) -> str:
    from segmenter.images.file_info import FileInfo, VolumeInfo

    if isinstance(info, FileInfo):
        return _listed(info.name, _picture_rows(info))
    if isinstance(info, VolumeInfo):
        return _listed(info.name, volume_rows(info))
    place, series = info
    rows = [*([("folder", str(place))] if place != Path() else []), *series_rows(series)]
    return _listed(f"Series {series.uid or 'without a number'}", rows)


def _listed(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"  {key:<14}{value}" for key, value in rows)])


def _picture_rows(info: FileInfo) -> list[tuple[str, str]]:
    from segmenter.images.file_info import pixel_size_text

    alpha = " with alpha" if info.has_alpha else ""
    return [
        ("format", info.format),
        ("size", f"{info.width} x {info.height} pixels, {info.n_bytes:,} bytes"),
        *([] if info.spacing is None else [("pixel size", pixel_size_text(info.spacing))]),
        ("pixels", f"{info.n_channels} x {info.dtype}, {info.colors}{alpha}"),
        ("pages", str(info.n_pages)),
        (
            "orientation",
            f"EXIF {info.orientation}, applied" if info.orientation != 1 else "upright",
        ),
        ("profile", "ICC, honored" if info.profile else "none"),
        *(("note", note) for note in info.notes),
    ]

"""`segmenter info`: what a file holds, without reading its pixels."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import named
from segmenter.cli.scans import volumes_in
from segmenter.cli.volume_info import series_facts, series_rows, volume_facts, volume_rows
from segmenter.errors import SegmenterError

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers
    from segmenter.images.file_info import FileInfo, SeriesInfo, VolumeInfo

    Info = FileInfo | VolumeInfo | SeriesInfo


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
            print(f"segmenter: {error}", file=sys.stderr)
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
    volumes = volumes_in(Path(file))
    for volume in volumes:
        yield partial(_in_folder, volume, Path(file))
    yield partial(_series_beside if volumes else list_series, file)


def _in_folder(volume: Path, folder: Path) -> Sequence[Info]:
    """Describe a volume, and name it by its place in the folder: many are called alike."""
    from segmenter.images.read import describe_file

    return [describe_file(volume, name=volume.relative_to(folder).as_posix())]


def _series_beside(folder: str) -> Sequence[Info]:
    """List the series of a folder that holds volumes too, and need not hold any."""
    from segmenter.images.read import list_series

    with suppress(SegmenterError):
        return list_series(folder)
    return ()


def _plain(info: Info) -> dict[str, Any]:
    from segmenter.images.file_info import FileInfo, SeriesInfo

    if isinstance(info, FileInfo):
        return {**asdict(info), "path": str(info.path)}
    return series_facts(info) if isinstance(info, SeriesInfo) else volume_facts(info)


def _text(info: Info) -> str:
    from segmenter.images.file_info import FileInfo, SeriesInfo

    if isinstance(info, SeriesInfo):
        return _listed(f"Series {info.uid or 'without a number'}", series_rows(info))
    rows = _picture_rows(info) if isinstance(info, FileInfo) else volume_rows(info)
    return _listed(info.name, rows)


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

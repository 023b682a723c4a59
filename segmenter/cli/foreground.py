"""`segmenter foreground`: an image and what is known of the object in, its mask out."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import named, named_path
from segmenter.cli.commands import run_with_bar
from segmenter.cli.reading import add_reading_options, read
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.cli.commands import Subparsers
    from segmenter.export.foreground import ForegroundKind
    from segmenter.export.written import Written
    from segmenter.images.image import Image

_EPILOG = """\
Coordinates are pixels from the top left corner, which is 0,0; a box may reach beyond the image, and
what begins with a minus needs an equals sign before it (--box=-5,-5,800,620). The first --click
finds the object; further ones, --not and strokes mend it. Strokes are an image of the same size:
white is object, black is background, any other gray or transparency is unknown (a trimap).
Every file has the size and orientation of the image as shown, and is read back after it is written.

In a volume (NIfTI, DICOM folders and others) coordinates are indices of voxels, X,Y,Z, from 0, and
the object is found in three dimensions; with --slice on one slice alone, by the two coordinates
that are left. Strokes are then a volume on the same grid (1 object, 2 or -1 background, 0
unknown), and the mask is NIfTI on the grid of the scan: 1 on the object.

examples:
  segmenter foreground photo.jpg --click 640,400 -o mask.png
  segmenter foreground photo.jpg --box 90,40,800,620 --not 120,600 --cutout cutout.png
  segmenter foreground scan.nii.gz --click 88,120,70 --not 88,160,70 -o mask.nii.gz
  segmenter foreground scan.nii.gz --slice z=70 --click 88,120
"""

_GUESSED = (
    "Most of its outline is a guess: on both sides all is of the same color. Say where it ends by"
    " --hints."
)


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "foreground",
        help="cut an object out of its background",
        description="Cut an object out of its background.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "file",
        type=named,
        metavar="FILE",
        help="an image, a volume, a DICOM folder, or sample:NAME",
    )
    where = parser.add_argument_group("where the object is")
    where.add_argument("--click", type=_point, action="append", default=[], metavar="X,Y[,Z]",
                       help="a point on the object; may be repeated")  # fmt: skip
    where.add_argument("--not", type=_point, action="append", default=[], metavar="X,Y[,Z]",
                       dest="background", help="a point off it; may be repeated")  # fmt: skip
    where.add_argument("--box", type=_box, metavar="X0,Y0,X1,Y1",
                       help="a box around the object; X0,Y0,Z0,X1,Y1,Z1 in a volume")  # fmt: skip
    where.add_argument("--lasso", type=_corners, metavar="X,Y,X,Y,...",
                       help="corners of a closed line around the object; X,Y,Z of each in a"
                            " volume, in one slice")  # fmt: skip
    where.add_argument("--hints", metavar="FILE", help="strokes, as an image of the same size")
    where.add_argument("--slice", type=_slice, metavar="AXIS=N",
                       help="of a volume: one slice alone, such as z=70")  # fmt: skip
    output = parser.add_argument_group("what is written")
    output.add_argument("-o", "--output", type=named_path, metavar="FILE",
                        help="the mask: 255 on the object, 0 elsewhere; of a volume NIfTI, 1 on it"
                             " (default: FILE-mask.png or FILE_mask.nii.gz here)")  # fmt: skip
    output.add_argument(
        "--alpha",
        type=named_path,
        metavar="FILE",
        help="opacity times 255 (65535 with --bits 16), soft at the outline",
    )
    output.add_argument(
        "--cutout", type=named_path, metavar="FILE", help="the object on transparency"
    )
    output.add_argument("--bits", type=int, choices=(8, 16), default=8,
                        help="of the opacity (default: %(default)s)")  # fmt: skip
    output.add_argument("--probability", type=named_path, metavar="FILE",
                        help="of a volume: probability of the object, as NIfTI")  # fmt: skip
    add_reading_options(parser)
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Cut the object out, write what was asked for, and say so. Return the exit code."""
    from segmenter.export.atomic import keeping

    with keeping([chosen.file] if chosen.hints is None else [chosen.file, chosen.hints]):
        image = read(chosen.file, chosen)
        cut_out = _from_volume if image.is_volume else _from_picture
        written, mask = cut_out(image, chosen)
    share, notes = float(mask.mean()), _notes(image, mask, chosen)
    if chosen.json:
        files = [str(item.path) for item in written]
        facts = {"file": chosen.file, "share": share, "notes": notes, "files": files}
        print(json.dumps(facts, indent=2))
    else:
        what = "slice" if chosen.slice else "volume" if image.is_volume else "image"
        covered = "less than 0.1%" if 0 < share < 0.0005 else f"{share:.1%}"
        print(f"{image.source.name}: the object covers {covered} of the {what}")
        for note in notes:
            print(f"  {note}")
        for item in written:
            print(f"  {item.path.resolve()}: {item.description}")
    return 0


def _notes(image: Image, mask: NDArray[np.bool_], chosen: argparse.Namespace) -> list[str]:
    """Say what was noticed on reading, and that an outline without an edge is a guess."""
    from segmenter.images.slice import slice_of
    from segmenter.segment.foreground.equals import is_amid_equals

    seen = image if chosen.slice is None else slice_of(image, *chosen.slice)
    return [*image.source.notes, *([_GUESSED] if is_amid_equals(seen, mask) else [])]


def _from_picture(
    picture: Image, chosen: argparse.Namespace
) -> tuple[tuple[Written, ...], NDArray[np.bool_]]:
    from segmenter.export.foreground import export_foreground
    from segmenter.images.read import read_image
    from segmenter.segment.foreground import segment_foreground_steps

    _refuse(picture, chosen, "a picture", ("slice", "probability"))
    paths = _picture_paths(chosen)
    _check_paths(paths.values(), ".png")
    hints = None if chosen.hints is None else _strokes(read_image(chosen.hints))
    work = segment_foreground_steps(
        picture, chosen.box, chosen.click, chosen.background, hints, lasso=_line(chosen, 2)
    )
    result = run_with_bar(work, picture.source.name)
    return run_with_bar(export_foreground(result, paths, chosen.bits), "Writing"), result.mask


def _from_volume(
    volume: Image, chosen: argparse.Namespace
) -> tuple[tuple[Written, ...], NDArray[np.bool_]]:
    """Cut out in three dimensions, or on one slice; the mask is on the grid of the volume."""
    from segmenter.images.channels import check_aligned
    from segmenter.images.read import read_image
    from segmenter.images.slice import cut_slice, filled_slice, slice_of
    from segmenter.segment.foreground import segment_foreground_steps
    from segmenter.segment.foreground.solid.segment import segment_solid_steps

    _refuse(volume, chosen, "a volume", ("alpha", "cutout"))
    _check_paths(_volume_paths(volume, chosen), ".nii.gz", ".nii")
    said = (chosen.box, chosen.click, chosen.background)
    hints = None
    if chosen.hints is not None:
        drawn = read_image(chosen.hints)
        check_aligned(volume, drawn)
        hints = _signs(drawn)
    if chosen.slice is None:
        whole = segment_solid_steps(volume, *said, hints, lasso=_line(chosen, 3))
        solid = run_with_bar(whole, volume.source.name)
        return _write_volume(volume, solid.mask, solid.probability, chosen), solid.mask
    axis, index = chosen.slice
    flat = slice_of(volume, axis, index)
    on_slice = None if hints is None else cut_slice(hints, axis, index)
    work = segment_foreground_steps(flat, *said, on_slice, lasso=_line(chosen, 2))
    result = run_with_bar(work, flat.source.name)
    mask = filled_slice(volume, axis, index, result.mask)
    probability = filled_slice(volume, axis, index, result.probability)
    return _write_volume(volume, mask, probability, chosen), result.mask


def _refuse(image: Image, chosen: argparse.Namespace, what: str, options: tuple[str, ...]) -> None:
    """Refuse options that this kind of image has no use for."""
    asked = [option for option in options if getattr(chosen, option) is not None]
    if asked:
        raise ParameterError(
            f"{image.source.name} is {what}, which has no --{asked[0]}; leave it out."
        )


def _write_volume(
    volume: Image,
    mask: NDArray[np.bool_],
    probability: NDArray[np.float32],
    chosen: argparse.Namespace,
) -> tuple[Written, ...]:
    from segmenter.export.nifti import write_label_volume, write_posterior_volume

    path, *others = _volume_paths(volume, chosen)
    written = [replace(write_label_volume(path, mask, volume), description="1 on the object")]
    written.extend(write_posterior_volume(other, probability, volume) for other in others)
    return tuple(written)


def _volume_paths(volume: Image, chosen: argparse.Namespace) -> tuple[Path, ...]:
    """Where the mask goes, and the probability if it was asked for."""
    from segmenter.export.bids import bids_stem

    mask = chosen.output or Path(f"{bids_stem(volume.source.name)}_mask.nii.gz")
    return (mask,) if chosen.probability is None else (mask, chosen.probability)


def _picture_paths(chosen: argparse.Namespace) -> dict[ForegroundKind, Path]:
    """Where each kind of file goes that was asked for; the mask always."""
    stem = Path(chosen.file.removeprefix("sample:")).stem
    paths: dict[ForegroundKind, Path] = {"mask": chosen.output or Path(f"{stem}-mask.png")}
    if chosen.alpha is not None:
        paths["alpha"] = chosen.alpha
    if chosen.cutout is not None:
        paths["cutout"] = chosen.cutout
    return paths


def _check_paths(paths: Iterable[Path], *endings: str) -> None:
    """Refuse at once, not after all the work, files that would replace each other or a source."""
    from segmenter.export.atomic import check_not_read

    seen: set[str] = set()
    for path in paths:
        check_not_read(path)
        if os.path.realpath(path) in seen:
            raise ParameterError(f"{path} was named for two files; name another for one of them.")
        if not path.name.lower().endswith(endings):
            raise ParameterError(f"{path.name} must end in {' or '.join(endings)}.")
        seen.add(os.path.realpath(path))


def _signs(drawn: Image) -> NDArray[np.int8]:
    """1 to object, 2 and -1 to background, all else to unknown, shape grid."""
    import numpy as np

    values = drawn.pixels[..., 0]
    signs: NDArray[np.int8] = (values == 1).astype(np.int8)
    signs[(values == 2) | (values == -1)] = -1
    return signs


def _strokes(picture: Image) -> NDArray[np.int8]:
    """White to object, black to background, all else to unknown, shape (height, width)."""
    import numpy as np

    if len(picture.grid) != 2:
        raise ParameterError("Strokes must be one picture, not a volume.")
    pixels = picture.pixels
    top = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "ui" else 1
    hints = (pixels == top).all(-1).astype(np.int8) - (pixels == 0).all(-1).astype(np.int8)
    if picture.alpha is not None:
        hints[picture.alpha == 0] = 0
    signs: NDArray[np.int8] = hints
    return signs


def _point(text: str) -> tuple[float, ...]:
    return _numbers(text, (2, 3), "two numbers such as 640,400, or three in a volume")


def _box(text: str) -> tuple[float, ...]:
    return _numbers(text, (4, 6), "four numbers such as 90,40,800,620, or six in a volume")


def _slice(text: str) -> tuple[str, int]:
    axis, _, index = text.partition("=")
    if axis not in ("x", "y", "z") or not index.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is not a slice such as z=70")
    return axis, int(index)


def _corners(text: str) -> tuple[Any, ...]:
    wanted = "three or more points such as 90,40,800,60,400,620"
    n = text.count(",") + 1
    return _numbers(text, (n,) if n >= 6 and (n % 2 == 0 or n % 3 == 0) else (), wanted)


def _line(chosen: argparse.Namespace, n_axes: int) -> list[tuple[float, ...]] | None:
    """Return the corners of the lasso as points of so many coordinates."""
    if chosen.lasso is None:
        return None
    if len(chosen.lasso) % n_axes:
        each = "X,Y" if n_axes == 2 else "X,Y,Z"
        raise ParameterError(
            f"A lasso is {each} of every corner here, not {len(chosen.lasso)} numbers."
        )
    return list(zip(*(chosen.lasso[axis::n_axes] for axis in range(n_axes)), strict=True))


def _numbers(text: str, counts: tuple[int, ...], wanted: str) -> tuple[Any, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in counts:
        raise argparse.ArgumentTypeError(f"“{text}” is not {wanted}")
    return numbers

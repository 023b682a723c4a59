"""`segmenter foreground`: an image and what is known of the object in, its mask out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.cli.commands import run_with_bar
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.cli.commands import Subparsers
    from segmenter.export.written import Written
    from segmenter.images.image import Image
    from segmenter.segment.foreground import Foreground

_EPILOG = """\
Coordinates are pixels from the top left corner, which is 0,0. The first --click finds the object;
further ones, --not and strokes mend it. Strokes are an image of the same size: white is object,
black is background, any other gray or transparency is unknown (a trimap).
Every file has the size and orientation of the image as shown, and is read back after it is written.

examples:
  segmenter foreground photo.jpg --click 640,400 -o mask.png
  segmenter foreground photo.jpg --box 90,40,800,620 --not 120,600 --cutout cutout.png
"""


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "foreground",
        help="cut an object out of its background",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="an image, or sample:NAME")
    where = parser.add_argument_group("where the object is")
    where.add_argument("--click", type=_point, action="append", default=[], metavar="X,Y",
                       help="a point on the object; may be repeated")  # fmt: skip
    where.add_argument("--not", type=_point, action="append", default=[], metavar="X,Y",
                       dest="background", help="a point off it; may be repeated")  # fmt: skip
    where.add_argument("--box", type=_box, metavar="X0,Y0,X1,Y1", help="a box around the object")
    where.add_argument("--lasso", type=_corners, metavar="X,Y,X,Y,...",
                       help="corners of a closed line around the object")  # fmt: skip
    where.add_argument("--hints", metavar="FILE", help="strokes, as an image of the same size")
    output = parser.add_argument_group("what is written")
    output.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="the mask: 255 on the object, 0 elsewhere"
                             " (default: FILE-mask.png beside where you are)")  # fmt: skip
    output.add_argument("--alpha", type=Path, metavar="FILE", help="opacity, soft at the outline")
    output.add_argument("--cutout", type=Path, metavar="FILE", help="the object on transparency")
    output.add_argument("--bits", type=int, choices=(8, 16), default=8,
                        help="of the opacity (default: %(default)s)")  # fmt: skip
    parser.add_argument("--page", type=int, default=1, metavar="N",
                        help="page or frame of a file that has several (default: 1)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Cut the object out, write what was asked for, and say so. Return the exit code."""
    from segmenter.images.image import check_is_picture
    from segmenter.images.read import read_image
    from segmenter.segment.foreground import segment_foreground_steps

    image = check_is_picture(read_image(chosen.file, page=chosen.page - 1))
    hints = None if chosen.hints is None else _strokes(read_image(chosen.hints))
    work = segment_foreground_steps(
        image, chosen.box, chosen.click, chosen.background, hints, lasso=chosen.lasso
    )
    result = run_with_bar(work, image.source.name)
    written = _write(result, chosen)
    share = float(result.mask.mean())
    if chosen.json:
        files = [str(item.path) for item in written]
        print(json.dumps({"file": chosen.file, "share": share, "files": files}, indent=2))
    else:
        print(f"{image.source.name}: the object covers {share:.1%} of the image")
        for item in written:
            print(f"  {item.path.resolve()}: {item.description}")
    return 0


def _write(result: Foreground, chosen: argparse.Namespace) -> tuple[Written, ...]:
    from segmenter.export.foreground import ForegroundKind, export_foreground

    stem = Path(chosen.file.removeprefix("sample:")).stem
    paths: dict[ForegroundKind, Path] = {"mask": chosen.output or Path(f"{stem}-mask.png")}
    if chosen.alpha is not None:
        paths["alpha"] = chosen.alpha
    if chosen.cutout is not None:
        paths["cutout"] = chosen.cutout
    return run_with_bar(export_foreground(result, paths, chosen.bits), "Writing")


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
    return _numbers(text, 2, "two numbers such as 640,400")


def _box(text: str) -> tuple[float, ...]:
    return _numbers(text, 4, "four numbers such as 90,40,800,620")


def _corners(text: str) -> list[tuple[Any, ...]]:
    wanted = "three or more points such as 90,40,800,60,400,620"
    n = text.count(",") + 1
    numbers = _numbers(text, n if n % 2 == 0 else 0, wanted)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _numbers(text: str, n: int, wanted: str) -> tuple[Any, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != n:
        raise argparse.ArgumentTypeError(f"“{text}” is not {wanted}")
    return numbers

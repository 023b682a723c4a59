"""A cut-out object as files: mask, opacity, cut-out, and a composite on another ground.

The window and the command line export through this one function, so that they give equal files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter import __version__
from segmenter.export import png
from segmenter.export.composite import composed
from segmenter.export.kinds import KindInfo
from segmenter.export.verify import write_verified
from segmenter.export.written import Written
from segmenter.images.display import display_rgb
from segmenter.segment.foreground import Foreground, Matte, matte_steps
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.labels import Color
from segmenter.work import Progress, Work, portion

ForegroundKind = Literal["mask", "alpha", "cutout", "composite"]
Ground = Color | NDArray[np.uint8]
"""A color, or a picture of the image's size, shape (height, width, 3)."""

WHITE = Color(255, 255, 255)

FOREGROUND_KINDS: dict[ForegroundKind, KindInfo] = {
    "mask": KindInfo("Mask", "Gray PNG: 255 on the object, 0 elsewhere."),
    "alpha": KindInfo("Opacity", "Gray PNG: opacity times 255 or 65535, soft at the outline."),
    "cutout": KindInfo("Cut-out", "The object on transparency, its edge in its own colors."),
    "composite": KindInfo("Composite", "The object on the ground it is seen on in the window."),
}


def export_foreground(
    result: Foreground,
    paths: Mapping[ForegroundKind, Path],
    bits: Literal[8, 16] = 8,
    edge: NDArray[np.bool_] | None = None,
    ground: Ground | None = None,
) -> Work[tuple[Written, ...]]:
    """Write an object; each file is atomic and is read back by another library.

    Parameters
    ----------
    result : Foreground
        The object.
    paths : mapping
        Where each kind of file is written; kinds that are not in it are not.
    bits : {8, 16}
        Depth of the opacity.
    edge : bool ndarray, shape (height, width), optional
        Where the outline is soft besides the usual band.
    ground : ndarray, optional
        What a composite is laid on.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    passport = foreground_passport(result)
    written = []
    if "mask" in paths:
        yield Progress(f"Writing {paths['mask'].name}", 0.0)
        written.append(png.write_binary_mask(paths["mask"], result.mask, text=passport))
    soft: dict[ForegroundKind, Path] = {
        kind: path for kind, path in paths.items() if kind != "mask"
    }
    if soft:
        matte = yield from portion(matte_steps(result, edge), 0.1, 0.8)
        work = write_matte_steps(matte, soft, passport, bits, ground)
        written.extend((yield from portion(work, 0.8, 1.0)))
    return tuple(written)


def write_matte_steps(
    matte: Matte,
    paths: Mapping[ForegroundKind, Path],
    passport: dict[str, str],
    bits: Literal[8, 16] = 8,
    ground: Ground | None = None,
) -> Work[tuple[Written, ...]]:
    """Write the files that have soft outlines; parameters are those of `export_foreground`."""
    writers: dict[str, Callable[[Path], Written]] = {
        "alpha": lambda path: png.write_posterior(
            path, matte.alpha, bits=bits, text=passport, measure="opacity"
        ),
        "cutout": lambda path: png.write_cutout(path, matte.image, matte.alpha, text=passport),
        "composite": lambda path: _write_composite(path, matte, ground, passport),
    }
    written = []
    for done, (kind, path) in enumerate(paths.items()):
        yield Progress(f"Writing {path.name}", done / len(paths))
        written.append(writers[kind](path))
    return tuple(written)


def foreground_passport(result: Foreground) -> dict[str, str]:
    """Say inside each file where it comes from and what was said about the object."""
    return {
        "Software": f"Segmenter {__version__}",
        "Source": result.image.source.name,
        "Segmenter marks": json.dumps(marks_said(result)),
    }


def marks_said(result: Foreground | Solid) -> dict[str, Any]:
    """Return what was said about an object; of strokes only how many pixels they cover."""
    guidance = result.guidance
    marks = {
        "foreground": guidance.foreground,
        "background": guidance.background,
        "box": guidance.box,
        "lasso": guidance.lasso,
        "stroked pixels": 0 if guidance.hints is None else int(np.count_nonzero(guidance.hints)),
    }
    return {name: said for name, said in marks.items() if said}


def _write_composite(
    path: Path, matte: Matte, ground: Ground | None, passport: dict[str, str]
) -> Written:
    below = WHITE if ground is None else ground
    picture = composed(display_rgb(matte.image), matte.alpha, np.asarray(below, np.uint8))
    return write_verified(path, picture, "the object on its ground, as shown", passport)

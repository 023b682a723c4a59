"""Clicks on volumes with truth: ``python -m tests.benchmarks.solids DATA [NAME ...]``.

DATA holds ``brains/`` and ``phantom/``. A robot clicks the middle of the largest wrong region, up
to eight times: on the ventricles and the white matter of brains, on the fluid and the white matter
of the phantom, and on the lesion of the head that ``tests/phantom.py`` makes, from its middle
and from small wrong regions at its edge. Prints the overlap (Dice) after each click, the share of
the further clicks after which the IoU is no more than .02 lower, the share of the voxels that were
right and far from the click that stay, and the medians of seconds a first and a further click take.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.images.image import Image
from segmenter.images.read import read_image
from segmenter.segment.foreground.solid.segment import prepare_solid_steps, segment_solid_steps
from segmenter.work import finish
from tests.phantom import CSF, WHITE, head_phantom

Mask = NDArray[np.bool_]
N_CLICKS = 8
WORST_FALL = 0.02
FAR = 30.0  # mm from a click
ENOUGH = 0.98  # Dice at which the robot is content
LESION = (-34.0, -12.0, 18.0), 7.0  # middle and radius in mm, of `tests/phantom.py`


@dataclass(frozen=True)
class Case:
    """A volume and the object in it."""

    name: str
    image: Image
    truth: Mask


@dataclass(frozen=True)
class Clicked:
    """IoU after each click, seconds each took, and what share stayed right far from it."""

    ious: list[float]
    seconds: list[float]
    far_kept: list[float]

    @property
    def falls(self) -> list[float]:
        return [before - after for before, after in zip(self.ious, self.ious[1:], strict=False)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only the cases whose names hold one of these")
    chosen = parser.parse_args()
    falls: list[float] = []
    seconds: tuple[list[float], list[float]] = ([], [])
    kept: list[float] = []
    for case in cases(chosen.folder):
        if chosen.names and not any(name in case.name for name in chosen.names):
            continue
        clicked = clicks(case)
        falls += clicked.falls
        kept += clicked.far_kept
        seconds[0].append(clicked.seconds[0])
        seconds[1].extend(clicked.seconds[1:])
        print(row(case, clicked), flush=True)
    n_safe = sum(fall <= WORST_FALL for fall in falls)
    print(
        f"{n_safe} of {len(falls)} further clicks ({n_safe / max(len(falls), 1):.1%}) lower the "
        f"IoU by no more than {WORST_FALL}, the worst by {max(falls, default=0):.3f}; "
        f"of what was right and more than {FAR:g} mm away {np.mean(kept or [1]):.2%} stays, in the "
        f"worst click {min(kept, default=1):.2%}; medians of a first and a further click "
        f"{np.median(seconds[0]):.2f} and {np.median(seconds[1] or [0]):.2f} s"
    )


def cases(folder: Path) -> Iterator[Case]:
    head = head_phantom(lesion=True)
    yield Case("lesion", head.image, lesion_of(head.image))
    image = read_image(folder / "phantom" / "t1.nii.gz")
    labels = read_image(folder / "phantom" / "labels_argmax.nii.gz").pixels[..., 0]
    yield Case("phantom fluid", image, labels == CSF)
    yield Case("phantom white", image, labels == WHITE)
    for path in sorted((folder / "brains" / "images").glob("*.nii.gz")):
        name = path.name.removesuffix(".nii.gz")
        labels = read_image(folder / "brains" / "gt" / f"{name}_seg.nii.gz").pixels[..., 0]
        image = read_image(path)
        yield Case(f"{name} ventricles", image, labels == CSF)
        yield Case(f"{name} white", image, labels == WHITE)


def lesion_of(image: Image) -> Mask:
    middle, radius = LESION
    places = np.moveaxis(np.indices(image.grid), 0, -1) @ image.affine[:3, :3].T
    away = np.linalg.norm(places + image.affine[:3, 3] - middle, axis=-1)
    return np.asarray(away < radius)


def clicks(case: Case) -> Clicked:
    """Click the middle of the largest wrong region until the mask is right, eight times at most."""
    view = finish(prepare_solid_steps(case.image))
    found, mask = None, np.zeros(case.truth.shape, bool)
    points: dict[bool, list[tuple[int, ...]]] = {True: [], False: []}
    clicked = Clicked([], [], [])
    while len(clicked.ious) < N_CLICKS and not (clicked.ious and is_enough(clicked.ious[-1])):
        point = middle_of_largest(mask != case.truth)
        points[bool(case.truth[point])].append(point)
        start = time.perf_counter()
        found = finish(segment_solid_steps(view, None, points[True], points[False], None, found))
        clicked.seconds.append(time.perf_counter() - start)
        if clicked.ious:
            clicked.far_kept.append(kept_far(case, point, mask, found.mask))
        mask = found.mask
        clicked.ious.append(float((mask & case.truth).sum() / max((mask | case.truth).sum(), 1)))
    return clicked


def kept_far(case: Case, point: tuple[int, ...], before: Mask, after: Mask) -> float:
    """Share of the object's voxels far from a click that were found and still are."""
    found = np.argwhere(before & case.truth)
    spacing = np.linalg.norm(case.image.affine[:3, :3], axis=0)
    far = found[np.linalg.norm((found - point) * spacing, axis=1) > FAR]
    return float(after[tuple(far.T)].mean()) if len(far) else 1.0


def is_enough(iou: float) -> bool:
    return dice(iou) >= ENOUGH


def dice(iou: float) -> float:
    return 2 * iou / (1 + iou)


def middle_of_largest(wrong: Mask) -> tuple[int, ...]:
    parts, _ = ndimage.label(wrong)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    region = np.pad(parts == sizes.argmax(), 1)
    deepest = ndimage.distance_transform_edt(region).argmax()
    return tuple(int(at) - 1 for at in np.unravel_index(deepest, region.shape))


def row(case: Case, clicked: Clicked) -> str:
    overlaps = " ".join(f"{dice(iou):.3f}" for iou in clicked.ious)
    n_worse = sum(fall > WORST_FALL for fall in clicked.falls)
    seconds = np.median(clicked.seconds)
    return f"{case.name:22s} {overlaps:{6 * N_CLICKS}s} {n_worse} falls, {seconds:.2f} s"


if __name__ == "__main__":
    main()

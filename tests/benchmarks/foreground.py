"""How well objects are cut out: ``python tests/benchmarks/foreground.py FOLDER``.

FOLDER holds ``objects/`` (see `photos`) and, for the alpha, ``matte/``. Robots click until the mask
overlaps with the truth by 90 %, or draw the tight box; OpenCV's grabCut does the same in the same
run. Prints a table for each photo, then the means.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from methods import METHODS
from photos import Photo, photos_of
from robots import ROBOTS, Clicked, run_clicks

DROP = 0.02  # a fall of the overlap that a person would mind


@dataclass(frozen=True)
class Row:
    """What one method got on one photo."""

    photo: str
    group: str
    method: str
    clicked: dict[str, Clicked]
    box_error: float | None
    box_iou: float | None


def measured(job: tuple[Photo, str]) -> Row:
    photo, name = job
    seed = zlib.crc32(photo.name.encode())
    clicked = {
        robot: run_clicks(METHODS[name](), photo.image.pixels, photo.truth, robot, seed=seed)
        for robot in ROBOTS
    }
    error, iou = None, None
    if photo.box is not None:
        method = METHODS[name]()
        method.open(photo.image.pixels)
        mask = method.box(photo.box)
        error, iou = photo.truth.box_error(mask, photo.box), photo.truth.iou(mask)
    return Row(photo.name, photo.group, name, clicked, error, iou)


def print_photos(rows: Iterable[Row]) -> None:
    print(f"{'photo':20s} {'method':10s}   NoC@90 and overlap after each click; error in the box")
    for row in sorted(rows, key=lambda row: (row.group, row.photo, row.method)):
        for robot, clicked in row.clicked.items():
            overlaps = " ".join(f"{iou:.2f}" for iou in clicked.ious[:8])
            print(
                f"{row.photo:20s} {row.method:10s} {robot:10s} {clicked.needed(0.9):2d}  {overlaps}"
            )
        if row.box_error is not None:
            print(f"{row.photo:20s} {row.method:10s} box        {row.box_error:6.1%}")


def print_means(rows: list[Row]) -> None:
    print(
        "\n"
        + " " * 28
        + "".join(
            f"{name:>8s}" for name in ("NoC@85", "NoC@90", "IoU 1", "IoU 2", "IoU 3", "drops")
        )
    )
    groups = sorted({(row.method, row.group) for row in rows}, reverse=True)
    for method, group in groups:
        own = [row for row in rows if (row.method, row.group) == (method, group)]
        for robot in ROBOTS:
            runs = [row.clicked[robot] for row in own]
            drops = [drop > DROP for run in runs for drop in run.drops()]
            print(
                f"{method:10s} {group:8s} {robot:9s}"
                + "".join(f"{np.mean([run.needed(at) for run in runs]):8.2f}" for at in (0.85, 0.9))
                + "".join(
                    f"{np.mean([run.ious[min(n, len(run.ious) - 1)] for run in runs]):8.3f}"
                    for n in range(3)
                )
                + f"{np.mean(drops) if drops else 0:8.1%}"
            )
        errors = [row.box_error for row in own if row.box_error is not None]
        if errors:
            overlap = np.mean([row.box_iou for row in own if row.box_iou is not None])
            print(
                f"{method:10s} {group:8s} box        error {np.mean(errors):.2%} IoU {overlap:.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--every", type=int, default=1, help="take only every n-th photo")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    photos = photos_of(arguments.folder / "objects")[:: arguments.every]
    jobs = [(photo, method) for photo in photos for method in arguments.methods]
    with get_context("spawn").Pool(arguments.jobs) as pool:
        rows = pool.map(measured, jobs, chunksize=1)
    print_photos(rows)
    print_means(rows)


if __name__ == "__main__":
    main()

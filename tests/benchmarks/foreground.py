"""How well objects are cut out: ``python tests/benchmarks/foreground.py FOLDER``.

FOLDER holds ``objects/`` (see `photos`). Robots click until the mask overlaps with the truth by
90 %, or draw the tight box; OpenCV's grabCut does the same in the same run, on a reduced picture
(see `methods`). Prints each photo when it is done, then the means and the worst. ``--left-out``
takes files that ``rank_proposals.py --left-out`` wrote: each photo is then cut with rankings that
were learned from others, as it would be if it were new.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from methods import METHODS
from photos import Photo, photos_of
from PIL import Image as Picture
from robots import ROBOTS, Clicked, run_clicks

from segmenter.segment.foreground import choice

N_WORST = 5
DROP = 0.02  # a fall of the overlap that a person would mind


@dataclass(frozen=True, eq=False)
class Row:
    """What one method got on one photo; each robot may have played several times."""

    photo: Photo
    method: str
    clicked: dict[str, list[Clicked]]
    box_error: float
    box_iou: float

    @property
    def group(self) -> str:
        return self.photo.group


def measured(photo: Photo, name: str, n_seeds: int) -> Row:
    seed, method = zlib.crc32(photo.name.encode()), METHODS[name]()
    clicked = {
        robot: [
            run_clicks(method, photo.image.pixels, photo.truth, robot, seed=seed + number)
            for number in range(1 if robot == "centered" else n_seeds)
        ]
        for robot in ROBOTS
    }
    method.open(photo.image.pixels)
    mask = method.box(photo.tight_box)
    error = photo.truth.box_error(mask, photo.tight_box)
    return Row(photo, name, clicked, error, photo.truth.iou(mask))


@contextmanager
def rankings(files: Sequence[Path], photo: Photo) -> Iterator[None]:
    """Within, guesses are ranked by what the other photos teach."""
    with ExitStack() as stack:
        for file in files:
            for kind, taught in json.loads(file.read_text()).items():
                name = f"{kind.upper()}_RANKING"
                # A photo that taught nothing (no further click) was left out of all.
                ranking = taught.get(photo.name, getattr(choice, name))
                stack.enter_context(patch.object(choice, name, ranking))
        yield


def print_row(row: Row) -> None:
    for robot, several in row.clicked.items():
        for clicked in several:
            overlaps = " ".join(f"{iou:.2f}" for iou in clicked.ious[:8])
            needed = clicked.needed(0.9)
            print(f"{row.photo.name:20s} {row.method:10s} {robot:10s} {needed:2d}  {overlaps}")
    print(f"{row.photo.name:20s} {row.method:10s} box        {row.box_error:6.1%}", flush=True)


def print_worst(rows: Sequence[Row], method: str, pictures: Path | None) -> None:
    own = [row for row in rows if row.method == method]
    for robot in ROBOTS:
        needed = {row: np.mean([run.needed(0.9) for run in row.clicked[robot]]) for row in own}
        worst = sorted(own, key=lambda row: -needed[row])[:N_WORST]
        told = ", ".join(f"{row.photo.name} {needed[row]:.1f}" for row in worst)
        print(f"worst of {method}, {robot}: {told}")
        for row in worst if pictures else ():
            write_picture(row, robot, pictures / f"{robot.replace(' ', '-')}-{row.photo.name}.png")
    worst = sorted(own, key=lambda row: -row.box_error)[:N_WORST]
    told = ", ".join(f"{row.photo.name} {row.box_error:.1%}" for row in worst)
    print(f"worst of {method}, box: {told}")


def write_picture(row: Row, robot: str, path: Path) -> None:
    """The photo with the clicks (white on the object, black off it), the truth's outline in yellow
    and that of the last mask in magenta."""
    pixels = row.photo.image.pixels.copy()
    last = row.clicked[robot][0].mask
    for mask, color in ((row.photo.truth.object, (255, 255, 0)), (last, (255, 0, 255))):
        seen = mask.astype(np.uint8)
        contours, _ = cv2.findContours(seen, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(pixels, contours, -1, color, 1)
    for number, (x, y, sign) in enumerate(row.clicked[robot][0].clicks, 1):
        color = (255, 255, 255) if sign > 0 else (0, 0, 0)
        cv2.circle(pixels, (x, y), 3, color, -1)
        cv2.putText(pixels, str(number), (x + 4, y), cv2.FONT_HERSHEY_PLAIN, 0.9, color, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(pixels).save(path)


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
            runs = [run for row in own for run in row.clicked[robot]]
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
        error, overlap = np.mean([(row.box_error, row.box_iou) for row in own], axis=0)
        print(f"{method:10s} {group:8s} box        error {error:.2%} IoU {overlap:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--every", type=int, default=1, help="take only every n-th photo")
    parser.add_argument("--seeds", type=int, default=1, help="games of the robot off center")
    parser.add_argument("--left-out", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="of the worst photos")
    arguments = parser.parse_args()
    rows = []
    for photo in photos_of(arguments.folder / "objects")[:: arguments.every]:
        for name in arguments.methods:
            with rankings(arguments.left_out, photo):
                rows.append(measured(photo, name, arguments.seeds if name == "segmenter" else 1))
            print_row(rows[-1])
    print_means(rows)
    for name in arguments.methods:
        print_worst(rows, name, arguments.pictures if name == "segmenter" else None)


if __name__ == "__main__":
    main()

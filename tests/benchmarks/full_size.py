"""What full size takes and gives: times, outlines on enlarged photos, and alpha beside pymatting.

``python tests/benchmarks/full_size.py FOLDER`` with FOLDER as for `foreground`; pymatting is
measured too where it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from methods import METHODS
from numpy.typing import NDArray
from photos import Photo, photos_of
from PIL import Image as Picture
from robots import Mask, Truth, depth, largest, run_clicks
from scipy import ndimage

from segmenter.images.image import Image
from segmenter.segment.foreground import matte_steps, prepare_foreground, segment_foreground
from segmenter.segment.foreground.preparation import N_WORKING
from segmenter.work import finish

ENLARGED = 7
QUARTER_MEGAPIXEL = 600, 400
N_MENDED = 5  # photos whose deepest mistake is clicked
STOPS = (0.9, 0.95)  # overlaps at which outlines are compared
N_RUNS = 7


def seconds_of(call: Callable[[], Any]) -> list[float]:
    """Seconds of several runs; the first, which may compile, does not count."""
    call()
    times = []
    for _ in range(N_RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return times


def enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cv2.resize(pixels, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)


def scaled(point: tuple[float, float], factor: int) -> tuple[float, float]:
    return (point[0] + 0.5) * factor - 0.5, (point[1] + 0.5) * factor - 0.5


def print_times(photo: Photo) -> None:
    column, row = deepest(photo.truth.object)
    rows, columns = np.nonzero(photo.truth.object)
    corners = (columns.min(), rows.min()), (columns.max(), rows.max())
    for factor in (1, ENLARGED):
        pixels = photo.image.pixels if factor == 1 else enlarged(photo.image.pixels)
        image = Image(pixels, "rgb")
        prepared = prepare_foreground(image)
        on, off = scaled((column, row), factor), scaled((3, 3), factor)
        box = (*scaled(corners[0], factor), *scaled(corners[1], factor))
        first = segment_foreground(prepared, foreground=[on])
        calls: dict[str, Callable[[], Any]] = {
            "preparation": lambda image=image: prepare_foreground(image),
            "first click": lambda p=prepared, on=on: segment_foreground(p, foreground=[on]),
            "next click": lambda p=prepared, on=on, off=off, first=first: segment_foreground(
                p, foreground=[on], background=[off], previous=first
            ),
            "box": lambda p=prepared, box=box: segment_foreground(p, box),
        }
        for name, call in calls.items():
            fastest = min(seconds_of(call)) * 1e3
            print(f"{pixels[..., 0].size / 1e6:6.2f} MP  {name:12s} {fastest:6.0f} ms")


def print_mending(photos: list[Photo]) -> None:
    """Time a click on the deepest mistake that the first one left, at .24 MP, on several photos."""
    medians = []
    for photo in photos:
        image, truth = at_quarter_megapixel(photo)
        prepared = prepare_foreground(image)
        clicks: dict[str, list[tuple[int, int]]] = {"foreground": [deepest(truth)]}
        first = segment_foreground(prepared, **clicks)
        missed, extra = truth & ~first.mask, first.mask & ~truth
        if depth(missed).max() >= depth(extra).max():
            clicks["foreground"] = [*clicks["foreground"], deepest(missed)]
        else:
            clicks["background"] = [deepest(extra)]
        times = seconds_of(
            lambda p=prepared, c=clicks, f=first: segment_foreground(p, **c, previous=f)
        )
        medians.append(float(np.median(times)) * 1e3)
    told = " ".join(f"{median:.0f}" for median in medians)
    print(f"  0.24 MP  deepest mistake {np.median(medians):4.0f} ms, median of photos {told}")


def at_quarter_megapixel(photo: Photo) -> tuple[Image, Mask]:
    """A photo and its object at 600 x 400 or 400 x 600 pixels."""
    height, width = photo.image.grid
    size = QUARTER_MEGAPIXEL if width > height else QUARTER_MEGAPIXEL[::-1]
    pixels = cv2.resize(photo.image.pixels, size, interpolation=cv2.INTER_CUBIC)
    whole = photo.truth.object.astype(np.uint8)
    return Image(pixels, "rgb"), cv2.resize(whole, size, interpolation=cv2.INTER_NEAREST) > 0


def deepest(region: Mask) -> tuple[int, int]:
    row, column = np.unravel_index(depth(region).argmax(), region.shape)
    return int(column), int(row)


def outline(mask: Mask) -> Mask:
    edge: Mask = mask & ~ndimage.binary_erosion(mask, border_value=1)
    return edge


def outline_distance(mask: Mask, truth: Mask) -> float:
    """Mean distance between two outlines, both ways, in pixels."""
    ours, theirs = outline(mask), outline(truth)
    to_ours, to_theirs = (cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5)
                          for edge in (ours, theirs))  # fmt: skip
    return float((to_theirs[ours].mean() + to_ours[theirs].mean()) / 2)


def print_outlines(photos: list[Photo]) -> None:
    """A robot clicks the enlarged photo until the overlap is 90 %, and again until it is 95 %."""
    for stop in STOPS:
        shares = []
        for photo in photos:
            pixels = enlarged(photo.image.pixels)
            planes = (photo.truth.object, photo.truth.scored)
            truth = Truth(*(plane.repeat(ENLARGED, 0).repeat(ENLARGED, 1) for plane in planes))
            clicked = run_clicks(METHODS["segmenter"](), pixels, truth, "centered", stop=stop)
            known = largest(clicked.mask) & truth.scored  # beside the object, a band is not known
            distance = outline_distance(known, largest(truth.object))
            shares.append(distance / np.sqrt(4 * truth.object.sum() / np.pi))
            working = distance * np.sqrt(N_WORKING / truth.object.size)
            print(
                f"{photo.name:20s} outline off by {working:5.2f} working pixels, {shares[-1]:6.2%}"
                f" of the object's diameter, after {len(clicked.clicks)} clicks",
                flush=True,
            )
        print(
            f"to {stop:.0%}: mean {np.mean(shares):.2%}, median {np.median(shares):.2%}"
            " of the object's diameter"
        )


def print_alpha(folder: Path) -> None:
    pixels = np.array(Picture.open(folder / "lemur.png").convert("RGB"))
    trimap = np.array(Picture.open(folder / "lemur_trimap.png").convert("L"))
    truth = np.array(Picture.open(folder / "lemur_alpha.png")) / 255
    hints = (trimap == 255).astype(np.int8) - (trimap == 0).astype(np.int8)
    found = {}
    start = time.perf_counter()
    result = segment_foreground(Image(pixels, "rgb"), hints=hints)
    found["segmenter"] = finish(matte_steps(result)).alpha, time.perf_counter() - start
    if importlib.util.find_spec("pymatting"):
        from pymatting import estimate_alpha_cf

        known = np.where(hints == 1, 1.0, np.where(hints == -1, 0.0, 0.5))
        start = time.perf_counter()
        found["pymatting"] = estimate_alpha_cf(pixels / 255, known), time.perf_counter() - start
    for name, (alpha, seconds) in found.items():
        wrong = (alpha - truth)[hints == 0]
        print(f"alpha in the band, {name:10s} SAD {np.abs(wrong).sum() / 1000:.3f} thousand,"
              f" MSE {np.square(wrong).mean():.6f}, {seconds:.1f} s")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=4, help="enlarge only every n-th photo")
    arguments = parser.parse_args()
    photos = photos_of(arguments.folder / "objects")
    print_times(next(photo for photo in photos if photo.image.grid[0] < photo.image.grid[1]))
    print_mending(photos[:: -(-len(photos) // N_MENDED)])
    print_alpha(arguments.folder / "matte")
    print_outlines(photos[:: arguments.every])


if __name__ == "__main__":
    main()

"""Robots that click like a person mending a mask, and the measures of what they get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]
Point = tuple[int, int]
MAX_CLICKS = 20
OFF_CENTER = 0.4  # a click off center is at least this share of the largest depth inside


class Method(Protocol):
    """What a robot drives: an image is opened once, then cut again after each click."""

    def open(self, pixels: NDArray[np.uint8]) -> None: ...
    def click(self, foreground: list[Point], background: list[Point]) -> Mask: ...
    def box(self, box: tuple[int, int, int, int]) -> Mask: ...


@dataclass(frozen=True)
class Truth:
    """The object and the pixels that are scored."""

    object: Mask
    scored: Mask

    @classmethod
    def of(cls, picture: NDArray[np.uint8]) -> Truth:
        return cls(picture > 200, picture != 128)

    def iou(self, mask: Mask) -> float:
        both = (mask & self.object & self.scored).sum()
        either = ((mask | self.object) & self.scored).sum()
        return float(both / max(either, 1))

    def box_error(self, mask: Mask, box: tuple[int, int, int, int]) -> float:
        x0, y0, x1, y1 = box
        inside = np.zeros_like(self.object)
        inside[y0 : y1 + 1, x0 : x1 + 1] = True
        wrong = ((mask != self.object) & self.scored).sum()
        return float(wrong / (inside & self.scored).sum())


def depth(mask: Mask) -> NDArray[np.float64]:
    """Distance to the outside; beyond the picture is outside."""
    inside: NDArray[np.float64] = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    return inside


def largest(mask: Mask) -> Mask:
    labels, n = ndimage.label(mask)
    if n == 0:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    found: Mask = labels == sizes.argmax()
    return found


def centered(region: Mask, _: np.random.Generator) -> Point:
    y, x = np.unravel_index(depth(region).argmax(), region.shape)
    return int(x), int(y)


def off_center(region: Mask, random: np.random.Generator) -> Point:
    deep = depth(region)
    ys, xs = np.nonzero(deep >= OFF_CENTER * deep.max())
    chosen = int(random.integers(len(ys)))
    return int(xs[chosen]), int(ys[chosen])


ROBOTS: dict[str, Callable[[Mask, np.random.Generator], Point]] = {
    "centered": centered,
    "off center": off_center,
}


@dataclass(frozen=True, eq=False)
class Clicked:
    """IoU after each click, the clicks, and the mask after the last of them."""

    ious: tuple[float, ...]
    clicks: tuple[tuple[int, int, int], ...]
    mask: Mask

    def needed(self, wanted: float) -> int:
        """Clicks until the IoU is reached, or the largest number."""
        reached = [i + 1 for i, iou in enumerate(self.ious) if iou >= wanted]
        return reached[0] if reached else MAX_CLICKS

    def drops(self) -> list[float]:
        """How far each click after the first lowered the IoU (negative: raised it)."""
        return [a - b for a, b in zip(self.ious, self.ious[1:], strict=False)]


def run_clicks(
    method: Method,
    pixels: NDArray[Any],
    truth: Truth,
    robot: str,
    *,
    seed: int = 0,
    stop: float = 0.9,
) -> Clicked:
    """Click in the largest wrong region until the IoU is ``stop``, at most 20 times."""
    random = np.random.default_rng(seed)
    foreground: list[Point] = []
    background: list[Point] = []
    ious: list[float] = []
    clicks: list[tuple[int, int, int]] = []
    method.open(pixels)
    mask = np.zeros(truth.object.shape, bool)
    while len(ious) < MAX_CLICKS and (not ious or ious[-1] < stop):
        region = largest((mask != truth.object) & truth.scored)
        point = ROBOTS[robot](region, random)
        adds = bool(truth.object[point[1], point[0]])
        (foreground if adds else background).append(point)
        clicks.append((*point, 1 if adds else -1))
        mask = method.click(foreground, background)
        ious.append(truth.iou(mask))
    return Clicked(tuple(ious), tuple(clicks), mask)

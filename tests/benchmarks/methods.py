"""Segmenter and its peer, as the robots drive them."""

from __future__ import annotations

from contextlib import suppress

import cv2
import numpy as np
from numpy.typing import NDArray
from robots import Mask, Point

from segmenter.images.image import Image
from segmenter.segment.foreground import Foreground, prepare_foreground, segment_foreground


class Segmenter:
    """This project."""

    def open(self, pixels: NDArray[np.uint8]) -> None:
        self.prepared = prepare_foreground(Image(pixels, "rgb"))
        self.result: Foreground | None = None

    def click(self, foreground: list[Point], background: list[Point]) -> Mask:
        self.result = segment_foreground(
            self.prepared, None, foreground, background, previous=self.result
        )
        return self.result.mask

    def box(self, box: tuple[int, int, int, int]) -> Mask:
        return segment_foreground(self.prepared, box).mask


class GrabCut:
    """OpenCV: clicks are disks of certain pixels; around the first is likely object.

    It takes seconds at full size, so it is given at most `N_PIXELS`, about as many as this project
    decides its outlines at, and its mask is enlarged.
    """

    RADIUS, LIKELY = 0.02, 0.2  # in sides of the square of the image's area
    ITERATIONS = 5
    N_PIXELS = 30_000

    def open(self, pixels: NDArray[np.uint8]) -> None:
        self.full = pixels.shape[1], pixels.shape[0]
        self.scale = min(1.0, float(np.sqrt(self.N_PIXELS / pixels[..., 0].size)))
        pixels = cv2.resize(
            pixels, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA
        )
        self.pixels = np.ascontiguousarray(pixels[..., ::-1])
        self.models = np.zeros((1, 65)), np.zeros((1, 65))
        self.trimap = np.full(pixels.shape[:2], cv2.GC_PR_BGD, np.uint8)
        self.side = float(np.sqrt(self.trimap.size))

    def click(self, foreground: list[Point], background: list[Point]) -> Mask:
        if len(foreground) == 1 and not background:
            self._disk(foreground[0], self.LIKELY, cv2.GC_PR_FGD)
        for points, value in ((foreground, cv2.GC_FGD), (background, cv2.GC_BGD)):
            for point in points:
                self._disk(point, self.RADIUS, value)
        return self._cut(None, cv2.GC_INIT_WITH_MASK)

    def box(self, box: tuple[int, int, int, int]) -> Mask:
        (x0, y0), (x1, y1) = self._place(box[:2]), self._place(box[2:])
        return self._cut((x0, y0, x1 - x0 + 1, y1 - y0 + 1), cv2.GC_INIT_WITH_RECT)

    def _disk(self, point: Point, radius: float, value: int) -> None:
        cv2.circle(
            self.trimap, self._place(point), max(1, round(radius * self.side)), int(value), -1
        )

    def _cut(self, rectangle: tuple[int, int, int, int] | None, mode: int) -> Mask:
        cv2.setRNGSeed(0)
        # It refuses masks without object or without background: the last one stays.
        with suppress(cv2.error):
            cv2.grabCut(self.pixels, self.trimap, rectangle, *self.models, self.ITERATIONS, mode)
        mask = (self.trimap == cv2.GC_FGD) | (self.trimap == cv2.GC_PR_FGD)
        return cv2.resize(mask.astype(np.float32), self.full, interpolation=cv2.INTER_LINEAR) > 0.5

    def _place(self, point: Point) -> Point:
        height, width = self.pixels.shape[:2]
        x, y = (int((value + 0.5) * self.scale) for value in point)
        return min(x, width - 1), min(y, height - 1)


METHODS = {"segmenter": Segmenter, "grabCut": GrabCut}

"""Alpha: how much of each pixel at the outline is object, where hair and blur mix the two.

Closed-form matting (Levin, Lischinski & Weiss, TPAMI 30, 2008): alpha is an affine function of
color in every window of 3 x 3 pixels, as nearly as possible. The matrix has 25 entries in a row;
those of the open pixels alone are built, and solved by conjugate gradients.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Table = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
REGULARIZATION = 1e-7  # of a window's color covariance, as in the paper
N_ITERATIONS = 1200
TOLERANCE = 1e-6  # of the residual, beside that of the start
LEAST_CHANGE = 1e-14  # mean square of the scaled residual below which nothing is left to do


def closed_form_alpha(
    colors: Float,
    known: Mask,
    start: Float,
    *,
    n_iterations: int = N_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> Float:
    """Solve for alpha where it is not known.

    Parameters
    ----------
    colors : float32 ndarray, shape (height, width, 3)
        0..1.
    known : bool ndarray, shape (height, width)
        Where `start` is the truth.
    start : float32 ndarray, shape (height, width)
        Alpha where it is known, and a guess elsewhere.
    n_iterations : int
        Of conjugate gradients, at most.
    tolerance : float
        Share of the first residual at which they end.

    Returns
    -------
    float32 ndarray, shape (height, width)
        In [0, 1].
    """
    alpha = np.ascontiguousarray(np.pad(start, 2), np.float32)
    places, rows = _rows(colors, known)
    if len(places):
        _solve(alpha.ravel(), places, rows, alpha.shape[1], n_iterations, tolerance, LEAST_CHANGE)
    inner: Float = np.clip(alpha[2:-2, 2:-2], 0, 1)
    return inner


def _rows(colors: Float, known: Mask) -> tuple[Places, Float]:
    """Open pixels, numbered as in the picture with two pixels of margin, and their matrix rows."""
    height, width = known.shape
    number = np.full((height + 4, width + 4), -1, np.int32)
    open_pixels = ~known
    number[2:-2, 2:-2][open_pixels] = np.arange(np.count_nonzero(open_pixels), dtype=np.int32)
    places = np.flatnonzero(number >= 0)
    rows = np.zeros((len(places), 25), np.float32)
    if min(height, width) >= 3:
        _fill(colors, number, rows, REGULARIZATION)
    return places, rows


@compiled
def _fill(colors: Float, number: NDArray[np.int32], rows: Float, regularization: float) -> None:
    """Add what each window says of its pixels: its own share less what color explains of it."""
    height, width = colors.shape[:2]
    window, solved = np.empty((9, 3)), np.empty((9, 3))
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            if number[i + 1 : i + 4, j + 1 : j + 4].max() < 0:
                continue
            r = g = b = 0.0
            for k in range(9):
                p, q = i - 1 + k // 3, j - 1 + k % 3
                window[k, 0], window[k, 1] = colors[p, q, 0], colors[p, q, 1]
                window[k, 2] = colors[p, q, 2]
                r, g, b = r + window[k, 0], g + window[k, 1], b + window[k, 2]
            r, g, b = r / 9, g / 9, b / 9
            rr = gg = bb = regularization / 9
            rg = rb = gb = 0.0
            for k in range(9):
                x, y, z = window[k, 0] - r, window[k, 1] - g, window[k, 2] - b
                window[k, 0], window[k, 1], window[k, 2] = x, y, z
                rr, gg, bb = rr + x * x / 9, gg + y * y / 9, bb + z * z / 9
                rg, rb, gb = rg + x * y / 9, rb + x * z / 9, gb + y * z / 9
            c0, c1, c2 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
            scale = 1 / max(rr * c0 + rg * c1 + rb * c2, 1e-30)
            m3, m4, m5 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
            for k in range(9):
                x, y, z = window[k, 0], window[k, 1], window[k, 2]
                solved[k, 0] = (c0 * x + c1 * y + c2 * z) * scale
                solved[k, 1] = (c1 * x + m3 * y + m4 * z) * scale
                solved[k, 2] = (c2 * x + m4 * y + m5 * z) * scale
            for k in range(9):
                row = number[i + 1 + k // 3, j + 1 + k % 3]
                if row < 0:
                    continue
                for other in range(9):
                    alike = solved[k, 0] * window[other, 0] + solved[k, 1] * window[other, 1]
                    alike += solved[k, 2] * window[other, 2]
                    down, across = other // 3 - k // 3 + 2, other % 3 - k % 3 + 2
                    rows[row, 5 * down + across] -= (1 + alike) / 9
                rows[row, 12] += 1


@compiled
def _multiply(field: Float, places: Places, rows: Float, width: int, result: Float) -> None:
    """Rows add up to 0: taking differences keeps what small errors of them would blur."""
    for n in range(len(places)):
        total = np.float32(0.0)
        middle = field[places[n]]
        for i in range(5):
            first = places[n] + (i - 2) * width - 2
            for j in range(5):
                total += rows[n, 5 * i + j] * (field[first + j] - middle)
        result[n] = total


@compiled
def _solve(
    alpha: Float,
    places: Places,
    rows: Float,
    width: int,
    n_iterations: int,
    tolerance: float,
    least: float,
) -> None:
    """Conjugate gradients, each unknown scaled by its diagonal; changes `alpha` in its places."""
    n = len(places)
    image, residual = np.empty(n, np.float32), np.empty(n, np.float32)
    direction = np.zeros(len(alpha), np.float32)
    _multiply(alpha, places, rows, width, image)
    power = 0.0
    for k in range(n):
        diagonal = max(rows[k, 12], np.float32(1e-9))
        residual[k] = -image[k]
        direction[places[k]] = residual[k] / diagonal
        power += residual[k] * direction[places[k]]
    wanted = max(tolerance * tolerance * power, least * n)
    for _ in range(n_iterations):
        if power <= wanted:
            return
        _multiply(direction, places, rows, width, image)
        along = 0.0
        for k in range(n):
            along += direction[places[k]] * image[k]
        if along <= 0:
            return
        step = power / along
        before, power = power, 0.0
        for k in range(n):
            alpha[places[k]] += np.float32(step) * direction[places[k]]
            residual[k] -= np.float32(step) * image[k]
            power += residual[k] * residual[k] / max(rows[k, 12], np.float32(1e-9))
        for k in range(n):
            ahead = residual[k] / max(rows[k, 12], np.float32(1e-9))
            direction[places[k]] = ahead + np.float32(power / before) * direction[places[k]]

"""Alpha: how much of each pixel at the outline is object, where hair and blur mix the two.

Closed-form matting (Levin, Lischinski & Weiss, TPAMI 30, 2008) in a band along the outline: alpha
is an affine function of color in every window of 3 x 3 pixels, as nearly as possible. The matrix is
never built: its product with a vector is a fit in each window. Solved by conjugate gradients.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Table = NDArray[np.float64]
Mask = NDArray[np.bool_]
REGULARIZATION = 1e-7  # of a window's color covariance, as in the paper
N_ITERATIONS = 2000
TOLERANCE = 1e-6  # of the residual, beside that of the start


def closed_form_alpha(colors: Float, known: NDArray[np.bool_], start: Float) -> Float:
    """Solve for alpha where it is not known.

    Parameters
    ----------
    colors : float32 ndarray, shape (height, width, 3)
        0..1.
    known : bool ndarray, shape (height, width)
        Where `start` is the truth.
    start : float32 ndarray, shape (height, width)
        Alpha where it is known, and a guess elsewhere.

    Returns
    -------
    float32 ndarray, shape (height, width)
        In [0, 1].
    """
    active = _windows(~known)
    exact = colors.astype(np.float64)
    means, inverses = np.zeros((*known.shape, 3)), np.zeros((*known.shape, 6))
    _fit_windows(exact, active, means, inverses, REGULARIZATION)
    diagonal, image = np.zeros((2, *known.shape))
    _diagonal(exact, active, means, inverses, diagonal)
    diagonal = np.maximum(diagonal, 1e-9)
    alpha = start.astype(np.float64)
    _product(alpha, exact, active, means, inverses, image)
    residual = np.where(known, 0.0, -image)
    direction = residual / diagonal
    power = float((residual * direction).sum())
    wanted = TOLERANCE**2 * power
    for _ in range(N_ITERATIONS):
        if power <= max(wanted, 1e-20):
            break
        _product(direction, exact, active, means, inverses, image)
        image[known] = 0.0
        step = power / float((direction * image).sum())
        alpha += step * direction
        residual -= step * image
        scaled = residual / diagonal
        before, power = power, float((residual * scaled).sum())
        direction = scaled + power / before * direction
    return np.clip(alpha, 0, 1).astype(np.float32)


def _windows(unknown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Centers of the windows of 3 x 3, whole inside the image, that hold an unknown pixel."""
    active = np.zeros(unknown.shape, bool)
    _mark_windows(unknown, active)
    return active


@compiled
def _mark_windows(unknown: Mask, active: Mask) -> None:
    height, width = unknown.shape
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            active[i, j] = unknown[i - 1 : i + 2, j - 1 : j + 2].any()


@compiled
def _fit_windows(
    colors: Table, active: Mask, means: Table, inverses: Table, regularization: float
) -> None:
    """Mean color of each window, and the inverse of its regularized covariance (six entries)."""
    height, width = active.shape
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            if not active[i, j]:
                continue
            r = g = b = 0.0
            rr = rg = rb = gg = gb = bb = 0.0
            for p in range(i - 1, i + 2):
                for q in range(j - 1, j + 2):
                    x, y, z = colors[p, q, 0], colors[p, q, 1], colors[p, q, 2]
                    r, g, b = r + x, g + y, b + z
                    rr, rg, rb = rr + x * x, rg + x * y, rb + x * z
                    gg, gb, bb = gg + y * y, gb + y * z, bb + z * z
            r, g, b = r / 9, g / 9, b / 9
            rr, rg, rb = rr / 9 - r * r + regularization / 9, rg / 9 - r * g, rb / 9 - r * b
            gg, gb = gg / 9 - g * g + regularization / 9, gb / 9 - g * b
            bb = bb / 9 - b * b + regularization / 9
            c0, c1, c2 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
            scale = 1 / max(rr * c0 + rg * c1 + rb * c2, 1e-30)
            means[i, j, 0], means[i, j, 1], means[i, j, 2] = r, g, b
            inverses[i, j, 0] = c0 * scale
            inverses[i, j, 1] = c1 * scale
            inverses[i, j, 2] = c2 * scale
            inverses[i, j, 3] = (rr * bb - rb * rb) * scale
            inverses[i, j, 4] = (rg * rb - rr * gb) * scale
            inverses[i, j, 5] = (rr * gg - rg * rg) * scale


@compiled
def _product(
    alpha: Table, colors: Table, active: Mask, means: Table, inverses: Table, result: Table
) -> None:
    """What an affine function of color leaves of alpha in each window, added up over windows."""
    height, width = active.shape
    result[:] = 0.0
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            if not active[i, j]:
                continue
            r, g, b = means[i, j, 0], means[i, j, 1], means[i, j, 2]
            total = u = v = w = 0.0
            for p in range(i - 1, i + 2):
                for q in range(j - 1, j + 2):
                    value = alpha[p, q]
                    total += value
                    u += (colors[p, q, 0] - r) * value
                    v += (colors[p, q, 1] - g) * value
                    w += (colors[p, q, 2] - b) * value
            total, u, v, w = total / 9, u / 9, v / 9, w / 9
            m = inverses[i, j]
            x = m[0] * u + m[1] * v + m[2] * w
            y = m[1] * u + m[3] * v + m[4] * w
            z = m[2] * u + m[4] * v + m[5] * w
            for p in range(i - 1, i + 2):
                for q in range(j - 1, j + 2):
                    affine = total + x * (colors[p, q, 0] - r)
                    affine += y * (colors[p, q, 1] - g) + z * (colors[p, q, 2] - b)
                    result[p, q] += alpha[p, q] - affine


@compiled
def _diagonal(colors: Table, active: Mask, means: Table, inverses: Table, result: Table) -> None:
    """Diagonal of the matrix that `_product` multiplies with."""
    height, width = active.shape
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            if not active[i, j]:
                continue
            m = inverses[i, j]
            for p in range(i - 1, i + 2):
                for q in range(j - 1, j + 2):
                    x = colors[p, q, 0] - means[i, j, 0]
                    y = colors[p, q, 1] - means[i, j, 1]
                    z = colors[p, q, 2] - means[i, j, 2]
                    square = m[0] * x * x + m[3] * y * y + m[5] * z * z
                    square += 2 * (m[1] * x * y + m[2] * x * z + m[4] * y * z)
                    result[p, q] += 1 - (1 + square) / 9

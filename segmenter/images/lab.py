"""CIELAB of sRGB colors, the space in which distances are close to what people see."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Linear sRGB to CIE XYZ (IEC 61966-2-1), each row divided by the D65 white point.
_XYZ_FROM_LINEAR = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
) / np.array([[0.95047], [1.0], [1.08883]])
_DARK = np.float32(216 / 24389)  # where the curve of lightness goes over into a straight line
_LAB_FROM_ROOTS = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])


def lab_from_srgb(colors: NDArray[Any]) -> NDArray[np.float32]:
    """CIELAB coordinates of sRGB colors under D65.

    Parameters
    ----------
    colors : ndarray, shape (..., 3)
        Integers over the full range of their dtype, or floats in 0..1.

    Returns
    -------
    ndarray of float32, shape (..., 3)
        L* in 0..100, a* and b* about -128..127.

    Notes
    -----
    IEC 61966-2-1 for sRGB and CIE 15:2004 for L*a*b*. Integers go through a table of the transfer
    curve, which is exact.
    """
    if np.issubdtype(colors.dtype, np.integer):
        linear = _linear_table(colors.dtype)[colors]
    else:
        linear = _linear(colors)
    relative = linear @ _XYZ_FROM_LINEAR.T.astype(np.float32)
    # Logarithm and power are vectorized, the cube root is not: it took most of the time.
    roots = np.exp(np.log(np.maximum(relative, _DARK)) / np.float32(3))
    roots += np.minimum(relative - _DARK, 0) * np.float32(841 / 108)  # dark: straight from there
    lab: NDArray[np.float32] = roots @ _LAB_FROM_ROOTS.T.astype(np.float32)
    lab[..., 0] -= 16
    return lab


def _linear(encoded: NDArray[Any]) -> NDArray[np.float32]:
    """Undo the sRGB transfer curve."""
    clipped = np.clip(np.asarray(encoded, np.float64), 0, 1)
    curve = np.where(clipped <= 0.04045, clipped / 12.92, ((clipped + 0.055) / 1.055) ** 2.4)
    return curve.astype(np.float32)


@lru_cache(maxsize=4)
def _linear_table(dtype: np.dtype[Any]) -> NDArray[np.float32]:
    top = np.iinfo(dtype).max
    return _linear(np.arange(top + 1) / top)

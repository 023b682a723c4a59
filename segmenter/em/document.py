"""A mixture in writing: plain text, a dictionary, and JSON that gives back every bit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import COVARIANCES, GaussianMixture, Noise
from segmenter.errors import ParameterError

_FORMAT = "segmenter mixture 1"
_WEIGHT_ROUNDING = 1e-6


def summarize(mixture: GaussianMixture, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Describe a mixture by plain numbers.

    Parameters
    ----------
    mixture : GaussianMixture
    names : sequence of str, optional
        What the features are called.

    Returns
    -------
    dict
        ``covariance``, ``features``, ``noise`` (share) and ``components``: for each, ``weight``,
        and by feature ``mean`` and ``deviation``.
    """
    features = _feature_names(mixture, names)
    deviations = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    return {
        "covariance": mixture.covariance,
        "features": features,
        "noise": 0.0 if mixture.noise is None else mixture.noise.weight,
        "components": [
            {
                "weight": float(weight),
                "mean": dict(zip(features, mean.tolist(), strict=True)),
                "deviation": dict(zip(features, deviation.tolist(), strict=True)),
            }
            for weight, mean, deviation in zip(
                mixture.weights, mixture.means, deviations, strict=True
            )
        ],
    }


def describe(mixture: GaussianMixture, names: Sequence[str] | None = None) -> str:
    """Write the summary as text, a line for each component: share, then mean ± deviation."""
    summary = summarize(mixture, names)
    n_components, n_features = mixture.n_components, mixture.n_features
    lines = [
        f"Mixture of {n_components} Gaussian{'s' * (n_components > 1)}, "
        f"{n_features} feature{'s' * (n_features > 1)}, {mixture.covariance} covariance"
    ]
    for number, component in enumerate(summary["components"], start=1):
        parts = [
            f"{name} {component['mean'][name]:.4g} ± {component['deviation'][name]:.3g}"
            for name in summary["features"]
        ]
        lines.append(f"{number:3d}  {component['weight']:6.1%}  {', '.join(parts)}")
    if mixture.noise is not None:
        lines.append(f"     {mixture.noise.weight:6.1%}  belongs to no component")
    return "\n".join(lines)


def mixture_to_json(mixture: GaussianMixture) -> str:
    """Write a mixture as JSON; :func:`mixture_from_json` gives the same one back, bit for bit."""
    noise = mixture.noise
    return json.dumps(
        {
            "format": _FORMAT,
            "covariance": mixture.covariance,
            "weights": mixture.weights.tolist(),
            "means": mixture.means.tolist(),
            "covariances": mixture.covariances.tolist(),
            "noise": noise
            and {
                "weight": noise.weight,
                "lowest": noise.lowest.tolist(),
                "highest": noise.highest.tolist(),
            },
        }
    )


def mixture_from_json(text: str) -> GaussianMixture:
    """Read a mixture from JSON.

    Raises
    ------
    ParameterError
        The text is not what :func:`mixture_to_json` writes, or no mixture can be like that.
    """
    try:
        fields = json.loads(text)
        if fields["format"] != _FORMAT or fields["covariance"] not in COVARIANCES:
            raise ParameterError(f"The mixture is not written as {_FORMAT!r}.")
        noise = fields["noise"]
        mixture = GaussianMixture(
            np.array(fields["weights"], np.float64),
            np.array(fields["means"], np.float64),
            np.array(fields["covariances"], np.float64),
            fields["covariance"],
            noise
            and Noise(
                float(noise["weight"]),
                np.array(noise["lowest"], np.float64),
                np.array(noise["highest"], np.float64),
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError("The text is not a mixture written by this program.") from error
    _check_possible(mixture)
    return mixture


def _check_possible(mixture: GaussianMixture) -> None:
    """Raise a ParameterError for a mixture that has no density."""
    noise, d = mixture.noise, mixture.n_features
    weights = mixture.weights if noise is None else np.append(mixture.weights, noise.weight)
    if not (np.all(weights >= 0) and abs(weights.sum() - 1) <= _WEIGHT_ROUNDING):
        raise ParameterError(
            "The weights of the mixture in the text must not be negative and must sum to 1, with "
            f"that of the noise, but sum to {weights.sum():.6g}."
        )
    if not np.isfinite(mixture.means).all():
        raise ParameterError("The means of the mixture in the text must be finite.")
    if not all(map(_is_covariance, mixture.covariances)):
        raise ParameterError(
            "The covariances of the mixture in the text must be symmetric and positive definite."
        )
    if noise is not None and not _is_box(noise, d):
        raise ParameterError(f"The noise of the mixture in the text needs a box of {d} sides.")


def _is_box(noise: Noise, n_features: int) -> bool:
    """Tell whether noise fills a box of finite volume."""
    if not noise.lowest.shape == noise.highest.shape == (n_features,):
        return False
    sides = noise.highest - noise.lowest
    return bool(np.all((sides > 0) & (sides < np.inf)))


def _is_covariance(matrix: NDArray[np.float64]) -> bool:
    """Tell whether a matrix (d, d) is finite, symmetric to rounding and positive definite."""
    variances = np.diag(matrix)
    if not (np.isfinite(matrix).all() and np.all(variances > 0)):
        return False
    correlations = matrix / np.sqrt(variances) / np.sqrt(variances)[:, np.newaxis]
    if not np.allclose(correlations, correlations.T, rtol=0, atol=1e-9):
        return False
    return bool(np.linalg.eigvalsh(correlations)[0] > 0)


def _feature_names(mixture: GaussianMixture, names: Sequence[str] | None) -> list[str]:
    if names is None:
        return [f"feature {number}" for number in range(1, mixture.n_features + 1)]
    if len(names) != mixture.n_features:
        raise ParameterError(f"{mixture.n_features} features need as many names, not {len(names)}.")
    return list(names)

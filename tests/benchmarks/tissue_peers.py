"""What other libraries label brains with, mask given: scikit-learn, dipy and ANTs Atropos.

dipy and antspyx are used where they are installed; neither is needed by anything else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from segmenter.images.image import Image

Labels = Callable[[Image, np.ndarray], np.ndarray]


def peers() -> dict[str, Labels]:
    """Those that are installed, by name; the others are named on the screen."""
    known: dict[str, tuple[str, Labels]] = {
        "scikit-learn": ("sklearn", by_scikit_learn),
        "dipy HMRF": ("dipy", by_dipy),
        "ANTs Atropos": ("ants", by_atropos),
    }
    for name, (module, _) in known.items():
        if find_spec(module) is None:
            print(f"{name}: {module} is not installed")
    return {name: labels for name, (module, labels) in known.items() if find_spec(module)}


def by_scikit_learn(image: Image, mask: np.ndarray) -> np.ndarray:
    from sklearn.mixture import GaussianMixture

    values = image.pixels[mask].astype(np.float64)
    model = GaussianMixture(3, random_state=0).fit(values)
    rank = np.argsort(np.argsort(model.means_[:, 0]))
    labels = np.zeros(image.grid, np.uint8)
    labels[mask] = rank[model.predict(values)] + 1
    return labels


def by_dipy(image: Image, mask: np.ndarray) -> np.ndarray:
    from dipy.segment.tissue import TissueClassifierHMRF

    logging.getLogger("dipy").setLevel(logging.WARNING)  # it reports every iteration
    values = np.where(mask, image.pixels[..., 0], 0).astype(np.float64)
    box = _box(mask)
    _, found, _ = TissueClassifierHMRF().classify(values[box], 3, 0.1, max_iter=20)
    labels = np.zeros(image.grid, np.uint8)
    labels[box] = np.where(mask[box], found, 0)
    return labels


def by_atropos(image: Image, mask: np.ndarray) -> np.ndarray:
    """Three classes from k-means, with the Markov field that its authors advise.

    Its bias correction, N4, does not help on these brains, whose background is 0 up to their rim.
    """
    import ants

    box = _box(mask)
    brain = ants.from_numpy(
        np.where(mask, image.pixels[..., 0], 0)[box].astype(np.float32),
        spacing=[float(step) for step in image.spacing or (1, 1, 1)],
    )
    inside = brain.new_image_like(mask[box].astype(np.float32))
    found = ants.atropos(brain, inside, i="KMeans[3]", m="[0.1,1x1x1]", c="[5,0]")
    labels = np.zeros(image.grid, np.uint8)
    labels[box] = found["segmentation"].numpy().astype(np.uint8)
    return labels


def _box(mask: np.ndarray) -> tuple[slice, ...]:
    inside = np.argwhere(mask)
    return tuple(slice(a, b + 1) for a, b in zip(inside.min(0), inside.max(0), strict=True))

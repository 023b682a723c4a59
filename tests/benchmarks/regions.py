"""How close regions come to people's, how steady and how fast: ``regions.py FOLDER``.

FOLDER holds ``regions/`` (see `human_regions`) and ``nuclei/`` (see `nuclei`). Prints covering,
probabilistic Rand index, variation of information, regions and seconds a photo for this program,
and for scikit-image and scikit-learn in the same run; how much regions change with a photo's size,
turn, noise and compression; nuclei beside Otsu's threshold; and what a 12 megapixel photo takes.
The weights were learned on these photos and nuclei: for scores on left-out ones see
`learn_merging.py` and `learn_objects.py`.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from human_regions import Seen, covering, seen_photos
from nuclei import Counted, counted_images, f1, overlap
from numpy.typing import NDArray
from PIL import Image as Picture

import segmenter
from segmenter.images.image import Image
from segmenter.images.read import read_image

Pixels = NDArray[np.uint8]
Labels = NDArray[np.integer]
Method = Callable[[Pixels], Labels]


def ours(pixels: Pixels) -> Labels:
    return segmenter.segment_regions(Image(pixels, "rgb"), reading="regions").label_map


def classes(pixels: Pixels) -> Labels:
    return segmenter.segment_regions(Image(pixels, "rgb")).label_map


def felzenszwalb(pixels: Pixels) -> Labels:
    from skimage.segmentation import felzenszwalb as method

    return method(pixels, scale=300, sigma=0.8, min_size=400)


def slic_and_merging(pixels: Pixels) -> Labels:
    """Superpixels merged while their mean Lab colors are near."""
    from skimage import graph
    from skimage.color import rgb2lab
    from skimage.segmentation import slic

    lab = rgb2lab(pixels)
    parts = slic(pixels, n_segments=600, compactness=15, start_label=1)

    near = graph.rag_mean_color(lab, parts)
    return graph.cut_threshold(parts, near, 12.0)


def plain_mixture(pixels: Pixels) -> Labels:
    from sklearn.mixture import GaussianMixture

    values = pixels.reshape(-1, 3).astype(float)
    fitted = GaussianMixture(4, random_state=0).fit(values[::16])
    return fitted.predict(values).reshape(pixels.shape[:2]) + 1


METHODS: dict[str, Method] = {
    "regions (ours)": ours,
    "classes (ours)": classes,
    "felzenszwalb": felzenszwalb,
    "slic, merged": slic_and_merging,
    "plain mixture": plain_mixture,
}


def compared(photos: list[Seen]) -> None:
    images = [np.array(read_image(photo.path).pixels) for photo in photos]
    print(f"{'':18s}{'covering':>9s}{'PRI':>7s}{'VoI':>7s}{'regions':>9s}{'seconds':>9s}")
    for name, method in METHODS.items():
        method(images[0])  # compiles
        rows, seconds = [], []
        for photo, pixels in zip(photos, images, strict=True):
            start = time.perf_counter()
            label_map = method(pixels)
            seconds.append(time.perf_counter() - start)
            rows.append((*photo.agreement(label_map), len(np.unique(label_map))))
        means = np.mean(rows, axis=0)
        print(
            f"{name:18s}{means[0]:9.3f}{means[1]:7.3f}{means[2]:7.2f}{means[3]:9.1f}"
            f"{np.median(seconds):9.3f}",
            flush=True,
        )


def twice_as_large(pixels: Pixels) -> Pixels:
    size = pixels.shape[1] * 2, pixels.shape[0] * 2
    return np.array(Picture.fromarray(pixels).resize(size, Picture.Resampling.BICUBIC))


def noisy(pixels: Pixels) -> Pixels:
    noise = np.random.default_rng(0).normal(0, 0.01 * 255, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def compressed(pixels: Pixels) -> Pixels:
    stream = io.BytesIO()
    Picture.fromarray(pixels).save(stream, "JPEG", quality=85)
    return np.array(Picture.open(stream))


CHANGES: dict[str, tuple[Method, Callable[[Labels], Labels]]] = {
    "twice as large": (twice_as_large, lambda label_map: label_map[::2, ::2]),
    "turned by 90°": (
        lambda pixels: np.rot90(pixels).copy(),
        lambda label_map: np.rot90(label_map, -1),
    ),
    "noise of 1 %": (noisy, lambda label_map: label_map),
    "JPEG 85": (compressed, lambda label_map: label_map),
}


def stability(photos: list[Seen]) -> None:
    images = [np.array(read_image(photo.path).pixels) for photo in photos]
    before = [ours(pixels) for pixels in images]
    print("\ncovering of the regions by those of the changed photo")
    for name, (change, back) in CHANGES.items():
        scores = [
            covering(back(ours(change(pixels))), label_map)
            for pixels, label_map in zip(images, before, strict=True)
        ]
        print(f"{name:18s}{np.mean(scores):9.3f}")


def otsu_and_watershed(pixels: Pixels) -> Labels:
    """Otsu's threshold, the smaller side; parted by a watershed of the distance transform."""
    from scipy import ndimage
    from skimage.feature import peak_local_max
    from skimage.filters import threshold_otsu
    from skimage.segmentation import watershed

    gray = pixels.astype(float).mean(-1)
    mask = gray > threshold_otsu(gray)
    mask = ~mask if mask.mean() > 0.5 else mask
    distance = ndimage.distance_transform_edt(mask)
    peaks = peak_local_max(
        distance, min_distance=5, labels=ndimage.label(mask)[0], exclude_border=False
    )
    markers = np.zeros(mask.shape, int)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-distance, markers, mask=mask)


def nuclei(images: list[Counted]) -> None:
    print(f"\n{'nuclei':18s}{'overlap':>9s}{'F1':>7s}{'seconds':>9s}")
    found: dict[str, Callable[[Image], Labels]] = {
        "objects (ours)": lambda image: segmenter.segment_objects(image).label_map,
        "Otsu, watershed": lambda image: otsu_and_watershed(image.pixels),
    }
    for name, method in found.items():
        rows = []
        for counted in images:
            start = time.perf_counter()
            label_map = method(counted.image)
            seconds = time.perf_counter() - start
            rows.append((overlap(label_map, counted.drawn), f1(label_map, counted.drawn), seconds))
        means = np.mean(rows, axis=0)
        print(f"{name:18s}{means[0]:9.3f}{means[1]:7.3f}{np.median(rows, axis=0)[2]:9.3f}")


def times(photo: Seen) -> None:
    pixels = np.array(read_image(photo.path).pixels)
    large = np.array(Picture.fromarray(pixels).resize((4200, 2800), Picture.Resampling.BICUBIC))
    print("\nseconds, the best of five")
    for name, each in (("0.15 megapixels", pixels), ("12 megapixels", large)):
        image = Image(each, "rgb")
        parts = segmenter.segment_regions(image, reading="regions")
        recipe = replace(parts.recipe, detail=0.7, min_size=50)

        def whole(image: Image = image) -> None:
            _ = segmenter.segment_regions(image, reading="regions").label_map

        def cut(partition: object = parts.partition, recipe: object = recipe) -> None:
            _ = segmenter.cut_parts(partition, recipe).label_map

        print(f"{name:18s} all {best_of(whole):6.3f}   another detail {best_of(cut):6.4f}")


def best_of(call: Callable[[], None], n: int = 5) -> float:
    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=("compared", "stability", "nuclei", "times"))
    parser.add_argument("--every", type=int, default=1, help="take every n-th photo only")
    chosen = parser.parse_args()
    photos = list(seen_photos(chosen.folder / "regions"))[:: chosen.every]
    jobs: dict[str, Callable[[], None]] = {
        "compared": lambda: compared(photos),
        "stability": lambda: stability(photos),
        "nuclei": lambda: nuclei(list(counted_images(chosen.folder / "nuclei"))),
        "times": lambda: times(photos[0]),
    }
    for name, job in jobs.items():
        if chosen.only in (None, name):
            job()


if __name__ == "__main__":
    main()

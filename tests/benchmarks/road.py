"""Time the road from a photo to its masks: small and large, cold kernels apart.

    python tests/benchmarks/road.py [PHOTO ...]

Without photos: the 512 x 512 sample, and the coffee sample enlarged to 12 million pixels with the
noise of a sensor. Each figure is the least of several runs in one process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image as PillowImage

import segmenter
from segmenter.export.masks import ExportChoice, export_regions
from segmenter.segment.labels import default_label
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.regions import segment_regions_steps
from segmenter.work import finish

N_RUNS = 5


def main() -> None:
    with TemporaryDirectory() as folder:
        photos = sys.argv[1:] or ["sample:astronaut", large_photo(Path(folder))]
        start = time.perf_counter()
        segmenter.segment_regions(segmenter.read_image(photos[0]), 4)
        print(f"first run, kernels compiled or loaded: {time.perf_counter() - start:.2f} s")
        for photo in photos:
            report(photo, Path(folder))


def large_photo(folder: Path) -> str:
    """Enlarge a sample to 12 million pixels, with noise, as a JPEG."""
    small = PillowImage.fromarray(segmenter.read_image("sample:coffee").pixels)
    large = np.asarray(small.resize((4243, 2828), PillowImage.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).normal(0, 3, large.shape).round().astype(np.int16)
    path = folder / "coffee-12mp.jpg"
    noisy = np.clip(large + noise, 0, 255).astype(np.uint8)
    PillowImage.fromarray(noisy).save(path, quality=92)
    return str(path)


def report(photo: str, folder: Path) -> None:
    image = segmenter.read_image(photo)
    print(f"\n{photo}: {image.pixels.size // image.n_channels / 1e6:.2f} MP")
    print(f"  read            {least(lambda: segmenter.read_image(photo)):8.3f} s")
    for n_regions in (4, "auto"):
        recipe = RegionsRecipe(n_regions)
        seconds, regions = timed(lambda recipe=recipe: finish(segment_regions_steps(image, recipe)))
        print(
            f"  segment K={n_regions!s:<5} {seconds:8.3f} s   K={regions.n_labels},"
            f" {regions.fit.n_iterations} iterations,"
            f" log-likelihood {regions.fit.log_likelihood:.4f},"
            f" {len(regions.field.features.samples):,} distinct colors"
        )
    recipe = RegionsRecipe(regions.n_labels, smoothness=0.3)
    previous = segmenter.segment_regions(image, regions.n_labels)
    seconds = least(lambda: finish(segment_regions_steps(image, recipe, previous=previous)))
    print(f"  smoothness only {seconds:8.3f} s")
    labels = [default_label(value) for value in range(1, regions.n_labels + 1)]
    choice = ExportChoice(frozenset({"masks", "indexed", "values"}))
    seconds = least(lambda: finish(export_regions(regions, labels, folder, "out", choice)))
    print(f"  export masks    {seconds:8.3f} s")


def least(run: Callable[[], object]) -> float:
    return timed(run)[0]


def timed(run):
    seconds = []
    for _ in range(N_RUNS):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


if __name__ == "__main__":
    main()

"""Measure the EM core beside its peers, in one run from the same starts.

    python -m tests.benchmarks.em                      # everything, some minutes
    python -m tests.benchmarks.em iteration photo      # only these sections
    python -m tests.benchmarks.em --pixels 1000000     # smaller

Times are the least of several runs. Peers that are not installed are said to be missing: OpenCV has
its `ml` module up to version 4 (`pip install --no-deps --target FOLDER "opencv-python-headless<5"`,
then PYTHONPATH=FOLDER), and pomegranate brings PyTorch, some gigabytes with its libraries.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from sklearn.mixture import GaussianMixture as SklearnMixture

import segmenter
from segmenter.em.blocks import thread_count
from segmenter.em.checks import as_samples
from segmenter.em.density import DensityModel
from segmenter.em.fit import fit_mixture
from segmenter.em.maximization import maximize
from segmenter.em.mixture import COVARIANCES, GaussianMixture
from segmenter.em.reduction import Reduced, reduce_equal
from segmenter.em.samples import Samples, prepare_steps
from segmenter.em.selection import select_components
from segmenter.em.settings import FitSettings
from segmenter.em.start import first_mixture_steps
from segmenter.em.step import accumulate_steps
from segmenter.work import finish
from tests.benchmarks.em_limits import (
    least_time,
    multiply_adds,
    multiply_adds_per_second,
    reading_time,
)
from tests.benchmarks.em_peers import SklearnSteps, opencv_seconds, pomegranate_seconds

SEED = 0
N_SHAPE_ROUNDS = 6  # in turn: a while in which the host is slow would strike one of the two
N_SHAPE_RUNS = 3  # in a round, of each of the two, so that neither has more chances of a least time
BLAS_SECONDS = 0.2  # its threads look for more work, on both cores, for some 30 ms after a call
N_FILE_BLOCKS = 8
SKLEARN_TOLERANCE = 1e-3  # its default, of the mean log-likelihood itself
RELATIVE_TOLERANCE = 8e-5  # the same or less where the log-likelihood is -12.5 or above


def main() -> None:
    sections: dict[str, Callable[[argparse.Namespace], None]] = {
        "iteration": report_iteration,
        "photo": report_photo,
        "posteriors": report_posteriors,
        "shapes": report_shapes,
        "cold": report_cold_start,
        "file": report_file,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(sections)}; none means all")
    parser.add_argument("--pixels", type=int, default=12_582_912)
    parser.add_argument("--whole", action="store_true", help="run scikit-learn's whole photo fit")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="of the file to fit")
    parser.add_argument("--features", type=int, nargs="+", default=[1, 3, 5, 8, 16])
    parser.add_argument("--samples", type=int, default=50_000, help="of a shape, at least")
    options = parser.parse_args()
    print(f"{thread_count()} threads, {options.pixels:,} pixels")
    for name in options.sections or sections:
        print(f"\n== {name}")
        sections[name](options)


def report_iteration(options: argparse.Namespace) -> None:
    """One iteration, 3 features, 5 full covariances, no two samples alike."""
    samples = smooth_samples(options.pixels, 3)
    start = start_for(samples, 5, "full")
    prepared = prepared_samples(samples, "full")
    standardized = start.standardized(prepared.center, prepared.scale)

    def iterate() -> float:
        moments = finish(accumulate_steps(prepared, standardized))
        maximize(moments, standardized, 1e-8)
        return moments.log_likelihood / moments.total + prepared.log_scale

    ours, log_likelihood, extra = least_time(iterate), iterate(), extra_memory(iterate)
    peer = SklearnSteps(start)
    begun = time.perf_counter()
    peer_log_likelihood = peer.step(samples)
    theirs = time.perf_counter() - begun
    peer_extra = extra_memory(lambda: peer.step(samples))
    print(f"{'':16}{'ms':>10}{'ratio':>8}{'log-likelihood':>16}{'extra MB':>10}")
    print_row("Segmenter", ours, ours, log_likelihood, extra)
    print_row("scikit-learn", theirs, ours, peer_log_likelihood, peer_extra)
    for name, seconds in (
        ("OpenCV ml.EM", opencv_seconds(samples[:1_000_000], start)),
        ("pomegranate", pomegranate_seconds(samples[:1_000_000], start)),
    ):
        if seconds is None:
            print(f"{name:16}   missing")
        else:
            print_row(name + " *", seconds * options.pixels / 1_000_000, ours)
    print("* on 1,000,000 samples, scaled up")
    memory = reading_time(samples)
    arithmetic = multiply_adds(len(samples), 3, 5) / multiply_adds_per_second()
    limit = max(memory, arithmetic)
    print(f"limits: reading {memory * 1e3:.1f} ms, multiply-adds {arithmetic * 1e3:.1f} ms")
    print(f"{ours / limit:.2f} times the larger limit; extra {extra / samples.nbytes:.1%} of them")


def report_photo(options: argparse.Namespace) -> None:
    """The whole fit of an 8-bit photo, and the choice of the number of components.

    scikit-learn begins, as is its default, from one k-means clustering of all samples. Ours is
    shown for one start too; the ratio is that of the slower fit from four.
    """
    photo = photo_pixels(options.pixels)

    def fit(n_starts: int) -> segmenter.Fit:
        return fit_mixture(photo, 5, n_starts=n_starts, tolerance=RELATIVE_TOLERANCE)

    ours = {n: least_time(partial(fit, n)) for n in (1, 4)}
    reduced = reduced_photo(photo)
    select = least_time(lambda: select_components(reduced.values, sample_weight=reduced.counts), 3)
    reduction = least_time(lambda: reduce_equal(photo))
    print(f"choice among 1 to 12 components {select * 1e3:.0f} ms")
    print(f"{len(reduced.values):,} distinct colors; with every pixel's {reduction * 1e3:.0f} ms")
    samples = photo.astype(np.float32)
    if not options.whole:
        samples = samples[:: max(1, len(samples) // 400_000)]
    begun = time.perf_counter()
    peer = SklearnMixture(5, random_state=0, tol=SKLEARN_TOLERANCE).fit(samples)
    theirs = (time.perf_counter() - begun) * len(photo) / len(samples)
    said = "" if options.whole else f" (of {len(samples):,} samples, scaled up)"
    print(f"scikit-learn {theirs:.1f} s{said}, log-likelihood {peer.score(samples):.4f}")
    for n, seconds in ours.items():
        log_likelihood = fit(n).mixture.log_density(samples).mean()
        print(
            f"fit of 5 components, {n} starts, reduction included: {seconds * 1e3:.0f} ms, "
            f"{theirs / seconds:,.0f} times as fast; log-likelihood {log_likelihood:.4f}"
        )


def report_posteriors(options: argparse.Namespace) -> None:
    """Posteriors and labels, 3 features, 5 components, into memory that is already there."""
    samples = smooth_samples(options.pixels, 3)
    mixture = start_for(samples, 5, "full")
    model = DensityModel(mixture)
    out = np.zeros((len(samples), 5), np.float32)
    posteriors = least_time(lambda: model.responsibilities(samples, out))
    labels = least_time(lambda: model.labels(samples))
    extra = extra_memory(lambda: model.responsibilities(samples, out))
    extra_labels = extra_memory(lambda: model.labels(samples)) - 4 * len(samples)
    print(f"posteriors {posteriors * 1e3:.0f} ms, {extra / 1e6:.1f} MB above the output")
    print(f"labels {labels * 1e3:.0f} ms, {extra_labels / 1e6:.1f} MB above the output")


def report_shapes(options: argparse.Namespace) -> None:
    """Ratios to scikit-learn, one iteration; each time is the least of the same step again."""
    print(f"{'d':>3}{'k':>4}  " + "".join(f"{kind:>26}" for kind in COVARIANCES))
    print(f"load of the machine {os.getloadavg()[0]:.1f} before it")
    for d in options.features:
        for k in (2, 5, 16, 64):
            n = int(min(options.pixels, max(options.samples, 10_000_000 / (d * k))))
            samples = smooth_samples(n, d)
            cells = [shape_ratio(samples, k, kind) for kind in COVARIANCES]
            shown = "".join(f"{ms:>9.1f} ms {ratio:>7.0f} times".rjust(26) for ms, ratio in cells)
            print(f"{d:>3}{k:>4}  {shown}")


def report_cold_start(_options: argparse.Namespace) -> None:
    """Compile everything for color images in a fresh process, then load it in another.

    Before the first kernel of whatever program, numba fills its tables of types and functions,
    for which it imports most of itself and scipy.linalg: that and its own import stand apart.
    """
    with tempfile.TemporaryDirectory() as cache:
        for title in ("first ever", "from the disk"):
            print(f"{title}: {cold_start(cache)}")


def report_file(options: argparse.Namespace) -> None:
    """Fit samples on the disk in constant memory; after some blocks they come again."""
    n = int(options.gigabytes * 1e9 / 12)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples"
        with path.open("wb") as file:
            blocks = [smooth_samples(1 << 22, 3, seed) for seed in range(N_FILE_BLOCKS)]
            for number, start in enumerate(range(0, n, 1 << 22)):
                blocks[number % N_FILE_BLOCKS][: n - start].tofile(file)
            del blocks
        print(f"{n:,} samples, {path.stat().st_size / 1e9:.2f} GB: {fit_in_process(path, n)}")


def smooth_samples(n: int, d: int, seed: int = SEED) -> NDArray[np.float32]:
    """Samples of a mixture with overlapping components, none alike."""
    random = np.random.default_rng(seed)
    centers = np.random.default_rng(99).standard_normal((8, d)).astype(np.float32) * 2
    samples = random.standard_normal((n, d), dtype=np.float32)
    samples += centers[random.integers(8, size=n)]
    return samples


def photo_pixels(n: int) -> NDArray[np.uint8]:
    """A sample photo enlarged to about n pixels, with a sensor's noise, shape (n, 3)."""
    small = PillowImage.fromarray(segmenter.read_image("sample:coffee").pixels)
    zoom = (n / (small.width * small.height)) ** 0.5
    size = (round(small.width * zoom), round(small.height * zoom))
    large = np.asarray(small.resize(size, PillowImage.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).normal(0, 1, large.shape).round().astype(np.int16)
    return np.clip(large + noise, 0, 255).astype(np.uint8).reshape(-1, 3)


def reduced_photo(photo: NDArray[np.uint8]) -> Reduced:
    reduced = reduce_equal(photo)
    if reduced is None:
        raise SystemExit("the photo has too many colors for its size; use more --pixels")
    return reduced


def prepared_samples(samples: NDArray[np.float32], kind: str) -> Samples:
    return finish(prepare_steps(as_samples(samples), None, isotropic=kind == "spherical"))


def start_for(samples: NDArray[np.float32], k: int, kind: str) -> GaussianMixture:
    settings = FitSettings(kind)
    prepared = prepared_samples(samples, kind)
    mixture = finish(first_mixture_steps(finish(prepared.draw_steps(20_000, 0)), k, settings, 1))
    return mixture.unstandardized(prepared.center, prepared.scale)


def shape_ratio(samples: NDArray[np.float32], k: int, kind: str) -> tuple[float, float]:
    """Milliseconds of our iteration, and how many times as long scikit-learn takes."""
    start = start_for(samples, k, kind)
    prepared = prepared_samples(samples, kind)
    standardized = start.standardized(prepared.center, prepared.scale)

    def iterate() -> None:
        moments = finish(accumulate_steps(prepared, standardized))
        maximize(moments, standardized, 1e-8)

    peer = SklearnSteps(start)
    theirs = ours = float("inf")
    for _ in range(N_SHAPE_ROUNDS):
        theirs = min(theirs, least_time(lambda: peer.step(samples), N_SHAPE_RUNS))
        time.sleep(BLAS_SECONDS)
        ours = min(ours, least_time(iterate, N_SHAPE_RUNS))
    return ours * 1e3, theirs / ours


def cold_start(cache: str) -> str:
    code = (
        "from time import perf_counter, process_time\n"
        "times = [(perf_counter(), process_time())]\n"
        "def mark(): times.append((perf_counter(), process_time()))\n"
        "from numba.core.registry import cpu_target; mark()\n"
        "cpu_target.typing_context.refresh(); cpu_target.target_context.refresh(); mark()\n"
        "from segmenter.em.warm import warm_up; warm_up((3,)); mark()\n"
        "for name, start, stop in zip(('numba', 'its tables', 'kernels'), times, times[1:]):\n"
        "    wall, processor = (b - a for a, b in zip(start, stop))\n"
        "    print(f'{name} {wall:.2f} s ({processor:.2f} s of processor)', end='  ')"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def fit_in_process(path: Path, n: int) -> str:
    code = (
        "import re, time, numpy as np\n"
        "from pathlib import Path\n"
        "from segmenter.em.stream import fit_blocks\n"
        f"blocks = np.memmap({str(path)!r}, np.float32, 'r', shape=({n}, 3))\n"
        "t = time.perf_counter(); fit = fit_blocks(blocks, 5); u = time.perf_counter()\n"
        "status = Path('/proc/self/status').read_text()\n"  # getrusage would count the parent
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024\n"
        "print(f'{u - t:.1f} s, {fit.n_iterations} iterations, peak {peak:.0f} MB in all')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def extra_memory(task: Callable[[], object]) -> int:
    """Bytes that a task allocates at its peak beyond what was there."""
    tracemalloc.start()
    task()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def print_row(
    name: str,
    seconds: float,
    ours: float,
    log_likelihood: float | None = None,
    extra: int | None = None,
) -> None:
    likelihood = "" if log_likelihood is None else f"{log_likelihood:.5f}"
    memory = "" if extra is None else f"{extra / 1e6:.1f}"
    print(f"{name:16}{seconds * 1e3:>10.1f}{seconds / ours:>8.1f}{likelihood:>16}{memory:>10}")


if __name__ == "__main__":
    main()

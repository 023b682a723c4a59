"""What the machine can do at all: how fast it reads samples, and multiplies and adds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import for_chunks, run_blocks, thread_count

N_RUNS = 7
WARM_SECONDS = 0.05
ZERO = np.float32(0)


def least_time(task: Callable[[], object], n_runs: int = N_RUNS) -> float:
    """Seconds of the fastest of several runs.

    Those before it are not counted: at least one, and as many as bring caches, threads and clock to
    where they are in the midst of a fit. A single short one would not.
    """
    warm = time.perf_counter() + WARM_SECONDS
    task()
    while time.perf_counter() < warm:
        task()
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


@compiled
def add_up(flat: Any, start: Any, stop: Any) -> Any:
    total = ZERO
    for index in range(start, stop):
        total += flat[index]
    return total


@compiled
def multiply_and_add(numbers: Any, factors: Any, n_rounds: Any) -> Any:
    """Eight independent chains of multiply-adds, more than the units have latency."""
    a = b = c = d = e = f = g = h = ZERO
    for _ in range(n_rounds):
        for index in range(numbers.size):
            x, y = numbers[index], factors[index]
            a += x * y
            b += x * (y + ZERO)
            c += (x + factors[0]) * y
            d += (x + factors[1]) * y
            e += (x + factors[2]) * y
            f += (x + factors[3]) * y
            g += (x + factors[4]) * y
            h += (x + factors[5]) * y
        numbers[0] += a
    return a + b + c + d + e + f + g + h


def reading_time(samples: NDArray[np.float32]) -> float:
    """Seconds to read samples once on all cores."""
    flat = samples.reshape(-1)
    sums = np.zeros(256)

    def read(number: int, start: int, stop: int) -> None:
        sums[number] = add_up(flat, start, stop)

    return least_time(lambda: run_blocks(*for_chunks(len(flat), read)))


def multiply_adds_per_second() -> float:
    """Float32 multiply-adds a second on all cores."""
    n_rounds, n_numbers, n_chains = 20_000, 512, 8
    numbers, factors = (np.zeros((thread_count(), n_numbers), np.float32) for _ in range(2))

    def work(number: int) -> None:
        multiply_and_add(numbers[number], factors[number], n_rounds)

    seconds = least_time(lambda: run_blocks(work, thread_count()))
    return thread_count() * n_rounds * n_numbers * n_chains / seconds


def multiply_adds(n: int, d: int, k: int) -> float:
    """Multiply-adds that one full-covariance iteration cannot do without.

    For each sample and component: the whitened distance, five for the exponential, and the
    moments up to the second.
    """
    distance = d * (d + 1) // 2 + d
    moments = 1 + d + d * (d + 1) // 2
    return float(n) * k * (distance + 5 + moments)

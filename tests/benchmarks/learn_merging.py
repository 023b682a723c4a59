"""Learn what it costs to merge two regions: ``python tests/benchmarks/learn_merging.py FOLDER``.

FOLDER holds ``regions/``: photos with people's regions (see `human_regions`). Prints what the costs
score on photos they were not learned on (five-fold), and with ``--write`` puts those learned on all
photos into the file that the program loads.

The cost is the log odds that people would keep two regions apart. A logistic model of the cues and
their products is fitted to the merges that the model of the round before has made, each weighted by
the root of its smaller size; people disagree, so the odds are shares of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from human_regions import Seen, Table, scores, seen_photos, table_of
from numpy.typing import NDArray
from scipy.optimize import minimize

from segmenter.images.read import read_image
from segmenter.segment.partition import cost as costs
from segmenter.segment.partition.adjacency import Adjacency, adjacency_of
from segmenter.segment.partition.cost import CUES, MergeCost
from segmenter.segment.partition.evidence import evidence_of
from segmenter.segment.partition.merging import merged_with_cues
from segmenter.segment.partition.partition import basins_of
from segmenter.segment.partition.working import working_image
from segmenter.work import finish

STORED = Path(costs.__file__).with_name("merge_cost.json")
RIDGE = 1e-3
MONOTONE = 10.0
RISING = range(7)  # the cues that are differences: the larger, the more apart
ROUNDS = 3
MOST_REGIONS = 150  # stopping earlier is never best
N_CUES = len(CUES)
LOWER = np.tril_indices(N_CUES)


@dataclass(frozen=True)
class Example:
    """A photo's region graph, and how people's regions fall on its nodes."""

    name: str
    graph: Adjacency
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Course:
    """What each number of regions scores on a photo, and the cost at which merging gets there."""

    heights: Table
    n_nodes: int
    scored: Table

    def at(self, height: float) -> Table:
        n_regions = self.n_nodes - int(np.searchsorted(self.heights, height, side="right"))
        n_regions = min(max(n_regions, 1), len(self.scored) - 1)
        return np.append(self.scored[n_regions], n_regions)


def example_of(photo: Seen) -> Example:
    working = working_image(read_image(photo.path))
    evidence = finish(evidence_of(working))
    basins = basins_of(working, evidence)
    tables = tuple(table_of(basins, drawn) for drawn in photo.drawn)
    return Example(photo.name, adjacency_of(basins, evidence, working.cells), tables)


def apart(example: Example, merges: NDArray[np.int32]) -> tuple[Table, Table]:
    """Share of people, by pairs of pixels, who keep the two sides of a merge apart; its weight."""
    n = len(example.graph.sizes)
    total, size = np.zeros(len(merges)), np.zeros(n + len(merges))
    for table in example.tables:
        nodes = np.zeros((n + len(merges), len(table)))
        nodes[:n] = table.T
        for i, (first, second) in enumerate(merges):
            nodes[n + i] = nodes[first] + nodes[second]
        size = nodes.sum(1)
        shares = nodes / size[:, None]
        total += 1 - (shares[merges[:, 0]] * shares[merges[:, 1]]).sum(1)
    smaller = size[merges].min(1) / size[:n].sum()
    return total / len(example.tables), np.sqrt(smaller)


def with_products(cues: Table) -> Table:
    return np.concatenate([cues, cues[:, LOWER[0]] * cues[:, LOWER[1]]], axis=1)


def rises(cues: Table) -> Table:
    """How the cost rises with each difference, as rows over the weights: (n * n_rising, n_weights).

    The slope of the cost is a sum over the weights too, so that it can be asked to be positive.
    """
    rows = np.zeros((len(RISING), len(cues), N_CUES + len(LOWER[0])))
    for place, cue in enumerate(RISING):
        rows[place, :, cue] = 1
        for column, (one, other) in enumerate(zip(*LOWER, strict=True), N_CUES):
            if one == cue:
                rows[place, :, column] += cues[:, other]
            if other == cue:
                rows[place, :, column] += cues[:, one]
    return rows.reshape(-1, rows.shape[2])


def fitted(cues: Table, target: Table, weight: Table) -> MergeCost:
    """Fit a logistic model to shares, with a ridge on standardized cues and products.

    Where a difference is larger the cost must not be less, anywhere between the limits: the model
    also meets images that are unlike photos.
    """
    lowest, highest = np.quantile(cues, [0.0005, 0.9995], axis=0)
    cues = cues.clip(lowest, highest)
    inputs = with_products(cues)
    weight = weight / weight.sum()
    center = weight @ inputs
    scale = np.sqrt(weight @ (inputs - center) ** 2) + 1e-6
    standard = (inputs - center) / scale
    anywhere = np.random.default_rng(0).uniform(lowest, highest, (1000, N_CUES))
    corners = np.where(np.random.default_rng(1).random((1000, N_CUES)) < 0.5, lowest, highest)
    spans = np.repeat((highest - lowest)[list(RISING)], 2000)
    slopes = rises(np.concatenate([anywhere, corners])) / scale * spans[:, None]

    def loss(model: Table) -> tuple[float, Table]:
        cost = standard @ model[1:] + model[0]
        error = weight * (1 / (1 + np.exp(-cost)) - target)
        falls = np.minimum(slopes @ model[1:], 0)
        value = weight @ (np.logaddexp(0, cost) - target * cost) + RIDGE * (model[1:] @ model[1:])
        value += MONOTONE * (falls @ falls) / len(falls)
        gradient = standard.T @ error + 2 * RIDGE * model[1:]
        gradient += 2 * MONOTONE * (falls @ slopes) / len(falls)
        return float(value), np.append(error.sum(), gradient)

    options = {"maxiter": 300}
    model = minimize(loss, np.zeros(inputs.shape[1] + 1), jac=True, options=options).x
    weights = model[1:] / scale
    quadratic = np.zeros((N_CUES, N_CUES))
    quadratic[LOWER] = weights[N_CUES:]
    bias = float(model[0] - weights @ center)
    return MergeCost(bias, weights[:N_CUES], quadratic, lowest, highest)


def first_guess() -> MergeCost:
    """Posteriors, boundaries and sizes, before anything is learned."""
    linear = np.zeros(N_CUES)
    linear[[2, 4, 5, 7]] = 6.0, 1.6, 1.9, 1.1
    far = np.full(N_CUES, 1e9)
    return MergeCost(0.0, linear, np.zeros((N_CUES, N_CUES)), -far, far)


def learn(examples: Sequence[Example]) -> MergeCost:
    cost = first_guess()
    rows: list[tuple[Table, Table, Table]] = []
    for _ in range(ROUNDS):
        for example in examples:
            merges, _, cues = merged_with_cues(example.graph, cost)
            rows.append((cues, *apart(example, merges)))
        cost = fitted(*(np.concatenate(column) for column in zip(*rows, strict=True)))
    return cost


def course_of(example: Example, cost: MergeCost) -> Course:
    merges, costs, _ = merged_with_cues(example.graph, cost)
    n = len(example.graph.sizes)
    scored = np.zeros((min(MOST_REGIONS, n) + 1, 3))
    for table in example.tables:
        nodes = np.concatenate([table, np.zeros((len(table), len(merges)))], axis=1)
        alive = np.arange(n + len(merges)) < n
        for i, (first, second) in enumerate(merges):
            nodes[:, n + i] = nodes[:, first] + nodes[:, second]
            alive[[first, second, n + i]] = False, False, True
            if n - i - 1 < len(scored):
                ours = np.ascontiguousarray(nodes[:, alive])
                scored[n - i - 1] += scores(ours, ours.sum(1), ours.sum(0))
    return Course(np.maximum.accumulate(costs), n, scored / len(example.tables))


def automatic_height(courses: Sequence[Course]) -> float:
    """The one cost to stop at for all photos, by all three measures."""
    candidates = np.quantile(
        np.concatenate([c.heights[-120:] for c in courses]), np.linspace(0, 1, 101)
    )

    def worth(height: float) -> float:
        covering, rand, information, _ = np.mean([c.at(height) for c in courses], axis=0)
        return float(covering + 0.5 * rand - 0.1 * information)

    return float(max(candidates, key=worth))


def cross_validated(examples: Sequence[Example], n_folds: int, seed: int) -> Table:
    """Covering, Rand index, variation of information and regions on photos left out."""
    order = np.random.default_rng(seed).permutation(len(examples))
    rows = []
    for fold in range(n_folds):
        out = set(order[fold::n_folds].tolist())
        kept = [example for number, example in enumerate(examples) if number not in out]
        cost = learn(kept)
        height = automatic_height([course_of(example, cost) for example in kept])
        rows += [course_of(examples[number], cost).at(height) for number in sorted(out)]
    return np.mean(rows, axis=0)


def written(examples: Sequence[Example]) -> None:
    cost = learn(examples)
    height = automatic_height([course_of(example, cost) for example in examples])
    stored = {
        "about": "Log odds that people keep two regions apart: bias + weight . cues + the sum of "
        "quadratic[i, j] cues[i] cues[j], i >= j, row by row; merging stops at automatic. Of each "
        "cue: its weight, and the limits to which it is clipped. Learned "
        f"on {len(examples)} training photos of BSDS500 (Arbelaez et al. 2011) by "
        "tests/benchmarks/learn_merging.py; cues in segment/partition/cost.py.",
        "automatic": round(height, 4),
        "bias": round(cost.bias, 5),
        "cues": {
            cue: [round(float(value), 5) for value in row]
            for cue, *row in zip(CUES, cost.linear, cost.lowest, cost.highest, strict=True)
        },
        "quadratic": [round(float(w), 5) for w in cost.quadratic[LOWER]],
    }
    STORED.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"written: {STORED}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    parser.add_argument("--write", action="store_true", help="replace the stored weights")
    chosen = parser.parse_args()
    examples = [example_of(photo) for photo in seen_photos(chosen.folder / "regions")]
    covering, rand, information, count = cross_validated(examples, chosen.folds, chosen.seed)
    print(f"left out: {covering:.3f} / {rand:.3f} / {information:.2f}, {count:.0f} regions a photo")
    if chosen.write:
        written(examples)


if __name__ == "__main__":
    main()

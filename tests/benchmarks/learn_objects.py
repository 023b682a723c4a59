"""Learn which connected sets are objects: ``python tests/benchmarks/learn_objects.py FOLDER``.

FOLDER holds ``nuclei/`` (see `nuclei`). A logistic model of traits and their products is fitted to
the overlap of each set with the object it meets best; a second one also knows the typical size that
the first found. Prints what they reach on images left out (five-fold), and with ``--write`` puts
those learned on all images into the file that the program loads.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nuclei import Counted, Labels, counted_images, f1, overlap
from numpy.typing import NDArray
from scipy.optimize import minimize

from segmenter.segment.objects import quality as qualities
from segmenter.segment.objects.choice import chosen_sets
from segmenter.segment.objects.objects import Heights, heights_of, objects_in, typical_size
from segmenter.segment.objects.quality import Quality, with_products
from segmenter.segment.objects.traits import with_relative_size

Table = NDArray[np.float64]
STORED = Path(qualities.__file__).with_name("quality.json")
RIDGE = 1e-4


@dataclass(frozen=True)
class Example:
    """An image seen both ways, and how each set overlaps with an object."""

    name: str
    drawn: Labels
    seen: tuple[Heights, ...]
    overlaps: tuple[Table, ...]


def example_of(counted: Counted) -> Example:
    seen = tuple(heights_of(counted.image, ground) for ground in ("dark", "bright"))
    overlaps = tuple(best_overlaps(heights, counted.drawn) for heights in seen)
    return Example(counted.name, counted.drawn, seen, overlaps)


def best_overlaps(heights: Heights, drawn: Labels) -> Table:
    tree = heights.tree
    table = np.zeros((len(tree.parents), int(drawn.max()) + 1))
    np.add.at(table, (tree.node_of.ravel(), drawn.ravel()), 1)
    for node in range(len(table) - 1, 0, -1):
        table[tree.parents[node]] += table[node]
    drawn_sizes = np.bincount(drawn.ravel(), minlength=table.shape[1])
    union = tree.sizes[:, None] + drawn_sizes[None, 1:] - table[:, 1:]
    return (table[:, 1:] / np.maximum(union, 1)).max(1)


def fitted(rows: Sequence[tuple[Table, Table]]) -> Quality:
    """Fit to overlaps as shares; an image counts by the root of its number of sets."""
    traits = np.concatenate([each for each, _ in rows])
    target = np.concatenate([each for _, each in rows])
    weight = np.concatenate([np.full(len(each), 1 / np.sqrt(len(each) + 1)) for each, _ in rows])
    weight /= weight.sum()
    lowest, highest = np.quantile(traits, [0.0005, 0.9995], axis=0)
    inputs = with_products(traits.clip(lowest, highest))
    center = weight @ inputs
    scale = np.sqrt(weight @ (inputs - center) ** 2) + 1e-6
    standard = (inputs - center) / scale

    def loss(model: Table) -> tuple[float, Table]:
        odds = standard @ model[1:] + model[0]
        error = weight * (1 / (1 + np.exp(-odds)) - target)
        value = weight @ (np.logaddexp(0, odds) - target * odds) + RIDGE * (model[1:] @ model[1:])
        return float(value), np.append(error.sum(), standard.T @ error + 2 * RIDGE * model[1:])

    start = np.zeros(inputs.shape[1] + 1)
    model = minimize(loss, start, jac=True, options={"maxiter": 300}).x
    weights = model[1:] / scale
    return Quality(float(model[0] - weights @ center), weights, lowest, highest)


def learn(examples: Sequence[Example]) -> tuple[Quality, Quality]:
    pairs = [pair for e in examples for pair in zip(e.seen, e.overlaps, strict=True)]
    first = fitted([(h.traits[h.allowed], overlaps[h.allowed]) for h, overlaps in pairs])
    rows = []
    for heights, overlaps in pairs:
        tree = heights.tree
        labels, _ = chosen_sets(tree.parents, first.of(heights.traits), heights.allowed)
        typical = typical_size(labels[tree.node_of])
        traits = with_relative_size(heights.traits, tree.sizes, typical)
        rows.append((traits[heights.allowed], overlaps[heights.allowed]))
    return first, fitted(rows)


def scored(example: Example, models: tuple[Quality, Quality]) -> tuple[float, float]:
    found = [objects_in(heights, *models) for heights in example.seen]
    labels = max(found, key=lambda each: each[1])[0]
    return overlap(labels, example.drawn), f1(labels, example.drawn)


def cross_validated(examples: Sequence[Example], n_folds: int = 5) -> Table:
    order = np.random.default_rng(0).permutation(len(examples))
    rows = []
    for fold in range(n_folds):
        out = set(order[fold::n_folds].tolist())
        models = learn([e for number, e in enumerate(examples) if number not in out])
        for number in sorted(out):
            rows.append(scored(examples[number], models))
            print(f"{examples[number].name:14s} {rows[-1][0]:.3f} {rows[-1][1]:.3f}", flush=True)
    return np.mean(rows, axis=0)


def as_stored(model: Quality) -> dict[str, list[float]]:
    parts = {
        "bias": np.array([model.bias]),
        "weights": model.weights,
        "lowest": model.lowest,
        "highest": model.highest,
    }
    return {key: [round(float(value), 5) for value in part] for key, part in parts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the stored weights")
    chosen = parser.parse_args()
    examples = [example_of(counted) for counted in counted_images(chosen.folder / "nuclei")]
    mean_overlap, mean_f1 = cross_validated(examples)
    print(f"left out: overlap {mean_overlap:.3f}, F1 {mean_f1:.3f}")
    if chosen.write:
        stored = {
            "about": "Expected overlap of a connected set with one object: logistic of bias + "
            "weights . (traits, then products of two, lower triangle row by row); traits in "
            "segment/objects/traits.py, clipped to lowest..highest. The second model also has the "
            f"size beside a typical one. Learned on {len(examples)} images of the Data Science "
            "Bowl 2018 (BBBC038v1, CC0) by tests/benchmarks/learn_objects.py.",
            "models": [as_stored(model) for model in learn(examples)],
        }
        STORED.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
        print(f"written: {STORED}")


if __name__ == "__main__":
    main()

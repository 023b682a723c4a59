"""Learn which connected sets are objects: ``python tests/benchmarks/learn_objects.py FOLDER``.

FOLDER holds ``nuclei/`` (see `nuclei`). A logistic model of traits and their products is fitted to
the overlap of each set with the object it meets best; a second one also knows the typical size that
the first found, and a third judges the pixels of the image once objects are found, averaged with
boosted trees (scikit-learn). Prints what they reach on images left out, and with ``--write`` puts
those learned on all images into the file that the program loads.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from nuclei import Counted, Labels, counted_images, f1, overlap
from numpy.typing import NDArray
from scipy.optimize import minimize

from segmenter.segment.objects import quality as qualities
from segmenter.segment.objects.choice import chosen_sets
from segmenter.segment.objects.objects import (
    Choice,
    Heights,
    choice_in,
    heights_of,
    outlined,
    traits_of_pixels,
    typical_size,
)
from segmenter.segment.objects.pixel_traits import KIND_TRAITS
from segmenter.segment.objects.quality import Learned, Membership, Quality, with_products
from segmenter.segment.objects.traits import with_compared
from segmenter.segment.objects.trees import NEVER, Trees
from segmenter.work import finish

Table = NDArray[np.float64]
STORED = Path(qualities.__file__).with_name("quality.json")
RIDGE, PIXEL_RIDGE = 1e-4, 1e-3
WIDTH = 2.5  # standard deviations of the kinds of images, beyond which they count as the limit
N_NEAR, N_FAR = 2000, 300  # pixels of an image to learn from
N_TREES, WEIGHT = 120, 1e4  # an image counts as so many pixels
RISES = (1, 1, 0, 0, 0, 0, -1, 0, 1)  # with these of PIXEL_TRAITS objects become likelier, or less


@dataclass(frozen=True)
class Example:
    """An image seen both ways, and how each set overlaps with an object.

    The pixels of `rows` were measured beside objects found by models that do not know the image.
    """

    name: str
    drawn: Labels
    seen: tuple[Heights, ...]
    overlaps: tuple[Table, ...]
    rows: Rows | None = None


@dataclass(frozen=True)
class Rows:
    """Some pixels of an image: their traits, whether they are of an object, and what they count."""

    pixels: Table
    is_object: Table
    weight: Table
    kind: Table


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
    lowest, highest = np.quantile(traits, [0.0005, 0.9995], axis=0)
    bias, weights = logistic(with_products(traits.clip(lowest, highest)), target, weight, RIDGE)
    return Quality(bias, weights, lowest, highest)


def logistic(inputs: Table, target: Table, weight: Table, ridge: float) -> tuple[float, Table]:
    """Bias and weights of a logistic model of shares, with a ridge on standardized inputs."""
    weight = weight / weight.sum()
    center = weight @ inputs
    scale = np.sqrt(weight @ (inputs - center) ** 2) + 1e-6
    standard = (inputs - center) / scale

    def loss(model: Table) -> tuple[float, Table]:
        odds = standard @ model[1:] + model[0]
        error = weight * (1 / (1 + np.exp(-odds)) - target)
        value = weight @ (np.logaddexp(0, odds) - target * odds) + ridge * (model[1:] @ model[1:])
        return float(value), np.append(error.sum(), standard.T @ error + 2 * ridge * model[1:])

    start = np.zeros(inputs.shape[1] + 1)
    model = minimize(loss, start, jac=True, options={"maxiter": 300}).x
    weights = model[1:] / scale
    return float(model[0] - weights @ center), weights


def learn_sets(examples: Sequence[Example]) -> tuple[Quality, Quality]:
    pairs = [pair for e in examples for pair in zip(e.seen, e.overlaps, strict=True)]
    first = fitted([(h.traits[h.allowed], overlaps[h.allowed]) for h, overlaps in pairs])
    rows = []
    for heights, overlaps in pairs:
        tree = heights.tree
        labels, _ = chosen_sets(tree.parents, first.of(heights.traits), heights.allowed)
        traits = with_compared(heights.traits, tree.parents, labels)
        rows.append((traits[heights.allowed], overlaps[heights.allowed]))
    return first, fitted(rows)


def best_choice(example: Example, first: Quality, second: Quality) -> Choice:
    choices = [choice_in(heights, first, second) for heights in example.seen]
    return max(choices, key=lambda choice: choice.worth)


def with_rows(example: Example, models: tuple[Quality, Quality]) -> Example:
    """Measure some pixels near the objects that are found, and some others."""
    choice = best_choice(example, *models)
    labels = choice.labels
    if not labels.any():
        return example
    side = float(np.sqrt(typical_size(labels)))
    traits = traits_of_pixels(choice, labels, side)
    order = np.random.default_rng(0).permutation(labels.size)
    is_near = traits.distance.ravel()[order] < side
    near, far = order[is_near], order[~is_near]
    taken = np.concatenate([near[:N_NEAR], far[:N_FAR]])
    each = len(near) / min(len(near), N_NEAR), len(far) / max(1, min(len(far), N_FAR))
    weight = np.repeat(each, (min(len(near), N_NEAR), min(len(far), N_FAR)))
    # Far pixels are many and easy: together they count for no more than those near objects.
    weight[N_NEAR:] *= min(1.0, len(near) / max(1, len(far)))
    pixels = traits.pixels.reshape(-1, traits.pixels.shape[-1])[taken].astype(float)
    is_object = (example.drawn.ravel()[taken] > 0).astype(float)
    return replace(example, rows=Rows(pixels, is_object, weight / weight.sum(), traits.kind))


def learn_pixels(examples: Sequence[Example]) -> Membership:
    rows = [example.rows for example in examples if example.rows is not None]
    kinds = np.array([each.kind for each in rows])
    center, scale = kinds.mean(0), kinds.std(0) + 1e-6
    lowest, highest = center - WIDTH * scale, center + WIDTH * scale
    kind = np.concatenate(
        [np.tile(each.kind.clip(lowest, highest), (len(each.weight), 1)) for each in rows]
    )
    pixels = np.concatenate([each.pixels for each in rows])
    low, high = np.quantile(pixels, [0.0005, 0.9995], axis=0)
    inputs = np.concatenate([with_products(pixels.clip(low, high)), kind], axis=1)
    bias, weights = logistic(
        inputs,
        np.concatenate([each.is_object for each in rows]),
        np.concatenate([each.weight for each in rows]),
        PIXEL_RIDGE,
    )
    n = inputs.shape[1] - kinds.shape[1]
    smooth = Quality(bias, weights[:n], low, high)
    return Membership(smooth, weights[n:], lowest, highest, learn_trees(rows))


def learn_trees(rows: Sequence[Rows]) -> Trees:
    """Boost trees of two questions, which rise with a trait where it speaks for an object."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    kinds = [np.tile(each.kind, (len(each.weight), 1)) for each in rows]
    inputs = np.concatenate([np.hstack([r.pixels, k]) for r, k in zip(rows, kinds, strict=True)])
    model = HistGradientBoostingClassifier(
        max_iter=N_TREES,
        max_depth=2,
        learning_rate=0.08,
        l2_regularization=1.0,
        min_samples_leaf=200,
        monotonic_cst=[*RISES, *(0 for _ in KIND_TRAITS)],
        random_state=0,
    ).fit(
        inputs,
        np.concatenate([each.is_object for each in rows]),
        np.concatenate([each.weight for each in rows]) * WEIGHT,
    )
    trees = [as_tree(tree.nodes) for (tree,) in model._predictors]  # there is no public way
    traits, thresholds, values = (np.array(part) for part in zip(*trees, strict=True))
    return Trees(
        float(model._baseline_prediction.item()),
        traits.astype(np.int32),
        thresholds.astype(np.float32),
        values.astype(np.float32),
    )


def as_tree(nodes: NDArray[np.void]) -> tuple[list[int], list[float], list[float]]:
    """Questions and values of a tree of scikit-learn, of depth two at most."""
    traits, thresholds, values = [0, 0, 0], [NEVER] * 3, [0.0] * 4

    def write(node: np.void, question: int, leaves: tuple[int, ...]) -> None:
        if node["is_leaf"]:
            for leaf in leaves:
                values[leaf] = float(node["value"])
            return
        traits[question], thresholds[question] = int(node["feature_idx"]), node["num_threshold"]
        half = len(leaves) // 2
        for side, part in (("left", leaves[:half]), ("right", leaves[half:])):
            write(nodes[node[side]], 1 + (side == "right"), part)

    write(nodes[0], 0, (0, 1, 2, 3))
    return traits, thresholds, values


def folds(examples: Sequence[Example], n_folds: int, seed: int) -> list[list[int]]:
    order = np.random.default_rng(seed).permutation(len(examples)).tolist()
    return [sorted(order[fold::n_folds]) for fold in range(n_folds)]


def left_out(examples: Sequence[Example], out: Sequence[int]) -> list[Example]:
    return [example for number, example in enumerate(examples) if number not in out]


def scored(example: Example, models: Learned) -> tuple[float, float]:
    labels = finish(outlined(best_choice(example, models.first, models.second), models.pixels))
    return overlap(labels, example.drawn), f1(labels, example.drawn)


def cross_validated(
    examples: Sequence[Example], n_folds: int, seed: int
) -> tuple[Table, list[Example]]:
    """Overlap and F1 of images left out, and the examples with pixels of objects so found."""
    parts = folds(examples, n_folds, seed)
    sets = [learn_sets(left_out(examples, out)) for out in parts]
    measured = list(examples)
    for out, models in zip(parts, sets, strict=True):
        for number in out:
            measured[number] = with_rows(examples[number], models)
    rows = []
    for out, models in zip(parts, sets, strict=True):
        known = Learned(*models, learn_pixels(left_out(measured, out)))
        for number in out:
            rows.append(scored(measured[number], known))
            print(f"{examples[number].name:14.14s} {rows[-1][0]:.3f} {rows[-1][1]:.3f}", flush=True)
    return np.mean(rows, axis=0), measured


def as_stored(model: Quality) -> dict[str, list[float]]:
    parts = {
        "bias": np.array([model.bias]),
        "weights": model.weights,
        "lowest": model.lowest,
        "highest": model.highest,
    }
    return {key: rounded(part) for key, part in parts.items()}


def rounded(values: Table) -> list[float]:
    return [round(float(value), 5) for value in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=1, help="so many times other folds")
    parser.add_argument("--write", action="store_true", help="replace the stored weights")
    chosen = parser.parse_args()
    examples = [example_of(counted) for counted in counted_images(chosen.folder / "nuclei")]
    means = []
    for seed in range(chosen.seeds):
        scores, measured = cross_validated(examples, chosen.folds, seed)
        means.append(scores)
        print(f"left out, folds {seed}: overlap {scores[0]:.3f}, F1 {scores[1]:.3f}", flush=True)
    mean_overlap, mean_f1 = np.mean(means, axis=0)
    print(f"left out: overlap {mean_overlap:.3f}, F1 {mean_f1:.3f}")
    if chosen.write:
        first, second = learn_sets(examples)
        pixels = learn_pixels(measured)
        trees = pixels.trees
        kind = {"weights": pixels.kind, "lowest": pixels.lowest, "highest": pixels.highest}
        stored = {
            "about": "Expected overlap of a connected set with one object (first, second: knowing "
            "the size beside a typical one), and probability that a pixel is of an object "
            "(pixels): logistic of bias + weights . (traits, then products of two, lower triangle "
            "row by row), traits clipped to lowest..highest; that of pixels also has the traits of "
            "the image (kind), and its odds are averaged with those of trees of two questions "
            "(see trees.py). Traits in segment/objects/traits.py and pixel_traits.py. Learned on "
            f"{len(examples)} images of the Data Science Bowl 2018 (BBBC038v1, CC0) by "
            "tests/benchmarks/learn_objects.py.",
            "first": as_stored(first),
            "second": as_stored(second),
            "pixels": as_stored(pixels.smooth),
            "kind": {key: rounded(values) for key, values in kind.items()},
            "trees": {
                "bias": trees.bias,
                "traits": trees.traits.tolist(),
                "thresholds": [
                    [round(float(at), 5) if at < NEVER else None for at in row]
                    for row in trees.thresholds
                ],
                "values": [rounded(row) for row in trees.values],
            },
        }
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(part)}" for key, part in stored.items())
        STORED.write_text(f"{{\n{lines}\n}}\n", "utf-8")
        print(f"written: {STORED}")


if __name__ == "__main__":
    main()

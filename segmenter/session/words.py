"""Results in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmenter.em.selection import Selection
    from segmenter.segment.labels import Label
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

FLAT = 0.02
"""A change of BIC below this share of its whole range looks flat on the curve."""


STRONG = 6.0
"""A difference of BIC below this is no strong evidence (Kass & Raftery 1995)."""


def describe_regions(regions: Regions) -> str:
    """Say how the number of regions came about, how sure that is, or how the fit went."""
    count = counted(regions.n_labels, "class")
    if regions.selection is not None:
        chosen = describe_selection(regions.selection)
        groups, doubt = _describe_groups(regions.groups), describe_doubt(regions.selection)
        return f"{count}: {chosen.removesuffix('.')}{groups}. {doubt}".rstrip()
    if regions.fit.converged:
        return f"{count}; the fit converged."
    return f"{count}; the fit was stopped after {counted(regions.fit.n_iterations, 'iteration')}."


def describe_parts(parts: Parts, labels: Sequence[Label]) -> str:
    """Say in one sentence how many parts there are and which would be joined next."""
    count = counted(parts.n_labels, "region")
    if parts.recipe.edits:
        count += f", {counted(len(parts.recipe.edits), 'change')} by hand"
    pair = parts.next_merge
    if pair is None:
        return f"{count}: nothing is left to join."
    one, other = (labels[value - 1].name for value in pair)
    return f"{count}: the next merge would join {one} and {other}."


def describe_objects(objects: Objects) -> str:
    """Say in one sentence how many objects there are, what they lie on, and how large they are."""
    n_found = len(objects.found.sizes)
    if n_found == 0:
        return "No object was found; try the other ground, or a reading by color."
    if objects.n_labels == 0:
        return f"{counted(n_found, 'object')} found, and all are left out by size or by hand."
    kind = "brighter" if objects.ground == "dark" else "darker"
    words = f"{counted(objects.n_labels, 'object')}, {kind} than the ground"
    if objects.recipe.edits:
        words += f", {counted(len(objects.recipe.edits), 'change')} by hand"
    share = f"{objects.shares.sum():.1%}".replace("%", " %")
    n_left_out = int((objects.lookup[1:] == 0).sum())
    left_out = f" {n_left_out} more are left out." if n_left_out > 1 else ""
    left_out = " 1 more is left out." if n_left_out == 1 else left_out
    return f"{words}: {share} of the image.{left_out}"


def describe_selection(selection: Selection) -> str:
    """Say in half a sentence what the criterion does around its best number."""
    name = selection.criterion.upper()
    best, tried = selection.best.n_components, _values(selection)
    if len(tried) == 1:
        return "no other number was tried."
    first, last = min(tried), max(tried)
    if best == first:
        return f"{name} only rises after {best}."
    if best == last:
        return f"{name} still falls at {best}, the largest number tried."
    spread = max(tried.values()) - min(tried.values())
    after = tried[min(number for number in tried if number > best)] - tried[best]
    return f"{name} falls until {best}, then {'is flat' if after < FLAT * spread else 'rises'}."


def describe_doubt(selection: Selection) -> str:
    """Say which numbers the pixels do not tell from the best one; nothing where they do."""
    tried, best = _values(selection), selection.best.n_components
    alike = sorted(number for number, value in tried.items() if value - tried[best] < STRONG)
    if len(alike) < 2:
        return ""
    if len(alike) == 2:
        return f"These pixels do not tell {alike[0]} from {alike[1]}."
    return f"These pixels do not tell {', '.join(map(str, alike[:-1]))} and {alike[-1]} apart."


def counted(number: int, noun: str) -> str:
    """Write a number and its noun, in the plural unless there is one."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"


def _describe_groups(groups: Sequence[Sequence[int]]) -> str:
    """Say how many components became how many classes, where any did."""
    merged = [len(group) for group in groups if len(group) > 1]
    if not merged:
        return ""
    number = NUMBERS[sum(merged)] if sum(merged) < len(NUMBERS) else str(sum(merged))
    things = "one thing" if len(merged) == 1 else f"{len(merged)} things"
    return f"; {number} of them describe {things}"


def _values(selection: Selection) -> dict[int, float]:
    return {each.n_components: getattr(each, selection.criterion) for each in selection.candidates}

"""What the command line says of one brain: in words, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmenter.segment.tissue.result import Tissue


def print_tissue(tissue: Tissue) -> None:
    """Say in lines what was found."""
    from segmenter.export.group import sentences

    for note in (*tissue.image.source.notes, *tissue.notes):
        print(f"  {sentences([note])}")
    for volume in tissue.volumes:
        print(
            f"  {volume.label}  {volume.name:<20} {volume.hard_ml:8.1f} ml"
            f"  expected {volume.expected_ml:.1f} ({volume.low_ml:.1f} to {volume.high_ml:.1f})"
        )
    for note in tissue.volume_notes:
        print(f"  {note}")
    if tissue.parenchymal_fraction is not None:
        print(f"  Brain parenchymal fraction {tissue.parenchymal_fraction:.3f}")
    regions = tissue.abnormalities()
    if regions:
        total = sum(region.volume_ml for region in regions)
        found = "1 region" if len(regions) == 1 else f"{len(regions)} regions"
        print(f"  {found} that no tissue explains, {total:.1f} ml in all")


def tissue_summary(tissue: Tissue, files: Sequence[str]) -> dict[str, Any]:
    """Return all that was found as plain values.

    Parameters
    ----------
    tissue : Tissue
        The result.
    files : sequence of str
        What was written of it.
    """
    from segmenter.export.tissue import region_rows

    return {
        "brain_mask": tissue.brain_mask_origin,
        "notes": [*tissue.image.source.notes, *tissue.notes, *tissue.volume_notes],
        "tissues": [
            {**asdict(volume), "gaussians": _gaussians(tissue, volume.label)}
            for volume in tissue.volumes
        ],
        "parenchymal_fraction": tissue.parenchymal_fraction,
        "quality": tissue.quality,
        "regions": region_rows(tissue),
        "recipe": tissue.recipe.as_dict(),
        "files": list(files),
    }


def _gaussians(tissue: Tissue, label: int) -> list[dict[str, Any]]:
    alone = tissue.tissue_mixture(label)
    return [
        {"weight": float(weight), "mean": mean.tolist(), "covariance": covariance.tolist()}
        for weight, mean, covariance in zip(
            alone.weights, alone.means, alone.covariances, strict=True
        )
    ]

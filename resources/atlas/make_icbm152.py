"""Derive icbm152.npz from the ICBM 152 2009a maps: python make_icbm152.py FOLDER.

FOLDER holds icbm152_2009a_t1.nii.gz, _gm.nii.gz and _wm.nii.gz (1 mm, probabilities times 255).
Besides the maps themselves there are priors: the maps blurred, because no brain has the sulci of
the average, but hardly in the deep gray matter and the brain stem, which lie where the average's
lie and whose intensities tell too little. There the average's gray matter, which was found by
intensity, is raised: anatomists call the thalamus and the pallidum gray.
The outline of the brain goes on, half as sure, where the cavity of the skull does: over the
cisterns, which the average's own mask leaves out, also those around the brain stem. It ends at the
foramen magnum: what is below is the spinal canal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage as ndi

ORIGIN = np.array([-98, -134, -72])
"""RAS millimeters of the first voxel."""

LEVELS = 51
"""Probabilities are kept in steps of 1/51, which compress to a third."""


CAVITY = 25.0
"""Millimeters of the smallest ball that fits into every hollow of the skull's inside."""

CISTERN = 8.0
"""Millimeters of fluid around the pons and the medulla."""

FORAMEN_MAGNUM = -63.0
"""RAS millimeters of the lowest plane inside the skull: there the average's section grows from 8
cm², as much as the foramen has, to 13, since the cerebellum begins."""


def main(folder: Path) -> None:
    """Write the file beside this script."""
    maps = read_maps(folder)
    regions = make_regions(maps)
    priors = make_priors(maps, regions)
    affine = np.diag([2.0, 2, 2, 1])
    affine[:3, 3] = ORIGIN + 0.5
    np.savez_compressed(
        Path(__file__).with_name("icbm152.npz"),
        maps=quantized(halved(maps)),
        priors=quantized(halved(priors)),
        ventricles=quantized(halved(regions["ventricles"])),
        mixed=quantized(halved(regions["mixed"])),
        outline=quantized(halved(regions["outline"])),
        anatomy=quantized(halved(regions["anatomy"])),
        affine=affine,
    )


def read_maps(folder: Path) -> np.ndarray:
    """CSF, gray and white matter of the average, shape (3, 197, 233, 189), 0..1."""
    t1, gm, wm = (
        np.asarray(nib.load(folder / f"icbm152_2009a_{name}.nii.gz").dataobj, np.float32)
        for name in ("t1", "gm", "wm")
    )
    brain = ndi.binary_fill_holes(t1 > 0)
    gm, wm = gm / 255, wm / 255
    return np.stack([np.clip(brain - gm - wm, 0, 1), gm, wm])


def make_regions(maps: np.ndarray) -> dict[str, np.ndarray]:
    """Where the ventricles, the deep gray matter and the brain stem of the average lie."""
    csf, gm, wm = maps
    x, y, z = np.meshgrid(
        *(np.arange(n) + first for n, first in zip(csf.shape, ORIGIN, strict=True)),
        indexing="ij",
        sparse=True,
    )
    inside = ndi.distance_transform_edt(csf + gm + wm > 0.5)
    box = (abs(x) < 48) & (y > -62) & (y < 42) & (z > -22) & (z < 34) & (inside > 14)
    parts, _ = ndi.label((csf > 0.5) & box)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    lateral = ndi.binary_dilation(parts == sizes.argmax(), iterations=5)
    lining = ndi.binary_dilation(parts == sizes.argmax(), iterations=3)
    third = (abs(x) < 6) & (y > -32) & (y < 8) & (z > -14) & (z < 14)
    fourth = (abs(x) < 14) & (y > -50) & (y < -32) & (z > -48) & (z < -18)
    deep = (abs(x) < 34) & (y > -34) & (y < 22) & (z > -9) & (z < 19)
    deep |= (abs(x) < 18) & (y > -26) & (y < 2) & (z > -14) & (z <= 0)
    stem = (abs(x) < 15) & (y > -36) & (y < -9) & (z > -60) & (z < -13)
    bathed = (abs(x) < 15) & (y > -50) & (y < -9) & (z < -13)
    soft_deep = ndi.gaussian_filter(deep.astype(np.float32), 2)
    soft_stem = ndi.gaussian_filter(stem.astype(np.float32), 2)
    brain = csf + gm + wm > 0.3
    cavity = closed(brain, CAVITY) | (ndi.distance_transform_edt(~(brain & bathed)) < CISTERN)
    skull = z >= FORAMEN_MAGNUM
    return {
        "outline": np.maximum(softened(brain & skull), 0.5 * softened(cavity & skull)),
        "ventricles": (lateral | third | fourth).astype(np.float32),
        "deep": soft_deep,
        "stem": soft_stem,
        "anatomy": np.maximum(soft_deep, soft_stem),
        "mixed": np.maximum(ndi.gaussian_filter(lining.astype(np.float32), 1.5), 0.5 * soft_stem),
    }


def softened(mask: np.ndarray) -> np.ndarray:
    """Share of a mask nearby."""
    return ndi.gaussian_filter(mask.astype(np.float32), 1.5)


def closed(mask: np.ndarray, radius: float) -> np.ndarray:
    """What no ball outside of a mask reaches (morphological closing), radius in voxels."""
    padded = np.pad(mask, int(radius) + 1)
    reached = ndi.distance_transform_edt(~padded) > radius
    margin = slice(int(radius) + 1, -int(radius) - 1)
    return (ndi.distance_transform_edt(~reached) > radius)[margin, margin, margin]


def make_priors(maps: np.ndarray, regions: dict[str, np.ndarray], blur: float = 5.0) -> np.ndarray:
    """Maps blurred by ``blur`` mm, and by 2 mm where anatomy alone decides."""
    blurred = np.stack([ndi.gaussian_filter(one, blur) for one in maps])
    csf, gm, wm = maps
    deep, stem = regions["deep"], regions["stem"]
    raised = gm + deep * (np.clip((gm - 0.05) / 0.22, 0, 1) * (gm + wm) - gm)
    sharp = np.stack([csf, raised, np.clip(gm + wm - raised, 0, 1)])
    typical = np.array([0.05, 0.01, 0.94], np.float32)[:, None, None, None]
    sharp = sharp * (1 - stem) + stem * typical
    sharp = np.stack([ndi.gaussian_filter(one, 2.0) for one in sharp])
    share = regions["anatomy"]
    return blurred * (1 - share) + sharp * share


def halved(maps: np.ndarray) -> np.ndarray:
    """Means over cubes of two voxels a side."""
    *lead, a, b, c = maps.shape
    even = maps[..., : a // 2 * 2, : b // 2 * 2, : c // 2 * 2]
    return even.reshape(*lead, a // 2, 2, b // 2, 2, c // 2, 2).mean((-1, -3, -5))


def quantized(maps: np.ndarray) -> np.ndarray:
    """Maps of 0..1 as bytes, in few steps."""
    step = 255 // LEVELS
    return (np.rint(np.clip(maps, 0, 1) * LEVELS) * step).astype(np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

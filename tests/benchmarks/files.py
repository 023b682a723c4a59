"""Time files of 12 million pixels beside bare decoders and Pillow, of volumes beside nibabel.

    python tests/benchmarks/files.py

Each figure is the least of several runs in one process, in milliseconds.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import imagecodecs
import nibabel as nib
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as PillowImage

import segmenter
from segmenter.export import png
from segmenter.export.nifti import write_label_volume
from segmenter.export.overlay import overlay_picture

N_RUNS = 5
SIZE = (4243, 2828)
COLORS = [(0, 114, 178), (230, 159, 0), (0, 158, 115), (240, 228, 66), (86, 180, 233)]


def main() -> None:
    photo = large_photo()
    with TemporaryDirectory() as folder:
        report_reading(photo, Path(folder))
        report_writing(photo, Path(folder) / "a.png")
        report_volumes(Path(folder))


def large_photo() -> NDArray[np.uint8]:
    """Enlarge a sample to 12 million pixels, with the noise of a sensor."""
    small = PillowImage.fromarray(segmenter.read_image("sample:coffee").pixels)
    large = np.asarray(small.resize(SIZE, PillowImage.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).normal(0, 3, large.shape).round().astype(np.int16)
    return np.clip(large + noise, 0, 255).astype(np.uint8)


def report_reading(photo: NDArray[np.uint8], folder: Path) -> None:
    print(f"{'reading':<16}{'Segmenter':>10}{'bare':>10}{'Pillow':>10}")
    turned = PillowImage.Exif()
    turned[0x0112] = 6
    files = {
        "JPEG": (pillow_bytes(photo, "jpeg", quality=92), imagecodecs.jpeg8_decode),
        "JPEG, turned": (
            pillow_bytes(photo, "jpeg", quality=92, exif=turned),
            imagecodecs.jpeg8_decode,
        ),
        "JPEG, Adobe RGB": (
            pillow_bytes(photo, "jpeg", icc_profile=imagecodecs.cms_profile("adobergb")),
            imagecodecs.jpeg8_decode,
        ),
        "PNG": (pillow_bytes(photo, "png", compress_level=3), imagecodecs.png_decode),
        "PNG, 16 bits": (
            imagecodecs.png_encode(photo.astype(np.uint16) * 257, level=1),
            imagecodecs.png_decode,
        ),
        "WebP": (pillow_bytes(photo, "webp", quality=85), imagecodecs.webp_decode),
        "TIFF, deflate": (tiff_bytes(photo), lambda content: tifffile.imread(io.BytesIO(content))),
    }
    for name, (content, decode) in files.items():
        path = folder / "picture"
        path.write_bytes(content)
        ours = least(lambda path=path: segmenter.read_image(path))
        bare = least(lambda decode=decode, content=content: decode(content))
        pillow = least(lambda path=path: np.asarray(PillowImage.open(path)))
        print(f"{name:<16}{ours:10.0f}{bare:10.0f}{pillow:10.0f}")


def report_writing(photo: NDArray[np.uint8], path: Path) -> None:
    """Ours are written, flushed to the disk and read back; Pillow's only written."""
    print(f"\n{'writing':<16}{'Segmenter':>10}{'kB':>10}{'Pillow':>10}{'kB':>10}")
    image = segmenter.Image(photo, "rgb")
    blocks = PillowImage.fromarray(photo).reduce(8).convert("L")
    label_map = np.asarray(blocks.resize(SIZE, PillowImage.Resampling.NEAREST)) // 52 + 1
    posterior = photo[..., 0] / np.float32(255)
    overlay = overlay_picture(photo, label_map, COLORS)
    cutout = np.dstack([photo, (label_map == 2) * np.uint8(255)])
    for name, write, same in (
        ("binary mask", lambda: png.write_binary_mask(path, label_map == 2), cutout[..., 3]),
        ("label values", lambda: png.write_label_values(path, label_map), label_map),
        ("indexed", lambda: png.write_indexed_labels(path, label_map, COLORS), label_map),
        ("soft, 8 bits", lambda: png.write_posterior(path, posterior), photo[..., 0]),
        ("cut-out", lambda: png.write_cutout(path, image, label_map == 2), cutout),
        ("overlay", lambda: png.write_overlay(path, overlay), overlay),
    ):
        ours, size = least(write), path.stat().st_size
        pillow = least(lambda same=same: pillow_bytes(same, "png", compress_level=3), 1)
        pillow_size = len(pillow_bytes(same, "png", compress_level=3))
        print(f"{name:<16}{ours:10.0f}{size / 1e3:10.0f}{pillow:10.0f}{pillow_size / 1e3:10.0f}")


def report_volumes(folder: Path) -> None:
    """Ours are C-contiguous when read; when written, flushed to the disk and read back."""
    print(f"\n{'volumes':<16}{'Segmenter':>10}{'nibabel':>10}")
    rng = np.random.default_rng(0)
    head = np.zeros((256, 256, 180), np.int16, order="F")
    head[40:216, 30:226, 20:160] = rng.gamma(9, 40, (176, 196, 140)).astype(np.int16)
    labels = np.asfortranarray(head // 200, np.uint8)
    for name in ("scan.nii", "scan.nii.gz"):
        path, copy = folder / name, folder / f"copy-{name}"
        nib.save(nib.Nifti1Image(head, np.eye(4)), path)
        image = segmenter.read_image(path)
        same = nib.Nifti1Image(labels, image.affine)
        pairs = {
            "read": (
                lambda path=path: segmenter.read_image(path),
                lambda path=path: np.ascontiguousarray(nib.load(path).dataobj),
            ),
            "write": (
                lambda copy=copy, image=image: write_label_volume(copy, labels, image),
                lambda copy=copy, same=same: nib.save(same, copy),
            ),
        }
        for what, (ours, theirs) in pairs.items():
            title = f"{what} {name.removeprefix('scan')}"
            print(f"{title:<16}{least(ours, 3):10.0f}{least(theirs, 3):10.0f}")


def pillow_bytes(pixels: NDArray[np.uint8], kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    PillowImage.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def tiff_bytes(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(
        stream, pixels, photometric="rgb", compression="deflate", predictor=True, tile=(256, 256)
    )
    return stream.getvalue()


def least(work: Callable[[], object], n_runs: int = N_RUNS) -> float:
    """Time a work several times and return the least, in milliseconds."""
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


if __name__ == "__main__":
    main()

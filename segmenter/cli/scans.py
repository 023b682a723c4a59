"""The scans that a command line names: files as they are, and all that a folder holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from segmenter.cli.commands import run_with_bar
from segmenter.cli.scan import Scan, walk
from segmenter.cli.series import series_scans
from segmenter.errors import ParameterError

ENDINGS = (".nii", ".nii.gz", ".hdr", ".mgh", ".mgz", ".nrrd", ".nhdr", ".mha", ".mhd")
"""Of files that are taken from a folder. Of a pair the header is named; pictures and DICOM files
are not among them: a folder of DICOM files is one scan."""

_RESULTS = ("_dseg", "_probseg", "_mask", "_pvalues", "_field")
_MASKS = ("{stem}_desc-brain_mask.nii.gz", "{stem}_mask.nii.gz", "{name}")


def scans_of(
    named: Iterable[str], only: str = "", tell: Callable[[str], None] = lambda _: None
) -> list[Scan]:
    """Replace folders of scans by the scans in them; their results go into folders like theirs.

    These are the volumes in a folder and below it, of a BIDS data set its T1w; where there is none,
    the series of its DICOM files.

    Parameters
    ----------
    named : iterable of str
        Files and folders.
    only : str
        Of folders take what has this in its path there, or in the description of its series.
    tell : callable
        Takes a message about what is left out.

    Raises
    ------
    ParameterError
        If a folder has nothing of that kind, or is none.
    """
    scans = []
    for each in named:
        is_folder = Path(each).is_dir()
        if only and not is_folder:
            raise ParameterError(
                f"--only chooses among the scans of a folder, and {each} is none; leave it out."
            )
        held = _scans_in(Path(each), only, tell) if is_folder else []
        if only and not held:
            raise ParameterError(
                f"There is no scan in {each} with “{only}” in its path or description; see"
                " segmenter info."
            )
        scans.extend(held or [Scan(each, Scan(each, "").stem)])
    return scans


def _scans_in(folder: Path, only: str, tell: Callable[[str], None]) -> list[Scan]:
    from segmenter.images.read import name_of

    volumes = volumes_in(folder)
    if not volumes:
        return run_with_bar(series_scans(folder, only, tell), name_of(folder))
    if left_out := [each for each, files in walk(folder) if any(map(_is_dicom, files))]:
        title = (
            "Volumes were found, so that the DICOM files in these folders are left out;"
            " to segment them, name each, with no volume in it, by itself:"
        )
        tell("\n".join([title, *(f"  {each}" for each in left_out)]))
    scans = (Scan(str(file), "") for file in _chosen(volumes, folder, only))
    return [
        replace(scan, name=(Path(scan.file).relative_to(folder).parent / scan.stem).as_posix())
        for scan in scans
    ]


def _chosen(volumes: list[Path], folder: Path, only: str) -> list[Path]:
    """Take those that were asked for, else of a BIDS data set its T1w, else all."""
    if only:
        return [file for file in volumes if only.lower() in str(file.relative_to(folder)).lower()]
    return [file for file in volumes if _stem(file.name).endswith("_T1w")] or volumes


def volumes_in(folder: Path) -> list[Path]:
    """List the volumes in a folder and those below it, but not what was made of them.

    What BIDS keeps in ``derivatives`` is left out, and so are hidden files.
    """
    return sorted(
        file
        for _, files in walk(folder)
        for file in files
        if file.name.lower().endswith(ENDINGS) and not _stem(file.name).endswith(_RESULTS)
    )


def _is_dicom(file: Path) -> bool:
    if file.stem.endswith(_RESULTS):
        return False
    try:
        if not file.is_file():  # a pipe would be waited for
            return False
        with file.open("rb") as stream:
            return stream.read(132).endswith(b"DICM")
    except OSError:  # not ours to read
        return False


def mask_for(scan: Scan, folder: Path) -> Path:
    """Find the brain mask of a scan in a folder that is laid out like the scans.

    Raises
    ------
    ParameterError
        There is none.
    """
    from segmenter.images.read import name_of

    place, name = folder / scan.folder, name_of(scan.file)
    names = [form.format(stem=scan.stem, name=name) for form in _MASKS]
    for file in (place / each for each in names):
        if file.is_file() and not file.samefile(scan.file):
            return file
    raise ParameterError(
        f"There is no brain mask of {name} in {place}: call it {names[0]}, or leave the masks out."
    )


def _stem(name: str) -> str:
    return name[: -max(len(end) for end in ENDINGS if name.lower().endswith(end))]

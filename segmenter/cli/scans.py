"""The scans that a command line names: files as they are, and all that a folder holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from segmenter.errors import ParameterError

ENDINGS = (".nii", ".nii.gz", ".hdr", ".mgh", ".mgz", ".nrrd", ".nhdr", ".mha", ".mhd")
"""Of files that are taken from a folder. Of a pair the header is named; pictures and DICOM files
are not among them: a folder of DICOM files is one scan."""

_RESULTS = ("_dseg", "_probseg", "_mask", "_pvalues", "_field")
_MASKS = ("{stem}_desc-brain_mask.nii.gz", "{stem}_mask.nii.gz", "{name}")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that a command was given.

    Attributes
    ----------
    file : str
        Or a folder of DICOM files.
    name : str
        What its results are called, after the folders they go into.
    """

    file: str
    name: str


def scans_of(named: Iterable[str]) -> list[Scan]:
    """Replace folders of scans by the scans in them; their results go into folders like theirs."""
    from segmenter.export.bids import bids_stem

    scans = []
    for each in named:
        held = scans_in(Path(each)) if Path(each).is_dir() else []
        for file in held:
            place = file.relative_to(each).parent
            scans.append(Scan(str(file), (place / bids_stem(file.name)).as_posix()))
        if not held:
            scans.append(Scan(each, bids_stem(Path(each).name)))
    return scans


def scans_in(folder: Path) -> list[Path]:
    """List what to segment in a folder: of a BIDS data set its T1w, else all volumes."""
    found = volumes_in(folder)
    return [file for file in found if _stem(file.name).endswith("_T1w")] or found


def volumes_in(folder: Path) -> list[Path]:
    """List the volumes in a folder and those below it, but not what was made of them.

    What BIDS keeps in ``derivatives`` is left out, and so are hidden files.
    """
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.name.lower().endswith(ENDINGS)
        and _is_looked_into(file, folder)
        and not _stem(file.name).endswith(_RESULTS)
    ]


def dicom_left_out(named: Iterable[str], scans: Iterable[Scan]) -> list[Path]:
    """List folders of DICOM files that are not segmented, since a named one holds volumes too.

    Parameters
    ----------
    named : iterable of str
        Files and folders.
    scans : iterable of Scan
        Those of them, from `scans_of`.
    """
    taken = {scan.file for scan in scans}
    studies = [Path(each) for each in named if each not in taken]
    return sorted({folder for study in studies for folder in _dicom_folders_in(study)})


def _dicom_folders_in(study: Path) -> Iterator[Path]:
    for path in (study, *study.rglob("*")):
        if _is_looked_into(path, study) and _holds_dicom(path):
            yield path


def _is_looked_into(path: Path, study: Path) -> bool:
    parts = path.relative_to(study).parts
    return "derivatives" not in parts and not any(part.startswith(".") for part in parts)


def _holds_dicom(folder: Path) -> bool:
    try:
        return any(map(_is_dicom, folder.iterdir()))
    except OSError:  # a file, gone meanwhile, or not ours to look into
        return False


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
    from segmenter.export.bids import bids_stem

    stem, name = bids_stem(Path(scan.file).name), Path(scan.name)
    place = folder / (name.parent if name.name == stem else name)  # numbered ones have folders
    names = [form.format(stem=stem, name=Path(scan.file).name) for form in _MASKS]
    for file in (place / name for name in names):
        if file.is_file() and not file.samefile(scan.file):
            return file
    raise ParameterError(
        f"There is no brain mask of {Path(scan.file).name} in {place}: call it {names[0]}, or"
        " leave the masks out."
    )


def _stem(name: str) -> str:
    return name[: -max(len(end) for end in ENDINGS if name.lower().endswith(end))]

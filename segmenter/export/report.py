"""A page on which the scans of a study are checked one after the other: pictures and numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from segmenter.export.atomic import write_atomically
from segmenter.export.group import FEWEST, Summaries, sentences, unusual_measures
from segmenter.segment.labels import label_color

OVERVIEW = "_overview.png"
"""How the name of a scan's picture ends; see `overview`."""

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}{place}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1280px;
  padding: 0 1rem; }}
section {{ display: grid; grid-template-columns: minmax(0, 940px) minmax(240px, 1fr);
  gap: 1.5rem; padding: 1.5rem 0; border-top: 1px solid #8886; }}
@media (max-width: 900px) {{ section {{ grid-template-columns: 1fr; }} }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }}
img {{ width: 100%; height: auto; background: #000; border-radius: 6px; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .1rem 0; }} th {{ font-weight: inherit; text-align: left; }}
td {{ text-align: right; white-space: nowrap; vertical-align: top; padding-left: 1rem; }}
.mark {{ background: #f0b42940; border-left: 4px solid #c77700; padding: .25rem .5rem; }}
i {{ display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px; }}
p {{ margin: .5rem 0; overflow-wrap: anywhere; }} .faint {{ opacity: .7; }}
@media print {{ body {{ margin: 0; max-width: none; }} section {{ break-inside: avoid; }}
  img, i, .mark {{ print-color-adjust: exact; }} }}
</style></head><body>
<h1>{title}</h1>
<p class="faint">{folder}</p>
<p>{marked}</p>
{sections}
</body></html>
"""


def write_report(path: Path, summaries: Summaries) -> Path:
    """Write a page with a picture and the numbers of each scan; what is unusual is marked.

    Parameters
    ----------
    path : Path
        Ends in ``.html``; pictures are shown from where they lie.
    summaries : sequence of mapping
        As for `group.write_group_table`, with the "files" that were written.

    Raises
    ------
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    unusual = unusual_measures(summaries)
    folder, names = _names([Path(each["file"]) for each in summaries])
    scans = list(enumerate(zip(summaries, names, unusual, strict=True), 1))
    sections = [
        _section(number, each, escape(name), words, path.parent)
        for number, (each, name, words) in scans
    ]
    marks = [
        f'<a href="#scan-{number}">{escape(name)}</a>'
        for number, (each, name, words) in scans
        if words or "error" in each
    ]
    page = _PAGE.format(
        title="1 scan" if len(summaries) == 1 else f"{len(summaries)} scans",
        place="" if folder in ("", ".") else escape(f" of {folder}"),
        folder=escape(folder),
        marked=_marked(marks, len(summaries)),
        sections="\n".join(sections),
    )
    write_atomically(path, page.encode())
    return path


def _marked(marks: Sequence[str], n_scans: int) -> str:
    first = f"Look at these first: {', '.join(marks)}." if marks else ""
    if n_scans < FEWEST:
        return (
            f"{first} Fewer than {FEWEST} scans are not compared: read the notes of each.".lstrip()
        )
    return first or "None stands out."


def _names(paths: Sequence[Path]) -> tuple[str, list[str]]:
    """Return the folder that all scans lie in, and the path of each from there.

    Names of files alone are often those of others: sub-01/T1.nii.gz, sub-02/T1.nii.gz.
    """
    try:
        folder = Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # there is none: on other drives, or not all from the root
        return "", [str(path) for path in paths]
    return str(folder), [path.relative_to(folder).as_posix() for path in paths]


def _section(
    number: int, summary: Mapping[str, Any], name: str, unusual: tuple[str, ...], beside: Path
) -> str:
    if "error" in summary:
        mark = f'<p class="mark">{escape(summary["error"])}</p>'
        return f'<section id="scan-{number}"><div><h2>{name}</h2>{mark}</div></section>'
    picture = next((file for file in summary["files"] if file.endswith(OVERVIEW)), None)
    shown = (
        "" if picture is None else _picture(picture, beside, f"Slices of {name}, tissues in color")
    )
    mark = f'<p class="mark">Unusual: {escape("; ".join(unusual))}.</p>' if unusual else ""
    notes = escape(sentences(summary["notes"]))
    return (
        f'<section id="scan-{number}"><div>{shown}</div><div><h2>{name}</h2>{mark}'
        f'<table>{_rows(summary)}</table><p class="faint">{notes}</p></div></section>'
    )


def _picture(file: str, beside: Path, words: str) -> str:
    """Show a picture, with its size: a link to a scan leads there before the others are loaded."""
    source = quote(Path(os.path.relpath(file, beside)).as_posix())
    return f'<img src="{source}" alt="{words}"{_size(file)} loading="lazy">'


def _size(file: str) -> str:
    try:
        with Image.open(file) as picture:
            width, height = picture.size
    except OSError:  # it was taken away
        return ""
    return f' width="{width}" height="{height}"'


def _rows(summary: Mapping[str, Any]) -> str:
    cells = [
        (f"{_swatch(value)}{escape(each['name'])}", f"{each['expected_ml']:.1f} ml")
        for value, each in enumerate(summary["tissues"], 1)
    ]
    if summary["parenchymal_fraction"] is not None:
        cells.append(("Brain parenchymal fraction", f"{summary['parenchymal_fraction']:.3f}"))
    cells.append(("Noise", f"{summary['quality']['noise_percent']:.1f} %"))
    cells.append(("Regions that no tissue explains", str(len(summary["regions"]))))
    row = '<tr><th scope="row">{}</th><td>{}</td></tr>'
    return "".join(row.format(name, value) for name, value in cells)


def _swatch(label: int) -> str:
    """Show the color that a label has in the picture."""
    return '<i style="background: #{:02x}{:02x}{:02x}"></i>'.format(*label_color(label))

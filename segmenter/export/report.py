"""A page on which the scans of a study are checked one after the other: pictures and numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from segmenter.export.atomic import write_atomically
from segmenter.export.group import Summaries, sentences, unusual_measures

OVERVIEW = "_overview.png"
"""How the name of a scan's picture ends; see `overview`."""

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Scans</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1280px;
  padding: 0 1rem; }}
section {{ display: grid; grid-template-columns: minmax(0, 940px) minmax(240px, 1fr);
  gap: 1.5rem; padding: 1.5rem 0; border-top: 1px solid #8886; }}
@media (max-width: 900px) {{ section {{ grid-template-columns: 1fr; }} }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }}
img {{ width: 100%; background: #000; border-radius: 6px; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
td:last-child {{ text-align: right; }} td {{ padding: .1rem 0; }}
.mark {{ background: #f0b42940; border-left: 4px solid #c77700; padding: .25rem .5rem; }}
p {{ margin: .5rem 0; }} .faint {{ opacity: .7; }}
</style></head><body>
<h1>{title}</h1>
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
    sections = [
        _section(number, each, words, path.parent)
        for number, (each, words) in enumerate(zip(summaries, unusual, strict=True), 1)
    ]
    marks = [
        f'<a href="#{number}">{escape(Path(each["file"]).name)}</a>'
        for number, (each, words) in enumerate(zip(summaries, unusual, strict=True), 1)
        if words or "error" in each
    ]
    page = _PAGE.format(
        title="1 scan" if len(summaries) == 1 else f"{len(summaries)} scans",
        marked=f"Look at these first: {', '.join(marks)}." if marks else "None stands out.",
        sections="\n".join(sections),
    )
    write_atomically(path, page.encode())
    return path


def _section(
    number: int, summary: Mapping[str, Any], unusual: tuple[str, ...], beside: Path
) -> str:
    name = escape(str(summary["file"]))
    if "error" in summary:
        mark = f'<p class="mark">{escape(summary["error"])}</p>'
        return f'<section id="{number}"><div>{mark}</div><div><h2>{name}</h2></div></section>'
    picture = next((file for file in summary["files"] if file.endswith(OVERVIEW)), None)
    shown = "" if picture is None else _picture(picture, beside, f"Slices of {name}")
    mark = f'<p class="mark">Unusual: {escape("; ".join(unusual))}.</p>' if unusual else ""
    notes = escape(sentences(summary["notes"]))
    return (
        f'<section id="{number}"><div>{shown}</div><div><h2>{name}</h2>{mark}'
        f'<table>{_rows(summary)}</table><p class="faint">{notes}</p></div></section>'
    )


def _picture(file: str, beside: Path, words: str) -> str:
    source = quote(Path(os.path.relpath(file, beside)).as_posix())
    return f'<img src="{source}" alt="{words}" loading="lazy">'


def _rows(summary: Mapping[str, Any]) -> str:
    cells = [(each["name"], f"{each['expected_ml']:.1f} ml") for each in summary["tissues"]]
    if summary["parenchymal_fraction"] is not None:
        cells.append(("Brain parenchymal fraction", f"{summary['parenchymal_fraction']:.3f}"))
    cells.append(("Noise", f"{summary['quality']['noise_percent']:.1f} %"))
    cells.append(("Regions that no tissue explains", str(len(summary["regions"]))))
    return "".join(f"<tr><td>{escape(name)}</td><td>{value}</td></tr>" for name, value in cells)

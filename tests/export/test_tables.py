import csv
import json

import pytest

from segmenter.errors import ParameterError
from segmenter.export.tables import write_json, write_table

ROWS = [
    {"name": "Gray matter, cortex", "ml": 612.5, "voxels": 3},
    {"name": 'a "quoted"\nname', "ml": float("nan"), "mean": None},
]


def test_csv_reads_back(tmp_path):
    path = write_table(tmp_path / "made" / "a.csv", ROWS)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [
        {"name": "Gray matter, cortex", "ml": "612.5", "voxels": "3", "mean": ""},
        {"name": 'a "quoted"\nname', "ml": "", "voxels": "", "mean": ""},
    ]


def test_tsv_says_what_is_not_known(tmp_path):
    lines = write_table(tmp_path / "a.tsv", [{"a": 1, "b": None}, {"a": 2}]).read_bytes()
    assert lines == b"a\tb\n1\tn/a\n2\tn/a\n"


def test_json_reads_back(tmp_path):
    path = write_table(tmp_path / "a.json", ROWS)
    assert json.loads(path.read_text(encoding="utf-8")) == [
        ROWS[0],
        {"name": 'a "quoted"\nname', "ml": None, "mean": None},
    ]


def test_numbers_keep_all_their_digits(tmp_path):
    value = 0.1 + 0.2
    assert float(write_table(tmp_path / "a.csv", [{"x": value}]).read_text().split()[1]) == value


def test_no_rows(tmp_path):
    assert json.loads(write_table(tmp_path / "a.json", []).read_text()) == []
    assert write_table(tmp_path / "a.csv", []).read_text().strip() == ""


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"a\.xlsx must end in \.csv, \.tsv or \.json"):
        write_table(tmp_path / "a.xlsx", ROWS)


def test_what_is_not_ascii_stays(tmp_path):
    text = write_json(tmp_path / "a.json", {"name": "Großhirn"}).read_text(encoding="utf-8")
    assert "Großhirn" in text

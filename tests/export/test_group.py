"""The table and the page of a study."""

import csv
from html.parser import HTMLParser

import pytest
from PIL import Image

from segmenter.export.group import unusual_measures, write_group_table
from segmenter.export.report import write_report

VOID = {"meta", "img"}


def summary(number, gray=600.0, noise=4.0):
    """Describe a scan whose numbers differ a little from those of the others."""
    tissues = [
        {"name": name, **dict.fromkeys(("hard_ml", "expected_ml", "low_ml", "high_ml"), ml)}
        for name, ml in (("CSF", 300 + number), ("Gray matter", gray - number % 3))
    ]
    quality = {"noise_percent": noise + 0.01 * (number % 4), "mean_certainty": 0.9}
    return {
        "file": f"study/sub-0{number}_T1w.nii.gz", "tissues": tissues, "quality": quality,
        "parenchymal_fraction": 0.8, "regions": [],
        "notes": ["the gantry was tilted", "By its brightness <a T1>."],
        "files": [f"out/a b/sub-0{number}_overview.png"],
    }  # fmt: skip


@pytest.fixture
def study():
    usual = [summary(number) for number in range(9)]
    return [*usual, summary(9, gray=300.0), {"file": "bad.nii", "error": "It is <damaged>."}]


def test_what_is_far_from_the_others_is_said(study):
    unusual = unusual_measures(study)
    assert unusual[:9] == ((),) * 9
    assert unusual[9] == ("size of the brain low", "share of csf high", "share of gray matter low")
    assert unusual[10] == ()
    assert unusual_measures(study[3:])[6] == ()  # seven do not say what is usual


def test_equal_scans_are_not_told_apart_by_rounding():
    study = [summary(0) for _ in range(9)]
    study[0]["quality"]["noise_percent"] *= 1.001
    assert not any(unusual_measures(study))


def test_the_table_has_a_column_for_it(study, tmp_path):
    with open(write_group_table(tmp_path / "volumes.csv", study), newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[9]["unusual"].startswith("size of the brain low; share of csf high")
    assert rows[0]["unusual"] == rows[10]["unusual"] == ""


class Page(HTMLParser):
    """Takes a page apart; tags that are not closed in their order are an error."""

    def __init__(self, text):
        super().__init__()
        self.open, self.pictures, self.links, self.words = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        assert tag != "img" or dict(attributes)["alt"]
        self.pictures += [value for name, value in attributes if name == "src"]
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_shows_every_scan_and_marks_those_to_look_at(study, tmp_path):
    for each in study[:-1]:
        each["files"] = [f"{tmp_path}/{name}" for name in each["files"]]
    (tmp_path / "out" / "a b").mkdir(parents=True)
    Image.new("L", (30, 20)).save(study[0]["files"][0])
    text = write_report(tmp_path / "out" / "report.html", study).read_text()
    assert text.count(' width="30" height="20"') == 1  # the others are not there
    page = Page(text)
    assert page.pictures[0] == "a%20b/sub-00_overview.png"
    assert len(page.pictures) == 10
    assert page.links == ["#scan-10", "#scan-11"]
    assert all(f'id="{link[1:]}"' in text for link in page.links)
    words = " ".join(page.words)
    assert "It is <damaged>." in words
    assert "The gantry was tilted. By its brightness <a T1>." in words
    assert "Unusual: size of the brain low" in words


def test_scans_whose_files_are_called_alike_are_told_apart(study, tmp_path):
    for number, each in enumerate(study):
        each["file"] = f"/data/study/sub-{number:02}/T1 & more.nii.gz"
    page = Page(write_report(tmp_path / "report.html", study).read_text())
    assert "/data/study" in page.words
    assert page.words.count("sub-10/T1 & more.nii.gz") == 2  # where to look first, and over it
    assert page.words.count("sub-03/T1 & more.nii.gz") == 1


def test_few_scans_are_not_said_to_be_usual(tmp_path):
    few, many = [summary(1)], [summary(number) for number in range(8)]
    words = " ".join(Page(write_report(tmp_path / "report.html", few).read_text()).words)
    assert "Fewer than 8 scans are not compared" in words
    assert "stands out" not in words
    words = " ".join(Page(write_report(tmp_path / "report.html", many).read_text()).words)
    assert "None stands out." in words

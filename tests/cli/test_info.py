import json

import numpy as np
from PIL import Image as PillowImage

from segmenter.cli.main import main


def test_says_what_a_file_holds(tmp_path, capsys):
    path = tmp_path / "photo.jpg"
    PillowImage.fromarray(np.zeros((20, 30, 3), np.uint8)).save(path)
    assert main(["info", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "JPEG" in shown
    assert "30 x 20" in shown


def test_json_has_an_item_for_each_file_that_can_be_read(tmp_path, capsys):
    path = tmp_path / "gray.png"
    PillowImage.fromarray(np.zeros((20, 30), np.uint16)).save(path)
    assert main(["info", "--json", str(path), str(tmp_path / "nothing.png")]) == 2
    printed = capsys.readouterr()
    (item,) = json.loads(printed.out)
    assert (item["width"], item["height"], item["dtype"]) == (30, 20, "uint16")
    assert "nothing.png" in printed.err

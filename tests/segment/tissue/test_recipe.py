import json

import pytest

from segmenter.errors import ParameterError
from segmenter.segment.tissue.recipe import TissueRecipe


def test_a_recipe_survives_as_plain_values():
    recipe = TissueRecipe("T2", "none", False, 0.2, "gm", 4, 1e-2, 3, ("a", "b", "c", "d"))
    again = TissueRecipe(**json.loads(json.dumps(recipe.as_dict())))
    assert again == recipe
    assert hash(again) == hash(recipe)


@pytest.mark.parametrize(
    "settings",
    [
        {"contrast": "CT"},
        {"atlas": "mouse"},
        {"sulcal_csf": "wm"},
        {"smoothness": 1.5},
        {"n_tissues": 4},
        {"n_tissues": 0, "atlas": "none"},
        {"false_alarm_rate": 0},
        {"false_alarm_rate": 1},
        {"seed": -1},
        {"names": ("CSF", "GM", "WM")},
        {"names": ("air", "water"), "atlas": "none"},
        {"names": ("fat", "fat", "fat"), "atlas": "none"},
        {"names": ("fat", " ", "air"), "atlas": "none"},
    ],
)
def test_what_is_out_of_range_is_refused(settings):
    with pytest.raises(ParameterError):
        TissueRecipe(**settings)

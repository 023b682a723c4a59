import pytest
from PIL import Image as PillowImage


@pytest.fixture
def reading():
    """What the window begins with when nobody has chosen yet."""
    return "regions"


@pytest.fixture
def photo(tmp_path, make_photo):
    """Large enough that its parts are its quarters."""
    path = tmp_path / "photo.png"
    PillowImage.fromarray(make_photo(120, 160)).save(path)
    return path


@pytest.fixture
def parted(window, photo, finish_fit, qtbot):
    """Return the window with the photo open, cut into its four quarters."""
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    finish_fit()
    window.workspace.set_recipe("Change number of regions", n_regions=4)
    return window

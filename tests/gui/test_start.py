import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from segmenter.gui.app import APP_ID
from segmenter.shipped import resource_path


def test_the_way_to_the_first_window_imports_no_heavy_library():
    script = (
        "import sys\n"
        "from segmenter.gui.app import make_application, make_window\n"
        "app = make_application(); window = make_window(); window.show(); app.processEvents()\n"
        "heavy = {'numpy', 'numba', 'scipy', 'skimage', 'pyqtgraph', 'PIL'} & set(sys.modules)\n"
        "window.close()\n"
        "sys.exit(', '.join(heavy) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_one_sentence_says_so():
    places = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    done = subprocess.run(
        [sys.executable, "-m", "segmenter"],
        env={name: value for name, value in os.environ.items() if name not in places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_desktop_finds_its_files():
    desktop = resource_path(f"{APP_ID}.desktop").read_text(encoding="utf-8")
    assert f"Icon={APP_ID}\n" in desktop
    assert resource_path(f"{APP_ID}.svg").is_file()
    component = ElementTree.parse(resource_path(f"{APP_ID}.metainfo.xml")).getroot()
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == f"{APP_ID}.desktop"


def test_the_window_prepares_itself_and_closes(window, qtbot):
    with qtbot.waitSignal(window.prepared, timeout=120_000):
        window.prepare()
    assert window.work is not None
    window.close()
    assert not window.isVisible()

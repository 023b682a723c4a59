import gc
import weakref

import pytest
from PySide6.QtCore import QObject

from segmenter.gui.garbage import FULL_EVERY, GarbageCollector


class Cycle:
    def __init__(self):
        self.itself = self


@pytest.fixture
def parent():
    yield QObject()
    gc.unfreeze()
    gc.enable()


def test_python_collects_no_more_by_itself_but_cycles_go(parent):
    collector = GarbageCollector(lambda: False, parent)
    assert not gc.isenabled()
    cycle = weakref.ref(Cycle())
    collector.collect()
    assert cycle() is None


def test_old_cycles_go_with_a_full_collection_that_waits_for_works(parent):
    busy = [True]
    collector = GarbageCollector(lambda: busy[0], parent)
    old = Cycle()
    cycle = weakref.ref(old)
    collector.collect()
    collector.collect()  # now among the old
    del old
    for _ in range(FULL_EVERY):
        collector.collect()
    assert cycle() is not None
    busy[0] = False
    collector.collect()
    assert cycle() is None


def test_what_is_set_aside_is_not_looked_at_again(parent):
    collector = GarbageCollector(lambda: False, parent)
    collector.set_aside()
    assert gc.get_freeze_count() > 0

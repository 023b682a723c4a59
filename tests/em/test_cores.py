import os
import threading
import time

import pytest

from segmenter.em import blocks
from segmenter.em.blocks import run_blocks
from segmenter.em.cores import NO_CORE, Crew, current_core

CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}
needs_cores = pytest.mark.skipif(len(CORES) < 2, reason="needs two cores that can be chosen")


@needs_cores
def test_a_crew_keeps_off_a_core_until_it_may_use_it_again():
    crew, core = Crew(), min(CORES)
    joined, end = threading.Event(), threading.Event()

    def work():
        crew.join()
        joined.set()
        end.wait()

    crew.keep_off(core)
    member = threading.Thread(target=work)
    member.start()
    joined.wait()
    assert os.sched_getaffinity(member.native_id) == CORES - {core}  # also who joins later
    crew.keep_off(NO_CORE)
    assert os.sched_getaffinity(member.native_id) == CORES
    crew.keep_off(max(CORES))
    assert os.sched_getaffinity(member.native_id) == CORES - {max(CORES)}
    end.set()
    member.join()
    crew.keep_off(core)  # of those that have ended nothing is asked
    assert os.sched_getaffinity(0) == CORES


@needs_cores
def test_the_current_core_is_one_of_ours():
    assert current_core() in CORES


@needs_cores
def test_workers_keep_off_the_core_of_their_caller_only_while_it_works(monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: 2)
    seen = {}

    def task(number):
        time.sleep(0.002)
        seen[number] = threading.get_native_id(), os.sched_getaffinity(threading.get_native_id())

    run_blocks(task, 2)
    by_worker = [cores for thread, cores in seen.values() if thread != threading.get_native_id()]
    assert all(len(cores) == len(CORES) - 1 for cores in by_worker)
    run_blocks(task, 20)  # the caller works for some of them, and then waits
    worker, cores = seen[19]
    assert worker != threading.get_native_id()
    assert cores == CORES


def test_without_a_way_to_choose_cores_nothing_is_done(monkeypatch):
    crew = Crew()
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    crew.join()
    crew.keep_off(NO_CORE)

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from segmenter import blas
from segmenter.blas import with_serial_blas
from segmenter.work import Progress, finish

LONGEST_WAIT = 60


def blas_threads():
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    latest = time.monotonic() + LONGEST_WAIT
    while is_somebody_at_work() and time.monotonic() < latest:
        time.sleep(0.01)
    with threadpool_limits(2, user_api="blas"):
        yield


def is_somebody_at_work():
    """Tell whether works of tests before are still ending: those of windows lie in cycles."""
    gc.collect()
    return blas._limit._n_holders > 0


@with_serial_blas
def counting(fails=False):
    yield Progress("Counting")
    if fails:
        raise ValueError("as asked")
    return blas_threads()


def test_blas_has_one_thread_while_a_work_runs_and_two_again_after_it():
    assert blas_threads() == {2}
    assert finish(counting()) == {1}
    assert blas_threads() == {2}


def test_blas_has_its_threads_back_after_a_work_that_failed():
    with pytest.raises(ValueError, match="as asked"):
        finish(counting(fails=True))
    assert blas_threads() == {2}


def test_the_last_of_several_works_gives_the_threads_back():
    first, second = counting(), counting()
    next(first)
    next(second)
    first.close()
    assert blas_threads() == {1}
    second.close()
    assert blas_threads() == {2}


def test_blas_has_one_thread_on_whichever_thread_a_work_runs():
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:  # both live to the end
        for thread in one, other, one:
            assert thread.submit(finish, counting()).result() == {1}
            assert blas_threads() == {2}


def test_any_thread_gives_the_threads_back():
    first, second = counting(), counting()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(next, first).result()
        other.submit(next, second).result()
        one.submit(first.close).result()
        assert blas_threads() == {1}
        other.submit(second.close).result()
        assert blas_threads() == {2}

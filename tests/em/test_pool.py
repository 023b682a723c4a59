import threading
import time

import pytest

from segmenter.em.pool import Errand, Pool


def test_errands_are_run_once_and_by_no_more_threads_than_there_are():
    begun, done = [], []
    pool = Pool(2, lambda: begun.append(threading.get_ident()))

    def task():
        time.sleep(0.002)
        done.append(threading.get_ident())

    errands = [Errand(task) for _ in range(9)]
    for errand in errands:
        pool.submit(errand)
    assert all(errand.wait() for errand in errands)
    assert len(done) == 9
    assert 1 <= len(begun) <= 2
    assert set(done) <= set(begun)


def test_a_free_thread_is_used_again():
    begun = []
    pool = Pool(5, lambda: begun.append(threading.get_ident()))
    for _ in range(3):
        errand = Errand(lambda: None)
        pool.submit(errand)
        errand.wait()
        while pool._n_pending:  # the thread has yet to say that it is free
            time.sleep(0.001)
    assert len(begun) == 1


def test_a_claimed_errand_is_not_run():
    done = []
    errand, other = Errand(lambda: done.append(1)), Errand(lambda: done.append(2))
    assert errand.claim()
    pool = Pool(1, lambda: None)
    pool.submit(errand)
    pool.submit(other)
    assert other.wait()
    assert done == [2]
    for _ in range(2):  # an interrupt may have swallowed the first answer
        assert errand.claim()
        assert not other.claim()


def test_an_errand_that_takes_long_is_waited_for():
    end = threading.Event()
    errand = Errand(end.wait)
    Pool(1, lambda: None).submit(errand)
    assert not errand.wait(0.01)
    end.set()
    assert errand.wait()
    errand.raise_error()


def test_an_interrupt_while_an_errand_is_waited_for_does_not_lose_its_end():
    errand = Errand(lambda: None)
    lock = errand._running

    class Interrupted:
        """The lock is acquired, and an interrupt comes before anyone hears of it."""

        release = lock.release

        def acquire(self, timeout):
            errand.run()
            lock.acquire(timeout=timeout)
            raise KeyboardInterrupt

    errand._running = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        errand.wait()
    errand._running = lock
    assert errand.wait(0.1)


def test_a_thread_that_an_interrupt_kept_from_starting_is_started_later(monkeypatch):
    class NeverStarted(threading.Thread):
        def start(self):
            raise KeyboardInterrupt

    pool, errand = Pool(1, lambda: None), Errand(lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", NeverStarted)
        with pytest.raises(KeyboardInterrupt):
            pool.submit(Errand(lambda: None))
    pool.submit(errand)
    assert errand.wait(20)


def test_the_error_of_an_errand_is_kept_for_who_waits():
    def fail():
        raise ArithmeticError("here")

    errand = Errand(fail)
    Pool(1, lambda: None).submit(errand)
    errand.wait()
    with pytest.raises(ArithmeticError, match="here"):
        errand.raise_error()

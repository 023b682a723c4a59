import time

import pytest

from segmenter.em import blocks
from segmenter.em.blocks import run_blocks, run_blocks_steps, share_out


def test_blocks_inside_blocks_do_not_wait_for_each_other():
    done = []

    def outer(number):
        run_blocks(lambda inner: done.append((number, inner)), 5)

    run_blocks(outer, 8)
    assert sorted(done) == [(outer, inner) for outer in range(8) for inner in range(5)]


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("seconds", [0, 0.003])
def test_every_block_is_done_once(n_threads, seconds, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    for n_blocks in (1, 2, 9):
        done = []

        def task(number, done=done):
            time.sleep(seconds)
            done.append(number)

        run_blocks(task, n_blocks)
        assert sorted(done) == list(range(n_blocks))


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("n", [0, 1, 4, 17])
def test_every_item_is_done_once_in_a_share_for_each_core(n, n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    shares = []
    share_out(lambda first, last: shares.append((first, last)), n)
    assert sorted(item for share in shares for item in range(*share)) == list(range(n))
    assert len(shares) == min(n, n_threads)


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("failing", [0, 5, 11])
def test_the_error_of_a_block_reaches_who_called(n_threads, failing, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)

    def task(number):
        time.sleep(0.001)
        if number == failing:
            raise ArithmeticError(number)

    with pytest.raises(ArithmeticError):
        run_blocks(task, 12)
    done = []
    run_blocks(done.append, 3)
    assert sorted(done) == [0, 1, 2]


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_short_job_reports_its_end(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    last = [*run_blocks_steps(lambda _: None, 2)][-1]
    assert last.fraction is None  # it may be one of many


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_long_job_reports_and_can_be_left(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    done = []

    def task(number):
        time.sleep(0.01)
        done.append(number)

    work = run_blocks_steps(task, 10_000)
    assert 0 <= next(work).fraction < 1
    work.close()
    n_done = len(done)
    assert n_done < 10_000
    time.sleep(0.03)
    assert len(done) == n_done

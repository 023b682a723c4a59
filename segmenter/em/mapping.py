"""Do something for each block of samples, here one after the other, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from segmenter.em.sources import Block, Blocks, each_block
from segmenter.work import REPORT_SECONDS, Progress, Work, finish, reported_as

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
BlockTask = Callable[[Block], Work[T]]


def map_blocks_steps(
    task: BlockTask[T], blocks: Blocks, client: Client | None, message: str
) -> Work[list[T]]:
    """Do a task for each block, and return what it gives in their order.

    Parameters
    ----------
    task : callable
        Returns the work to do with a block; on a cluster it is pickled.
    blocks : Blocks
    client : dask.distributed.Client, optional
        Where blocks are computed, instead of here.
    message : str
        What is being done, for the reports.
    """
    if client is not None:
        return (yield from _map_on_cluster(task, blocks, client, message))
    results = []
    for number, block in enumerate(each_block(blocks)):
        progress = Progress(message, None if callable(blocks) else number / len(blocks))
        yield progress
        results.append((yield from reported_as(task(block), progress)))
    return results


def _map_on_cluster(
    task: BlockTask[T], blocks: Blocks, client: Client, message: str
) -> Work[list[T]]:
    from distributed import wait

    if callable(blocks):
        futures = [client.submit(_do_block, task, block, pure=False) for block in blocks()]
    else:
        shared = client.scatter(blocks, broadcast=True, hash=False)
        numbers = range(len(blocks))
        futures = [client.submit(_do_numbered, task, shared, i, pure=False) for i in numbers]
    try:
        while any(not future.done() for future in futures):
            yield Progress(message, sum(future.done() for future in futures) / len(futures))
            with suppress(TimeoutError):
                wait(futures, timeout=REPORT_SECONDS)
        return list(client.gather(futures))
    finally:
        client.cancel(futures)


def _do_block(task: BlockTask[T], block: Block) -> T:
    return finish(task(block))


def _do_numbered(task: BlockTask[T], blocks: Sequence[Block], number: int) -> T:
    return finish(task(blocks[number]))

"""One function over many items in several processes; an item that kills its process is named."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import cv2

T = TypeVar("T")
R = TypeVar("R")

_SHARE = 8
"""Items that are worth the start of another process."""


def each(
    work: Callable[[T], R], items: Sequence[T], workers: int, *, died: Callable[[T], R]
) -> Iterator[R]:
    """The result of each item, in order.

    Args:
        work: a function at the top of a module; what it raises ends the iteration.
        items: its arguments, which can be pickled.
        workers: processes; 0: one a core, but no more than there is work for; with 1 the work is
            done in this process.
        died: answers for an item in the place of a process that ended.
    """
    workers = processes(len(items), workers)
    if workers <= 1:
        yield from map(work, items)
        return
    while items:
        done = 0
        try:
            with _pool(workers) as pool:
                for result in pool.map(work, items):
                    yield result
                    done += 1
        except BrokenProcessPool:
            # which of the items at work it was shows when each has a process of its own
            suspects = items[done : done + 2 * workers]
            for item in suspects:
                yield _alone(work, item, died)
            done += len(suspects)
        items = items[done:]


def processes(items: int, workers: int) -> int:
    """How many processes `each` would start: as asked; with 0 one a core, where it is worth it."""
    return workers or max(1, min(len(os.sched_getaffinity(0)), -(-items // _SHARE)))


def _alone(work: Callable[[T], R], item: T, died: Callable[[T], R]) -> R:
    try:
        with _pool(1) as pool:
            return pool.submit(work, item).result()
    except BrokenProcessPool:
        return died(item)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    # spawned, since a fork of a process with threads (torch) can lock up
    spawn = multiprocessing.get_context("spawn")
    tie, held = spawn.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, spawn, _begin, (tie,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        tie.close()
        held.close()


def end_if_orphaned() -> None:
    """End this process where it is one of a pool whose parent is gone."""
    parent = multiprocessing.parent_process()
    if _pooled and parent is not None and not parent.is_alive():
        os._exit(1)


_pooled = False


def _begin(tie: Any) -> None:
    global _pooled
    _pooled = True
    cv2.setNumThreads(1)
    os.environ["OMP_NUM_THREADS"] = "1"  # for the libraries that an item imports
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with, args=(tie,), daemon=True).start()


def _end_with(tie: Any) -> None:
    """End at once when the parent is gone: another may already have taken its place."""
    with suppress(EOFError, OSError):
        tie.recv()
    os._exit(1)

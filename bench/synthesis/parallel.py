"""Drawing in several processes, with the same result however many there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

import cv2

Job = TypeVar("Job")
Answer = TypeVar("Answer")
Watch = Callable[[Iterable[Any], str, int], Iterable[Any]]
"""Wraps an iterable to show progress: `watch(iterable, description, total)`."""


def quiet(items: Iterable[Any], description: str, total: int) -> Iterable[Any]:
    """Show no progress."""
    del description, total
    return items


def spread(
    function: Callable[[Job], Answer], jobs: Sequence[Job], workers: int
) -> Iterator[Answer]:
    """Answers of a function for every job, in the order of the jobs.

    Args:
        function: of a module's top level, so that another process can find it.
        jobs: what it is called with, one after the other.
        workers: processes; below 2, all is done in this one. They are started afresh, never
            forked, so that threads of the caller cannot hang them.
    """
    if workers < 2 or len(jobs) < 2:
        yield from map(function, jobs)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_one_thread) as pool:
        yield from pool.map(function, jobs)


def _one_thread() -> None:
    cv2.setNumThreads(1)

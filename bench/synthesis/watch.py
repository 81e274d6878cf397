"""What drawing tells a person while it works, and when it cannot go on."""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from bench.errors import BenchError

Watch = Callable[[Iterable[Any], str, int], Iterable[Any]]
"""Wraps an iterable to show progress: `watch(iterable, description, total)`."""


def quiet(items: Iterable[Any], description: str, total: int) -> Iterable[Any]:
    """Show no progress."""
    del description, total
    return items


def give_up(job: object) -> NoReturn:
    """Say that the system ended the process that drew a job.

    Raises:
        BenchError: always.
    """
    raise BenchError(
        f"the process that drew {job!r} was ended from outside. Expected memory for every worker: "
        f"free some, or use fewer workers."
    )

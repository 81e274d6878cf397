"""Which folds lie under a results folder, by their names and stamps alone."""

import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeAlias

from bench.errors import BenchError
from bench.store import Damage

Stamp: TypeAlias = tuple[int, int]
"""Size, and time of change in ns."""

MANY = 500
"""From so many systems on, one process a core walks."""

_UPPER = 4
"""Levels of folders, down to those of a system."""

_ABSENT: Stamp = (-1, -1)
"""Of a file that cannot be looked at."""


class Found(NamedTuple):
    """Stored folds in path order, and what tells whether one was changed."""

    names: list[str]
    """Of the json, relative to the folder."""
    stamps: "array[int]"
    """Four each: size and time of change in ns of the json, then of the csv."""
    damaged: list[Damage]
    """What could not be walked into."""


_Packed: TypeAlias = tuple[str, bytes, list[Damage]]
"""What was found, to travel between processes: names with a byte behind each, and stamps."""


class _Later(NamedTuple):
    """A folder that is walked into at last, by several processes where there are very many."""

    folder: str
    under: str
    names: int
    """How many folds were found before it."""


@contextmanager
def scanning(folder: Path) -> Iterator[Callable[[], Found]]:
    """Look for stored folds; where there are very many, until they are asked for.

    Unfinished work (`*.partial`) is passed over. Links to folders are not followed, so that no
    loop catches the reader; each is named.

    Args:
        folder: `accuracy` of a results folder; there are none where it is missing.

    Yields:
        what gives all folds, as soon as they are found.

    Raises:
        BenchError: the results folder is a file, or cannot be read.
    """
    results = folder.parent
    if results.exists() and not (results.is_dir() and os.access(results, os.R_OK | os.X_OK)):
        state = "cannot be read" if results.is_dir() else "is a file"
        raise BenchError(f"results folder {results} {state}. Free it, or pass --results DIR.")
    found = Found([], array("q"), [])
    later: list[_Later] = []
    if os.path.lexists(folder):
        _walk(str(folder), "", found, later)
    with _walking(later) as packed:
        yield lambda: _together(found, later, packed)


def _together(upper: Found, later: Sequence[_Later], below: Iterable[_Packed]) -> Found:
    """What lies in the upper folders, with what is found below them."""
    found = Found([], array("q"), upper.damaged)
    done = 0
    for one, (names, stamps, damaged) in zip(later, below, strict=True):
        found.names.extend(upper.names[done : one.names])
        found.stamps.extend(upper.stamps[4 * done : 4 * one.names])
        found.names.extend(names.split("\0")[:-1])
        found.stamps.frombytes(stamps)
        found.damaged.extend(damaged)
        done = one.names
    found.names.extend(upper.names[done:])
    found.stamps.extend(upper.stamps[4 * done :])
    return found


@contextmanager
def _walking(later: Sequence[_Later]) -> Iterator[Iterable[_Packed]]:
    if len(later) < MANY:
        yield _walk_all(later)
        return
    from concurrent.futures import ProcessPoolExecutor  # not needed for a few folds

    count = os.cpu_count() or 1
    size = max(1, len(later) // (4 * count))
    shares = [later[start : start + size] for start in range(0, len(later), size)]
    with ProcessPoolExecutor(count) as pool:
        yield chain.from_iterable(pool.map(_walk_all, shares))


def _walk_all(share: Sequence[_Later]) -> list[_Packed]:
    """What lies below each of several folders."""
    packed: list[_Packed] = []
    for one in share:
        found = Found([], array("q"), [])
        _walk(one.folder, one.under, found)
        names = "".join(f"{name}\0" for name in found.names)
        packed.append((names, found.stamps.tobytes(), found.damaged))
    return packed


def _walk(folder: str, under: str, found: Found, later: list[_Later] | None = None) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = {entry.name: entry for entry in listing}
    except OSError as error:
        found.damaged.append(_closed(Path(folder), error))
        return
    for name in sorted(entries):
        entry = entries[name]
        if name.endswith(".json"):
            found.names.append(under + name)
            found.stamps.extend(_stamp(entry))
            found.stamps.extend(_stamp(entries.get(f"{name[:-5]}.csv")))
        elif name.endswith((".csv", ".partial")):
            continue
        elif entry.is_dir(follow_symlinks=False):
            below = f"{under}{name}/"
            if later is not None and below.count("/") == _UPPER:
                later.append(_Later(entry.path, below, len(found.names)))
            else:
                _walk(entry.path, below, found, later)
        elif entry.is_symlink() and not Path(entry.path).is_file():
            found.damaged.append(_link(Path(entry.path)))


def _stamp(entry: "os.DirEntry[str] | None") -> Stamp:
    if entry is None:
        return _ABSENT
    try:
        stat = entry.stat()
    except OSError:
        return _ABSENT
    return stat.st_size, stat.st_mtime_ns


def _closed(path: Path, error: OSError) -> Damage:
    return Damage(
        path, f"{path} cannot be read: {error.strerror}. Free it, or take it out of the results."
    )


def _link(path: Path) -> Damage:
    return Damage(
        path,
        f"{path} is a link to a folder, or to nothing; links are not followed. Put the folder "
        f"itself there, or pass its results with --results DIR.",
    )

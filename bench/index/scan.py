"""Which folds lie under a results folder, by their names and stamps alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.errors import BenchError
from bench.store import Damage

ABSENT = (-1, -1)
"""Size and time of a file that cannot be looked at."""


class Found(NamedTuple):
    """The json of a fold, and what tells whether it or its csv was changed."""

    name: str
    """Relative to the folder."""
    stamp: tuple[int, int, int, int]
    """Size and time of change in ns, of the json and of the csv."""


def scan(folder: Path) -> tuple[list[Found], list[Damage]]:
    """All stored folds in path order, and what could not be walked into.

    Unfinished work (`*.partial`) is passed over. Links to folders are not followed, so that no
    loop catches the reader; each is named.

    Args:
        folder: `accuracy` of a results folder; there are none where it is missing.

    Raises:
        BenchError: the results folder is a file, or cannot be read.
    """
    results = folder.parent
    if results.exists() and not (results.is_dir() and os.access(results, os.R_OK | os.X_OK)):
        state = "cannot be read" if results.is_dir() else "is a file"
        raise BenchError(f"results folder {results} {state}. Free it, or pass --results DIR.")
    damaged: list[Damage] = []
    if not os.path.lexists(folder):
        return [], damaged
    return list(_walk(str(folder), "", damaged)), damaged


def _walk(folder: str, under: str, damaged: list[Damage]) -> Iterator[Found]:
    try:
        with os.scandir(folder) as listing:
            entries = {entry.name: entry for entry in listing}
    except OSError as error:
        damaged.append(_closed(Path(folder), error))
        return
    for name in sorted(entries):
        entry = entries[name]
        if name.endswith(".json"):
            yield Found(under + name, (*_stamp(entry), *_stamp(entries.get(f"{name[:-5]}.csv"))))
        elif name.endswith((".csv", ".partial")):
            continue
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{under}{name}/", damaged)
        elif entry.is_symlink() and not Path(entry.path).is_file():
            damaged.append(_link(Path(entry.path)))


def _stamp(entry: "os.DirEntry[str] | None") -> tuple[int, int]:
    if entry is None:
        return ABSENT
    try:
        stat = entry.stat()
    except OSError:
        return ABSENT
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

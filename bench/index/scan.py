"""Which folds lie under a results folder, by their names and stamps alone."""

import os
from pathlib import Path
from typing import NamedTuple, TypeAlias

from bench.errors import BenchError
from bench.store import Damage

Stamp: TypeAlias = tuple[int, int]
"""Size, and time of change in ns."""

_ABSENT: Stamp = (-1, -1)
"""Of a file that cannot be looked at."""


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
    found: list[Found] = []
    damaged: list[Damage] = []
    if os.path.lexists(folder):
        _walk(str(folder), "", found, damaged)
    return found, damaged


def _walk(folder: str, under: str, found: list[Found], damaged: list[Damage]) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = {entry.name: entry for entry in listing}
    except OSError as error:
        damaged.append(_closed(Path(folder), error))
        return
    for name in sorted(entries):
        entry = entries[name]
        if name.endswith(".json"):
            csv = entries.get(f"{name[:-5]}.csv")
            found.append(Found(under + name, _stamp(entry) + _stamp(csv)))
        elif name.endswith((".csv", ".partial")):
            continue
        elif entry.is_dir(follow_symlinks=False):
            _walk(entry.path, f"{under}{name}/", found, damaged)
        elif entry.is_symlink() and not Path(entry.path).is_file():
            damaged.append(_link(Path(entry.path)))


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

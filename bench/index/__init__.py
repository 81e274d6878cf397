"""All stored folds of a results folder as light results, from an index that may be deleted.

```
results/accuracy ─scan→ names and stamps ─┬ as in the index → its rows ┐
                                          └ new or changed ─reading→ rows ┴─columns→ Folds
```

The index is a file in the cache folder, one for each results folder. A row holds what tables need
of one fold; a fold whose json or csv has another size or time of change is read anew, with its
seals. Damaged folds are not kept: each call looks at them again.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.errors import BenchError
from bench.index import columns, file
from bench.index.columns import Columns
from bench.index.folds import Folds, Numbers, folds_of, with_records
from bench.index.reading import Reader
from bench.index.result import Result, Videos, result_of
from bench.index.row import Row
from bench.index.scan import Found, scanning
from bench.store import Damage

__all__ = [
    "Folds",
    "Result",
    "Videos",
    "few",
    "folds_of",
    "load",
    "result_of",
    "uncollected",
    "with_records",
]

MANY = 3000
"""From so many files on, one process a core reads them."""

_SHARE = 1000
"""Files that a process is given at a time."""

_SAID = 5


def load(folder: Path) -> tuple[Folds, tuple[Damage, ...]]:
    """All finished folds under a results folder in path order, and what is damaged.

    Args:
        folder: a results folder.

    Raises:
        BenchError: the folder is a file, or cannot be read.
    """
    records = folder / "accuracy"
    place = file.index_path(records)
    with uncollected(), scanning(records) as found:
        known, folds = _known(records, place)
        return _folds(records, found(), known, folds, place)


def few(damaged: Sequence[Damage]) -> tuple[Damage, ...]:
    """What a person reads of very many: the first ones, and how many there are."""
    rest = damaged[_SAID:]
    if len(rest) < 2:
        return tuple(damaged)
    return *damaged[:_SAID], Damage(rest[0].path, f"{len(rest):,} more that are damaged.")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage: all that is read here is kept, and the search takes a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Read(NamedTuple):
    """What became of files that were read."""

    rows: Columns
    """Of those that are whole."""
    whole: Numbers
    """Their numbers among all that were read."""
    damaged: list[Damage]


def _known(records: Path, place: Path) -> tuple[Columns, Folds]:
    """What the index holds, as rows and as folds."""
    rows = file.load(place)
    try:
        return rows, columns.folds(rows, str(records))
    except (BenchError, ValueError, TypeError, LookupError):
        # the index is whole, and made by a version that wrote other records
        none = columns.columns_of([])
        return none, columns.folds(none, str(records))


def _folds(
    records: Path, found: Found, known: Columns, folds: Folds, place: Path
) -> tuple[Folds, tuple[Damage, ...]]:
    stamps = np.frombuffer(found.stamps, dtype=np.int64).reshape(-1, 4)
    places = _places(found.names, stamps, known)
    stale, same = np.flatnonzero(places < 0), np.flatnonzero(places >= 0)
    read = _read(records, [found.names[n] for n in stale.tolist()], stamps[stale])
    if len(read.whole) or len(same) < len(known["seed"]):
        kept = [columns.taken(known, places[same])] if len(same) else []
        known = columns.together([*kept, read.rows])
        there = np.concatenate([same, stale[read.whole]])
        if (np.diff(there) < 0).any():
            known = columns.taken(known, np.argsort(there))
        file.save(place, known)
        folds = columns.folds(known, str(records))
    return folds, (*found.damaged, *read.damaged)


def _places(names: Sequence[str], stamps: Numbers, known: Columns) -> Numbers:
    """For each fold its row in the index, or -1 where that has none of its stamp."""
    same = np.array_equal(stamps, known["stamp"])
    if same and np.array_equal(columns.joined(names), known["name"]):
        return np.arange(len(names))
    numbers = {name: row for row, name in enumerate(columns.texts(known["name"]))}
    found = np.array([numbers.get(name, -1) for name in names], dtype=np.int64)
    there = np.flatnonzero(found >= 0)
    other = (known["stamp"][found[there]] != stamps[there]).any(axis=1)
    found[there[other]] = -1
    return found


def _read(records: Path, names: Sequence[str], stamps: Numbers) -> _Read:
    if len(names) < MANY:
        return _read_share(records, names, stamps)
    starts = range(0, len(names), _SHARE)
    from concurrent.futures import ProcessPoolExecutor  # not needed where nothing is new

    with ProcessPoolExecutor(os.cpu_count()) as pool:
        shares = list(
            pool.map(
                _read_share,
                [records] * len(starts),
                [names[start : start + _SHARE] for start in starts],
                [stamps[start : start + _SHARE] for start in starts],
            )
        )
    return _Read(
        columns.together([share.rows for share in shares]),
        np.concatenate([s.whole + start for s, start in zip(shares, starts, strict=True)]),
        [damage for share in shares for damage in share.damaged],
    )


def _read_share(records: Path, names: Sequence[str], stamps: Numbers) -> _Read:
    reader = Reader()
    rows: list[Row] = []
    whole: list[int] = []
    damaged: list[Damage] = []
    for number, (name, stamp) in enumerate(zip(names, stamps.tolist(), strict=True)):
        try:
            row = reader.read(f"{records}/{name}")._replace(name=name, stamp=tuple(stamp))
        except BenchError as error:
            damaged.append(Damage(records / name, str(error)))
        else:
            rows.append(row)
            whole.append(number)
    return _Read(columns.columns_of(rows), np.array(whole, dtype=np.int64), damaged)

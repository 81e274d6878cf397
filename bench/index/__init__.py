"""All stored folds of a results folder as light results, from an index that may be deleted.

```
results/accuracy ─scan→ names and stamps ─┬ as in the index → its rows ┐
                                          └ new or changed ─reading→ rows ┴─row→ results
```

The index is a file in the cache folder, one for each results folder. A row holds what tables need
of one fold; a fold whose json or csv has another size or time of change is read anew, with its
seals. Damaged folds are not kept: each call looks at them again.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np

from bench.errors import BenchError
from bench.index import file
from bench.index.columns import Columns, columns_of, joined, results, rows_of
from bench.index.reading import Reader
from bench.index.result import Result, Videos, result_of, results_of
from bench.index.row import Row
from bench.index.scan import Found, scan
from bench.store import Damage

__all__ = ["Result", "Videos", "few", "load", "result_of", "results_of", "uncollected"]

MANY = 3000
"""From so many files on, one process a core reads them."""

_SHARE = 2000
"""Files that a process is given at a time."""

_SAID = 5

_Stamped: TypeAlias = tuple[str, tuple[int, ...]]
"""Name and stamp of a fold."""


def load(folder: Path) -> tuple[tuple[Result, ...], tuple[Damage, ...]]:
    """All finished folds under a results folder in path order, and what is damaged.

    Args:
        folder: a results folder.

    Raises:
        BenchError: the folder is a file, or cannot be read.
    """
    records = folder / "accuracy"
    place = file.index_path(records)
    with uncollected():
        kept = _Kept(file.load(place), records)
        try:
            return _results(records, scan(records, kept.prepare), kept, place)
        except (BenchError, ValueError, TypeError, KeyError):
            # the index is whole, and made by a version that wrote other records
            return _results(records, scan(records), _Kept(columns_of([]), records), place)


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


class _Kept:
    """What the index holds."""

    def __init__(self, columns: Columns, records: Path) -> None:
        self.columns = columns
        self._records = records

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """All of it as results."""
        return tuple(results(self.columns, str(self._records)))

    def prepare(self) -> None:
        """Make the results: nearly always nothing was changed."""
        _ = self.results


def _results(
    records: Path, found: Found, index: _Kept, place: Path
) -> tuple[tuple[Result, ...], tuple[Damage, ...]]:
    known = index.columns
    stamps = np.array(found.stamps, dtype=np.int64).reshape(-1, 4)
    unchanged = np.array_equal(stamps, known["stamp"])
    if unchanged and np.array_equal(joined(found.names), known["name"]):
        return index.results, tuple(found.damaged)
    kept = {row.name: row for row in rows_of(known)}
    each = list(zip(found.names, map(tuple, stamps.tolist()), strict=True))
    stale = [it for it in each if it[0] not in kept or kept[it[0]].stamp != it[1]]
    outcomes = dict(zip((name for name, _ in stale), _read(records, stale), strict=True))
    read = [outcomes.get(name) or kept[name] for name in found.names]
    rows = [row for row in read if isinstance(row, Row)]
    if len(rows) != len(kept) or any(isinstance(it, Row) for it in outcomes.values()):
        index = _Kept(columns_of(rows), records)
        file.save(place, index.columns)
    return index.results, (*found.damaged, *(it for it in read if isinstance(it, Damage)))


def _read(records: Path, stale: Sequence[_Stamped]) -> list[Row | Damage]:
    if len(stale) < MANY:
        return _read_share(records, stale)
    shares = [stale[start : start + _SHARE] for start in range(0, len(stale), _SHARE)]
    from concurrent.futures import ProcessPoolExecutor  # not needed where nothing is new

    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(chain.from_iterable(pool.map(_read_share, [records] * len(shares), shares)))


def _read_share(records: Path, stale: Sequence[_Stamped]) -> list[Row | Damage]:
    reader = Reader()
    read: list[Row | Damage] = []
    for name, stamp in stale:
        try:
            read.append(reader.read(f"{records}/{name}")._replace(name=name, stamp=stamp))
        except BenchError as error:
            read.append(Damage(records / name, str(error)))
    return read

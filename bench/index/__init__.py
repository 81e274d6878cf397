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
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from bench.errors import BenchError
from bench.index import file
from bench.index.reading import Reader
from bench.index.result import Result, Videos, result_of, results_of
from bench.index.row import Row, results
from bench.index.scan import Found, scan
from bench.store import Damage

__all__ = ["Result", "Videos", "few", "load", "result_of", "results_of"]

MANY = 3000
"""From so many files on, one process a core reads them."""

_SHARE = 2000
"""Files that a process is given at a time."""

_SAID = 5


def load(folder: Path) -> tuple[tuple[Result, ...], tuple[Damage, ...]]:
    """All finished folds under a results folder in path order, and what is damaged.

    Args:
        folder: a results folder.

    Raises:
        BenchError: the folder is a file, or cannot be read.
    """
    records = folder / "accuracy"
    place = file.index_path(records)
    with _uncollected():
        found, damaged = scan(records)
        known = file.load(place)
        try:
            return _results(records, found, known, place, damaged)
        except (BenchError, ValueError, TypeError, KeyError):
            # the index is whole, and made by a version that wrote other records
            return _results(records, found, [], place, damaged)


def few(damaged: Sequence[Damage]) -> tuple[Damage, ...]:
    """What a person reads of very many: the first ones, and how many there are."""
    rest = damaged[_SAID:]
    if len(rest) < 2:
        return tuple(damaged)
    return *damaged[:_SAID], Damage(rest[0].path, f"{len(rest):,} more that are damaged.")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage: all that is read here is kept, and the search takes a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _results(
    records: Path,
    found: Sequence[Found],
    known: Sequence[Row],
    place: Path,
    damaged: Sequence[Damage],
) -> tuple[tuple[Result, ...], tuple[Damage, ...]]:
    kept = {row.name: row for row in known}
    fresh = [kept.get(it.name) for it in found]
    stale = [
        it for it, row in zip(found, fresh, strict=True) if row is None or row.stamp != it.stamp
    ]
    if not stale and len(found) == len(known):
        return tuple(results(known, str(records))), tuple(damaged)
    outcomes = dict(zip((it.name for it in stale), _read(records, stale), strict=True))
    all_ = [outcomes.get(it.name) or kept[it.name] for it in found]
    rows = [row for row in all_ if isinstance(row, Row)]
    made = results(rows, str(records))
    if rows != known:
        file.save(place, rows)
    return tuple(made), (*damaged, *(it for it in all_ if isinstance(it, Damage)))


def _read(records: Path, stale: Sequence[Found]) -> list[Row | Damage]:
    if len(stale) < MANY:
        return _read_share(records, stale)
    shares = [stale[start : start + _SHARE] for start in range(0, len(stale), _SHARE)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(chain.from_iterable(pool.map(_read_share, [records] * len(shares), shares)))


def _read_share(records: Path, stale: Sequence[Found]) -> list[Row | Damage]:
    reader = Reader()
    read: list[Row | Damage] = []
    for it in stale:
        path = records / it.name
        try:
            read.append(reader.read(path)._replace(name=it.name, stamp=it.stamp))
        except BenchError as error:
            read.append(Damage(path, str(error)))
    return read

"""Rows side by side as arrays, which is how they are stored, and folds made of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.index.folds import About, Confusions, Folds, Numbers, Shared, Stock
from bench.index.result import Result, Videos
from bench.index.row import Row, field, request_of
from bench.records import FoldRecord, FoldRequest
from bench.schema import read_key

Columns: TypeAlias = Mapping[str, NDArray[Any]]
"""By name of the field of a row; texts are bytes, each with a byte behind it that no text holds."""

T = TypeVar("T")

_NUMBERS = ("seed", "fold", "epochs", "selected_epoch")
_OWN = ("name", "created", "seconds")
"""Texts that hardly two rows share."""
_SHARED = ("request", "findings", "about", "beside", "videos", "statuses")
"""Each of these texts once in a column, by its first row; in another one, with `_of`, its number
for each row."""
_PACKS = ("counts", "counts_seen")
"""All counts behind one another; with `_of`, how many each row has."""


def columns_of(rows: Sequence[Row]) -> Columns:
    """Rows as arrays."""
    parts = zip(*rows, strict=True) if rows else [()] * len(Row._fields)
    fields = dict(zip(Row._fields, parts, strict=True))
    arrays: dict[str, NDArray[Any]] = {
        "stamp": np.asarray(fields["stamp"], dtype=np.int64).reshape(-1, 4),
        **{name: np.asarray(fields[name], dtype=np.int64) for name in _NUMBERS},
        **{name: joined(fields[name]) for name in _OWN},
    }
    for name in _SHARED:
        arrays |= _numbered(name, fields[name])
    for name in _PACKS:
        arrays[name] = _narrow(np.frombuffer(b"".join(fields[name]), dtype=np.uint32))
        arrays[f"{name}_of"] = np.asarray([len(pack) // 4 for pack in fields[name]], dtype=np.int64)
    return arrays


def together(parts: Sequence[Columns]) -> Columns:
    """The rows of several arrays behind one another."""
    if not parts:
        return columns_of([])
    plain = ("stamp", *_NUMBERS, *_OWN, *_PACKS, *(f"{name}_of" for name in _PACKS))
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in plain}
    for name in _SHARED:
        each = [texts(part[name]) for part in parts]
        numbers = {text: n for n, text in enumerate(dict.fromkeys(chain.from_iterable(each)))}
        of = [
            np.asarray([numbers[text] for text in mine], dtype=np.int64)[part[f"{name}_of"]]
            for mine, part in zip(each, parts, strict=True)
        ]
        arrays |= {name: joined(numbers), f"{name}_of": np.concatenate(of)}
    return arrays


def taken(columns: Columns, places: Numbers) -> Columns:
    """Some of the rows, in the order of their places."""
    arrays = {name: columns[name][places] for name in ("stamp", *_NUMBERS)}
    for name in _OWN:
        each = texts(columns[name])
        arrays[name] = joined(each[place] for place in places.tolist())
    for name in _SHARED:
        each, numbers = texts(columns[name]), columns[f"{name}_of"][places]
        arrays |= _numbered(name, [each[number] for number in numbers.tolist()])
    for name in _PACKS:
        sizes = columns[f"{name}_of"]
        starts, mine = (np.cumsum(sizes) - sizes)[places], sizes[places]
        first = np.repeat(starts - (np.cumsum(mine) - mine), mine)
        arrays[name] = _narrow(columns[name][first + np.arange(len(first))])
        arrays[f"{name}_of"] = mine
    return arrays


def is_whole(columns: Columns) -> bool:
    """Whether columns are those of one list of rows, so that none of them ends before another."""
    several = (*_SHARED, *_PACKS)
    if set(columns) != {"stamp", *_NUMBERS, *_OWN, *several, *(f"{name}_of" for name in several)}:
        return False
    count = len(columns["seed"])
    each = [columns[name] for name in ("stamp", *_NUMBERS, *(f"{name}_of" for name in several))]
    known = {name: int((columns[name] == 0).sum()) for name in (*_OWN, *_SHARED)}
    return (
        all(len(column) == count for column in each)
        and all(known[name] == count for name in _OWN)
        and all(_within(columns[f"{name}_of"], known[name]) for name in _SHARED)
        and all(columns[f"{name}_of"].sum() == len(columns[name]) for name in _PACKS)
    )


def _within(numbers: Numbers, count: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= 0 and numbers.max() < count)


def folds(columns: Columns, folder: str) -> Folds:
    """The folds that rows stand for; what they share is read once, and is one object.

    Args:
        columns: of one folder.
        folder: of the records; the files of the folds lie in it.

    Raises:
        BenchError: a text is not of these records.
        ValueError: a text is damaged.
    """
    shared = {name: _read(columns, name, read) for name, read in _READ.items()}
    counts = Confusions(columns["counts"], columns["counts_of"])
    seen = Confusions(columns["counts_seen"], columns["counts_seen_of"])
    return Folds(
        Stock(
            seeds=columns["seed"],
            numbers=columns["fold"],
            requests=shared["request"],
            findings=shared["findings"],
            about=shared["about"],
            videos=shared["videos"],
            statuses=shared["statuses"],
            counts=counts,
            counts_seen=seen,
            make=_Making(columns, folder, shared, counts, seen),
        )
    )


def joined(each: Iterable[str]) -> NDArray[np.uint8]:
    """Texts as one array."""
    whole = "".join(f"{text}\0" for text in each)
    return np.frombuffer(whole.encode(errors="surrogateescape"), dtype=np.uint8)


def texts(whole: NDArray[np.uint8]) -> list[str]:
    """The texts of one array."""
    return whole.tobytes().decode(errors="surrogateescape").split("\0")[:-1]


@dataclass(frozen=True)
class _Making:
    """What one fold is made from, when it is asked for."""

    columns: Columns
    folder: str
    shared: Mapping[str, Shared[Any]]
    counts: Confusions
    counts_seen: Confusions

    def __call__(self, number: int) -> Result:
        """The fold of one row."""
        of = {name: each.values[each.of[number]] for name, each in self.shared.items()}
        name, created, spent = (texts[number] for texts in self._own)
        (counts,) = self.counts.of(np.array([number]))
        partly = self.counts_seen.sizes[number]
        return Result(
            file=f"{self.folder}/{name}",
            created=created,
            spent=spent,
            counts=counts,
            counts_seen=self.counts_seen.of(np.array([number]))[0] if partly else counts,
            **{name: int(self.columns[name][number]) for name in _NUMBERS},
            **of.pop("about")._asdict(),
            **of,
        )

    @cached_property
    def _own(self) -> list[list[str]]:
        return [texts(self.columns[name]) for name in _OWN]


def _numbered(name: str, each: Iterable[str]) -> Columns:
    """The two columns of a shared text."""
    numbers: dict[str, int] = {}
    of = [numbers.setdefault(text, len(numbers)) for text in each]
    return {name: joined(numbers), f"{name}_of": np.asarray(of, dtype=np.int64)}


def _narrow(counts: NDArray[Any]) -> NDArray[Any]:
    return counts.astype(np.min_scalar_type(counts.max(initial=0)))


def _read(columns: Columns, name: str, read: Callable[[str], T]) -> Shared[T]:
    return Shared([*map(read, texts(columns[name]))], columns[f"{name}_of"])


def _about(text: str) -> About:
    return About(**dict(field(FoldRecord, part) for part in text.split("\n")))


def _findings(text: str) -> Any:
    return read_key(FoldRequest, "findings", json.loads(text), "a stored fold")


def _beside(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _videos(text: str) -> Videos:
    return Videos(*(tuple(column) for column in json.loads(text)))


def _statuses(text: str) -> tuple[str, ...]:
    return tuple(text.split(" "))


_READ: Mapping[str, Callable[[str], Any]] = {
    "request": request_of,
    "findings": _findings,
    "about": _about,
    "beside": _beside,
    "videos": _videos,
    "statuses": _statuses,
}
"""How the text of each shared field becomes what a result holds."""

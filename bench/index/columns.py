"""Rows side by side as arrays, which is how they are stored, and how results are made of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.index.result import Result, Videos
from bench.index.row import Row, field, request_of
from bench.measurement.accuracy import Counts
from bench.records import FoldRecord, FoldRequest
from bench.schema import read_key

Columns: TypeAlias = Mapping[str, NDArray[Any]]
"""By name of the field of a row; texts are bytes, each with a byte behind it that no text holds."""

_NUMBERS = ("seed", "fold", "epochs", "selected_epoch")
_OWN = ("name", "created", "seconds")
"""Texts that hardly two rows share."""
_SHARED = ("request", "findings", "about", "beside", "videos", "statuses")
"""Each of these texts once in a column; in another one, with `_of`, its number for each row."""
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
        numbers = {text: n for n, text in enumerate(dict.fromkeys(fields[name]))}
        arrays[name] = joined(numbers)
        arrays[f"{name}_of"] = np.asarray([numbers[t] for t in fields[name]], dtype=np.int64)
    for name in _PACKS:
        counts = np.frombuffer(b"".join(fields[name]), dtype=np.uint32)
        arrays[name] = counts.astype(np.min_scalar_type(counts.max(initial=0)))
        arrays[f"{name}_of"] = np.asarray([len(pack) // 4 for pack in fields[name]], dtype=np.int64)
    return arrays


def rows_of(columns: Columns) -> list[Row]:
    """Arrays as rows."""
    parts: dict[str, Iterable[Any]] = {"stamp": map(tuple, columns["stamp"].tolist())}
    parts |= {name: columns[name].tolist() for name in _NUMBERS}
    parts |= {name: texts(columns[name]) for name in _OWN}
    parts |= {name: _each(columns, name, str) for name in _SHARED}
    for name in _PACKS:
        whole, sizes = columns[name].astype(np.uint32), columns[f"{name}_of"].tolist()
        ends = pairwise(accumulate(sizes, initial=0))
        parts[name] = [whole[start:stop].tobytes() for start, stop in ends]
    return list(map(Row._make, zip(*(parts[name] for name in Row._fields), strict=True)))


def results(columns: Columns, folder: str) -> list[Result]:
    """One result a row; what rows share is read once, and is one object.

    Args:
        columns: of one folder.
        folder: of the records; the files of the results lie in it.

    Raises:
        BenchError: a text is not of these records.
        ValueError: a text is damaged.
    """
    if not len(columns["seed"]):
        return []
    about = _each(columns, "about", _about)
    counts = _confusions(columns, "counts")
    seen = zip(_confusions(columns, "counts_seen"), counts, strict=True)
    fields: dict[str, Iterable[Any]] = {
        "file": [f"{folder}/{name}" for name in texts(columns["name"])],
        **{name: columns[name].tolist() for name in _NUMBERS},
        **{name: [shared[name] for shared in about] for name in about[0]},
        "request": _each(columns, "request", request_of),
        "findings": _each(columns, "findings", _findings),
        "created": texts(columns["created"]),
        "spent": texts(columns["seconds"]),
        "beside": _each(columns, "beside", _beside),
        "videos": _each(columns, "videos", _videos),
        "statuses": _each(columns, "statuses", _statuses),
        "counts": counts,
        "counts_seen": [part if len(part) else every for part, every in seen],
    }
    return list(map(Result._make, zip(*(fields[name] for name in Result._fields), strict=True)))


def joined(each: Iterable[str]) -> NDArray[np.uint8]:
    """Texts as one array."""
    whole = "".join(f"{text}\0" for text in each)
    return np.frombuffer(whole.encode(errors="surrogateescape"), dtype=np.uint8)


def texts(whole: NDArray[np.uint8]) -> list[str]:
    """The texts of one array."""
    return whole.tobytes().decode(errors="surrogateescape").split("\0")[:-1]


def _each(columns: Columns, name: str, read: Callable[[str], Any]) -> list[Any]:
    """What each row has of a shared text, one object for all that share it."""
    found = list(map(read, texts(columns[name])))
    return [found[number] for number in columns[f"{name}_of"].tolist()]


def _about(text: str) -> dict[str, Any]:
    return dict(field(FoldRecord, part) for part in text.split("\n"))


def _findings(text: str) -> Any:
    return read_key(FoldRequest, "findings", json.loads(text), "a stored fold")


def _beside(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _videos(text: str) -> Videos:
    return Videos(*(tuple(column) for column in json.loads(text)))


def _statuses(text: str) -> tuple[str, ...]:
    return tuple(text.split(" "))


def _confusions(columns: Columns, name: str) -> list[Counts]:
    """Counts of shape (K, K + 1) for each row, views into one array for all of its K."""
    whole, sizes = columns[name].astype(np.int64), columns[f"{name}_of"]
    starts = np.cumsum(sizes) - sizes
    found: list[Counts] = [whole] * len(sizes)
    for size in set(sizes.tolist()):
        places = np.flatnonzero(sizes == size)
        one = len(places) == len(sizes)
        counts = whole if one else whole[starts[places, None] + np.arange(size)]
        k = int(size**0.5)  # K (K + 1) counts
        views = list(counts.reshape(len(places), k, k + 1))
        if one:
            return views
        for place, view in zip(places.tolist(), views, strict=True):
            found[place] = view
    return found

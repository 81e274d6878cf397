"""A result as the index keeps it: numbers, and texts that many results share."""

import json
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from bench.index.result import Result
from bench.records import Fold, FoldRecord, FoldRequest
from bench.schema import plain, read_key

APART = frozenset({"fold", "findings", "seed"})
"""Fields of a request that stand outside of what its kind shares."""

KEPT = ("environment", "excluded", "precision", "unread")
"""Fields of a record that many share and tables use."""

_COUNT = "I"


class Row(NamedTuple):
    """One stored fold; a text of several fields has one `name":value` a line, sorted."""

    name: str
    """The json, relative to the folder of the records."""
    stamp: tuple[int, int, int, int]
    """Size and time of change in ns of the json, then of the csv."""
    request: str
    seed: int
    fold: int
    findings: str
    """JSON."""
    created: str
    about: str
    """The `KEPT` fields of the record."""
    seconds: str
    """JSON."""
    epochs: int
    selected_epoch: int
    beside: str
    """JSON: a list of endings."""
    videos: str
    """JSON: ids, subjects, groups, true classes."""
    statuses: str
    """Separated by blanks."""
    counts: bytes
    counts_seen: bytes
    """Empty where all were seen."""


def line(key: str, value: object) -> str:
    """One field of a text of several."""
    return f'{key}":{json.dumps(value, sort_keys=True, separators=(",", ":"))}'


def lines(fields: Mapping[str, Any]) -> str:
    """Fields as a text."""
    return "\n".join(line(key, fields[key]) for key in sorted(fields))


def packed(counts: Iterable[int]) -> bytes:
    """Counts as bytes."""
    return array(_COUNT, counts).tobytes()


def row_of(result: Result, record: FoldRecord) -> Row:
    """The row of a record that was read whole, without its name and stamp."""
    request = plain(record.request)
    body = plain(record)
    seen = result.counts_seen is not result.counts
    return Row(
        name="",
        stamp=(0, 0, 0, 0),
        request=lines({key: request[key] for key in request.keys() - APART}),
        seed=result.seed,
        fold=result.fold,
        findings=json.dumps(request["findings"]),
        created=result.created,
        about=lines({key: body[key] for key in KEPT}),
        seconds=result.spent,
        epochs=result.epochs,
        selected_epoch=result.selected_epoch,
        beside=json.dumps(result.beside),
        videos=json.dumps(result.videos),
        statuses=" ".join(result.statuses),
        counts=packed(result.counts.ravel().tolist()),
        counts_seen=packed(result.counts_seen.ravel().tolist()) if seen else b"",
    )


@cache
def field(record: type, text: str) -> tuple[str, Any]:
    """Name and value of one line, read strictly."""
    key, _, value = text.partition('":')
    return key, read_key(record, key, json.loads(value), "a stored fold")


def request_of(text: str) -> FoldRequest:
    """The request that a text of fields gives; what stands apart is empty.

    Raises:
        BenchError: a field is unknown or holds another type.
        TypeError: one is missing.
    """
    fields = dict(field(FoldRequest, part) for part in text.split("\n"))
    return FoldRequest(**fields, fold=Fold(0, (), ()), seed=0)

"""A result as the index keeps it: numbers, and texts that many results share."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from bench.index.result import Result, Videos
from bench.measurement.accuracy import Counts
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
        seconds=json.dumps(body["seconds"]),
        epochs=result.epochs,
        selected_epoch=result.selected_epoch,
        beside=json.dumps(result.beside),
        videos=json.dumps(result.videos),
        statuses=" ".join(result.statuses),
        counts=packed(result.counts.ravel().tolist()),
        counts_seen=packed(result.counts_seen.ravel().tolist()) if seen else b"",
    )


def results(rows: Sequence[Row], folder: str) -> list[Result]:
    """Rows as results; what they share is read once.

    Args:
        rows: of one folder.
        folder: of the records; the files of the results lie in it.

    Raises:
        BenchError: a text is not of these records.
        ValueError: a text is damaged.
    """
    request, about = cache(request_of), cache(_about)
    findings, beside, videos = cache(_findings), cache(_beside), cache(_videos)
    statuses = cache(lambda text: tuple(text.split(" ")))
    confusions = _confusions([row.counts for row in rows])
    seen = iter(_confusions([row.counts_seen for row in rows if row.counts_seen]))
    seconds = json.loads(f"[{','.join(row.seconds for row in rows)}]")
    found: list[Result] = []
    for row, counts, parts in zip(rows, confusions, seconds, strict=True):
        shared = about(row.about)
        found.append(
            Result(
                f"{folder}/{row.name}",
                request(row.request),
                row.seed,
                row.fold,
                findings(row.findings),
                row.created,
                shared["environment"],
                shared["precision"],
                parts,
                row.epochs,
                row.selected_epoch,
                shared["excluded"],
                shared["unread"],
                beside(row.beside),
                videos(row.videos),
                statuses(row.statuses),
                counts,
                next(seen) if row.counts_seen else counts,
            )
        )
    return found


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


def _about(text: str) -> dict[str, Any]:
    return dict(field(FoldRecord, part) for part in text.split("\n"))


def _findings(text: str) -> Any:
    return read_key(FoldRequest, "findings", json.loads(text), "a stored fold")


def _beside(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _videos(text: str) -> Videos:
    return Videos(*(tuple(column) for column in json.loads(text)))


def _confusions(packs: Sequence[bytes]) -> list[Counts]:
    """Counts of shape (K, K + 1), each a view into one array for all of its K."""
    sizes: dict[int, list[bytes]] = {}
    for pack in packs:
        sizes.setdefault(len(pack), []).append(pack)
    views: dict[int, Any] = {}
    for size, same in sizes.items():
        flat = np.frombuffer(b"".join(same), dtype=np.uint32).astype(np.int64)
        # K (K + 1) counts
        k = int((size // array(_COUNT).itemsize) ** 0.5)
        views[size] = iter(flat.reshape(len(same), k, k + 1))
    return [next(views[len(pack)]) for pack in packs]

"""A stored fold to its row: by lines where the file is as we write it, else as a whole.

A fold of our own hand is one field a line, keys in order, so that it can be cut without parsing.
Most of its pieces have been met in folds before it, and are not read again. The seals are checked
of every file. Whatever looks unusual is left to `store.load_fold`, whose word counts.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from bench.errors import BenchError
from bench.index.result import result_of
from bench.index.row import APART, KEPT, Row, field, packed, request_of, row_of
from bench.records import SCHEMA, Epoch, FoldRecord, FoldRequest
from bench.store import load_fold

_OWN = frozenset(
    {"beside", "created", "csv_sha256", "epochs", "seconds", "selected_epoch", "sha256"}
)
"""Fields that hardly two folds share."""

_HEAD = ("video", "subject", "group", "true", "status")
_TAIL = "frames,spans,clip_scores,apex,attributes"
_SEEN = ("scored", "fallback")
_EPOCH = frozenset(Epoch.__dataclass_fields__)
_BREAK = re.compile("\n *")
_LINK = ',"'
_UNSAID = {
    "beside": 'beside":{}',
    "excluded": 'excluded":{}',
    "findings": 'findings":[]',
    "precision": 'precision":"fp32"',
    "unread": 'unread":[]',
}
"""What fields mean that earlier records do not have."""


_Columns: TypeAlias = tuple[tuple[str, ...], ...]


class _UnusualError(Exception):
    """The file is not as we write it; it may be right nevertheless."""


class Reader:
    """Reads folds one by one, and remembers what many of them have in common."""

    def __init__(self) -> None:
        self._dense: dict[str, str] = {}
        self._known: set[str] = set()
        self._folds: dict[str, int] = {}
        self._videos: dict[tuple[object, ...], tuple[str, list[int]]] = {}
        self._texts: dict[str, str] = {}
        self._read: dict[str, Any] = {}

    def read(self, path: Path) -> Row:
        """The row of a fold, without its name and stamp.

        Raises:
            BenchError: the fold is damaged, or holds nothing to score.
        """
        try:
            return self._by_lines(path)
        except (_UnusualError, OSError, ValueError, KeyError, IndexError, TypeError, BenchError):
            return self._whole(path)

    def _whole(self, path: Path) -> Row:
        try:
            record = load_fold(path)
        except RecursionError as error:
            raise BenchError(
                f"{path} cannot be read: it is nested too deeply. Delete {path.name} and run again."
            ) from error
        if not record.predictions:
            raise BenchError(
                f"{path.with_suffix('.csv')} holds no test video, so there is nothing to score. "
                f"Delete {path.name} and run again."
            )
        try:
            return row_of(result_of(record), record)
        except BenchError as error:
            raise BenchError(f"{path.with_suffix('.csv')}: {error}") from error

    def _by_lines(self, path: Path) -> Row:
        text = _bytes(path).decode()
        if '\\": ' in text or not text.endswith("\n}\n"):
            raise _UnusualError  # a quote inside of a value would be taken for the end of a name
        body = _pieces(text[:-3], 1)
        asked = _pieces(body["request"].removesuffix("\n }"), 2)
        fields = {key: self._tight(part) for key, part in asked.items()}
        tight = {key: self._tight(part, key) for key, part in body.items() if key != "request"}
        tight["request"] = f'request":{{"{_LINK.join(fields.values())}}}'
        table = _bytes(path.with_suffix(".csv"))
        if hashlib.sha256(_whole(tight).encode()).hexdigest() != _value(tight["sha256"]):
            raise _UnusualError
        if hashlib.sha256(table).hexdigest() != _value(tight["csv_sha256"]):
            raise _UnusualError
        self._check(tight)
        classes = self._once(_after(fields["classes"]), json.loads)
        videos, statuses, counts, seen = self._answers(table.decode(), classes)
        return Row(
            name="",
            stamp=(0, 0, 0, 0),
            request=self._request(fields),
            seed=int(_after(fields["seed"])),
            fold=self._fold(fields["fold"]),
            findings=self._same(_after(fields.get("findings", _UNSAID["findings"]))),
            created=_value(tight["created"]),
            about=self._same("\n".join(tight.get(key) or _UNSAID[key] for key in KEPT)),
            seconds=_seconds(tight["seconds"]),
            epochs=_epochs(tight["epochs"]),
            selected_epoch=int(_after(tight["selected_epoch"])),
            beside=self._same(_names(tight.get("beside", _UNSAID["beside"]))),
            videos=videos,
            statuses=self._same(statuses),
            counts=counts,
            counts_seen=seen,
        )

    def _tight(self, part: str, key: str = "") -> str:
        """A piece without line breaks, and without blanks between its values."""
        if key in _OWN:
            return _tight(part)
        found = self._dense.get(part)
        if found is None:
            found = self._dense[part] = _tight(part)
        return found

    def _once(self, text: str, read: Callable[[str], Any]) -> Any:
        """What a text that many files hold says."""
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = read(text)
        return found

    def _same(self, text: str) -> str:
        """The object that stands for all equal texts, so that they travel once."""
        return self._texts.setdefault(text, text)

    def _check(self, tight: Mapping[str, str]) -> None:
        """Fields that this version knows, of the types it expects; each piece once."""
        if tight["schema"] != f'schema":{SCHEMA}':
            raise _UnusualError
        for key in tight.keys() - _OWN - {"request"}:
            if tight[key] not in self._known:
                field(FoldRecord, tight[key])
                self._known.add(tight[key])

    def _request(self, fields: Mapping[str, str]) -> str:
        text = "\n".join(part for key, part in fields.items() if key not in APART)
        if text not in self._texts:
            request_of(text)
        return self._same(text)

    def _fold(self, text: str) -> int:
        found = self._folds.get(text)
        if found is None:
            found = self._folds[text] = field(FoldRequest, text)[1].index
        return found

    def _answers(self, table: str, classes: Sequence[str]) -> tuple[str, str, bytes, bytes]:
        """Test videos, their statuses, and the confusions over all and over the seen."""
        who, statuses, scores = _columns(table, classes)
        videos, starts = self._asked(who, classes)
        counts = [0] * (len(classes) * (len(classes) + 1))
        seen = counts.copy()
        looked = [status in _SEEN for status in statuses]
        for start, answer, was_seen in zip(starts, _answered(scores), looked, strict=True):
            counts[start + answer] += 1
            seen[start + answer] += was_seen
        pack = packed(counts)
        return videos, " ".join(statuses), pack, b"" if all(looked) else packed(seen)

    def _asked(self, columns: _Columns, classes: Sequence[str]) -> tuple[str, list[int]]:
        """The text of the test videos, and where the row of each one's class starts in a matrix."""
        found = self._videos.get((columns, *classes))
        if found is None:
            ids, subjects, groups, true = columns
            nones = ([name or None for name in names] for names in (subjects, groups))
            labels = {name: label for label, name in enumerate(classes)}
            starts = [labels[name] * (len(classes) + 1) for name in true]
            found = self._videos[columns, *classes] = json.dumps([ids, *nones, true]), starts
        return found


def _columns(table: str, classes: Sequence[str]) -> tuple[_Columns, tuple[str, ...], _Columns]:
    """What tells the test videos, their statuses, and the scores of each class, as texts."""
    head = [*_HEAD, *(f"score:{name}" for name in classes)]
    if not table.startswith(f"{','.join(head)},{_TAIL}\n") or not table.endswith("\n"):
        raise _UnusualError
    cells = [row.split(",", len(head)) for row in table.split("\n")[1:-1]]
    columns = list(zip(*cells, strict=True))
    if '"' in table and any('"' in cell for column in columns[:-1] for cell in column):
        raise _UnusualError
    return tuple(columns[:4]), columns[4], tuple(columns[5:-1])


def _answered(scores: _Columns) -> list[int]:
    """The label of the highest score of each video, the number of classes where there are none."""
    try:
        numbers = zip(*(map(float, column) for column in scores), strict=True)
        return [mine.index(max(mine)) for mine in numbers]
    except ValueError:
        return [_answer(cells) for cells in zip(*scores, strict=True)]


def _answer(cells: Sequence[str]) -> int:
    mine = list(map(float, cells)) if any(cells) else []
    return mine.index(max(mine)) if mine else len(cells)


def _bytes(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:  # all of it is read at once
        return file.read()


def _pieces(text: str, indent: int) -> dict[str, str]:
    """Fields by name; each is `name": value`, as it stands in the file."""
    opening, *parts = text.split(f'\n{" " * indent}"')
    if not opening.endswith("{"):
        raise _UnusualError
    return {part[: part.index('"')]: part.removesuffix(",") for part in parts}


def _tight(part: str) -> str:
    return _BREAK.sub("", part).replace('": ', '":')


def _whole(tight: Mapping[str, str]) -> str:
    """What the seal is over: all but itself."""
    return f'{{"{_LINK.join(tight[key] for key in sorted(tight) if key != "sha256")}}}'


def _after(text: str) -> str:
    """The value of a field."""
    return text.partition('":')[2]


def _value(text: str) -> str:
    value = _after(text)
    if "\\" in value or value[0] != '"':
        raise _UnusualError
    return value[1:-1]


def _seconds(text: str) -> str:
    value = _after(text)
    if not all(isinstance(part, float | int) for part in json.loads(value).values()):
        raise _UnusualError
    return value


def _names(text: str) -> str:
    return json.dumps([*json.loads(_after(text))])


def _epochs(text: str) -> int:
    epochs = json.loads(_after(text))
    if any(epoch.keys() != _EPOCH for epoch in epochs):
        raise _UnusualError
    return len(epochs)

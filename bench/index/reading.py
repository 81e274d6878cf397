"""A stored fold to its row: by lines where the file is as we write it, else as a whole.

A fold of our own hand is one field a line, keys in order, so that it can be cut without parsing.
Most of its pieces have been met in folds before it, and are not read again. The seals are checked
of every file. Whatever looks unusual is left to `store.load_fold`, whose word counts.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.errors import BenchError
from bench.index.answers import Columns, UnusualError, answered, columns_of
from bench.index.result import result_of
from bench.index.row import APART, KEPT, Row, field, packed, request_of, row_of
from bench.records import SCHEMA, Epoch, FoldRecord, FoldRequest
from bench.store import load_fold

_OWN = frozenset(
    {"beside", "created", "csv_sha256", "epochs", "seconds", "selected_epoch", "sha256"}
)
"""Fields that hardly two folds share."""

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


class _Asked(NamedTuple):
    """What the folds and seeds of one kind share of their request."""

    before: str
    """Without blanks: what stands before the fold, between it and the seed, and behind that."""
    between: str
    after: str
    request: str
    """As a row has it."""
    findings: str
    classes: tuple[str, ...]


class _Fold(NamedTuple):
    tight: str
    """Without blanks."""
    number: int


class Reader:
    """Reads folds one by one, and remembers what many of them have in common."""

    def __init__(self) -> None:
        self._dense: dict[str, str] = {}
        self._known: set[str] = set()
        self._requests: dict[tuple[str, str, str], _Asked] = {}
        self._folds: dict[str, _Fold] = {}
        self._videos: dict[tuple[object, ...], tuple[str, list[int]]] = {}
        self._texts: dict[str, str] = {}

    def read(self, path: Path) -> Row:
        """The row of a fold, without its name and stamp.

        Raises:
            BenchError: the fold is damaged, or holds nothing to score.
        """
        try:
            return self._by_lines(path)
        except (UnusualError, OSError, ValueError, KeyError, IndexError, TypeError, BenchError):
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
            raise UnusualError  # a quote inside of a value would be taken for the end of a name
        body = _pieces(text[:-3], 1)
        asked, fold, seed = self._asked(body["request"])
        tight = {key: self._tight(part, key) for key, part in body.items() if key != "request"}
        tight["request"] = f"{asked.before}{fold.tight}{asked.between}{seed}{asked.after}"
        table = _bytes(path.with_suffix(".csv"))
        if hashlib.sha256(_whole(tight).encode()).hexdigest() != _value(tight["sha256"]):
            raise UnusualError
        if hashlib.sha256(table).hexdigest() != _value(tight["csv_sha256"]):
            raise UnusualError
        self._check(tight)
        videos, statuses, counts, seen = self._answers(table.decode(), asked.classes)
        return Row(
            name="",
            stamp=(0, 0, 0, 0),
            request=asked.request,
            seed=int(_after(seed.removesuffix(","))),
            fold=fold.number,
            findings=asked.findings,
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

    def _same(self, text: str) -> str:
        """The object that stands for all equal texts, so that they travel once."""
        return self._texts.setdefault(text, text)

    def _check(self, tight: Mapping[str, str]) -> None:
        """Fields that this version knows, of the types it expects; each piece once."""
        if tight["schema"] != f'schema":{SCHEMA}':
            raise UnusualError
        for key in tight.keys() - _OWN - {"request"}:
            if tight[key] not in self._known:
                field(FoldRecord, tight[key])
                self._known.add(tight[key])

    def _asked(self, text: str) -> tuple[_Asked, _Fold, str]:
        """The request of a fold: what its kind shares, and the fold and the seed in it."""
        fold = text.index('\n  "fold": ')
        behind = text.index('\n  "folds": ', fold)
        seed = text.index('\n  "seed": ', behind)
        end = text.index('\n  "', seed + 1)
        key = text[:fold], text[behind:seed], text[end:]
        asked = self._requests.get(key)
        if asked is None:
            asked = self._requests[key] = self._shared(*key)
        part = text[fold:behind]
        split = self._folds.get(part)
        if split is None:
            tight = _tight(part)
            number = field(FoldRequest, tight[1:].removesuffix(","))[1].index
            split = self._folds[part] = _Fold(tight, number)
        return asked, split, _tight(text[seed:end])

    def _shared(self, before: str, between: str, after: str) -> _Asked:
        pieces = _pieces(f"{before}{between}{after}".removesuffix("\n }"), 2)
        fields = {key: _tight(part) for key, part in pieces.items()}
        request = "\n".join(part for key, part in fields.items() if key not in APART)
        request_of(request)
        return _Asked(
            _tight(before),
            _tight(between),
            _tight(after),
            self._same(request),
            self._same(_after(fields.get("findings", _UNSAID["findings"]))),
            tuple(json.loads(_after(fields["classes"]))),
        )

    def _answers(self, table: str, classes: Sequence[str]) -> tuple[str, str, bytes, bytes]:
        """Test videos, their statuses, and the confusions over all and over the seen."""
        who, statuses, scores = columns_of(table, classes)
        videos, starts = self._tested(who, classes)
        counts = [0] * (len(classes) * (len(classes) + 1))
        seen = counts.copy()
        looked = [status in _SEEN for status in statuses]
        for start, answer, was_seen in zip(starts, answered(scores), looked, strict=True):
            counts[start + answer] += 1
            seen[start + answer] += was_seen
        pack = packed(counts)
        return videos, " ".join(statuses), pack, b"" if all(looked) else packed(seen)

    def _tested(self, columns: Columns, classes: Sequence[str]) -> tuple[str, list[int]]:
        """The text of the test videos, and where the row of each one's class starts in a matrix."""
        found = self._videos.get((columns, *classes))
        if found is None:
            ids, subjects, groups, true = columns
            nones = ([name or None for name in names] for names in (subjects, groups))
            labels = {name: label for label, name in enumerate(classes)}
            starts = [labels[name] * (len(classes) + 1) for name in true]
            found = self._videos[columns, *classes] = json.dumps([ids, *nones, true]), starts
        return found


def _bytes(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:  # all of it is read at once
        return file.read()


def _pieces(text: str, indent: int) -> dict[str, str]:
    """Fields by name; each is `name": value`, as it stands in the file."""
    opening, *parts = text.split(f'\n{" " * indent}"')
    if not opening.endswith("{"):
        raise UnusualError
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
        raise UnusualError
    return value[1:-1]


def _seconds(text: str) -> str:
    value = _after(text)
    if not all(isinstance(part, float | int) for part in json.loads(value).values()):
        raise UnusualError
    return value


def _names(text: str) -> str:
    return json.dumps([*json.loads(_after(text))])


def _epochs(text: str) -> int:
    epochs = json.loads(_after(text))
    if any(epoch.keys() != _EPOCH for epoch in epochs):
        raise UnusualError
    return len(epochs)

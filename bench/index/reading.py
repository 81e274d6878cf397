"""A stored fold to its row: by its text where the file is as we write it, else as a whole.

Folds of a kind differ in a few fields only (`cutting`). What they share is met again in each of
them, and read once. The seals are checked of every file. Whatever looks unusual is left to
`store.load_scorable`, whose word counts.
"""

import contextlib
import hashlib
import json
import os
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bench.errors import BenchError
from bench.index import cutting
from bench.index.answers import Answers, Sheet, answers, sheet_of
from bench.index.cutting import Shared, UnusualError, cut, pieces, tight, value, word
from bench.index.result import result_of
from bench.index.row import APART, KEPT, Row, field, request_of, row_of
from bench.records import SCHEMA, FoldRecord, FoldRequest
from bench.store import load_scorable

_UNSAID = {
    "beside": 'beside":{}',
    "excluded": 'excluded":{}',
    "findings": 'findings":[]',
    "precision": 'precision":"fp32"',
    "unread": 'unread":[]',
}
"""What fields mean that earlier records do not have."""
_SMALL = 1 << 16
"""Bytes that a file is expected to stay below."""
_ODD = (UnusualError, OSError, ValueError, LookupError, TypeError, AttributeError, BenchError)
"""What reading by text stumbles over in a file that is not as we write it."""


class _Kind(NamedTuple):
    """What folds share that differ in nothing but their own fields."""

    tight: Shared
    request: str
    """As a row has it, like the next two."""
    findings: str
    about: str
    classes: tuple[str, ...]


class _Fold(NamedTuple):
    tight: str
    number: int


class Reader:
    """Reads folds one by one, and remembers what many of them have in common."""

    def __init__(self) -> None:
        self._tight = cache(tight)
        self._kinds: dict[Shared, _Kind] = {}
        self._last: Shared = ()
        self._folds: dict[str, _Fold] = {}
        self._sheets: dict[tuple[str, tuple[str, ...]], Sheet] = {}
        self._texts: dict[str, str] = {}

    def read(self, file: str) -> Row:
        """The row of a fold, without its name and stamp.

        Args:
            file: its json.

        Raises:
            BenchError: the fold is damaged, or holds nothing to score.
        """
        try:
            return self._by_text(file)
        except _ODD:
            return self._whole(Path(file))

    def _whole(self, path: Path) -> Row:
        record = load_scorable(path)
        return row_of(result_of(record), record)

    def _by_text(self, file: str) -> Row:
        shared, fields = cut(_bytes(file).decode(), self._last)
        kind = self._kinds.get(shared) or self._kind(shared)
        self._last = shared
        fold = self._folds.get(fields["fold"]) or self._fold(fields["fold"])
        own = {key: fold.tight if key == "fold" else tight(part) for key, part in fields.items()}
        table = _bytes(f"{file.removesuffix('.json')}.csv")
        if _seal(kind.tight, own) != word(own["sha256"]):
            raise UnusualError
        if hashlib.sha256(table).hexdigest() != word(own["csv_sha256"]):
            raise UnusualError
        sheet, found = self._answers(table.decode(), fold, kind.classes)
        return Row(
            name="",
            stamp=(0, 0, 0, 0),
            request=kind.request,
            seed=_seed(value(own["seed"])),
            fold=fold.number,
            findings=kind.findings,
            created=word(own["created"]),
            about=kind.about,
            seconds=cutting.seconds(own["seconds"]),
            epochs=cutting.epochs(own["epochs"]),
            selected_epoch=int(value(own["selected_epoch"])),
            beside=self._same(cutting.names(own.get("beside", _UNSAID["beside"]))),
            videos=sheet.videos,
            statuses=self._same(found.statuses),
            counts=found.counts,
            counts_seen=found.counts_seen,
        )

    def _kind(self, shared: Shared) -> _Kind:
        """What is read of shared text: fields that this version knows, of the types it expects."""
        body = pieces("".join(shared).removesuffix("\n}\n"), 1)
        inner = pieces(body.pop("request").removesuffix("\n }"), 2)
        record = {key: self._tight(part) for key, part in body.items()}
        asked = {key: self._tight(part) for key, part in inner.items()}
        if value(record["schema"]) != str(SCHEMA):
            raise UnusualError
        for part in record.values():
            field(FoldRecord, part)
        request = "\n".join(part for key, part in asked.items() if key not in APART)
        request_of(request)
        kind = self._kinds[shared] = _Kind(
            tight=tuple(map(tight, shared)),
            request=self._same(request),
            findings=self._same(value(asked.get("findings", _UNSAID["findings"]))),
            about=self._same("\n".join(record.get(key) or _UNSAID[key] for key in KEPT)),
            classes=tuple(json.loads(value(asked["classes"]))),
        )
        return kind

    def _fold(self, part: str) -> _Fold:
        whole = tight(part)
        _, fold = field(FoldRequest, whole.removeprefix('"').removesuffix(","))
        found = self._folds[part] = _Fold(whole, fold.index)
        return found

    def _same(self, text: str) -> str:
        """The object that stands for all equal texts, so that they travel once."""
        return self._texts.setdefault(text, text)

    def _answers(self, table: str, fold: _Fold, classes: tuple[str, ...]) -> tuple[Sheet, Answers]:
        """What the csv of a fold says, and what it shares with those of other seeds and systems."""
        sheet = self._sheets.get((fold.tight, classes))
        if sheet is not None:
            with contextlib.suppress(UnusualError):
                return sheet, answers(table, sheet)
        sheet = self._sheets[fold.tight, classes] = sheet_of(table, classes)
        return sheet, answers(table, sheet)


def _bytes(file: str) -> bytes:
    # opening a path or a file object takes longer than reading the file
    descriptor = os.open(file, os.O_RDONLY)
    try:
        content = os.read(descriptor, _SMALL)
        if len(content) == _SMALL:  # of the smaller ones, which are many, nobody asks the size
            content += os.read(descriptor, os.fstat(descriptor).st_size)
        return content
    finally:
        os.close(descriptor)


def _seed(text: str) -> int:
    seed = int(text)
    if not -(2**63) <= seed < 2**63:
        raise UnusualError
    return seed


def _seal(shared: Shared, own: dict[str, str]) -> str:
    """The sha256 over all of a record but its seal."""
    fields = ("" if key == "sha256" else part for key, part in own.items())
    whole = "".join(chain.from_iterable(zip(shared, (*fields, ""), strict=True)))
    if whole.endswith(",}"):  # the seal stood last
        whole = f"{whole[:-2]}}}"
    return hashlib.sha256(whole.encode()).hexdigest()

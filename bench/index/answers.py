"""The csv of a fold, as we write it, read by its text: what it shares with others, and answers."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from bench.index.cutting import UnusualError
from bench.index.row import packed

_HEAD = ("video", "subject", "group", "true", "status")
_TAIL = "frames,spans,clip_scores,apex,attributes"
_SEEN = frozenset({"scored", "fallback"})


class Sheet(NamedTuple):
    """What the files of all that answered the same test videos share."""

    head: str
    """Their first line."""
    videos: str
    """As a row of the index has it."""
    begins: tuple[str, ...]
    """Of each line of a video, up to its status."""
    places: tuple[int, ...]
    """Of each video where the row of its class begins in a confusion."""
    classes: int


class Answers(NamedTuple):
    """What was answered, as a row of the index has it."""

    statuses: str
    counts: bytes
    counts_seen: bytes


def sheet_of(table: str, classes: Sequence[str]) -> Sheet:
    """What a file shares with others.

    Raises:
        UnusualError: it is not as we write it.
        LookupError: a class is not among the classes.
    """
    names = [*_HEAD, *(f"score:{name}" for name in classes)]
    head = f"{','.join(names)},{_TAIL}\n"
    cells = [line.split(",", 4)[:4] for line in _lines(table, head)]
    if any('"' in cell for mine in cells for cell in mine):
        raise UnusualError
    ids, subjects, groups, true = zip(*cells, strict=True)
    nones = ([name or None for name in each] for each in (subjects, groups))
    labels = {name: label for label, name in enumerate(classes)}
    return Sheet(
        head=head,
        videos=json.dumps([ids, *nones, true]),
        begins=tuple(f"{','.join(mine)}," for mine in cells),
        places=tuple(labels[name] * (len(classes) + 1) for name in true),
        classes=len(classes),
    )


def answers(table: str, sheet: Sheet) -> Answers:
    """What a file of a sheet says.

    Raises:
        UnusualError: it is of another sheet, or not as we write it.
        ValueError: a score is no number.
    """
    lines = _lines(table, sheet.head)
    if len(lines) != len(sheet.begins):
        raise UnusualError
    classes = sheet.classes
    statuses: list[str] = []
    places: list[int] = []
    for line, begin, place in zip(lines, sheet.begins, sheet.places, strict=True):
        if not line.startswith(begin):
            raise UnusualError
        cells = line[len(begin) :].split(",", classes + 1)
        scores = cells[1:-1]
        if len(scores) != classes:
            raise UnusualError
        places.append(place + _highest(scores))
        statuses.append(cells[0])
    counts, seen = _pack(places, classes), b""
    if not _SEEN.issuperset(statuses):
        each = zip(places, statuses, strict=True)
        seen = _pack([place for place, status in each if status in _SEEN], classes)
    return Answers(" ".join(statuses), counts, seen)


def _pack(places: Sequence[int], classes: int) -> bytes:
    """A confusion of so many classes, with a video at each of the places."""
    counts = [0] * (classes * (classes + 1))
    for place in places:
        counts[place] += 1
    return packed(counts)


def _highest(scores: Sequence[str]) -> int:
    """The label of the highest one, the number of classes where there are none."""
    numbers = list(map(float, scores)) if any(scores) else []
    return numbers.index(max(numbers)) if numbers else len(scores)


def _lines(table: str, head: str) -> list[str]:
    """All but the first one."""
    if not table.startswith(head) or not table.endswith("\n") or table == head:
        raise UnusualError
    return table[len(head) : -1].split("\n")

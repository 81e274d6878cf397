"""The csv of a fold, as we write it, read by its text: what it shares with others, and answers."""

import json
import operator
from collections.abc import Iterable, Sequence
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
    same: int
    """Characters in the first line, in what the others begin with, and behind the lines."""
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
    begins = tuple(f"{','.join(mine)}," for mine in cells)
    if any('"' in cell for mine in cells for cell in mine):
        raise UnusualError
    ids, subjects, groups, true = zip(*cells, strict=True)
    nones = ([name or None for name in each] for each in (subjects, groups))
    labels = {name: label for label, name in enumerate(classes)}
    return Sheet(
        head=head,
        videos=json.dumps([ids, *nones, true]),
        begins=begins,
        same=len(head) + sum(map(len, begins)) + len(begins),
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
    rests = [*map(str.removeprefix, lines, sheet.begins)]
    if len(lines) != len(sheet.begins) or sum(map(len, rests)) != len(table) - sheet.same:
        raise UnusualError
    cells = [rest.split(",", sheet.classes + 1) for rest in rests]
    statuses, *scores, _ = zip(*cells, strict=True)
    if len(scores) != sheet.classes:
        raise UnusualError
    # a few calls of numpy would slow down all the rest: its wide instructions clock a core down
    places = [*map(operator.add, sheet.places, _highest(scores))]
    counts, seen = _pack(places, sheet.classes), b""
    if not _SEEN.issuperset(statuses):
        each = zip(places, statuses, strict=True)
        seen = _pack([place for place, status in each if status in _SEEN], sheet.classes)
    return Answers(" ".join(statuses), counts, seen)


def _pack(places: Sequence[int], classes: int) -> bytes:
    """A confusion of so many classes, with a video at each of the places."""
    counts = [0] * (classes * (classes + 1))
    for place in places:
        counts[place] += 1
    return packed(counts)


def _highest(scores: Sequence[Sequence[str]]) -> Iterable[int]:
    """The label of the highest one of each video, the number of classes where there are none.

    Args:
        scores: for each class those of all videos.
    """
    if "" in scores[0]:
        return [_highest_of(mine) for mine in zip(*scores, strict=True)]
    videos = [*zip(*[map(float, of_class) for of_class in scores], strict=True)]
    return map(tuple.index, videos, map(max, videos))


def _highest_of(scores: Sequence[str]) -> int:
    numbers = [*map(float, scores)] if any(scores) else []
    return numbers.index(max(numbers)) if numbers else len(scores)


def _lines(table: str, head: str) -> list[str]:
    """All but the first one."""
    if not table.startswith(head) or not table.endswith("\n") or table == head:
        raise UnusualError
    _, *lines, _ = table.split("\n")
    return lines

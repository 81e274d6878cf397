"""The csv of a fold, as we write it, cut into columns of texts; and the answers of its scores."""

from collections.abc import Sequence
from typing import TypeAlias

from bench.index.cutting import UnusualError

Columns: TypeAlias = tuple[tuple[str, ...], ...]

_HEAD = ("video", "subject", "group", "true", "status")
_TAIL = "frames,spans,clip_scores,apex,attributes"


def columns_of(table: str, classes: Sequence[str]) -> tuple[Columns, tuple[str, ...], Columns]:
    """What tells the test videos, their statuses, and the scores of each class, as texts."""
    head = [*_HEAD, *(f"score:{name}" for name in classes)]
    if not table.startswith(f"{','.join(head)},{_TAIL}\n") or not table.endswith("\n"):
        raise UnusualError
    cells = [row.split(",", len(head)) for row in table.split("\n")[1:-1]]
    columns = list(zip(*cells, strict=True))
    if '"' in table and any('"' in cell for column in columns[:-1] for cell in column):
        raise UnusualError
    return tuple(columns[:4]), columns[4], tuple(columns[5:-1])


def answered(scores: Columns) -> list[int]:
    """The label of the highest score of each video, the number of classes where there are none."""
    try:
        numbers = zip(*(map(float, column) for column in scores), strict=True)
        return [mine.index(max(mine)) for mine in numbers]
    except ValueError:
        return [_answer(cells) for cells in zip(*scores, strict=True)]


def _answer(cells: Sequence[str]) -> int:
    mine = list(map(float, cells)) if any(cells) else []
    return mine.index(max(mine)) if mine else len(cells)

"""The modules behind each lock: `registry.lock.csv` beside `registry.yaml`, one row a module."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from bench.errors import BenchError
from bench.records import ModuleCost


class Row(NamedTuple):
    """What one module of a locked model adds, its children left out."""

    model: str
    module: str
    """Dotted path; "" is the network itself."""
    type: str
    params: int
    macs: int
    macs_ptflops: int


Breakdown: TypeAlias = Mapping[str, Sequence[Row]]
"""Model -> rows, in the order of its modules."""

_TEXTS = 3
"""How many columns come before the numbers."""


def path_beside(registry: Path) -> Path:
    """Where the breakdown of a registry lies: registry.yaml -> registry.lock.csv."""
    return registry.with_suffix(".lock.csv")


def rows_of(model: str, modules: Iterable[ModuleCost]) -> list[Row]:
    """The rows of a counted model; modules that add nothing are left out."""
    rows = [Row(model, m.name, m.type, m.params, m.macs, m.macs_ptflops) for m in modules]
    return [row for row in rows if any(row[_TEXTS:])]


def read(path: Path) -> Breakdown:
    """The stored breakdown; empty when there is no file.

    Raises:
        BenchError: a line is no row of it.
    """
    if not path.exists():
        return {}
    found: dict[str, list[Row]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            cells = csv.reader(lines, strict=True)
            for line in cells:
                if cells.line_num > 1:
                    row = _row(line, path, cells.line_num)
                    found.setdefault(row.model, []).append(row)
                elif tuple(line) != Row._fields:
                    raise _damaged(path, 1, line)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path} cannot be read: {error}. {_AGAIN}") from error
    return found


def text(rows: Iterable[Row]) -> str:
    """The file of these rows."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(rows)
    return lines.getvalue()


_AGAIN = "Restore it, or delete it and run `bench check --update`."


def _row(cells: Sequence[str], path: Path, line: int) -> Row:
    texts, numbers = cells[:_TEXTS], cells[_TEXTS:]
    if len(cells) != len(Row._fields) or not all(number.isdecimal() for number in numbers):
        raise _damaged(path, line, cells)
    params, macs, macs_ptflops = map(int, numbers)
    model, module, kind = texts
    return Row(model, module, kind, params, macs, macs_ptflops)


def _damaged(path: Path, line: int, cells: Sequence[str]) -> BenchError:
    return BenchError(
        f"{path}, line {line} is {','.join(cells)!r}; expected {','.join(Row._fields)}. {_AGAIN}"
    )

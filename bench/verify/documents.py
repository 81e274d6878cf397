"""Tables that stand in documents, beside those that the stored records give."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.verify.finding import Finding

if TYPE_CHECKING:
    from bench.tables.markers import Pair


def documents(results: Path) -> list[Path]:
    """Documents beside a results folder, and under `docs` beside it, that hold tables of it."""
    home = (results if results.name else results.resolve()).parent
    found = [*sorted(home.glob("*.md")), *sorted(home.glob("docs/**/*.md"))]
    return [path for path in found if b"<!-- table:" in path.read_bytes() and _marked(path)]


def check(path: Path, text: "Callable[[Path, Pair], str]") -> Iterator[Finding]:
    """Whether writing each table of a document anew would leave the document as it is.

    Args:
        path: the document; it is not touched.
        text: the table of a pair of markers, in the format of the document.

    Raises:
        BenchError: the document cannot be read, or holds no table.
    """
    from bench.tables.markers import pairs, refresh

    there = pairs(path)
    if not there:
        raise BenchError(
            f"{path} holds no table between markers, as in <!-- table:comparison -->. Name "
            f"another document."
        )
    before = path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for pair in there:
            copy.write_bytes(before)
            try:
                changed = refresh(copy, [pair], lambda pair: text(path, pair))
            except BenchError as error:
                said = f"its table {pair.name!r} cannot be made: {error}"
                yield Finding("document", path, said)
                continue
            if changed:
                line = _first_difference(before, copy.read_bytes())
                yield Finding(
                    "document",
                    path,
                    f"its table {pair.name!r} is not that of the results, from line {line} on. "
                    f"Write it with `bench table --write {path}`.",
                )


def _first_difference(before: bytes, after: bytes) -> int:
    """Number of the first line that differs, from 1."""
    lines = zip_longest(before.split(b"\n"), after.split(b"\n"))
    return next(number for number, (a, b) in enumerate(lines, start=1) if a != b)


def _marked(path: Path) -> bool:
    """Whether it has markers outside of examples; broken ones are for the check to tell."""
    from bench.tables.markers import pairs

    try:
        return bool(pairs(path))
    except BenchError:
        return True

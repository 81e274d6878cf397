"""Tables inside a document, between two comments that name them and may say what they show.

In markdown and HTML the comments are `<!-- table:NAME -->` and `<!-- /table:NAME -->`, in LaTeX
`%% table:NAME` and `%% /table:NAME`; options may follow the first name. Those inside of a fenced
block of markdown are an example, and left alone.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.errors import BenchError
from bench.store import write_atomically

_NAME = r"(?P<end>/?)table:(?P<name>[^\s>%]+)"
_COMMENT = re.compile(rf"<!-- {_NAME}(?P<words>[^\n]*?) -->")
_PERCENT = re.compile(rf"^%% {_NAME}(?P<words>[^\n]*)$", re.MULTILINE)
_FENCED = re.compile(r"^(```+|~~~+)[^\n]*\n.*?(?:^\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)

_FORMATS = {".tex": "latex", ".html": "html", ".htm": "html"}


class Pair(NamedTuple):
    """Two markers of one name, and what lies between them."""

    name: str
    words: str
    """Behind the name: options as on the command line."""
    start: int
    """Of what lies between, in the document."""
    end: int


def format_of(path: Path) -> str:
    """The format of tables in a document, by its ending."""
    return _FORMATS.get(path.suffix.lower(), "markdown")


def pairs(path: Path) -> list[Pair]:
    """All tables that a document has markers for.

    Raises:
        BenchError: the file cannot be read, or a marker lacks its other half.
    """
    document = _read(path)
    found: list[Pair] = []
    opened: re.Match[str] | None = None
    for mark in _marks(path, document):
        name = mark["name"]
        if not mark["end"] and opened is None:
            opened = mark
        elif mark["end"] and opened is not None and opened["name"] == name:
            found.append(Pair(name, opened["words"], opened.end(), mark.start()))
            opened = None
        else:
            raise _unpaired(path, document, opened["name"] if opened else name)
    if opened is not None:
        raise _unpaired(path, document, opened["name"])
    for name in (pair.name for pair in found):
        if [pair.name for pair in found].count(name) > 1:
            raise _unpaired(path, document, name)
    return found


def write_between_markers(path: Path, text: str, name: str) -> bool:
    """Replace what stands between `<!-- table:NAME -->` and `<!-- /table:NAME -->`.

    Returns:
        whether the file changed; one that is up to date is not written.

    Raises:
        BenchError: the file cannot be read or written, or lacks the pair of markers.
    """
    mine = [pair for pair in pairs(path) if pair.name == name]
    if not mine:
        raise _unpaired(path, _read(path), name)
    return refresh(path, mine, lambda _: text)


def refresh(path: Path, those: Sequence[Pair], text: Callable[[Pair], str]) -> bool:
    """Replace what stands between some markers of a document.

    Args:
        path: the document.
        those: as `pairs` gives them.
        text: the table of a pair.

    Returns:
        whether the file changed; one that is up to date is not written.

    Raises:
        BenchError: the file cannot be written, or a table cannot be made.
    """
    document = changed = _read(path)
    blank = "\n" if format_of(path) == "latex" else "\n\n"
    for pair in reversed(those):
        table = f"{blank}{text(pair).strip()}{blank}"
        changed = f"{changed[: pair.start]}{table}{changed[pair.end :]}"
    if changed == document:
        return False
    write_atomically(path, changed)
    return True


def _read(path: Path) -> str:
    try:
        # line ends of a document stay what they are
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} cannot be read: {error}. Name a text file.") from error


def _marks(path: Path, document: str) -> list[re.Match[str]]:
    if format_of(path) == "latex":
        return list(_PERCENT.finditer(document))
    examples = [block.span() for block in _FENCED.finditer(document)]
    return [
        mark
        for mark in _COMMENT.finditer(document)
        if not any(first <= mark.start() < last for first, last in examples)
    ]


def _unpaired(path: Path, document: str, name: str) -> BenchError:
    marks = [mark for mark in _marks(path, document) if mark["name"] == name]
    ends = sum(bool(mark["end"]) for mark in marks)
    frame = "%% {}" if format_of(path) == "latex" else "<!-- {} -->"
    first, last = frame.format(f"table:{name}"), frame.format(f"/table:{name}")
    return BenchError(
        f"{path} has {len(marks) - ends} markers {first!r} and {ends} markers {last!r}; expected "
        f"one of each, in this order. Add them where the table belongs."
    )

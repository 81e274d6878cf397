"""Tables inside a document, between two comments that name them."""

from pathlib import Path

from bench.errors import BenchError
from bench.store import write_atomically


def write_between_markers(path: Path, text: str, name: str) -> bool:
    """Replace what stands between `<!-- table:NAME -->` and `<!-- /table:NAME -->`.

    Returns:
        whether the file changed; one that is up to date is not written.

    Raises:
        BenchError: the file cannot be read or written, or lacks the pair of markers.
    """
    first, last = f"<!-- table:{name} -->", f"<!-- /table:{name} -->"
    try:
        document = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} cannot be read: {error}. Name a text file.") from error
    counts = document.count(first), document.count(last)
    if counts != (1, 1) or document.index(first) > document.index(last):
        raise BenchError(
            f"{path} has {counts[0]} markers {first!r} and {counts[1]} markers {last!r}; expected "
            f"one of each, in this order. Add them where the table belongs."
        )
    before, rest = document.split(first)
    after = rest.split(last)[1]
    changed = f"{before}{first}\n\n{text.strip()}\n\n{last}{after}"
    if changed == document:
        return False
    write_atomically(path, changed)
    return True

"""A drawn figure with its caption, and its files: the same bytes whenever it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from bench.errors import unknown
from bench.figures.style import paper
from bench.store import write_atomically

FORMATS = ("png", "pdf", "svg")

_METADATA = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None},
}
"""Without the date and matplotlib's version, so that the same records give the same bytes."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure before it is written."""

    name: str
    """Of its files, without an ending."""
    figure: Figure
    caption: str
    """What is drawn, from which results, and what is missing; goes into a text file."""


def require_formats(formats: Sequence[str]) -> None:
    """Refuse what we do not write.

    Raises:
        BenchError: a format is unknown.
    """
    for name in formats:
        if name not in FORMATS:
            raise unknown("format of a figure", name, FORMATS)


def write(drawing: Drawing, folder: Path, formats: Sequence[str] = ("png", "pdf")) -> list[Path]:
    """Write the figure in each format and the caption, and return the paths.

    Raises:
        BenchError: a format is unknown, or the folder cannot be written.
    """
    require_formats(formats)
    paths = [folder / f"{drawing.name}.{ending}" for ending in (*formats, "txt")]
    for ending, path in zip(formats, paths, strict=False):
        write_atomically(path, content(drawing.figure, ending))
    write_atomically(paths[-1], drawing.caption.rstrip("\n") + "\n")
    return paths


def content(figure: Figure, format: str) -> bytes:
    """The bytes of a figure in one format."""
    out = BytesIO()
    with paper():
        figure.savefig(out, format=format, metadata=_METADATA[format])
    return out.getvalue()

"""Options that several commands share, named once."""

from pathlib import Path
from typing import Annotated

import typer

from bench.errors import BenchError, unknown

Registries = Annotated[
    list[Path] | None,
    typer.Option("--registry", help="A registry of your own, beside ours. Repeatable."),
]
Results = Annotated[
    Path, typer.Option("--results", envvar="BENCH_RESULTS", help="Folder of stored records.")
]
Root = Annotated[
    Path | None, typer.Option("--root", help="Folder of the dataset, as its distributor ships it.")
]


def _text_or_json(format: str) -> str:
    if format not in ("text", "json"):
        raise unknown("format", format, ("text", "json"))
    return format


Format = Annotated[str, typer.Option("--format", help="text or json.", callback=_text_or_json)]


def _storage(storage: str | None) -> str | None:
    if storage not in (None, "raw", "jpeg"):
        raise unknown("storage", storage, ("raw", "jpeg"))
    return storage


Storage = Annotated[
    str | None,
    typer.Option(
        "--storage", help="Keep frames raw or as jpeg; else the dataset's own.", callback=_storage
    ),
]


def _table_format(format: str) -> str:
    from bench.tables import FORMATS

    if format not in ("text", *FORMATS):
        raise unknown("format", format, ("text", *FORMATS))
    return format


TableFormat = Annotated[
    str,
    typer.Option(
        "--format",
        help="text, markdown, latex, html, or csv and json, which are not rounded.",
        callback=_table_format,
    ),
]
Models = Annotated[str, typer.Option("--model", help="Models, separated by commas.")]
Every = Annotated[bool, typer.Option("--all", help="Every model of the registry.")]
Frames = Annotated[str, typer.Option("--frames", help="Frames of one clip, as in 2,5,10,15.")]
Classes = Annotated[
    int | None, typer.Option("--classes", min=1, help="Number of classes; else as locked.")
]


def names(text: str) -> list[str]:
    """The names in a list that commas separate."""
    return [name for part in text.split(",") if (name := part.strip())]


def some(text: str, option: str) -> list[str]:
    """The names in a list that commas separate, one at least.

    Raises:
        BenchError: there is none.
    """
    found = names(text)
    if not found:
        raise BenchError(f"{option} {text!r} names nothing. See `bench list`.")
    return found


def numbers(text: str, option: str) -> tuple[int, ...]:
    """The whole numbers in a list like 0-2 or 0,3, each once.

    Raises:
        BenchError: it is none.
    """
    found: list[int] = []
    for part in names(text):
        first, dash, last = part.partition("-")
        try:
            run = range(int(first), int(last if dash else first) + 1)
        except ValueError:
            run = range(0)
        if not run:
            found = []
            break
        found += run
    if not found:
        raise BenchError(f"{option} {text!r} is no list of numbers; expected one like 0-2 or 0,3.")
    return tuple(dict.fromkeys(found))

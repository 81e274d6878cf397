"""What a person sees while a command works: one console, progress bars, plain tables."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.control import strip_control_codes

if TYPE_CHECKING:
    from bench.store import Damage

UNHEARD = 141
"""Exit code when the reader of a pipe has left, as `head` does: that of the signal SIGPIPE."""


def discard() -> None:
    """Let what is still buffered go nowhere: it would be written, and fail again, at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # rich says 1, which is what `bench check` says of a drift
        self.quiet = True
        discard()
        raise SystemExit(UNHEARD)


console = _Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

_ENDLESS = 1_000_000
"""Characters of a line that no table has."""

Watch = Callable[[Iterable[Any], str, int], Iterator[Any]]


def say(text: str) -> None:
    """Print one line as it is, whatever brackets it holds."""
    console.print(text, markup=False)


def left_out(damaged: Iterable["Damage"]) -> None:
    """Name stored files that cannot be read, beside what is made of the others."""
    for damage in damaged:
        note("left out", damage.reason)


def note(what: str, line: str) -> None:
    """Say beside the output what is not in it, and why."""
    errors.print(f"{what}: {line}", markup=False)


def put(text: str) -> None:
    """Print text as it is, in whole lines, without the signs that make a terminal do something."""
    # as the console does it, in a tenth of the time that it takes for a long table
    try:
        sys.stdout.write(f"{strip_control_codes(text).expandtabs()}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        console.on_broken_pipe()


def table_width() -> int | None:
    """Where tables of text break: at the edge of a terminal; never in a pipe or a file."""
    return console.width if console.is_terminal else None


def show(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table; a column of numbers alone is set to the right, and nothing wraps in a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    body = [list(row) for row in rows]
    piped = table_width() is None
    table = Table(
        title=None if piped else title or None,
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 0, 0, 1),
        pad_edge=False,
    )
    for position, column in enumerate(columns):
        cells = [row[position] for row in body if row[position] is not None]
        numeric = all(isinstance(cell, int | float) for cell in cells)
        table.add_column(
            column,
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=column in ("name", "recipe"),  # they are copied into the next command
        )
    for row in body:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    if piped:
        if title:
            say(title)
        endless = console.options.update(max_width=_ENDLESS)
        table.width = Measurement.get(console, endless, table).maximum
    console.print(table, soft_wrap=False, crop=False)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


def show_json(value: object) -> None:
    """Print plain data as JSON, for other programs."""
    console.out(json.dumps(value, indent=1, ensure_ascii=False), highlight=False)


@contextmanager
def progress() -> Iterator[Watch]:
    """Progress bars while the block runs; one plain line a task where there is no terminal."""
    if not console.is_terminal:
        yield _told
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:

        def watch(items: Iterable[Any], description: str, total: int) -> Iterator[Any]:
            task = bars.add_task(description, total=total)
            try:
                for item in items:
                    yield item
                    bars.advance(task)
            finally:
                bars.remove_task(task)

        yield watch


def _told(items: Iterable[Any], description: str, total: int) -> Iterator[Any]:
    say(f"{description} ({total})")
    yield from items


@contextmanager
def resumable(kept: str) -> Iterator[None]:
    """Say what an interruption leaves, where the same command goes on from it."""
    try:
        yield
    except KeyboardInterrupt:
        errors.print(f"interrupted: {kept}. Run the same command to go on.", markup=False)
        raise SystemExit(130) from None


def described(record: Mapping[str, Any], indent: int = 0) -> list[str]:
    """The lines of nested plain data, one key a line, empty values left out."""
    lines: list[str] = []
    pad = "  " * indent
    for key, value in record.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, Mapping):
            lines += [f"{pad}{key}:", *described(value, indent + 1)]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            lines.append(f"{pad}{key}: {shown}")
    return lines

"""`bench folds`: the folds of a protocol shown, compared, and read from public lists."""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bench.cli.options import Format, Registries, Results, Root
from bench.cli.screen import progress, say, show, show_json, table_width

if TYPE_CHECKING:
    from bench.protocols import FoldSummary
    from bench.protocols.diff import Difference
    from bench.records import Dataset, DatasetEntry, Protocol


class _ShowFirst(TyperGroup):
    """`bench folds NAME` is `bench folds show NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_ShowFirst, help="Folds: `bench folds NAME` shows those of a dataset.")

DatasetName = Annotated[str, typer.Argument(help="Name of a dataset, see `bench list datasets`.")]


@app.command("show")
def show_folds(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: DatasetName,
    root: Root = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    freeze: Annotated[Path | None, typer.Option(help="Write the folds to this file.")] = None,
    results: Results = Path("results"),
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Show the folds of a protocol: sizes, class balance, hash."""
    from bench.audit import audit
    from bench.preparation import split_dataset
    from bench.protocols import describe
    from bench.protocols import freeze as write
    from bench.schema import plain

    entry, data = _opened(dataset, root, registry)
    made = split_dataset(entry, data, results, name=protocol, file=split, keep=False)
    findings = audit(made, data)
    if freeze:
        write(made, freeze)
    rows = describe(made, data)
    if format == "json":
        show_json({"protocol": made.name, "hash": made.hash, "folds": plain(rows)})
        return
    _show_sizes(rows, data.classes, f"{made.name} of {entry.title}")
    say("note: fold 1 is stored as fold-0, and `bench run --folds 0` asks for it")
    say(f"hash {_short(made.hash)}, source: {_short(made.source)}")
    if data.missing:
        say(
            f"note: {len(data.missing)} of the videos that the set lists are missing; "
            f"`bench data check {entry.name}` names them"
        )
    for finding in findings:
        say(f"note: {finding.text}")


def _show_sizes(rows: "Sequence[FoldSummary]", classes: Sequence[str], title: str) -> None:
    """One table where the screen is wide enough, otherwise the classes in a second one."""
    heads = ("fold", "train", "test", "subjects")
    sizes = [[r.index + 1, r.train.videos, r.test.videos, r.test.subjects] for r in rows]
    counts = [[*row.test.classes.values()] for row in rows]
    what = "test videos of each class"
    if sum(len(head) + 2 for head in (*heads, *classes)) <= (table_width() or math.inf):
        both = [[*size, *count] for size, count in zip(sizes, counts, strict=True)]
        show([*heads, *classes], both, f"{title}: {what}")
        return
    show(heads, sizes, title)
    if len(classes) <= len(rows):
        numbered = [[row.index + 1, *count] for row, count in zip(rows, counts, strict=True)]
        show(["fold", *classes], numbered, what)
    else:
        turned = [[name, *column] for name, *column in zip(classes, *counts, strict=True)]
        show(["class", *(f"fold {row.index + 1}" for row in rows)], turned, what)


@app.command("diff")
def diff_folds(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    a: Annotated[str, typer.Argument(help="Frozen folds (.json), or a protocol of --dataset.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    dataset: Annotated[str | None, typer.Option(help="Whose protocols A and B name.")] = None,
    root: Root = None,
    results: Results = Path("results"),
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Compare two protocols: 0 equal, 1 different."""
    from bench.protocols.diff import describe, difference
    from bench.schema import plain

    named = _protocols_of(dataset, root, results, registry)
    one, other = (_protocol(text, named) for text in (a, b))
    found = difference(one, other)
    if format == "json":
        sides = {"a": _heading(one), "b": _heading(other)}
        show_json({**sides, **plain(found)})
    else:
        _show_sides(one, other)
        _show_pairs(found)
        for line in describe(found):
            say(line)
    if not found.equal:
        raise typer.Exit(1)


def _protocols_of(
    name: str | None, root: Path | None, results: Path, registry: list[Path] | None
) -> Callable[[str], "Protocol"]:
    """What finds a protocol by its name; the dataset is read once, and only if one is asked for."""
    from functools import cache

    from bench.errors import BenchError
    from bench.preparation import split_dataset

    opened = cache(lambda: _opened(str(name), root, registry))

    def named(protocol: str) -> "Protocol":
        if name is None:
            raise BenchError(
                f"{protocol!r} is no file of frozen folds, which ends in .json. Pass one that "
                f"`bench folds NAME --freeze FILE` wrote, or --dataset for the name of a protocol."
            )
        return split_dataset(*opened(), results, name=protocol, keep=False)

    return named


def _protocol(text: str, named: Callable[[str], "Protocol"]) -> "Protocol":
    from bench.protocols import thaw

    return thaw(Path(text)) if text.endswith(".json") else named(text)


def _opened(
    dataset: str, root: Path | None, registry: list[Path] | None
) -> "tuple[DatasetEntry, Dataset]":
    from bench.registry import load
    from bench.sources import find_root, open_dataset

    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
    return entry, open_dataset(entry, folder)


def _heading(protocol: "Protocol") -> dict[str, object]:
    return {
        "protocol": protocol.name,
        "dataset": protocol.dataset,
        "source": protocol.source,
        "hash": protocol.hash,
        "folds": len(protocol.folds),
        "videos": len({id for fold in protocol.folds for id in (*fold.train, *fold.test)}),
    }


def _show_sides(one: "Protocol", other: "Protocol") -> None:
    a, b = _heading(one), _heading(other)
    show(["", "A", "B"], [[key, _short(a[key]), _short(b[key])] for key in a])


def _short(value: object) -> str:
    """With the start of every sha256, which is enough to see that two differ."""
    return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1", str(value))


def _show_pairs(found: "Difference") -> None:
    """The folds that are not the same under the same number."""
    rows = [
        [pair.a + 1, pair.b + 1, pair.tested_a, pair.tested_b, pair.shared]
        for pair in found.pairs
        if pair.a != pair.b or not pair.tested_a == pair.tested_b == pair.shared
    ]
    if rows:
        show(["fold of A", "fold of B", "tested by A", "tested by B", "by both"], rows)


@app.command("import")
def import_lists(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: DatasetName,
    test: Annotated[list[Path], typer.Option(help="List that a fold tests. One for each fold.")],
    name: Annotated[str, typer.Option(help="Name of the protocol.")],
    out: Annotated[Path, typer.Option(help="File of frozen folds to write, for --split.")],
    train: Annotated[
        list[Path] | None,
        typer.Option(help="List that a fold trains on, as often as --test. None: all the rest."),
    ] = None,
    validation: Annotated[
        str, typer.Option(help="Videos for validation in a list: ignored, or merged into train.")
    ] = "ignored",
    own_labels: Annotated[
        bool, typer.Option("--own-labels", help="Import though the labels of a list differ.")
    ] = False,
    root: Root = None,
    registry: Registries = None,
) -> None:
    """Make folds of the split lists of public repositories."""
    from bench.audit import audit
    from bench.errors import BenchError, unknown
    from bench.protocols import freeze
    from bench.protocols.importing import Request, import_folds

    if validation not in ("ignored", "merged"):
        raise unknown("use of validation videos", validation, ("ignored", "merged"))
    if out.suffix != ".json":
        raise BenchError(f"--out {out} does not end in .json, by which --split knows frozen folds.")
    request = Request(name, tuple(test), tuple(train or ()), validation == "merged", own_labels)
    entry, data = _opened(dataset, root, registry)
    imported = import_folds(request, data)
    for line in imported.notes:
        say(line)
    for finding in audit(imported.protocol, data):
        say(f"note: {finding.text}")
    freeze(imported.protocol, out)
    count = len(imported.protocol.folds)
    say(f"wrote {count} fold{'' if count == 1 else 's'} of {entry.title} into {out}")

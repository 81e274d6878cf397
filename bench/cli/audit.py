"""`bench data audit`: what a run would refuse, with all that was compared and found."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import Format, Registries, Results, Root
from bench.cli.screen import Watch, progress, resumable, say, show, show_json

if TYPE_CHECKING:
    from bench.audit import Report
    from bench.frames.notes import Note
    from bench.protocols import FoldSummary
    from bench.records import Dataset, DatasetEntry, Protocol


def audit(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: Annotated[str, typer.Argument(help="Name of a dataset, see `bench list datasets`.")],
    root: Root = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    allow_leak: Annotated[
        str | None, typer.Option(help="Why videos that look alike may be on both sides.")
    ] = None,
    results: Results = Path("results"),
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Look for leaks in the folds, as every run does: 0 clean, 1 blocked."""
    from bench.audit import inspect
    from bench.preparation import split_dataset
    from bench.protocols import describe
    from bench.registry import load
    from bench.sources import find_root, open_dataset

    entry = load(registry or ()).dataset(dataset)
    with resumable("what is prepared is kept"), _watched(format) as watch:
        folder = find_root(entry, root, watch)
        data = open_dataset(entry, folder)
        made = split_dataset(entry, data, results, name=protocol, file=split, keep=False)
        notes = _notes(entry, data, folder, watch, tell=format == "text")
    report = inspect(made, data, notes, allow=allow_leak)
    rows = [_row(summary, made, notes) for summary in describe(made, data)]
    if format == "json":
        show_json(_plain(made, rows, report))
    else:
        title = f"{made.name} of {entry.title}: what was compared"
        show([*rows[0]], [[*row.values()] for row in rows], title)
        unseen = sum(video.id not in notes for video in data.videos)
        unseen += sum(note.status == "unreadable" for note in notes.values())
        if unseen:
            say(f"not compared: {unseen} of {len(data.videos)} videos, which cannot be read")
        for line in _said(report):
            say(line)
    if report.blocking:
        raise typer.Exit(1)


def _watched(format: str) -> AbstractContextManager[Watch]:
    """Progress for a person, and none before the data that a program reads."""
    return progress() if format == "text" else nullcontext(lambda items, *_: iter(items))


def _notes(
    entry: "DatasetEntry", data: "Dataset", root: Path, watch: Watch, *, tell: bool
) -> dict[str, "Note"]:
    """What is known of each video; those that are not prepared are, first."""
    from bench.cache import cache_folder
    from bench.frames.prepare import prepare
    from bench.frames.store import store_folder
    from bench.frames.summary import describe_summary
    from bench.sources import notes_of

    place = store_folder(cache_folder(), entry.name, root, entry.preprocessing)
    summary = prepare(data, root, entry.preprocessing, place, watch=watch)
    for line in describe_summary(summary) if tell and summary.prepared else ():
        say(line)
    return notes_of(place, data)


def _row(
    summary: "FoldSummary", protocol: "Protocol", notes: Mapping[str, "Note"]
) -> dict[str, int]:
    fold = protocol.folds[summary.index]
    train, test = (
        sum(id in notes and notes[id].status != "unreadable" for id in ids)
        for ids in (fold.train, fold.test)
    )
    return {
        "fold": summary.index + 1,
        "train": summary.train.videos,
        "test": summary.test.videos,
        "subjects in train": summary.train.subjects,
        "subjects in test": summary.test.subjects,
        "pairs across": train * test,
    }


def _plain(protocol: "Protocol", rows: list[dict[str, int]], report: "Report") -> dict[str, Any]:
    from bench.schema import plain

    return {
        "protocol": protocol.name,
        "hash": protocol.hash,
        "folds": rows,
        "blocking": plain(report.blocking),
        "findings": plain(report.findings),
    }


def _said(report: "Report") -> Iterator[str]:
    yield from (f"blocked: {problem.text}" for problem in report.blocking)
    yield from (f"{finding.kind}: {finding.text}" for finding in report.findings)
    if not report.blocking:
        yield "clean: nothing blocks a run"
    yield from dict.fromkeys(f"remedy: {problem.remedy}" for problem in report.blocking)

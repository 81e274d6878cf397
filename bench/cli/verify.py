"""`bench verify`: stored results checked file by file, without torch and without data."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Format, Registries
from bench.cli.screen import say, show_json

if TYPE_CHECKING:
    from bench.tables.markers import Pair
    from bench.verify import Kind, Report

_UNCLEAN = 1


def verify(
    results: Annotated[
        Path, typer.Argument(envvar="BENCH_RESULTS", help="Folder of stored records.")
    ] = Path("results"),
    document: Annotated[
        list[Path] | None,
        typer.Option(help="Its tables are compared too; else those beside results. Repeatable."),
    ] = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="Write SHA256SUMS of files without a hash, first.")
    ] = False,
    notes: Annotated[bool, typer.Option(help="Also say what is only worth knowing.")] = True,
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Check hashes, folds, values, entries and written tables of results; exit 1 on a finding."""
    from bench import verify as checks
    from bench.registry import load

    if seal:
        path = checks.seals.seal(results)
        if format == "text":
            say(f"wrote {path}")
    documents = document or checks.documents.documents(results)

    report = checks.verify(results, load(registry or ()), documents, _tables(results, registry))
    if format == "json":
        show_json(_plain(report))
    else:
        _tell(report, results, notes=notes)
    if not report.clean:
        raise typer.Exit(_UNCLEAN)


def _tables(results: Path, registry: Registries) -> "Callable[[Path, Pair], str]":
    """Each table of a document from the predictions themselves, without the index."""
    from bench.tables import render
    from bench.tables.asked import Stored, answer, from_marker
    from bench.tables.markers import format_of

    # what is damaged is a finding of its own
    stored = Stored(results, registry or (), recompute=True)

    def text(path: Path, pair: "Pair") -> str:
        return render(answer(from_marker(pair.name, pair.words), stored), format_of(path))

    return text


def _tell(report: "Report", results: Path, *, notes: bool) -> None:
    from bench.verify import KINDS

    counts = [(count, what if count > 1 else what[:-1]) for what, count in report.checked.items()]
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    say(f"checked {results}: {said or 'nothing is stored'}")
    wrong = [finding for finding in report.findings if not finding.note]
    worth = [finding for finding in report.findings if finding.note]
    by_kind: dict[Kind, list[str]] = defaultdict(list)
    for finding in wrong:
        by_kind[finding.kind].append(f"  {finding.path}: {finding.text}")
    for kind, lines in by_kind.items():
        say(f"\n{kind}: {len(lines)} ({KINDS[kind]})")
        for line in lines:
            say(line)
    if worth and notes:
        say(f"\nnotes: {len(worth)}")
        for finding in worth:
            say(f"  {finding.path}: {finding.text}")
    files = len({finding.path for finding in wrong})
    ends = ["s" if count > 1 else "" for count in (len(wrong), files)]
    say(f"\n{len(wrong)} finding{ends[0]} in {files} file{ends[1]}" if wrong else "\nclean")


def _plain(report: "Report") -> dict[str, object]:
    return {
        "clean": report.clean,
        "checked": dict(report.checked),
        "findings": [
            {
                "kind": finding.kind,
                "path": str(finding.path),
                "text": finding.text,
                "note": finding.note,
            }
            for finding in report.findings
        ],
    }

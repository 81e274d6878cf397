"""`bench check`: the gate that fails when a locked number, a shape or an import drifts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Format, Registries, names
from bench.cli.screen import say, show, show_json
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.check import Report, Update


def check(
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Write the locks anew, and show what changed.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why a lock changes; a line of the changelog.")] = "",
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Recount every model and compare with its lock, the paper and the rules; exit 1 on drift."""
    from bench import check as gate
    from bench.registry import load

    if update:
        _tell_update(gate.update(registry or (), names(model), reason), format)
        return
    if reason:
        raise BenchError("--reason says why locks change; pass it with --update.")
    report = gate.check(load(registry or ()), names(model))
    if format == "json":
        show_json(_plain(report))
    else:
        _tell(report, registry or ())
    if not report.clean:
        raise typer.Exit(1)


def _tell(report: "Report", registries: "Sequence[Path]") -> None:
    for line in _summary(report):
        say(line)
    if report.printed:
        columns = ["table", "system", "frames/clip", "number", "printed", "ours", "verdict"]
        show(columns, _printed(report), "published complexity")
    if report.drifts:
        columns = ["model", "number", "locked", "counted", "difference", "module"]
        show(columns, _drifts(report), "drift")
    for refused in report.refused:
        say(refused.reason)
    for breach in report.breaches:
        say(f"{breach.file}: {breach.rule}")
    if report.drifts:
        drifted = ",".join(dict.fromkeys(drift.model for drift in report.drifts))
        named = "".join(f" --registry {path}" for path in registries)
        say(
            f"Undo the change, or if it is meant write new locks: "
            f"`bench check --model {drifted}{named} --update --reason TEXT`."
        )


def _summary(report: "Report") -> Iterator[str]:
    drifted = {drift.model for drift in report.drifts}
    right = len([name for name in report.counted if name not in drifted])
    asked = {*report.shaped, *(refused.model for refused in report.refused)}
    yield f"complexity  {right} of {len(report.counted)} entries equal their locks"
    if report.printed:
        equal = len([printed for printed in report.printed if printed.verdict == "equal"])
        yield f"published   {equal} of {len(report.printed)} numbers equal at the printed digit"
    yield f"shapes      {len(report.shaped)} of {len(asked)} networks give one logit a class"
    yield f"imports     {len(report.breaches) or 'no'} breaches of the rules"
    yield from (f"refused     {refused.model}" for refused in report.refused)
    yield from (f"note        {note}" for note in report.notes)


def _printed(report: "Report") -> Iterator[list[object]]:
    for one in report.printed:
        digits = len(one.printed.partition(".")[2]) + 1
        ours = None if one.measured is None else f"{one.measured:.{digits}f}"
        row = [one.table, one.system, one.frames, one.number, one.printed, ours, one.verdict]
        yield ["" if cell is None else str(cell) for cell in row]


def _drifts(report: "Report") -> Iterator[list[object]]:
    for one in report.drifts:
        difference = "" if one.difference is None else f"{one.difference:+,}"
        yield [one.model, one.number, one.locked, one.counted, difference, one.where]


def _plain(report: "Report") -> dict[str, object]:
    from bench.schema import plain

    body = plain(report)
    for row, one in zip(body["drifts"], report.drifts, strict=True):
        row["difference"] = one.difference
    for row, one in zip(body["printed"], report.printed, strict=True):
        row["verdict"] = one.verdict
    return {"clean": report.clean, **body}


def _tell_update(done: "Update", format: str) -> None:
    from bench.schema import plain

    if format == "json":
        files = [str(path) for path in done.files]
        body = {"changes": plain(done.changes), "files": files}
        show_json({**body, "unlogged": [*done.unlogged], "skipped": [*done.skipped]})
        return
    if done.changes:
        rows = [[c.model, c.number, _cell(c.before), _cell(c.after)] for c in done.changes]
        show(["model", "number", "before", "after"], rows, "locks")
    for path in done.files:
        say(f"wrote {path}")
    if not done.files:
        say("every lock is right; nothing was written")
    for line in done.skipped:
        say(f"left out: {line}")
    for line in done.unlogged:
        say(f"add to your changelog: {line}")


def _cell(value: object) -> object:
    return "x".join(map(str, value)) if isinstance(value, tuple) else value

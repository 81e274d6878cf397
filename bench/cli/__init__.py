"""The command line: parse, call one function, print."""

from collections.abc import Sequence

import typer

from bench.cli import check, cost, data, doctor, registry, run, tables
from bench.cli.screen import errors
from bench.errors import BenchError

app = typer.Typer(
    help="Compare systems for video facial expression recognition, honestly and quickly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("plan")(run.plan)
app.command("table")(tables.table)
app.command("cost")(cost.cost)
app.command("latency")(cost.latency)
app.command("check")(check.check)
app.command("list")(registry.list_entries)
app.command("show")(registry.show_entry)
app.command("folds")(data.folds)
app.command("doctor")(doctor.doctor)
app.add_typer(data.app, name="data")
app.add_typer(data.weights, name="weights")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 2 the request cannot be met, 130 interrupted."""
    try:
        app(argv)
    except BenchError as error:
        errors.print(f"error: {error}", markup=False)
        return 2
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    return 0

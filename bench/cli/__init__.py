"""The command line: parse, call one function, print."""

import errno
import io
import sys
from collections.abc import Sequence

import typer

from bench.cli import (
    check,
    compare,
    cost,
    data,
    doctor,
    export,
    figures,
    folds,
    latency,
    new,
    plan,
    registry,
    report,
    run,
    tables,
    trained,
    verify,
    weights,
    why,
)
from bench.cli.screen import UNHEARD, discard, errors
from bench.errors import BenchError

app = typer.Typer(
    help="Compare systems for video facial expression recognition, honestly and quickly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("plan")(plan.plan)
app.command("eval")(trained.evaluate)
app.command("predict")(trained.predict)
app.command("import")(trained.import_answers)
app.command("table")(tables.table)
app.command("why")(why.why)
app.command("verify")(verify.verify)
app.command("export")(export.export)
app.command("compare")(compare.compare)
app.command("report")(report.report)
app.command("cost")(cost.cost)
app.command("latency")(latency.latency)
app.command("check")(check.check)
app.command("list")(registry.list_entries)
app.command("show")(registry.show_entry)
app.command("doctor")(doctor.doctor)
app.add_typer(figures.app, name="figure")
app.add_typer(new.app, name="new")
app.add_typer(folds.app, name="folds")
app.add_typer(data.app, name="data")
app.add_typer(weights.app, name="weights")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 a check found something, 2 the request cannot be met.

    130 is interrupted, and 141 that nobody reads the output any more.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal without × or ≈ shows a question mark, and no traceback
            stream.reconfigure(errors="replace")
    try:
        app(argv)
        sys.stdout.flush()
    except BenchError as error:
        errors.print(f"error: {error}", markup=False)
        return 2
    except BrokenPipeError:
        discard()
        return UNHEARD
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        discard()
        errors.print(f"error: the output cannot be written: {error.strerror}.", markup=False)
        return 2
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    return 0

"""`bench latency`: how long a network takes on this machine, beside others that take turns."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.cost import cases_of, put_sections, refuse, stop
from bench.cli.options import Classes, Every, Frames, Models, Registries, Results, TableFormat, some
from bench.cli.screen import errors
from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    from bench.records import CostRecord, Setting

PRECISIONS = ("fp32", "tf32", "bf16", "fp16")


def latency(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    model: Models = "",
    every: Every = False,
    frames: Frames = "",
    classes: Classes = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    precision: Annotated[
        str, typer.Option(help="fp32, tf32, bf16, fp16; several, separated by commas, in turn.")
    ] = "fp32",
    batch: Annotated[int, typer.Option(min=1, help="Videos in one pass.")] = 1,
    compile: Annotated[bool, typer.Option("--compile", help="By torch.compile.")] = False,
    channels_last: Annotated[
        bool, typer.Option("--channels-last", help="Channels last in memory.")
    ] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Few samples: an indication, stored as such.")
    ] = False,
    throughput: Annotated[
        bool | None,
        typer.Option(
            "--throughput/--no-throughput",
            help="Search the batch with the most videos a second; else only on a GPU.",
        ),
    ] = None,
    video: Annotated[
        Path | None, typer.Option(help="A video file to time from its bytes to the answer.")
    ] = None,
    detector: Annotated[
        str | None, typer.Option(help="With --video: haar (else), yunet or none.")
    ] = None,
    format: TableFormat = "text",
    results: Results = Path("results"),
    registry: Registries = None,
) -> None:
    """Time networks that take turns on one device, with warm-up, percentiles and the clocks."""
    from bench.costs import Choices, timed
    from bench.device import device_name
    from bench.measurement.latency import FAST, FULL

    if video is None:
        refuse("a time without --video", detector=detector)
    where = device_name(device)
    if where == "cpu":
        errors.print("no GPU is used: these are times of the CPU", markup=False)
    refused: list[BenchError] = []
    cases = cases_of(model, every, registry, refused, frames, classes)
    settings = _settings(precision, batch, compile, channels_last, where)
    choices = Choices(
        plan=FAST if fast else FULL,
        throughput=where != "cpu" if throughput is None else throughput,
        video=video,
        detector=detector or "haar",
    )
    made: list[CostRecord] = []
    try:
        for setting in settings:
            done = timed(cases, setting, where, results, choices, tell=_tell)
            made += done.made
            refused += done.refused
    except KeyboardInterrupt:
        _show(made, results, format)
        _tell("interrupted: what is shown is stored; the samples of the running job are not kept")
        raise typer.Exit(130) from None
    _show(made, results, format)
    stop(refused)


def _settings(
    precision: str, batch: int, compile: bool, channels_last: bool, device: str
) -> "list[Setting]":
    """All settings that are asked for; a wrong one is known before the first is measured."""
    import torch

    from bench.measurement.passes import check
    from bench.records import Setting

    gpu = device != "cpu"
    threads = None if gpu else torch.get_num_threads()
    settings: list[Setting] = []
    for name in some(precision, "--precision"):
        if name not in PRECISIONS:
            raise unknown("precision", name, PRECISIONS)
        setting = Setting(
            "cuda" if gpu else "cpu",
            name,  # pyright: ignore[reportArgumentType]
            batch,
            compile,
            channels_last,
            threads,
        )
        check(setting)
        settings.append(setting)
    return settings


def _show(made: "Sequence[CostRecord]", results: Path, format: str) -> None:
    """These, and earlier runs of the same networks in the same settings."""
    from bench.store import load_costs
    from bench.tables import costs

    if not made:
        return
    shown = {(record.environment.machine, record.identity): record for record in made}
    stored, _ = load_costs(results)
    earlier = [r for r in stored if (r.environment.machine, r.identity) in shown and r not in made]
    put_sections([s for s in costs([*earlier, *made]) if s.key["data"] != "complexity"], format)


def _tell(line: str) -> None:
    errors.print(line, markup=False)

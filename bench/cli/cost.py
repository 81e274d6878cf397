"""`bench cost` and `bench latency`: what a network costs, counted anywhere and timed here."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import Registries, Results, names, numbers
from bench.cli.screen import console, errors, say, show_json
from bench.errors import BenchError, unknown
from bench.schema import plain

if TYPE_CHECKING:
    from bench.measurement.complexity import Count
    from bench.records import CostRecord, ModelEntry, Setting
    from bench.tables import Section

Models = Annotated[str, typer.Option("--model", help="Models, separated by commas.")]
Every = Annotated[bool, typer.Option("--all", help="Every model of the registry.")]
TableFormat = Annotated[
    str, typer.Option("--format", help="text, markdown, csv, latex or json (exact integers).")
]


def cost(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    model: Models = "",
    every: Every = False,
    factory: Annotated[
        str, typer.Option(help="A network of no registry, as module:attribute; nothing is stored.")
    ] = "",
    input: Annotated[
        str, typer.Option(help="With --factory: shape of one video, as in 3x16x112x112.")
    ] = "",
    args: Annotated[
        str, typer.Option(help="With --factory: its arguments, as in '{num_classes: 7}'.")
    ] = "{}",
    frames: Annotated[str, typer.Option(help="Frames of one clip, as in 2,5,10,15.")] = "",
    classes: Annotated[int | None, typer.Option(help="Number of classes; else as locked.")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="A tree of the modules.")] = False,
    format: TableFormat = "text",
    results: Results = Path("results"),
    registry: Registries = None,
) -> None:
    """Count params and MACs exactly, without data and without compute."""
    from bench.costs import case_of, case_of_factory, counted, keep, record
    from bench.measurement.environment import capture

    if factory:
        cases = [case_of_factory(factory, _shape(input), _arguments(args))]
    else:
        lengths = numbers(frames, "--frames") if frames else ()
        entries = _entries(model, every, registry)
        cases = [case_of(e, classes, n) for e in entries for n in lengths or (None,)]
    surroundings = capture("cpu")
    made: list[tuple[CostRecord, Count]] = []
    refused: list[BenchError] = []
    for case in cases:
        try:
            found = counted(case)
        except BenchError as error:
            refused.append(error)
            continue
        made.append((record(case, found, surroundings), found))
        if not factory:
            keep(results, made[-1][0])
    _show_counts(made, detail, format)
    _fail(refused)


def latency(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    model: Models = "",
    every: Every = False,
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
    detector: Annotated[str, typer.Option(help="With --video: haar, yunet or none.")] = "haar",
    format: TableFormat = "text",
    results: Results = Path("results"),
    registry: Registries = None,
) -> None:
    """Time networks that take turns on one device, with warm-up, percentiles and the clocks."""
    from bench.costs import Choices, case_of, timed
    from bench.device import device_name
    from bench.measurement.latency import FAST, FULL
    from bench.records import CostRecord

    where = device_name(device)
    if where == "cpu":
        errors.print("no GPU is used: these are times of the CPU", markup=False)
    cases = [case_of(entry) for entry in _entries(model, every, registry)]
    choices = Choices(
        plan=FAST if fast else FULL,
        throughput=where != "cpu" if throughput is None else throughput,
        video=video,
        detector=detector,
    )
    made: list[CostRecord] = []
    refused: list[BenchError] = []
    for setting in _settings(precision, batch, compile, channels_last, where):
        for answer in timed(cases, setting, where, results, choices, tell=_tell):
            made += [answer] if isinstance(answer, CostRecord) else []
            refused += [answer] if isinstance(answer, BenchError) else []
    _show_times(made, results, format)
    _fail(refused)


def _entries(model: str, every: bool, registry: Registries) -> "list[ModelEntry]":
    from bench.registry import load

    loaded = load(registry or ())
    if every == bool(model):
        raise BenchError("expected --model NAMES or --all, one of them. See `bench list models`.")
    if every:
        return list(loaded.models.values())
    return [loaded.find("models", name) for name in names(model)]


def _settings(
    precision: str, batch: int, compile: bool, channels_last: bool, device: str
) -> "list[Setting]":
    import torch

    from bench.records import Setting

    kinds = ("fp32", "tf32", "bf16", "fp16")
    asked = names(precision)
    for name in asked:
        if name not in kinds:
            raise unknown("precision", name, kinds)
    gpu = device != "cpu"
    threads = None if gpu else torch.get_num_threads()
    return [
        Setting(
            "cuda" if gpu else "cpu",
            name,  # pyright: ignore[reportArgumentType]
            batch,
            compile,
            channels_last,
            threads,
        )
        for name in asked
    ]


def _shape(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+(x\d+){2,3}", text):
        raise BenchError(
            f"--input {text!r} is no shape of a video; expected one like 3x16x112x112, which is "
            f"channels x frames x height x width."
        )
    return tuple(int(part) for part in text.split("x"))


def _arguments(text: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        found = None
    if not isinstance(found, dict):
        raise BenchError(f"--args {text!r} is no mapping; expected one like '{{num_classes: 7}}'.")
    return found


def _show_counts(made: "Sequence[tuple[CostRecord, Count]]", detail: bool, format: str) -> None:
    from bench.tables import complexity

    if detail:
        _show_modules(made, format)
    elif made:
        _print([complexity(record for record, _ in made)], format)


def _show_modules(made: "Sequence[tuple[CostRecord, Count]]", format: str) -> None:
    from bench.cli.tree import drawn, grown
    from bench.measurement.complexity import cross_check

    if format not in ("text", "json"):
        raise unknown("format of --detail", format, ("text", "json"))
    if format == "json":
        rows = [
            {"model": record.model.name, "input": found.complexity.input, "modules": found.modules}
            for record, found in made
        ]
        show_json(plain(rows))
        return
    for record, found in made:
        shape = "x".join(map(str, found.complexity.input))
        say(f"{record.model.title}, one video of {shape}")
        console.print(
            drawn(grown(found.modules, record.model.name), console.width), soft_wrap=False
        )
        say(cross_check(found))


def _show_times(made: "Sequence[CostRecord]", results: Path, format: str) -> None:
    """These and earlier runs of the same networks in the same settings."""
    from bench.store import load_costs
    from bench.tables import costs

    if not made:
        return
    shown = {(record.environment.machine, record.identity) for record in made}
    stored, _ = load_costs(results)
    alike = [r for r in stored if (r.environment.machine, r.identity) in shown]
    _print([s for s in costs(alike) if s.key["data"] != "complexity"], format)


def _print(sections: "list[Section]", format: str) -> None:
    from bench.tables import render

    say(render(sections, format, width=console.width).rstrip("\n"))


def _tell(line: str) -> None:
    errors.print(line, markup=False)


def _fail(refused: "Sequence[BenchError]") -> None:
    """Say what could not be done, after all that could; the exit code is 2 then."""
    for error in refused[:-1]:
        errors.print(f"error: {error}", markup=False)
    if refused:
        raise refused[-1]

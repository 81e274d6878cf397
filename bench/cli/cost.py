"""`bench cost`: what a network costs, counted exactly and anywhere."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import (
    Classes,
    Every,
    Frames,
    Models,
    Registries,
    Results,
    TableFormat,
    numbers,
    some,
)
from bench.cli.screen import console, errors, note, put, say, show_json, table_width
from bench.errors import BenchError, unknown
from bench.schema import plain

if TYPE_CHECKING:
    from bench.costs import Case
    from bench.measurement.complexity import Count
    from bench.records import CostRecord
    from bench.tables import Section


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
    ] = "",
    frames: Frames = "",
    classes: Classes = None,
    detail: Annotated[bool, typer.Option("--detail", help="A tree of the modules.")] = False,
    format: TableFormat = "text",
    results: Results = Path("results"),
    registry: Registries = None,
) -> None:
    """Count params and MACs exactly, without data and without compute."""
    from bench.costs import case_of_factory, counted, keep, record
    from bench.measurement.environment import capture

    if detail and format not in ("text", "json"):
        raise unknown("format of --detail", format, ("text", "json"))
    refused: list[BenchError] = []
    if factory:
        refuse("--factory", model=model, all=every, frames=frames, classes=classes)
        cases = [case_of_factory(factory, _shape(input), _arguments(args or "{}"))]
    else:
        refuse("a model of the registry", input=input, args=args)
        cases = cases_of(model, every, registry, refused, frames, classes)
    surroundings = capture("cpu")
    made: list[tuple[CostRecord, Count]] = []
    for case in cases:
        try:
            found = counted(case)
            made.append((record(case, found, surroundings), found))
            if not factory:
                keep(results, made[-1][0])
        except BenchError as error:
            refused.append(error)
    if detail:
        _show_modules(made, format)
    else:
        _show_counts(made, format)
    stop(refused)


def cases_of(
    model: str,
    every: bool,
    registry: Registries,
    refused: list[BenchError],
    frames: str = "",
    classes: int | None = None,
) -> "list[Case]":
    """The cases that are asked for; an entry that gives none adds its reason to `refused`."""
    from bench.costs import case_of, countable
    from bench.registry import load

    loaded = load(registry or ())
    if every == bool(model):
        raise BenchError("expected --model NAMES or --all, one of them. See `bench list models`.")
    entries = (
        [loaded.find("models", name) for name in some(model, "--model")]
        if model
        else countable(loaded.models.values(), _tell_left_out)
    )
    lengths = numbers(frames, "--frames") if frames else (None,)
    cases: list[Case] = []
    for entry in entries:
        try:
            cases += [case_of(entry, classes, length) for length in lengths]
        except BenchError as error:
            refused.append(error)
    return cases


def _tell_left_out(line: str) -> None:
    note("left out", line)


def refuse(where: str, **others: object) -> None:
    """An option that would change nothing is a mistake.

    Raises:
        BenchError: one of the others is given.
    """
    for name, given in others.items():
        if given:
            raise BenchError(f"--{name} says nothing about {where}; leave it out.")


def put_sections(sections: "Iterable[Section]", format: str) -> None:
    """Print tables."""
    from bench.tables import render

    put(render(list(sections), format, table_width()).rstrip("\n"))


def stop(refused: Sequence[BenchError]) -> None:
    """Say what could not be done, after all that could.

    Raises:
        BenchError: the last one; the exit code is 2 then.
    """
    for error in refused[:-1]:
        errors.print(f"error: {error}", markup=False)
    if refused:
        raise refused[-1]


def _show_counts(made: "Sequence[tuple[CostRecord, Count]]", format: str) -> None:
    from bench.tables import complexity

    if made:
        put_sections([complexity(record for record, _ in made)], format)


def _show_modules(made: "Sequence[tuple[CostRecord, Count]]", format: str) -> None:
    from bench.cli.tree import drawn, grown
    from bench.measurement.complexity import cross_check

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

"""The options of a run, which `bench plan`, `bench eval` and others share with `bench run`."""

import inspect
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.cli.options import Results, Root, Storage, numbers, some
from bench.errors import BenchError, unknown
from bench.records import Keep, RunSpec
from bench.variants import AND, LENGTHS


def spec_of(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    model: Annotated[str, typer.Option(help="Models, separated by commas.")],
    dataset: Annotated[str, typer.Option(help="Datasets, separated by commas.")],
    root: Root = None,
    preset: Annotated[str, typer.Option(help="See `bench list presets`.")] = "full",
    recipe: Annotated[
        str | None, typer.Option(help="One recipe for all models, as in common.")
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="In place of each recipe's own; see `bench list objectives`.")
    ] = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, as in 0 or 0-2 or 0,3.")] = "0",
    folds: Annotated[
        str,
        typer.Option(help="By their files, from 0: 0,2 are fold-0 and fold-2, the folds 1 and 3."),
    ] = "",
    selection: Annotated[
        str, typer.Option(help="Epoch that is scored: last, validation or test.")
    ] = "last",
    weights: Annotated[
        str | None, typer.Option(help="First weights: none, imagenet, synthetic or a file.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="6 or 7: only the basic emotions, 7 with neutral.")
    ] = None,
    train_on: Annotated[
        str | None, typer.Option(help="Train on this dataset; all of --dataset is tested.")
    ] = None,
    train_root: Annotated[
        Path | None, typer.Option(help="Folder of the dataset of --train-on.")
    ] = None,
    allow_leak: Annotated[
        str | None, typer.Option(help="Why near-duplicates across the sides may stay.")
    ] = None,
    detector: Annotated[
        str | None, typer.Option(help="haar, yunet, retinaface or none; else the dataset's own.")
    ] = None,
    align: Annotated[
        bool | None, typer.Option("--align/--no-align", help="Turn faces upright by landmarks.")
    ] = None,
    storage: Storage = None,
    keep_weights: Annotated[
        bool, typer.Option("--keep-weights", help="Keep each fold's trained network beside it.")
    ] = False,
    record_epochs: Annotated[
        bool, typer.Option("--record-epochs", help="Keep the test answers of every epoch.")
    ] = False,
    record_features: Annotated[
        bool, typer.Option("--record-features", help="Keep the features of the test videos.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    results: Results = Path("results"),
    sweep: Annotated[
        list[str] | None,
        typer.Option(help="Vary clips or frames, each alone: --sweep clips=1,3,5 frames=2,5."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> RunSpec:
    """The request that the options of a command line make."""
    if more and not sweep:
        raise BenchError(f"{more[0]!r} belongs to no option. Name each with --, as in --model.")
    if selection not in ("last", "validation", "test"):
        raise BenchError(
            f"selection {selection!r} is unknown; expected last, validation or test. Only the "
            f"first two are honest: test reproduces the literature's habit."
        )
    if labels not in (None, "6", "7"):
        raise unknown("label set", labels, ("6", "7"))
    return RunSpec(
        models=_swept(some(model, "--model"), [*(sweep or ()), *(more or ())]),
        datasets=tuple(some(dataset, "--dataset")),
        root=str(root) if root else None,
        preset=preset,
        recipe=recipe,
        objective=objective,
        protocol=protocol,
        split=str(split) if split else None,
        seeds=numbers(seeds, "--seeds"),
        folds=numbers(folds, "--folds") if folds else None,
        selection=selection,  # pyright: ignore[reportArgumentType]
        weights=weights,
        detector=detector,
        align=align,
        storage=storage,
        labels=int(labels) if labels else None,
        train_on=train_on,
        train_root=str(train_root) if train_root else None,
        allow_leak=allow_leak,
        keep=Keep(keep_weights, record_epochs, record_features),
        device=device,
        results=str(results),
    )


def _swept(models: Sequence[str], sweeps: Sequence[str]) -> tuple[str, ...]:
    """The models, or each of them at every length that is asked for: `ceflnet@clips=3`."""
    asked = [part for text in sweeps for part in text.split()]
    changes: list[str] = []
    for part in asked:
        key, equals, lengths = part.partition("=")
        if not equals or key not in LENGTHS:
            raise BenchError(
                f"--sweep {part!r} varies nothing; expected {' or '.join(LENGTHS)} with numbers, "
                f"as in clips=1,3,5,7."
            )
        changes += [f"{key}={number}" for number in numbers(lengths, f"--sweep {key}")]
    if not changes:
        return tuple(models)
    return tuple(
        f"{model}{AND if '@' in model else '@'}{change}" for model in models for change in changes
    )


def takes_spec(*, without: Collection[str] = ()) -> Callable[..., Callable[..., None]]:
    """A command with the options of `spec_of` before its own; it is called with the RunSpec.

    Args:
        without: options of `spec_of` that have no meaning for the command.
    """

    def taking(command: Callable[..., None]) -> Callable[..., None]:
        every = inspect.signature(spec_of).parameters
        shared = {name: option for name, option in every.items() if name not in without}
        own = list(inspect.signature(command).parameters.values())[1:]

        def called(**options: Any) -> None:
            spec = spec_of(**{name: options.pop(name) for name in shared})
            command(spec, **options)

        parameters = [*shared.values(), *own]
        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        called.__signature__ = inspect.Signature(keyword)  # pyright: ignore[reportFunctionMemberAccess]
        called.__annotations__ = {p.name: p.annotation for p in keyword}
        called.__doc__ = command.__doc__
        return called

    return taking

"""`bench run` and `bench plan`: the same question, answered or only laid out."""

import inspect
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import Registries, Results, Root, Storage, numbers, some
from bench.cli.screen import errors, progress, say, show
from bench.errors import BenchError, unknown
from bench.records import Keep, RunSpec
from bench.variants import AND, LENGTHS

if TYPE_CHECKING:
    from bench.preparation import Job
    from bench.records import FoldRecord, FoldRequest, ModelEntry
    from bench.registry import Registry


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
        str, typer.Option(help="Folds from 0, as in 0,1 for folds 1 and 2; else all.")
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


@takes_spec()
def run(
    spec: RunSpec,
    registry: Registries = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Train done folds again.")] = False,
    no_cost: Annotated[bool, typer.Option("--no-cost", help="Leave out MACs, latency.")] = False,
) -> None:
    """Train and score models fold by fold; a fold that is done is not trained again."""
    from bench.registry import load

    work_through(spec, load(registry or ()), overwrite=overwrite, cost=not no_cost)


def work_through(
    spec: RunSpec, loaded: "Registry", *, overwrite: bool = False, cost: bool = False
) -> None:
    """Do every fold of a request that is not done, and say what came out of each.

    Args:
        spec: what was asked.
        loaded: where names are looked up.
        overwrite: do those again that are done.
        cost: time the networks afterwards that have no time on this machine.
    """
    from bench.preparation import lay_out
    from bench.runner import evaluate
    from bench.store import partial_folder

    made = kept = 0
    what = "answered" if spec.checkpoint else "trained"
    try:
        with progress() as watch:
            # all of them first: what is wrong with the last is said before the first is trained
            jobs = list(lay_out(spec, loaded, say, watch))
            for job in jobs:
                todo = [r for r in job.requests if overwrite or not _done(spec, r)]
                kept += len(job.requests) - len(todo)
                for position, request in enumerate(todo):
                    if overwrite:
                        rmtree(partial_folder(Path(spec.results), request), ignore_errors=True)
                    tell = say if position == 0 else _quiet
                    record = evaluate(request, job.places, job.prepared.dataset, watch, tell)
                    made += 1
                    say(_line(record))
            if cost:
                _time(jobs, loaded, Path(spec.results))
    except KeyboardInterrupt:
        errors.print(
            f"interrupted: {_folds(made)} {what} and kept in {spec.results}; the fold in work "
            f"keeps its finished epochs. Run the same command to go on.",
            markup=False,
        )
        raise typer.Exit(130) from None
    say(f"{_folds(made)} {what}, {kept} already done, records in {spec.results}")
    for job in jobs:
        _say_kept(job, spec)


def _say_kept(job: "Job", spec: RunSpec) -> None:
    """Where the networks of a job are, and which folds lack what is asked to be kept."""
    from bench.checkpoints import INDEX
    from bench.companions import EPOCHS, FEATURES, path_of
    from bench.store import fold_path

    if job.entry.kind != "network":
        return
    paths = [fold_path(Path(spec.results), request) for request in job.requests]
    if spec.keep.weights:
        kept = [path for path in paths if path_of(path, "pth").exists()]
        for folder in dict.fromkeys(path.parent for path in kept):
            say(f"networks of {job.entry.name}: {folder / f'fold-{INDEX}.pth'}")
    asked = [
        (spec.keep.weights, "pth", "network"),
        (spec.keep.epochs, EPOCHS, "answers of every epoch"),
        (spec.keep.features, FEATURES, "features"),
    ]
    for wanted, ending, what in asked:
        lacking = sum(not path_of(path, ending).exists() for path in paths) if wanted else 0
        if lacking:
            say(
                f"{_folds(lacking)} of {job.entry.name} kept no {what}: --overwrite trains again "
                f"those that were done before"
            )


@takes_spec()
def plan(spec: RunSpec, registry: Registries = None) -> None:
    """Say what `bench run` would do with the same options: folds, hours, disk. Trains nothing."""
    from bench.costs import countable
    from bench.device import device_name
    from bench.estimates import disk_bytes, fold_seconds, frames_to_prepare, machine_speed
    from bench.preparation import lay_out
    from bench.registry import load

    speed = machine_speed(device_name(spec.device))
    rows: list[list[object]] = []
    hours, disk, stores = 0.0, 0, {}
    entries: list[ModelEntry] = []
    with progress() as watch:
        for job in lay_out(spec, load(registry or ()), say, watch, dry=True):
            todo = [request for request in job.requests if not _done(spec, request)]
            networks = [request for request in todo if request.model.kind == "network"]
            needed = sum(fold_seconds(request, speed) for request in networks) / 3600
            hours += needed
            disk = max(disk, disk_bytes(networks))
            stores.update(
                (source.store, frames_to_prepare(source)) for source in job.prepared.sources
            )
            first = job.requests[0]
            e = first.extent
            steps = f"{e.epochs} x {e.steps_per_epoch} of {e.batch_size}"
            told = f"{needed:.2f}"
            if first.model.kind == "classical":
                steps, told = f"{len(first.fold.train)} videos once", "not estimated"
            done = f"{len(job.requests) - len(todo)} of {len(job.requests)}"
            weights = first.weights
            unmade = weights.origin != "none" and weights.sha256 is None
            identity = "known once its weights are made" if unmade else first.identity
            rows.append([first.model.name, first.dataset, identity, done, steps, told])
            entries.append(job.entry)
    show(
        ["model", "dataset", "identity", "folds done", "epochs x steps of videos", "hours"],
        rows,
        "plan",
    )
    space = (disk + sum(stores.values())) / 2**30
    say(
        f"about {hours:.2f} hours and {space:.1f} GiB: an estimate from MACs at "
        f"{speed / 1e9:.0f} G a second, measured on {device_name(spec.device)} just now"
    )
    countable(entries, partial(_tell, "not estimated"))


def _time(jobs: "Sequence[Job]", loaded: "Registry", results: Path) -> None:
    """A quick cost of every network that has none on this machine; they take turns."""
    from bench.costs import Choices, case_of, countable, default_setting, timed, untimed
    from bench.measurement.latency import FAST

    device = jobs[0].places.device
    setting = default_setting(device)
    refused: Sequence[BenchError] = ()
    try:
        networks = countable((job.entry for job in jobs), partial(_tell, "not timed"))
        every = [
            case_of(loaded.base(job.entry.name), len(job.prepared.dataset.classes))
            for job in jobs
            if job.entry in networks
        ]
        cases = untimed(every, setting, device, results)
        if cases:
            say(f"timing {', '.join(case.entry.name for case in cases)} (--no-cost leaves it out)")
            refused = timed(cases, setting, device, results, Choices(FAST)).refused
    except BenchError as error:
        refused = [error]
    for error in refused:
        _tell("not timed", str(error))


def _tell(what: str, line: str) -> None:
    errors.print(f"{what}: {line}", markup=False)


def _done(spec: RunSpec, request: "FoldRequest") -> bool:
    from bench.store import fold_path, load_fold

    path = fold_path(Path(spec.results), request)
    if not path.exists():
        return False
    if request.made == "evaluated" and load_fold(path).request.weights != request.weights:
        raise BenchError(
            f"{path} holds the answers of another file called {request.weights.origin}. Pass "
            f"--overwrite to ask this one, or choose another --results."
        )
    return True


def _quiet(line: str) -> None:
    """The folds of a model begin with the same weights: told once is enough."""
    del line


def _folds(count: int) -> str:
    return f"{count} fold{'' if count == 1 else 's'}"


def _learned(record: "FoldRecord") -> str:
    evaluated = record.request.made == "evaluated"
    return "" if evaluated else f"trained {record.seconds['train']:.0f} s, "


def _line(record: "FoldRecord") -> str:
    from bench.measurement.accuracy import count, uar

    request = record.request
    return (
        f"{request.model.name} on {request.dataset}, seed {request.seed}, fold "
        f"{request.fold.index + 1} of {request.folds}: UAR "
        f"{uar(count(record.predictions, request.classes)):.3f} over {len(record.predictions)} "
        f"videos, {_learned(record)}scored {record.seconds['test']:.0f} s"
    )

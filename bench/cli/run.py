"""`bench run`: every fold of a request that is not done is trained and scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import Registries
from bench.cli.run_options import takes_spec
from bench.cli.screen import errors, note, progress, say
from bench.errors import BenchError
from bench.records import RunSpec

if TYPE_CHECKING:
    from bench.preparation import Job
    from bench.records import FoldRecord
    from bench.registry import Registry


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

    done = _Done(spec, overwrite)
    try:
        with progress() as watch:
            # all of them first: what is wrong with the last is said before the first is trained
            jobs = list(lay_out(spec, loaded, say, watch))
            for job in jobs:
                try:
                    done.work(job, watch)
                except BenchError as error:
                    if len(jobs) == 1:
                        raise
                    done.stopped.append(job.entry.name)  # the others are worth their hours
                    note("stopped", str(error))
            if cost:
                _time(jobs, loaded, Path(spec.results))
    except KeyboardInterrupt:
        errors.print(
            f"interrupted: {done.told} and kept in {spec.results}; the fold in work "
            f"keeps its finished epochs. Run the same command to go on.",
            markup=False,
        )
        raise typer.Exit(130) from None
    say(f"{done.told}, {done.before} already done, records in {spec.results}")
    for job in jobs:
        _say_kept(job, spec)
    if done.stopped:
        raise BenchError(
            f"stopped before all folds were done, as said above: {', '.join(done.stopped)}. All "
            f"that was finished is kept; mend the cause and run the same command again."
        )


@dataclass(slots=True)
class _Done:
    """What has been done of a request."""

    spec: RunSpec
    afresh: bool
    """Do folds again that are done."""
    made: int = 0
    before: int = 0
    """Folds that were done already."""
    stopped: list[str] = field(default_factory=list[str])
    """Models that could not be trained or asked to the end."""

    @property
    def told(self) -> str:
        """As in `3 folds trained`."""
        return f"{_folds(self.made)} {'answered' if self.spec.checkpoint else 'trained'}"

    def work(self, job: "Job", watch: Callable[..., Any]) -> None:
        """Do the folds of one model that are not done."""
        from bench.runner import evaluate
        from bench.store import is_done, partial_folder

        results = Path(self.spec.results)
        todo = [r for r in job.requests if self.afresh or not is_done(results, r)]
        self.before += len(job.requests) - len(todo)
        for position, request in enumerate(todo):
            if self.afresh:
                rmtree(partial_folder(results, request), ignore_errors=True)
            tell = say if position == 0 else _quiet
            record = evaluate(request, job.places, job.prepared.dataset, watch, tell)
            self.made += 1
            say(_line(record))


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


def _time(jobs: "Sequence[Job]", loaded: "Registry", results: Path) -> None:
    """A quick cost of every network that has none on this machine; they take turns."""
    from bench.costs import Choices, case_of, countable, default_setting, timed, untimed
    from bench.measurement.latency import FAST

    device = jobs[0].places.device
    setting = default_setting(device)
    refused: Sequence[BenchError] = ()
    try:
        networks = countable((job.entry for job in jobs), partial(note, "not timed"))
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
        note("not timed", str(error))


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
    from bench.store import said_fold

    request = record.request
    return (
        f"{request.model.name} on {request.dataset}, seed {request.seed}, "
        f"{said_fold(request.fold.index, request.folds)}: UAR "
        f"{uar(count(record.predictions, request.classes)):.3f} over {len(record.predictions)} "
        f"videos, {_learned(record)}scored {record.seconds['test']:.0f} s"
    )

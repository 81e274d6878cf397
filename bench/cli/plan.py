"""`bench plan`: what a run would do, laid out and not done."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli.options import Registries
from bench.cli.run_options import takes_spec
from bench.cli.screen import note, progress, say, show
from bench.records import RunSpec

if TYPE_CHECKING:
    from bench.records import ModelEntry


@takes_spec()
def plan(spec: RunSpec, registry: Registries = None) -> None:
    """Say what `bench run` would do with the same options: folds, hours, disk. Trains nothing."""
    from bench.costs import countable
    from bench.device import device_name
    from bench.estimates import disk_bytes, fold_seconds, frames_to_prepare, machine_speed
    from bench.preparation import lay_out
    from bench.registry import load
    from bench.store import is_done

    results = Path(spec.results)
    speed = machine_speed(device_name(spec.device))
    rows: list[list[object]] = []
    hours, disk, stores = 0.0, 0, {}
    entries: list[ModelEntry] = []
    with progress() as watch:
        for job in lay_out(spec, load(registry or ()), say, watch, dry=True):
            todo = [request for request in job.requests if not is_done(results, request)]
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
    countable(entries, partial(note, "not estimated"))

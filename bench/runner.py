"""What a model answers on one fold: trained on one side, scored on the other, stored."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import torch

from bench import store
from bench.errors import BenchError
from bench.frames.batches import VideoFrames
from bench.frames.store import Stores
from bench.measurement import environment
from bench.network import build, explain_memory
from bench.objectives import Objective
from bench.protocols import validation_part
from bench.records import (
    Dataset,
    FoldRecord,
    FoldRequest,
    Places,
    Video,
)
from bench.registry import resolve
from bench.scoring import Examiner
from bench.training import Trainee, Watch, fit
from bench.weights import load as load_weights


def _silent(line: str) -> None:
    del line


def evaluate(
    request: FoldRequest,
    places: Places,
    dataset: Dataset,
    watch: Watch,
    tell: Callable[[str], None] = _silent,
) -> FoldRecord:
    """Train one side of a fold, answer for every video of the other, and store both.

    A fold is a pure function of its arguments. Killed at any moment, it goes on from its last
    finished epoch when it is asked for again.

    Args:
        request: what is asked, resolved.
        places: where this machine keeps frames, results and weights, and the device.
        dataset: the videos that the fold's ids name.
        watch: wraps an iterable to show progress.
        tell: takes one line for a person about the first weights.

    Raises:
        BenchError: anything that a user can mend; nothing that was finished is lost.
    """
    results = Path(places.results)
    folder = store.partial_folder(results, request)
    with store.claimed(folder), _explained(request):
        device = _device(places.device)
        frames = Stores({name: Path(folder) for name, folder in places.stores.items()})
        network, loaded = _first_network(request, places, device)
        _tell_weights(request, loaded, tell)
        examiner = Examiner(request, network, frames, device, workers=_workers(device))
        train, chosen = _selection_sides(request, dataset)
        training = _training_side(request, frames, train)
        trainee = Trainee(network, _objective(request), request, device, loaded["matched"])
        began = time.perf_counter()
        choose = partial(examiner.uar, chosen) if chosen else None
        history = fit(
            trainee, training, folder, choose=choose, watch=watch, workers=_workers(device)
        )
        trained = time.perf_counter()
        predictions = examiner.answers(_pick(dataset, request.fold.test), watch)
        record = FoldRecord(
            request=request,
            environment=environment.capture(places.device),
            epochs=history.epochs,
            selected_epoch=history.selected,
            predictions=predictions,
            seconds={"train": trained - began, "test": time.perf_counter() - trained},
            precision=trainee.precision,
            first_weights=loaded,
            unread=training.unreadable,
            excluded=dataset.left_out,
            created=_now(),
        )
        store.save_fold(results, record)
        shutil.rmtree(folder, ignore_errors=True)
    return record


def _pick(dataset: Dataset, ids: Iterable[str]) -> list[Video]:
    videos = {video.id: video for video in dataset.videos}
    return [videos[id] for id in ids]


def _selection_sides(request: FoldRequest, dataset: Dataset) -> tuple[list[Video], list[Video]]:
    """Which videos are trained on, and which choose the epoch."""
    train, chosen = request.fold.train, ()
    if request.selection == "validation":
        train, chosen = validation_part(request.fold, dataset, seed=request.seed)
    elif request.selection == "test":
        chosen = request.fold.test
    return _pick(dataset, train), _pick(dataset, chosen)


def _training_side(request: FoldRequest, frames: Stores, videos: list[Video]) -> VideoFrames:
    """The frames that are trained on; every class must have a video that can be read."""
    training = VideoFrames(
        frames,
        videos,
        request.classes,
        request.model.input,
        train=True,
        seed=request.seed,
        flip=request.recipe.flip,
    )
    shown = {video.label for video in training.videos}
    lacking = [name for name in request.classes if name not in shown]
    if lacking:
        raise BenchError(
            f"class {lacking[0]!r} has no training video that can be read in fold "
            f"{request.fold.index + 1}; {len(training.unreadable)} are unreadable. Repair them: "
            f"`bench data check {request.dataset}` names each."
        )
    return training


def _objective(request: FoldRequest) -> Objective:
    factory = resolve(request.objective.factory, f"objective {request.objective.name!r}")
    return factory(**request.objective.args)


def _first_network(
    request: FoldRequest, places: Places, device: torch.device
) -> tuple[torch.nn.Module, dict[str, tuple[str, ...]]]:
    """The network before training, and what became of each tensor of its first weights."""
    torch.manual_seed(request.seed)
    network = build(request.model, len(request.classes))
    weights = replace(request.weights, path=places.weights)
    report = load_weights(network, request.model, weights)
    part = request.model.pretraining.module if request.model.pretraining else ""
    prefix = f"{part}." if part else ""
    loaded = {
        "matched": tuple(prefix + name for name in report.matched),
        "missing": tuple(prefix + name for name in report.missing),
        "unexpected": report.unexpected,
        "skipped": report.skipped,
    }
    return network.to(device), loaded


def _tell_weights(
    request: FoldRequest, loaded: Mapping[str, tuple[str, ...]], tell: Callable[[str], None]
) -> None:
    if not loaded["matched"]:
        return
    origin, matched = request.weights.origin, len(loaded["matched"])
    tell(f"{request.model.name}: {matched} tensors of its first weights are {origin}")
    for what in ("missing", "unexpected", "skipped"):
        if loaded[what]:
            tell(f"  {what} {len(loaded[what])}: {', '.join(loaded[what])}")


@contextmanager
def _explained(request: FoldRequest) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        raise explain_memory(error, request) from error
    except OSError as error:
        raise BenchError(
            f"fold {request.fold.index + 1} of model {request.model.name!r} stopped: "
            f"{error.filename or 'a file'}: {error.strerror or error}. Free space or permissions; "
            f"finished epochs are kept, and the same command goes on."
        ) from error


def _device(name: str) -> torch.device:
    if name.startswith("cuda"):
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
    return torch.device(name)


def _workers(device: torch.device) -> int:
    # on the CPU the network needs the cores; beside a GPU they are free to load
    return 4 if device.type == "cuda" else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

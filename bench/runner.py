"""The two stories: what a model answers on one fold, and what it costs on this machine."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import torch

from bench import store
from bench.errors import BenchError
from bench.frames.batches import VideoFrames, loader
from bench.frames.store import FrameStore
from bench.measurement import environment
from bench.measurement.accuracy import count as confusion_of
from bench.measurement.accuracy import uar
from bench.network import Answer, build, explain_memory, predict
from bench.protocols import validation_part
from bench.records import (
    CostRecord,
    Dataset,
    FoldRecord,
    FoldRequest,
    ModelEntry,
    Places,
    Prediction,
    Video,
)
from bench.registry import resolve
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
    videos = {video.id: video for video in dataset.videos}
    folder = store.partial_folder(Path(places.results), request)
    with store.claimed(folder), _explained(request):
        device = _device(places.device)
        network, loaded = _first_network(request, places, device)
        _tell_weights(request, loaded, tell)
        frames = FrameStore(Path(places.store))
        train, chosen = _selection_sides(request, dataset)
        spec = request.model.input
        training = VideoFrames(
            frames,
            [videos[i] for i in train],
            request.classes,
            spec,
            train=True,
            seed=request.seed,
            flip=request.recipe.flip,
        )
        _require_classes(request, training)
        choose = None
        if chosen:
            choose = _Selector(request, network, frames, [videos[i] for i in chosen], device)
        objective = resolve(request.objective.factory, f"objective {request.objective.name!r}")
        minimised = objective(**request.objective.args)
        trainee = Trainee(network, minimised, request, device, loaded["matched"])
        began = time.perf_counter()
        history = fit(
            trainee, training, folder, choose=choose, watch=watch, workers=_workers(device)
        )
        trained = time.perf_counter()
        test = [videos[i] for i in request.fold.test]
        predictions = _answers(request, network, frames, test, device, watch)
        record = FoldRecord(
            request=request,
            environment=environment.capture(places.device),
            epochs=history.epochs,
            selected_epoch=history.selected,
            predictions=predictions,
            seconds={"train": trained - began, "test": time.perf_counter() - trained},
            precision=trainee.precision,
            first_weights=loaded,
            created=_now(),
        )
        store.save_fold(Path(places.results), record)
        shutil.rmtree(folder, ignore_errors=True)
    return record


def cost(entry: ModelEntry, classes: int, places: Places, precision: str = "fp32") -> CostRecord:
    """Count a model exactly and time it briefly on this machine, once; then store both.

    Args:
        entry: with its own input, whatever preset trains it.
        classes: K of the network that is counted.
        places: the device and the results folder.
        precision: of the timed forward pass.
    """
    from bench.measurement.complexity import count
    from bench.measurement.latency import measure

    length = entry.input.test.length or entry.input.train.length or 1
    shape = (3, length, entry.input.size, entry.input.size)
    surroundings = environment.capture(places.device)
    identity = store.digest(
        [entry.factory, entry.args, entry.classes_arg, shape, classes, 1, precision, "eager"]
    )[:12]
    path = store.cost_path(Path(places.results), surroundings.machine, entry.name, identity)
    if path.exists():
        return store.load_cost(path)
    counted = count(lambda: build(entry, classes), shape, classes)
    samples = measure(lambda: build(entry, classes), shape, torch.device(places.device), precision)
    record = CostRecord(
        model=entry,
        identity=identity,
        complexity=counted.complexity,
        counters=counted.counters,
        uncounted=counted.uncounted,
        environment=surroundings,
        device="cuda" if places.device.startswith("cuda") else "cpu",
        precision=precision,  # pyright: ignore[reportArgumentType]
        batch=1,
        warmup=samples.warmup,
        samples_ms=samples.milliseconds,
        created=_now(),
    )
    store.save_cost(Path(places.results), record)
    return record


class _Selector:
    """UAR of the current weights on the videos that select the epoch."""

    def __init__(
        self,
        request: FoldRequest,
        network: torch.nn.Module,
        frames: FrameStore,
        videos: Sequence[Video],
        device: torch.device,
    ) -> None:
        self.arguments = (request, network, frames, videos, device)

    def __call__(self) -> float:
        answers = _answers(*self.arguments, _unwatched)
        return uar(confusion_of(answers, self.arguments[0].classes))


def _answers(
    request: FoldRequest,
    network: torch.nn.Module,
    frames: FrameStore,
    videos: Sequence[Video],
    device: torch.device,
    watch: Watch,
) -> tuple[Prediction, ...]:
    """One row a video, in the order given; an unreadable one is a row without scores."""
    readable = [video for video in videos if frames.status(video.id) != "unreadable"]
    answers: dict[str, Answer] = {}
    if readable:
        spec = request.model.input
        shown = VideoFrames(frames, readable, request.classes, spec, train=False, seed=request.seed)
        batches = loader(shown, request.extent.batch_size, workers=_workers(device))
        what = f"{request.model.name} fold {request.fold.index + 1}/{request.folds} scoring"
        for answer in predict(network, watch(batches, what, len(batches)), request, device):
            answers[readable[answer.index].id] = answer
    return tuple(
        Prediction(
            video=video.id,
            subject=video.subject,
            group=video.group,
            true=video.label,
            status=frames.status(video.id),
            scores=answer.scores if (answer := answers.get(video.id)) else (),
            frames=tuple(f for c in answer.choices for f in c.frames) if answer else (),
            spans=tuple(s for c in answer.choices for s in c.spans) if answer else (),
            clip_scores=answer.clip_scores if answer else (),
            apex=video.apex,
            attributes=video.attributes,
        )
        for video in videos
    )


def _selection_sides(
    request: FoldRequest, dataset: Dataset
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which ids are trained on, and which choose the epoch."""
    if request.selection == "validation":
        return validation_part(request.fold, dataset, seed=request.seed)
    if request.selection == "test":
        return request.fold.train, request.fold.test
    return request.fold.train, ()


def _require_classes(request: FoldRequest, training: VideoFrames) -> None:
    shown = {video.label for video in training.videos}
    lacking = [name for name in request.classes if name not in shown]
    if lacking:
        raise BenchError(
            f"class {lacking[0]!r} has no training video that can be read in fold "
            f"{request.fold.index + 1}; {len(training.unreadable)} are unreadable. Repair them: "
            f"`bench data check {request.dataset}` names each."
        )


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


def _unwatched(items: Sequence[object], description: str, total: int) -> Sequence[object]:
    del description, total
    return items


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

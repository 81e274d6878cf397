"""What a model answers on one fold: trained on one side, scored on the other, stored."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import torch

from bench import checkpoints, classical, companions, store
from bench.errors import BenchError
from bench.frames.batches import Batch, VideoFrames
from bench.frames.store import Stores
from bench.measurement import environment
from bench.network import Answer, build, explain_memory, precision_for, predict
from bench.objectives import Objective, make
from bench.protocols import validation_part
from bench.records import (
    Dataset,
    Epoch,
    FoldRecord,
    FoldRequest,
    Places,
    Precision,
    Prediction,
    Video,
)
from bench.scoring import Examiner, unwatched
from bench.training import AfterEpoch, Trainee, Watch, fit
from bench.weights import Report
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
    """Learn from one side of a fold, answer for every video of the other, and store both.

    A fold is a pure function of its arguments. Killed at any moment, a network goes on from its
    last finished epoch when it is asked for again; a classical system is fitted anew.

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
        stores = {name: Path(folder) for name, folder in places.stores.items()}
        work = _Work(request, places, dataset, Stores(stores), watch, tell)
        began = time.perf_counter()
        learned = _learned(work, folder)
        ready = time.perf_counter()
        predictions = learned.examiner.answers(_pick(dataset, request.fold.test), watch)
        scored = time.perf_counter() - ready
        record = FoldRecord(
            request=request,
            environment=environment.capture(places.device),
            epochs=learned.epochs,
            selected_epoch=learned.selected_epoch,
            predictions=predictions,
            seconds={"train": ready - began, "test": scored},
            precision=learned.precision,
            first_weights=learned.first_weights,
            unread=learned.unread,
            excluded=dataset.left_out,
            created=_now(),
        )
        if places.keep.weights and learned.network:
            kept = store.fold_path(results, request).with_suffix(".pth")
            kept.parent.mkdir(parents=True, exist_ok=True)
            checkpoints.save(kept, learned.network, request)
        store.save_fold(results, record, _beside(work, learned, predictions))
        shutil.rmtree(folder, ignore_errors=True)
    return record


@dataclass(frozen=True, slots=True)
class _Work:
    """A fold, and all that is needed to do it."""

    request: FoldRequest
    places: Places
    dataset: Dataset
    frames: Stores
    watch: Watch
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Learned:
    """A system that can answer, and how it came to that."""

    examiner: Examiner
    epochs: tuple[Epoch, ...] = ()
    selected_epoch: int = -1
    precision: Precision = "fp32"
    first_weights: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unread: tuple[str, ...] = ()
    network: torch.nn.Module | None = None
    """What was trained, where it is a network."""
    observed: bytes = b""
    """Its answers to the test videos after each epoch, where they are kept."""


def _beside(
    work: _Work, learned: _Learned, predictions: Sequence[Prediction]
) -> Mapping[str, bytes]:
    """The files beside the record that are asked for and that the system can give."""
    found: dict[str, bytes] = {}
    if learned.observed:
        found[companions.EPOCHS] = learned.observed
    if work.places.keep.features and learned.examiner.features:
        features = learned.examiner.features
        found[companions.FEATURES] = companions.features_npy(features, predictions)
    return found


def _learned(work: _Work, folder: Path) -> _Learned:
    """The system of a fold, in the way of its kind."""
    if work.request.made == "evaluated":
        return _loaded(work)
    if work.request.model.kind == "classical":
        return _fitted(work)
    return _trained(work, folder)


def _loaded(work: _Work) -> _Learned:
    """A network that was trained before, as its checkpoint has it."""
    request = work.request
    device = _device(work.places.device)
    network = build(request.model, len(request.classes))
    path = checkpoints.of_fold(work.places.weights or "", request.fold.index)
    report = checkpoints.fill(network, request.model, path)
    network.to(device)
    answer = partial(_in_order, network, request=request, device=device)
    return _Learned(
        Examiner(request, answer, work.frames, workers=_workers(device)),
        precision=precision_for(network, request.preset.precision, device),
        first_weights=_named(report),
    )


def _in_order(
    network: torch.nn.Module, batches: Iterable[Batch], request: FoldRequest, device: torch.device
) -> Iterator[Answer]:
    """Answers with the scores in the order of the classes, whatever order a checkpoint has."""
    order = [(request.answers or request.classes).index(name) for name in request.classes]
    for answer in predict(network, batches, request, device):
        yield replace(answer, scores=tuple(answer.scores[place] for place in order))


def _trained(work: _Work, folder: Path) -> _Learned:
    """A network after its epochs; `folder` keeps those that are finished."""
    request = work.request
    device = _device(work.places.device)
    workers = _workers(device)
    network, loaded = _first_network(request, work.places, device)
    _tell_weights(request, loaded, work.tell)
    answer = partial(predict, network, request=request, device=device)
    examiner = Examiner(request, answer, work.frames, workers=workers)
    train, chosen = _selection_sides(request, work.dataset)
    training = _training_side(request, work.frames, train)
    trainee = Trainee(network, _objective(request, training), request, device, loaded["matched"])
    choose = partial(examiner.uar, chosen) if chosen else None
    observed = _Observed(work, examiner, folder) if work.places.keep.epochs else None
    history = fit(
        trainee,
        training,
        folder,
        after=AfterEpoch(choose, observed),
        watch=work.watch,
        workers=workers,
    )
    return _Learned(
        examiner,
        epochs=history.epochs,
        selected_epoch=history.selected,
        precision=trainee.precision,
        first_weights=loaded,
        unread=training.unreadable,
        network=network,
        observed=observed.read(len(history.epochs)) if observed else b"",
    )


class _Observed:
    """The answers to the test videos after each epoch, kept until the fold is done."""

    def __init__(self, work: _Work, examiner: Examiner, folder: Path) -> None:
        self.examiner = examiner
        self.classes = work.request.classes
        self.videos = _pick(work.dataset, work.request.fold.test)
        self.folder = folder

    def __call__(self, epoch: int) -> None:
        answers = self.examiner.answers(self.videos, unwatched)
        store.write_atomically(
            self._path(epoch), companions.epoch_rows(epoch, answers, self.classes)
        )

    def read(self, epochs: int) -> bytes:
        """Those of all epochs as the content of one file.

        Raises:
            BenchError: an epoch was trained before they were asked for.
        """
        lacking = [epoch for epoch in range(epochs) if not self._path(epoch).exists()]
        if lacking:
            raise BenchError(
                f"epoch {lacking[0] + 1} of an unfinished fold was trained without "
                f"--record-epochs. Leave it out, or pass --overwrite to train the fold from the "
                f"start."
            )
        rows = [self._path(epoch).read_text(encoding="utf-8") for epoch in range(epochs)]
        return "".join((companions.epochs_head(self.classes), *rows)).encode()

    def _path(self, epoch: int) -> Path:
        return self.folder / f"answers-{epoch}.csv"


def _fitted(work: _Work) -> _Learned:
    """A classical system after one look at every training video."""
    request = work.request
    system = classical.build(request.model)
    training = _training_side(request, work.frames, _pick(work.dataset, request.fold.train))
    classical.fit(system, training, request, work.watch)
    examiner = Examiner(request, partial(classical.predict, system, request=request), work.frames)
    return _Learned(examiner, unread=training.unreadable)


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


def _objective(request: FoldRequest, training: VideoFrames) -> Objective:
    return make(request.objective, request.recipe, training.labels, len(request.classes))


def _first_network(
    request: FoldRequest, places: Places, device: torch.device
) -> tuple[torch.nn.Module, dict[str, tuple[str, ...]]]:
    """The network before training, and what became of each tensor of its first weights."""
    torch.manual_seed(request.seed)
    network = build(request.model, len(request.classes))
    weights = replace(request.weights, path=places.weights)
    report = load_weights(network, request.model, weights)
    return network.to(device), _named(report)


def _named(report: Report) -> dict[str, tuple[str, ...]]:
    """What became of every tensor, as a record keeps it."""
    return {
        "matched": report.matched,
        "missing": report.missing,
        "unexpected": report.unexpected,
        "skipped": report.skipped,
    }


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

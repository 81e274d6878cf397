"""Fit one fold; the only file that knows mmengine's Runner."""

import json
import logging
import random
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from bench.frames.batches import VideoFrames, loader
from bench.frames.order import EpochOrder
from bench.parameters import freeze, groups
from bench.records import Epoch, FoldRequest
from bench.schedule import learning_rate
from bench.schema import plain, read
from bench.store import write_atomically
from bench.trainee import Trainee

with warnings.catch_warnings():
    # mmengine 0.10.7 still asks setuptools for pkg_resources while it is imported
    warnings.simplefilter("ignore")
    from mmengine.hooks import Hook
    from mmengine.optim import AmpOptimWrapper, OptimWrapper
    from mmengine.runner import Runner

Watch = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class History:
    """What one training left behind."""

    epochs: tuple[Epoch, ...]
    selected: int
    """Number of the epoch whose weights are in the model."""


@dataclass(frozen=True, slots=True)
class AfterEpoch:
    """What is done with the weights of every finished epoch; the network is left as it is."""

    choose: Callable[[], float] | None = None
    """UAR of these weights on the videos that select the epoch; None: the last epoch is kept."""
    observe: Callable[[int], None] | None = None
    """Called with the number of the epoch; nothing depends on it."""


_NOTHING = AfterEpoch()


def fit(
    trainee: Trainee,
    videos: VideoFrames,
    folder: Path,
    *,
    after: AfterEpoch = _NOTHING,
    watch: Watch,
    workers: int = 0,
) -> History:
    """Train one fold, going on from the last finished epoch that `folder` holds.

    Args:
        trainee: the network on its device, with the request it answers.
        videos: the training side.
        folder: checkpoints and log of this fold.
        after: what is done with each epoch's weights.
        watch: wraps an iterable of steps to show progress.
        workers: processes that load videos.

    Raises:
        BenchError: a loss is not finite, or memory does not suffice.
    """
    request = trainee.request
    freeze(trainee.network, request.recipe)
    balanced = request.recipe.class_sampling == "balanced"
    items = _shown(len(videos), request)
    order = EpochOrder(videos.labels, items, request.seed, balanced=balanced)
    batches = loader(videos, request.extent.batch_size, order=order, workers=workers)
    batches.dataset.metainfo = {}  # pyright: ignore[reportAttributeAccessIssue]
    book = _Book(folder, trainee, videos, order, after, watch)
    checkpoint = _latest(folder)
    hooks: dict[str, Any] = {
        "checkpoint": {
            "type": "CheckpointHook",
            "interval": 1,
            # two, since mmengine removes the old one before the new one is whole
            "max_keep_ckpts": 2,
            "save_param_scheduler": False,
        },
        "param_scheduler": None,
        "sampler_seed": None,
    }
    runner = _FoldRunner(
        model=trainee,
        work_dir=str(folder),
        train_dataloader=batches,
        train_cfg={"by_epoch": True, "max_epochs": request.extent.epochs},
        optim_wrapper=_optimizer(trainee),
        default_hooks=hooks,
        custom_hooks=[book],
        load_from=str(checkpoint) if checkpoint else None,
        resume=checkpoint is not None,
        randomness={"seed": request.seed, "deterministic": False},
        experiment_name=f"{request.identity}-{request.seed}-{request.fold.index}-{time.time_ns()}",
    )
    runner.train()
    return book.close()


class _FoldRunner(Runner):
    """mmengine's Runner, writing its log to a file only and leaving devices to us."""

    def wrap_model(self, model_wrapper_cfg: object, model: nn.Module) -> nn.Module:
        del model_wrapper_cfg
        return model

    def build_logger(self, *args: Any, **kwargs: Any) -> Any:
        logger = super().build_logger(*args, **kwargs)
        for handler in list(logger.handlers):
            if type(handler) is logging.StreamHandler:
                logger.removeHandler(handler)
        return logger

    def _log_env(self, env_cfg: dict[str, Any]) -> None:
        # the record keeps the environment, and asking compilers for it takes seconds
        del env_cfg


class _Book(Hook):
    """Makes each epoch a function of (weights, optimiser, seed, epoch), and writes it down."""

    def __init__(
        self,
        folder: Path,
        trainee: Trainee,
        videos: VideoFrames,
        order: EpochOrder,
        after: AfterEpoch,
        watch: Watch,
    ) -> None:
        self.folder = folder
        self.trainee = trainee
        self.videos = videos
        self.order = order
        self.after = after
        self.watch = watch
        self.epochs: list[Epoch] = []
        self.losses: list[Tensor] = []
        self.began = 0.0
        self.rounds: Iterator[int] = iter(())
        self.ticks: Iterator[int] = iter(())
        trainee.video_ids = [video.id for video in videos.videos]

    def before_train(self, runner: Runner) -> None:
        self.epochs = _read_epochs(self.folder)[: runner.epoch]
        left = self.trainee.request.extent.epochs - runner.epoch
        self.rounds = iter(self.watch(range(left), self._description(runner.epoch), left))
        next(self.rounds, None)

    def before_train_epoch(self, runner: Runner) -> None:
        epoch, request = runner.epoch, self.trainee.request
        seed = int(np.random.SeedSequence((request.seed, epoch)).generate_state(1)[0])
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002  (for networks that draw from it)
        torch.manual_seed(seed)
        self.trainee.epoch, self.trainee.batches = epoch, 0
        self.videos.set_epoch(epoch)
        self.order.epoch = epoch
        rate = learning_rate(request.recipe, request.extent, epoch)
        wrapper = cast(OptimWrapper, runner.optim_wrapper)
        for group in wrapper.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        self.losses = []
        self.began = time.perf_counter()
        steps = len(runner.train_dataloader)
        shown = f"  epoch {epoch + 1}/{request.extent.epochs}"
        self.ticks = iter(self.watch(range(steps), shown, steps))
        next(self.ticks, None)

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None
    ) -> None:
        del runner, batch_idx, data_batch
        self.losses.append(outputs["loss"])
        next(self.ticks, None)

    def after_train_epoch(self, runner: Runner) -> None:
        next(self.rounds, None)
        request = self.trainee.request
        score = self.after.choose() if self.after.choose else None
        best = max((e.validation for e in self.epochs if e.validation is not None), default=-1.0)
        if score is not None and score > best:
            _save(self.trainee.network.state_dict(), self.folder / "best.pth")
        if self.after.observe:
            self.after.observe(runner.epoch)
        self.epochs.append(
            Epoch(
                epoch=runner.epoch,
                lr=learning_rate(request.recipe, request.extent, runner.epoch),
                loss=float(torch.stack(self.losses).mean()),
                seconds=time.perf_counter() - self.began,
                validation=score,
            )
        )
        text = json.dumps([plain(epoch) for epoch in self.epochs])
        write_atomically(self.folder / "epochs.json", text)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        del runner
        # its history objects are what torch's safe loader refuses; epochs.json holds the curve
        checkpoint["message_hub"] = {"log_scalars": {}, "runtime_info": {}, "resumed_keys": {}}

    def close(self) -> History:
        if self.after.choose is None:
            return History(tuple(self.epochs), self.epochs[-1].epoch)
        best = max(self.epochs, key=lambda e: (e.validation or 0.0, -e.epoch))
        state = torch.load(self.folder / "best.pth", weights_only=True)
        self.trainee.network.load_state_dict(state)
        return History(tuple(self.epochs), best.epoch)

    def _description(self, epoch: int) -> str:
        request = self.trainee.request
        start = f" from epoch {epoch + 1}" if epoch else ""
        return f"{request.model.name} fold {request.fold.index + 1}/{request.folds} training{start}"


def _shown(videos: int, request: FoldRequest) -> int:
    """How many videos an epoch shows; the fold was planned with those left out of training too."""
    extent = request.extent
    shown = min(videos, extent.batch_size * extent.steps_per_epoch)
    if request.recipe.drop_last and shown > extent.batch_size:
        shown -= shown % extent.batch_size
    return shown


def _optimizer(trainee: Trainee) -> OptimWrapper:
    request, recipe = trainee.request, trainee.request.recipe
    parameters = groups(
        trainee.network, recipe, loaded=trainee.pretrained, fresh_lr=request.preset.fresh_lr
    )
    if recipe.optimizer == "sgd":
        optimizer: torch.optim.Optimizer = torch.optim.SGD(
            parameters,
            request.extent.lr,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
    else:
        kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
        optimizer = kind(
            parameters, request.extent.lr, betas=recipe.betas, weight_decay=recipe.weight_decay
        )
    clip = {"max_norm": recipe.clip_grad_norm} if recipe.clip_grad_norm else None
    if trainee.precision == "fp16":
        return AmpOptimWrapper(dtype="float16", optimizer=optimizer, clip_grad=clip)
    return OptimWrapper(optimizer, clip_grad=clip)


def _latest(folder: Path) -> Path | None:
    pointer = folder / "last_checkpoint"
    if not pointer.exists():
        return None
    # the name alone: a results folder that was moved keeps its unfinished folds
    path = folder / Path(pointer.read_text(encoding="utf-8").strip()).name
    return path if path.is_file() else None


def _read_epochs(folder: Path) -> list[Epoch]:
    path = folder / "epochs.json"
    if not path.exists():
        return []
    return [read(Epoch, item, str(path)) for item in json.loads(path.read_text(encoding="utf-8"))]


def _save(state: Mapping[str, Tensor], path: Path) -> None:
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)

"""Frame store -> batches: frames chosen by seed, epoch and video alone, resized, stacked."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, get_worker_info

from bench.errors import BenchError, unknown
from bench.frames.pixels import room, write
from bench.frames.sampling import Choice, choose
from bench.frames.storage import Frames
from bench.frames.store import FrameStore, StoredVideo, Stores
from bench.frames.transforms import TRANSFORMS, Transform
from bench.records import InputSpec, Sampling, Video


@dataclass(frozen=True, slots=True)
class Item:
    """One look at one video."""

    video: Tensor
    """(3, T, size, size) uint8, RGB; in memory the colours of a pixel stay together."""
    label: int
    index: int
    """Position of the video in `VideoFrames.videos`."""
    choice: Choice
    """In original frame numbers."""


class Batch(NamedTuple):
    """Looks at videos, stacked; a video that is tested in several views has a row for each."""

    video: Tensor
    """(B, 3, T, H, W) uint8, RGB; in memory the colours of a pixel stay together."""
    labels: Tensor
    """(B,) int64."""
    indices: tuple[int, ...]
    """Position of each row's video in `VideoFrames.videos`; the views of a video share one."""
    choices: tuple[Choice, ...]
    """In original frame numbers."""
    mirrored: tuple[bool, ...] = ()
    """Rows that training shows with left and right changed; () in a test."""
    seeds: tuple[int, ...] = ()
    """What the augmentation of each row is drawn from; () in a test."""


class VideoFrames(Dataset[Item]):
    """Videos of a frame store as a model is shown them.

    What an item holds is a function of (seed, epoch, video id) in training and of the video id in
    a test; order, batch size and workers change nothing. In training, videos that cannot be read
    are left out (`unreadable` names them), and item `i + n * len(videos)` is video i shown for the
    n-th time more in an epoch, with draws of its own. In a test with V temporal views the items of
    a video follow one another, so that there are V items a video.

    Args:
        store: where the frames are.
        videos: what to show, in this order.
        classes: their order gives the labels.
        input: size and sampling of the model.
        train: the training rule, or else the test rule and the test views.
        seed: of the run.
        flip: say which videos are mirrored at random in training; `augmentation` mirrors them.

    Raises:
        BenchError: a label is no class, or `input` asks for spatial views or an unknown transform;
            at an item: its video is not prepared, or cannot be read.
    """

    def __init__(  # noqa: PLR0913  (each is a fact of its own, and none has a default)
        self,
        store: FrameStore | Stores,
        videos: Sequence[Video],
        classes: Sequence[str],
        input: InputSpec,
        *,
        train: bool,
        seed: int,
        flip: bool = False,
    ) -> None:
        if not train and input.views.spatial != 1:
            raise BenchError(
                f"input asks for {input.views.spatial} spatial views; a square face crop has 1. "
                f"Set views.spatial to 1, or ask for temporal views."
            )
        if input.transform and input.transform not in TRANSFORMS:
            raise unknown("input transform", input.transform, TRANSFORMS)
        self.store = store
        self.input = input
        self.train = train
        self.seed = seed
        self.flip = flip and train
        self.epoch = 0
        lost = {video.id for video in videos if train and store.status(video.id) == "unreadable"}
        self.unreadable = tuple(video.id for video in videos if video.id in lost)
        self.videos = tuple(video for video in videos if video.id not in lost)
        self.labels = tuple(_label(video, classes) for video in self.videos)
        self._views = 1 if train else input.views.temporal
        self._transform = TRANSFORMS.get(input.transform, Transform("as it is"))

    @property
    def sampling(self) -> Sampling:
        """The rule in force."""
        return self.input.train if self.train else self.input.test

    def set_epoch(self, epoch: int) -> None:
        """Draw other frames; call it before a loader is iterated."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.videos) * self._views

    def __getitem__(self, item: int) -> Item:
        batch = self._batch([item])
        return Item(batch.video[0], int(batch.labels[0]), batch.indices[0], batch.choices[0])

    def __getitems__(self, items: Sequence[int]) -> Batch | BenchError:
        """Items of equal length as one batch, whose frames are written where they will stay."""
        try:
            return self._batch(items)
        except BenchError as error:
            if get_worker_info() is None:
                raise
            return error  # on its own way from a process its sentence would be lost in a traceback

    def _batch(self, items: Sequence[int]) -> Batch:
        looks = [self._look(item) for item in items]
        size = self.input.size
        pixels = room((len(looks), len(looks[0].positions), size, size, 3))
        for look, rows in zip(looks, pixels.numpy(), strict=True):
            write(look.frames, look.positions, rows)
            self._transform.pixels(rows)
        return Batch(
            video=pixels.permute(0, 4, 1, 2, 3),
            labels=torch.tensor([self.labels[look.index] for look in looks]),
            indices=tuple(look.index for look in looks),
            choices=tuple(look.choice for look in looks),
            mirrored=tuple(look.mirrored for look in looks) if self.train else (),
            seeds=tuple(look.seed for look in looks) if self.train else (),
        )

    def _look(self, item: int) -> "_Look":
        place, view = divmod(item, self._views)
        again, index = divmod(place, len(self.videos))
        if again and not self.train:
            raise IndexError(f"item {item} of {len(self)}")  # as a sequence ends
        stored = self.store.read(self.videos[index].id)
        entropy = self._entropy(self.videos[index].id, again)
        rng = np.random.default_rng(entropy)
        choice = choose(
            len(stored.frames),
            self.sampling,
            resample=self.input.resample,
            rng=rng if self.train else None,
            view=view,
            views=self._views,
        )
        mirrored = self.flip and rng.random() < 0.5
        shown = self._transform.frames(choice, len(stored.frames), rng)
        original = _original(stored, shown)
        return _Look(index, stored.frames, shown.frames, original, mirrored, _seed(entropy))

    def _entropy(self, video_id: str, again: int) -> tuple[int, ...]:
        """What the draws for one look at a video are a function of."""
        name = int.from_bytes(hashlib.sha256(video_id.encode()).digest()[:8])
        if not self.train:
            return (name,)
        return (self.seed, self.epoch, name, *([again] if again else []))


@dataclass(frozen=True, slots=True)
class _Look:
    index: int
    frames: Frames
    positions: tuple[int, ...]
    choice: Choice
    """The positions in original frame numbers."""
    mirrored: bool
    seed: int


def _seed(entropy: tuple[int, ...]) -> int:
    """A number beside the generator of that entropy: what is drawn from one, the other keeps."""
    child = np.random.SeedSequence(entropy, spawn_key=(0,))
    return int(child.generate_state(1, np.uint64)[0])


def collate(items: Sequence[Item]) -> Batch:
    """Stack items of equal length."""
    return Batch(
        video=torch.stack([item.video for item in items]),
        labels=torch.tensor([item.label for item in items]),
        indices=tuple(item.index for item in items),
        choices=tuple(item.choice for item in items),
    )


class _Loader(DataLoader[Item]):
    """Raises what went wrong in a loading process as if it had happened here."""

    def __iter__(self) -> Any:
        for batch in super().__iter__():
            if isinstance(batch, BenchError):
                raise batch
            yield batch


def loader(
    dataset: VideoFrames, batch_size: int, *, order: Iterable[int] | None = None, workers: int = 0
) -> DataLoader[Item]:
    """Batches of a dataset.

    Args:
        dataset: what to show.
        batch_size: rows of a batch; 1 where the rule gives videos of different length.
        order: the items to show, read anew in each epoch; None: all, in order.
        workers: processes that load; 0: this one.
    """
    if workers:
        # a process that is forked beside OpenCV's threads waits for them for ever
        cv2.setNumThreads(1)
    return _Loader(
        dataset,
        batch_size=batch_size if dataset.sampling.length else 1,
        sampler=order,
        num_workers=workers,
        collate_fn=_whole,
        worker_init_fn=_begin,
        pin_memory=torch.cuda.is_available(),
    )


def to_float(video: Tensor, input: InputSpec) -> Tensor:
    """What a model is fed: `(x / 255 - mean) / std`, computed on the device of `video`.

    Args:
        video: (B, 3, T, H, W) uint8.
        input: gives mean and std, one number a colour.

    Returns:
        (B, 3, T, H, W) float32.
    """
    mean, std = (
        torch.tensor(numbers, device=video.device).view(3, 1, 1, 1)
        for numbers in (input.mean, input.std)
    )
    pixels = video.to(torch.float32, memory_format=torch.contiguous_format)
    return pixels.div_(255).sub_(mean).div_(std)


def _label(video: Video, classes: Sequence[str]) -> int:
    if video.label not in classes:
        raise BenchError(
            f"video {video.id!r} is labelled {video.label!r}; expected one of "
            f"{', '.join(classes)}. Correct its label or leave it out."
        )
    return list(classes).index(video.label)


def _whole(batch: Any) -> Batch:
    """What `VideoFrames` gives for several items is a batch already."""
    return batch


def _original(stored: StoredVideo, choice: Choice) -> Choice:
    """The same choice, in the frame numbers of the source."""
    if not stored.lost:
        return choice
    spans = ((stored.original(a), stored.original(b - 1) + 1) for a, b in choice.spans)
    return Choice(tuple(map(stored.original, choice.frames)), tuple(spans))


def _begin(worker: int) -> None:
    del worker
    if cv2.getNumThreads() != 1:
        cv2.setNumThreads(1)

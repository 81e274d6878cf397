"""One video file -> the answer of one trained network, and the frames that it was shown."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.checkpoints import Maker, fill, maker_of
from bench.errors import BenchError
from bench.frames.batches import VideoFrames, loader
from bench.frames.prepare import prepare
from bench.frames.store import FrameStore
from bench.network import build, predict
from bench.records import Dataset, ModelEntry, Preprocessing, Preset, Video

_ID = "video:1"

_PLAIN = Preset("full", title="as trained, in fp32")


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a network says about one video."""

    classes: tuple[str, ...]
    scores: tuple[float, ...]
    """Probability of each class, shape (K,)."""
    clip_scores: tuple[float, ...]
    """Activation of each clip, summing to 1; empty where the network gives none."""
    spans: tuple[tuple[int, int], ...]
    """Frames [first, last) of the video that each clip was drawn from."""
    frames: tuple[int, ...]
    """Original numbers of the frames that were shown, clip-major."""
    shown: NDArray[np.uint8]
    """The same, cropped, (T, size, size, 3) RGB; of several views the first."""
    face: bool
    """Whether a face was found; else the middle of the picture was shown."""

    @property
    def answer(self) -> str:
        """The class of the highest score."""
        return self.classes[self.scores.index(max(self.scores))]


@dataclass(frozen=True, slots=True)
class _Asked:
    model: ModelEntry
    classes: tuple[str, ...]
    preset: Preset


def predict_video(
    path: Path,
    entry: ModelEntry,
    checkpoint: Path,
    *,
    classes: Sequence[str] = (),
    detector: str | None = None,
    device: str = "cpu",
) -> Predicted:
    """Prepare one video as a dataset's videos are prepared, and ask a trained network about it.

    Args:
        path: a video file, or a folder of its frames.
        entry: the network.
        checkpoint: its trained weights.
        classes: in the order of its logits; (): the file says it.
        detector: what finds the face; None: what found those it was trained on.
        device: a torch device.

    Raises:
        BenchError: a file cannot be read, or nobody says what the classes are.
    """
    if not path.exists():
        raise BenchError(f"video {path} is not there. Check the path.")
    if not checkpoint.is_file():
        raise BenchError(f"checkpoint {checkpoint} is no file. Check --checkpoint.")
    if entry.kind != "network":
        raise BenchError(
            f"model {entry.name!r} is of kind {entry.kind}; a checkpoint holds a network. Choose "
            f"another with `bench list models`."
        )
    maker = maker_of(checkpoint)
    asked = _Asked(_as_trained(entry, maker), _classes(checkpoint, classes, maker), _PLAIN)
    network = build(asked.model, len(asked.classes))
    fill(network, entry, checkpoint)
    network.to(device)
    how = maker.preprocessing if maker else Preprocessing()
    how = replace(how, detector=detector or how.detector)
    with tempfile.TemporaryDirectory() as folder:
        frames = _frames(path, how, Path(folder), asked)
        (answer,) = predict(network, loader(frames, 1), asked, torch.device(device))
        shown = frames[0].video.permute(1, 2, 3, 0).numpy().copy()
        face = frames.store.status(_ID) == "scored"
    choice = answer.choices[0]
    return Predicted(
        asked.classes, answer.scores, answer.clip_scores, choice.spans, choice.frames, shown, face
    )


def _as_trained(entry: ModelEntry, maker: Maker | None) -> ModelEntry:
    """The entry with the size of input that its weights were trained for."""
    return replace(entry, input=replace(entry.input, size=maker.input.size)) if maker else entry


def _classes(checkpoint: Path, asked: Sequence[str], maker: Maker | None) -> tuple[str, ...]:
    if maker is None and not asked:
        raise BenchError(
            f"checkpoint {checkpoint} does not say which classes it answers. Name them in its "
            f"order, as in --classes angry,disgust,fear,happy,neutral,sad,surprise."
        )
    if maker and asked and tuple(asked) != maker.classes:
        raise BenchError(
            f"checkpoint {checkpoint} answers {', '.join(maker.classes)}; --classes says "
            f"{', '.join(asked)}. Leave --classes out."
        )
    return maker.classes if maker else tuple(asked)


def _frames(path: Path, how: Preprocessing, folder: Path, asked: _Asked) -> VideoFrames:
    video = Video(id=_ID, path=path.name, label=asked.classes[0])
    dataset = Dataset(name="video", classes=asked.classes, videos=(video,))
    prepare(dataset, path.parent, how, folder, workers=1)
    store = FrameStore(folder)
    if store.status(_ID) == "unreadable":
        note = store.note(_ID)
        reason = note.reason if note else "no frame came out"
        raise BenchError(
            f"video {path} cannot be read: {reason.rstrip('.')}; expected a video, or a folder of "
            f"images."
        )
    return VideoFrames(store, [video], asked.classes, asked.model.input, train=False, seed=0)

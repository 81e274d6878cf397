"""What a network costs: the case that is counted and timed, and the record of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.records import CostRecord, Environment, ModelEntry, Sampling, Setting, Timing
from bench.store import digest

if TYPE_CHECKING:
    from torch import nn

    from bench.measurement.complexity import Count

CLASSES = 7
"""Classes of a network whose entry locks none."""


@dataclass(frozen=True, slots=True)
class Case:
    """One network at one input."""

    entry: ModelEntry
    """With the sampling and args that are used."""
    classes: int
    input: tuple[int, ...]
    """(3, T, H, W) of one forward pass for one video."""

    def build(self) -> "nn.Module":
        """The network with random weights, on torch's default device."""
        from bench.network import build

        return build(self.entry, self.classes)


@dataclass(frozen=True, slots=True)
class PerVideo:
    """What the answer for one video takes."""

    passes: int
    """Forward passes: temporal times spatial views."""
    frames: int | None
    """Frames read; None: every frame of the video, however many there are."""


def case_of(entry: ModelEntry, classes: int | None = None, frames: int | None = None) -> Case:
    """The case that an entry describes.

    Args:
        entry: a block of the registry.
        classes: K; None takes the locked one, or 7.
        frames: frames of one clip in place of the entry's own (of the whole video where the entry
            reads all frames); an argument `frames` of the factory follows.

    Raises:
        BenchError: no number of frames is known, or a number is below 1.
    """
    locked = entry.complexity
    if classes is None:
        classes = locked.classes if locked else CLASSES
    if frames is not None:
        entry = _with_frames(entry, frames)
    length = entry.input.test.length or entry.input.train.length
    if length is None:
        raise BenchError(
            f"model {entry.name!r} reads all frames of a video; say for how many it is to be "
            f"counted with --frames."
        )
    return Case(entry, classes, (3, length, entry.input.size, entry.input.size))


def per_video(case: Case) -> PerVideo:
    """Forward passes and frames behind one answer."""
    spec = case.entry.input
    whole = spec.test.length is None
    return PerVideo(
        passes=spec.views.temporal * spec.views.spatial,
        frames=None if whole else case.input[1] * spec.views.temporal,
    )


def identity(case: Case, setting: Setting | None = None) -> str:
    """Hash of what a cost depends on; the machine is above it, in the path."""
    entry = case.entry
    return digest(
        [entry.factory, entry.classes_arg, entry.args, case.input, case.classes, setting]
    )[:12]


def record(
    case: Case, count: "Count", environment: Environment, timing: Timing | None = None
) -> CostRecord:
    """The record of a count, or of a count and a timing."""
    return CostRecord(
        model=case.entry,
        identity=identity(case, timing.setting if timing else None),
        complexity=count.complexity,
        trainable=count.trainable,
        activations=count.activations,
        weight_bytes=count.weight_bytes,
        conventions=count.conventions,
        uncounted=count.uncounted,
        environment=environment,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        timing=timing,
    )


def _with_frames(entry: ModelEntry, frames: int) -> ModelEntry:
    if frames < 1:
        raise BenchError(f"--frames {frames} is no number of frames; expected 1 or more.")
    train, test = entry.input.train, entry.input.test
    args: Mapping[str, object] = entry.args
    if "frames" in args:
        args = {**args, "frames": frames}
    if test.length is None:
        train = test = Sampling("uniform", frames=frames)
    else:
        train, test = replace(train, frames=frames), replace(test, frames=frames)
    return replace(entry, args=args, input=replace(entry.input, train=train, test=test))



"""What a network costs: the case that is counted and timed, and the record of it."""

import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import extras, store
from bench.errors import BenchError
from bench.records import (
    CostRecord,
    Environment,
    InputSpec,
    Kind,
    ModelEntry,
    Preprocessing,
    Sampling,
    Setting,
    Timing,
)
from bench.variants import with_length

if TYPE_CHECKING:
    from torch import nn

    from bench.measurement.complexity import Count
    from bench.measurement.latency import Plan

CLASSES = 7
"""Classes of a network whose entry locks none."""

APART = 0.10
"""Two runs whose medians differ by more than this part of the smaller were not on one footing."""


_WITHOUT: Mapping[Kind, str] = {
    "classical": "fitted once, without a network to count or time",
    "imported": "answered elsewhere, without a network to count or time",
}
"""Kinds of entries that have no cost, and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One network at one input."""

    entry: ModelEntry
    """With the sampling and args that are used."""
    classes: int
    input: tuple[int, ...]
    """(3, T, H, W) of one forward pass for one video; a factory's own may be an image's."""

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


# ---------------------------------------------------------------- cases


def countable(entries: Iterable[ModelEntry], tell: Callable[[str], None]) -> list[ModelEntry]:
    """The entries whose networks can be built here.

    Args:
        entries: of any kind.
        tell: takes the names and the reason of those that are left out, a line for each reason.
    """
    networks: list[ModelEntry] = []
    others: dict[str, list[str]] = {}
    for entry in entries:
        if why := _uncountable(entry):
            others.setdefault(why, []).append(entry.name)
        else:
            networks.append(entry)
    for why, names in others.items():
        tell(f"{', '.join(dict.fromkeys(names))}: {why}")
    return networks


def _uncountable(entry: ModelEntry) -> str:
    if entry.kind in _WITHOUT:
        return _WITHOUT[entry.kind]
    library = extras.lacking(entry)
    add = f'`pip install "video-fer-bench[{entry.needs}]"`'
    return library and f"{library} is not installed, which {add} adds"


def case_of(entry: ModelEntry, classes: int | None = None, frames: int | None = None) -> Case:
    """The case that an entry describes.

    Args:
        entry: a block of the registry.
        classes: K; None takes the locked one, or 7.
        frames: frames of one clip in place of the entry's own (of the whole video where the entry
            reads all frames); an argument `frames` of the factory follows.

    Raises:
        BenchError: it has no network, no number of frames is known, or a number is below 1.
    """
    if entry.kind in _WITHOUT:
        raise BenchError(f"model {entry.name!r} has no cost: it is {_WITHOUT[entry.kind]}.")
    locked = entry.complexity
    if classes is None:
        classes = locked.classes if locked else CLASSES
    if frames is not None:
        if frames < 1:
            raise BenchError(f"--frames {frames} is no number of frames; expected 1 or more.")
        entry = with_length(entry, "frames", frames)
    length = entry.input.test.length or entry.input.train.length
    if length is None:
        raise BenchError(
            f"model {entry.name!r} reads all frames of a video; say for how many it is to be "
            f"counted with --frames."
        )
    return Case(entry, classes, (3, length, entry.input.size, entry.input.size))


def case_of_factory(reference: str, input: tuple[int, ...], args: Mapping[str, Any]) -> Case:
    """The case of a network that is in no registry.

    Args:
        reference: `module:attribute`, called with `args` and nothing else.
        input: shape of one video, without the batch.
        args: keyword arguments.
    """
    if str(Path.cwd()) not in sys.path:
        # a file beside which the command is given, as `python -m` would find it
        sys.path.append(str(Path.cwd()))
    sampling = Sampling("uniform", frames=input[1] if len(input) == 4 else 1)
    spec = InputSpec(sampling, sampling, input[-1])
    title = reference.partition(":")[2] or reference
    entry = ModelEntry(reference, title, "network", reference, "", spec, "", args, classes_arg="")
    return Case(entry, 0, input)


def per_video(case: Case) -> PerVideo:
    """Forward passes and frames behind one answer."""
    spec = case.entry.input
    whole = spec.test.length is None
    length = case.input[1] if len(case.input) == 4 else 1
    return PerVideo(
        passes=spec.views.temporal * spec.views.spatial,
        frames=None if whole else length * spec.views.temporal,
    )


def identity(case: Case, setting: Setting | None = None) -> str:
    """Hash of what a cost depends on; the machine is above it, in the path."""
    entry = case.entry
    return store.digest(
        [entry.factory, entry.classes_arg, entry.args, case.input, case.classes, setting]
    )[:12]


def default_setting(device: str) -> Setting:
    """fp32, one video, eager: the setting of a quick look."""
    if device.startswith("cuda"):
        return Setting("cuda")
    import torch

    return Setting("cpu", threads=torch.get_num_threads())


# ---------------------------------------------------------------- the two stories


def counted(case: Case) -> "Count":
    """The exact cost of a case, without any compute.

    Raises:
        BenchError: the network cannot be built or answer on the meta device; the model is named.
    """
    from bench.measurement import complexity

    try:
        with _own_output():
            return complexity.count(case.build, case.input, case.classes)
    except BenchError as error:
        owner = f"model {case.entry.name!r}: "
        said = str(error)
        raise BenchError(said if said.startswith(owner) else owner + said) from error


@dataclass(frozen=True, slots=True)
class Choices:
    """How much of a network is measured."""

    plan: "Plan"
    throughput: bool = False
    """Look for the batch with the most videos a second."""
    video: Path | None = None
    """A file to be timed from its bytes to the answer."""
    detector: str = "haar"
    """Finds the face in that file."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job of timing."""

    made: list[CostRecord]
    refused: list[BenchError]
    """Why a network has no time, or a record no stages, or no place on the disk."""


def timed(
    cases: Sequence[Case],
    setting: Setting,
    device: str,
    results: Path,
    choices: Choices,
    tell: Callable[[str], None] = lambda line: None,
) -> Done:
    """Count and time cases that take turns on one device, and store each that gave times.

    Args:
        cases: in the order of the answer.
        setting: precision, batch and the like.
        device: a torch device.
        results: folder of the records.
        choices: how much is measured.
        tell: takes one line for a person.

    Raises:
        BenchError: the setting cannot be had on this device, the video cannot be read, or the
            results folder cannot be written; nothing is measured then.
    """
    from bench.measurement import environment, latency

    store.check_writable(results / "cost")
    _check_video(choices)
    surroundings = environment.capture(device)
    done = Done([], [])
    counts = [(case, found) for case in cases if (found := _tried(case, done.refused))]
    contenders = [latency.Contender(c.entry.name, c.build, c.input) for c, _ in counts]
    with _own_output():
        timings = latency.measure(
            contenders, setting, device, choices.plan, throughput=choices.throughput, tell=tell
        )
    kept: list[tuple[Case, CostRecord]] = []
    for (case, found), timing in zip(counts, timings, strict=True):
        if isinstance(timing, BenchError):
            done.refused.append(timing)
            continue
        made = _beside_the_last(record(case, found, surroundings, timing), results)
        kept.append((case, _stored(made, results, done.refused)))
    for case, made in kept:
        # last, when every time is stored
        staged = _with_stages(made, case, device, choices, done.refused)
        done.made.append(made if staged is made else _stored(staged, results, done.refused))
    return done


def _stored(made: CostRecord, results: Path, refused: list[BenchError]) -> CostRecord:
    try:
        store.save_cost(results, made)
    except BenchError as error:
        refused.append(error)
    return made


def _tried(case: Case, refused: list[BenchError]) -> "Count | None":
    try:
        return counted(case)
    except BenchError as error:
        refused.append(error)
        return None


@contextmanager
def _own_output() -> Iterator[None]:
    """What a network of others prints goes to the screen, never between our own lines."""
    with redirect_stdout(sys.stderr):
        yield


def _check_video(choices: Choices) -> None:
    """What is wrong with the file is better known before anything is timed."""
    if choices.video is None:
        return
    from bench.frames.decode import opened
    from bench.frames.detectors import detector

    detector(choices.detector)
    with opened(choices.video):
        pass


def record(
    case: Case, found: "Count", environment: Environment, timing: Timing | None = None
) -> CostRecord:
    """The record of a count, or of a count and a timing."""
    return CostRecord(
        model=case.entry,
        identity=identity(case, timing.setting if timing else None),
        complexity=found.complexity,
        trainable=found.trainable,
        activations=found.activations,
        weight_bytes=found.weight_bytes,
        conventions=found.conventions,
        uncounted=found.uncounted,
        environment=environment,
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        timing=timing,
    )


def keep(results: Path, made: CostRecord) -> None:
    """Store a count, unless the same is stored: a recount leaves no trace."""
    try:
        before = store.load_cost(store.cost_path(results, made))
    except BenchError:
        before = None
    if before is None or made != replace(
        before, environment=made.environment, created=made.created
    ):
        store.save_cost(results, made)


def untimed(cases: Sequence[Case], setting: Setting, device: str, results: Path) -> list[Case]:
    """The distinct cases that have no stored time in this setting, here and with this torch."""
    from bench.measurement.environment import capture

    here = capture(device)
    distinct = {identity(case, setting): case for case in cases}
    return [
        case for name, case in distinct.items() if not timings(results, here, case.entry.name, name)
    ]


def timings(results: Path, here: Environment, model: str, identity: str) -> list[CostRecord]:
    """Stored runs of one case in one setting, oldest first; damaged ones not.

    Args:
        results: folder of the records.
        here: its machine and version of torch are those of the runs.
        model: name of the entry.
        identity: of the case and the setting.
    """
    found: list[CostRecord] = []
    for path in sorted((results / "cost" / here.machine / model).glob(f"{identity}-*.json")):
        try:
            found.append(store.load_cost(path))
        except BenchError:
            continue
    version = here.packages.get("torch")
    return [run for run in found if run.environment.packages.get("torch") == version]


def _with_stages(
    made: CostRecord, case: Case, device: str, choices: Choices, refused: list[BenchError]
) -> CostRecord:
    """The record with the stages of the video; without them, `refused` has the reason."""
    import torch

    from bench.measurement.backends import backends, fresh_compiler
    from bench.measurement.passes import make_ready
    from bench.measurement.stages import time_stages

    timing, video = made.timing, choices.video
    if timing is None or video is None:
        return made
    try:
        with fresh_compiler(timing.setting), backends(timing.setting), _own_output():
            stages = time_stages(
                video,
                make_ready(case.build, timing.setting, torch.device(device)),
                case.entry.input,
                Preprocessing(detector=choices.detector),
                repeats=3 if timing.quick else 10,
            )
    except Exception as error:  # networks and codecs of others may raise anything
        reason = (
            f"model {case.entry.name!r}: its times are stored, without the stages of "
            f"{video.name}: {error}"
        )
        refused.append(BenchError(reason))
        return made
    return replace(made, timing=replace(timing, stages=stages))


def _beside_the_last(made: CostRecord, results: Path) -> CostRecord:
    """The record, marked as unstable where its median lies far from that of the run before."""
    timing = made.timing
    before = timings(results, made.environment, made.model.name, made.identity)
    alike = [r for r in before if r.timing and timing and r.timing.quick == timing.quick]
    if not alike or not timing or not (last := alike[-1].timing):
        return made
    ours, theirs = statistics.median(timing.wall_ms), statistics.median(last.wall_ms)
    if abs(ours - theirs) <= APART * min(ours, theirs):
        return made
    said = f"p50 is {ours / theirs - 1:+.0%} against the run of {alike[-1].created}"
    return replace(made, timing=replace(timing, unstable=(*timing.unstable, said)))

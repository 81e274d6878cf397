"""What a network costs: the raw times, the state of the machine, the exact counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.records.entries import Complexity, ModelEntry
from bench.records.outcomes import Environment

COST_SCHEMA = 2
"""Number of the stored form of a cost."""

TimedPrecision = Literal["fp32", "tf32", "bf16", "fp16"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What two latencies of one machine must share to be compared."""

    device: Literal["cpu", "cuda"]
    precision: TimedPrecision = "fp32"
    """bf16 and fp16 by autocast; tf32 is fp32 on a GPU's tensor cores."""
    batch: int = 1
    compiled: bool = False
    channels_last: bool = False
    threads: int | None = None
    """Threads of one operation on the CPU; None on a GPU."""


@dataclass(frozen=True, slots=True)
class GpuState:
    """One reading of a GPU by NVML; None where the driver does not say."""

    moment: Literal["before", "during", "after"]
    sm_mhz: int | None
    memory_mhz: int | None
    watts: float | None
    celsius: int | None
    throttle: tuple[str, ...] | None = ()
    """Reasons why the clocks are held down; idling is none."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Difference of NVML's energy counter over some passes."""

    millijoules: int
    passes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """Passes of one batch size, in the search for the most videos a second."""

    batch: int
    wall_ms: tuple[float, ...]
    """One wall time a pass; empty: out of memory."""


@dataclass(frozen=True, slots=True)
class Stages:
    """One video file from its bytes to the answer."""

    video: str
    """Name of the file."""
    frames: int
    """Frames of the file."""
    video_seconds: float
    """Duration of the file."""
    detector: str
    wall_ms: Mapping[str, tuple[float, ...]]
    """Stage (decode, face, crop, model) -> one wall time a repetition."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Raw times of one network in one setting; percentiles are derived when they are shown."""

    setting: Setting
    quick: bool
    """Few samples: an indication, not a measurement to publish."""
    warmup: int
    """Untimed passes before the first sample."""
    steady: bool
    """Whether the medians of the last two warm-up windows agreed within 1 %."""
    wall_ms: tuple[float, ...]
    """One wall time a pass, the device waited for, in order."""
    device_ms: tuple[float, ...] = ()
    """The same passes by CUDA events."""
    rounds: tuple[int, ...] = ()
    """How many samples each turn of the interleaved job gave; they sum to all."""
    beside: tuple[str, ...] = ()
    """Models that took turns with this one in the job."""
    compile_s: float | None = None
    """Seconds until a compiled network had answered for the first time."""
    memory_bytes: int | None = None
    """Peak of a GPU's memory for weights and one pass."""
    foreign_load: float | None = None
    """Share of all cores that other processes, or other guests of the machine, took meanwhile."""
    gpu: tuple[GpuState, ...] = ()
    energy: Energy | None = None
    throughput: tuple[Throughput, ...] = ()
    """In order of batch size."""
    stages: Stages | None = None
    unstable: tuple[str, ...] = ()
    """Why these times are not to be trusted, one reason an item."""


@dataclass(frozen=True, slots=True)
class CostRecord:
    """What one network costs: counted anywhere, or counted and timed on one machine."""

    model: ModelEntry
    """With the input and args that were counted."""
    identity: str
    """Hash over factory, args, input, classes, and the setting where it was timed."""
    complexity: Complexity
    trainable: int
    """Params that training changes."""
    activations: int
    """Elements of the outputs of all counted operations, one video."""
    weight_bytes: int
    """Params and buffers as stored."""
    conventions: Mapping[str, str]
    """Column (macs, macs_ptflops) -> counter, its version, and what it counts."""
    uncounted: tuple[str, ...]
    """What a counter cannot see: `counter: module (class)`."""
    environment: Environment
    created: str
    """UTC, ISO 8601."""
    timing: Timing | None = None
    """None: only counted."""
    schema: int = COST_SCHEMA

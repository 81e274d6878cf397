"""The frozen records handed from stage to stage: what is asked, what is compared, what came out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA = 1
"""Number of a fold's stored form; a file that carries another one is refused with a sentence."""

COST_SCHEMA = 2
"""Number of the stored form of a cost."""

Kind = Literal["network", "classical", "cost-only"]
Selection = Literal["last", "validation", "test"]
Status = Literal["scored", "fallback", "no-face", "unreadable"]
Precision = Literal["fp32", "bf16", "fp16"]
TimedPrecision = Literal["fp32", "tf32", "bf16", "fp16"]


# ---------------------------------------------------------------- the registry's entries


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames of a video a model sees; the rules live in `bench.frames.sampling`."""

    rule: str
    """Name of the rule: clips, uniform, segments, dense, all."""
    clips: int = 1
    """N, clips of one video (segments, for the rule of that name)."""
    frames: int | None = None
    """Frames of one clip; None only for the rule `all`, where the video decides."""
    stride: int = 1
    """Distance of neighbouring frames, for the rule `dense`."""
    limit: int | None = None
    """Most frames that the rule `all` gives, spread evenly; None: every one."""

    @property
    def length(self) -> int | None:
        """T = clips x frames, the time axis of the model's input; None: varies with the video."""
        return None if self.frames is None else self.clips * self.frames


@dataclass(frozen=True, slots=True)
class Views:
    """How often one video is looked at when it is tested, and how the answers become one."""

    temporal: int = 1
    spatial: int = 1
    combine: Literal["mean", "max"] = "mean"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a model is fed: (B, 3, T, size, size) float32, RGB, `(x / 255 - mean) / std`."""

    train: Sampling
    test: Sampling
    size: int
    """Height and width in pixels."""
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    resample: int | None = None
    """Frames to which a video is brought before frames are chosen; None: its own number."""
    min_size: int | None = None
    """Smallest size the network can take; None: its geometry is fixed and is never shrunk."""
    views: Views = Views()


@dataclass(frozen=True, slots=True)
class Complexity:
    """Exact integer cost of one forward pass for one video; in the registry it is a lock."""

    classes: int
    input: tuple[int, ...]
    """(3, T, H, W) of the one video that was counted."""
    params: int
    macs: int | None = None
    """Convolution, matmul, attention and recurrent MACs (torch.utils.flop_counter, halved)."""
    macs_ptflops: int | None = None
    """MACs in the paper's convention (ptflops module hooks, functional counting off)."""
    counter: str = ""
    """Libraries that counted, as in "torch 2.15.0, ptflops 0.7.5"."""


@dataclass(frozen=True, slots=True)
class ModuleCost:
    """What one module of a network adds, its children left out: a row of the breakdown."""

    name: str
    """Dotted path; "" is the network itself."""
    type: str
    """Name of its class."""
    params: int
    macs: int
    macs_ptflops: int
    activations: int
    """Elements of the outputs of its counted operations, one video."""


@dataclass(frozen=True, slots=True)
class Pretraining:
    """Where weights from elsewhere may enter a network."""

    module: str
    """Dotted name of the submodule that receives them; "" is the whole network."""
    keys: str
    """`module:function` that maps a foreign state dict to that submodule's names."""
    origins: tuple[str, ...]
    """What `--weights` accepts beside a file: none, imagenet, synthetic."""
    default: str = "none"
    """The origin used when nothing is asked for."""
    url: str = ""
    """Where a person gets the published file."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One system of the comparison."""

    name: str
    title: str
    kind: Kind
    factory: str
    """`module:attribute`, called with the number of classes and `args`."""
    source: str
    """Citation."""
    input: InputSpec
    recipe: str
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    classes_arg: str = "num_classes"
    """Argument of the factory that takes the number of classes; "": it takes none."""
    pretraining: Pretraining | None = None
    complexity: Complexity | None = None
    """Locked numbers."""
    reported: tuple[str, ...] = ()
    """Names under which `reported.csv` quotes this system."""
    reported_cost: tuple[str, ...] = ()
    """Names under which the CEFLNet paper prints the params and MACs of this very layout."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How the pixels of a dataset are prepared: part of a result's identity."""

    detector: str = "haar"
    size: int = 224
    """Side of the stored square crop in pixels."""
    margin: float = 0.25
    """Added around the face box, as a fraction of its side, half on each side."""


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """One dataset."""

    name: str
    title: str
    loader: str
    """`module:function`, called with the root folder."""
    source: str
    protocol: str
    """The protocol used when none is asked for."""
    preprocessing: Preprocessing = Preprocessing()
    aliases: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    """Names under which `reported.csv` quotes results on this dataset."""
    published: Mapping[str, int] = field(default_factory=dict[str, int])
    """Published counts that `bench data check` compares with: videos, subjects, one a class."""
    generator: str | None = None
    """`module:function(folder)` that makes an embedded dataset on first use; None: licensed."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The learning rate over epochs; the shapes live in `bench.training`."""

    rule: Literal["constant", "cosine", "step"] = "constant"
    t_max: int | None = None
    """Epochs of half a cosine; None: as many as the recipe has."""
    warmup_epochs: int = 0
    step: int | None = None
    gamma: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How weights are trained."""

    name: str
    optimizer: Literal["adam", "adamw", "sgd"]
    lr: float
    batch_size: int
    epochs: int
    source: str
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Schedule = Schedule()
    objective: str = "cross-entropy"
    drop_last: bool = True
    flip: bool = False
    """Mirror whole videos at random in training."""
    clip_grad_norm: float | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """What changes in a run to fit a machine; part of a result's identity."""

    name: str
    title: str
    size: int | None = None
    """Input size asked for; a network of larger `min_size`, or of fixed geometry, keeps its own."""
    precision: Precision = "fp32"
    weights: str | None = None
    """Weights' origin for every model that accepts it."""
    fresh_lr: float = 1.0
    """Factor on the learning rate of what started at random beside pretrained weights."""
    epochs: int | None = None
    """Fewer epochs walk the same schedule in larger steps."""
    train_videos: int | None = None
    """Most training videos, drawn evenly over the classes."""
    batch_size: int | None = None
    train_tmacs: float | None = None
    """Training budget of one fold in 10^12 MACs: a heavy network takes fewer, smaller steps."""


@dataclass(frozen=True, slots=True)
class ObjectiveEntry:
    """What training minimises."""

    name: str
    factory: str
    """`module:function(**args)` giving `f(outputs, labels, epoch) -> scalar`."""
    source: str
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a recipe one fold really trains, within the limits of the preset."""

    epochs: int
    steps_per_epoch: int
    batch_size: int
    lr: float
    """Highest learning rate; with SGD it follows the batch size."""


# ---------------------------------------------------------------- data


@dataclass(frozen=True, slots=True)
class Video:
    """One labelled item of a dataset, the unit that is scored."""

    id: str
    """`dataset:key`, unique in the dataset."""
    path: str
    """Relative to the dataset's root, with forward slashes."""
    label: str
    """Name of the class."""
    subject: str | None = None
    group: str | None = None
    """Movie or recording from which several videos come."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    apex: tuple[int, int] | None = None
    """Native frames [first, last) of the strongest expression, counted from 0."""
    rotation: int = 0
    """Degrees clockwise that bring the stored picture upright: 0, 90, 180 or 270."""
    panes: int = 1
    """Views side by side in one picture; the frontal face is in one of them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a loader found: names, labels, subjects, official folds; no pixels."""

    name: str
    classes: tuple[str, ...]
    """Canonical class names; a label is an index into this tuple."""
    videos: tuple[Video, ...]
    """Sorted by id."""
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    """Items of the tree that are not videos of this set: reason -> count."""
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    """Videos that the set lists and the tree lacks: id -> what is wrong."""
    official: Mapping[str, tuple["Fold", ...]] = field(
        default_factory=dict[str, tuple["Fold", ...]]
    )
    """Folds shipped by the distributor: protocol -> folds."""
    synthetic: bool = False
    """Drawn, not filmed; the runner sets it from the tree's marker file."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One (train, test) pair, ids only, numbered from 0 and shown from 1."""

    index: int
    train: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """The folds of a dataset, frozen: its hash covers ids, classes, label order, combination."""

    name: str
    dataset: str
    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    combine: Literal["pool", "mean"]
    """Which number is the headline: predictions of all folds pooled, or the mean of the folds."""
    hash: str
    source: str
    """Who made it: a rule with its seed, a file, or the distributor."""


# ---------------------------------------------------------------- what is asked


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What the command line asked for; None is the registry's own choice."""

    models: tuple[str, ...]
    datasets: tuple[str, ...]
    root: str | None = None
    preset: str = "full"
    recipe: str | None = None
    protocol: str | None = None
    split: str | None = None
    """A split file of the user's own."""
    seeds: tuple[int, ...] = (0,)
    folds: tuple[int, ...] | None = None
    selection: Selection = "last"
    weights: str | None = None
    detector: str | None = None
    device: str = "auto"
    results: str = "results"


@dataclass(frozen=True, slots=True)
class Weights:
    """Where a network's first weights come from."""

    origin: str
    """none, imagenet, synthetic, or the name of a file."""
    sha256: str | None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class FoldRequest:
    """Everything that one fold of one run depends on; plain data, so that any worker can run it."""

    model: ModelEntry
    """With the input that is really used, after the preset."""
    dataset: str
    classes: tuple[str, ...]
    dataset_fingerprint: str
    protocol: str
    protocol_hash: str
    fold: Fold
    folds: int
    """How many folds the protocol has."""
    recipe: Recipe
    extent: Extent
    regime: Literal["own", "common"]
    """Each model's own recipe, or one recipe for all; never mixed in a column."""
    objective: ObjectiveEntry
    preset: Preset
    selection: Selection
    weights: Weights
    preprocessing: Preprocessing
    preprocessing_fingerprint: str
    identity: str
    """Hash of the resolved spec; seed and fold are below it."""
    seed: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where this machine keeps what a request needs; never stored with a result."""

    store: str
    """Folder of the frame store."""
    results: str
    weights: str | None
    """File of the first weights."""
    device: str
    """A torch device: cpu, cuda, cuda:1."""


# ---------------------------------------------------------------- what came out


@dataclass(frozen=True, slots=True)
class Prediction:
    """The stored answer for one test video: a row of `fold-<k>.csv`."""

    video: str
    subject: str | None
    group: str | None
    true: str
    status: Status
    scores: tuple[float, ...]
    """Softmax probability of each class, in the order of the classes; empty when unreadable."""
    frames: tuple[int, ...] = ()
    """Original numbers of the chosen frames, clip-major."""
    spans: tuple[tuple[int, int], ...] = ()
    """Original frames [first, last) that each clip was drawn from."""
    clip_scores: tuple[float, ...] = ()
    """One weight a clip where the model gives them, summing to 1."""
    apex: tuple[int, int] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of a training curve."""

    epoch: int
    lr: float
    loss: float
    seconds: float
    validation: float | None = None
    """UAR on the videos that choose the epoch, when the selection rule uses any."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine and the software a result was made with."""

    commit: str | None
    dirty: bool | None
    machine: str
    """Short name used as a folder: `cpu-amd-epyc-2` or `gpu-nvidia-h200`."""
    device: str
    cpu: str
    gpu: str | None
    threads: int
    python: str
    packages: Mapping[str, str]
    driver: str | None = None
    """Of the GPU."""


@dataclass(frozen=True, slots=True)
class FoldRecord:
    """One trained and scored fold; its json is written last, so that a json means a fold done."""

    request: FoldRequest
    environment: Environment
    epochs: tuple[Epoch, ...]
    selected_epoch: int
    predictions: tuple[Prediction, ...]
    seconds: Mapping[str, float]
    """Wall time of the parts: train, test."""
    created: str
    """UTC, ISO 8601."""
    precision: Precision = "fp32"
    """What the network really ran in, which may be more than its preset asks for."""
    first_weights: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Names of tensors by what became of them: matched, missing, unexpected, skipped."""
    schema: int = SCHEMA


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
    throttle: tuple[str, ...] = ()
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

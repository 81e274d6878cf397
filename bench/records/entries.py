"""The registry's entries: what is compared, on what, and how it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["network", "classical", "cost-only", "imported"]
"""Trained by gradient; fitted once; counted and never scored; answered elsewhere."""
Precision = Literal["fp32", "bf16", "fp16"]


def later(default: Any) -> Any:
    """The default of a field that came after results were stored.

    While it stands at this default it is left out of every hash, so that those results keep their
    identity. The default is plain and immutable.
    """
    return field(default=default, metadata={"later": True})


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
    pathways: tuple[int, ...] = later(())
    """For a network that takes a list of videos: the temporal stride of each; (): one video."""
    transform: str = later("")
    """What a sanity row does to every video, as in `resnet18@middle-frame`; "": nothing."""


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
    keys: str = ""
    """`module:function` that maps a foreign state dict to that submodule's names; "": they are
    the submodule's own."""
    origins: tuple[str, ...] = ("none",)
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
    recipe: str = ""
    """How it is trained when nothing else is asked for; a network needs one."""
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
    reported_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Objective -> names under which `reported.csv` quotes this system trained with it."""
    head: str = ""
    """Dotted name of the layer that gives the logits, for a network without `outputs`: what enters
    it are the features of a video."""
    unused: tuple[str, ...] = ()
    """Parameters that no gradient reaches, by the beginning of their names; the note says why."""
    needs: str = ""
    """The optional part of this program (`pip install "video-fer-bench[NAME]"`) that it takes."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnbuiltEntry:
    """A system of the literature that has no entry, and why: its reported numbers stand alone."""

    name: str
    title: str
    reported: tuple[str, ...]
    """Names under which `reported.csv` quotes it."""
    reason: str
    """Why it cannot be built from what is public, a sentence."""
    source: str
    """Citation."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How the pixels of a dataset are prepared: part of a result's identity."""

    detector: str = "haar"
    size: int = 224
    """Side of the stored square crop in pixels."""
    margin: float = 0.25
    """Added around the face box, as a fraction of its side, half on each side."""
    align: bool = False
    """Turn and scale each face by its eyes, nose and mouth; the detector must give them."""
    storage: Literal["raw", "jpeg"] = "raw"
    """How frames are kept: as they are, or as JPEG, which is smaller, slower and changes pixels."""


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
    """The learning rate over epochs; the shapes live in `bench.schedule`."""

    rule: Literal["constant", "cosine", "step", "milestones"] = "constant"
    t_max: int | None = None
    """Epochs of half a cosine; None: as many as the recipe has."""
    warmup_epochs: int = 0
    step: int | None = None
    gamma: float | None = None
    milestones: tuple[int, ...] = later(())
    """Epochs after which the rate is multiplied by `gamma`, for the rule of that name."""
    floor: float = later(0.0)
    """Where a cosine ends, as a fraction of the highest rate."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What training does to whole videos at random, the same for every frame of one."""

    crop_area: tuple[float, float] | None = None
    """Smallest and largest part of the picture that a random crop keeps; it is resized back."""
    rotation: float = 0.0
    """Largest turn to either side, in degrees."""
    brightness: float = 0.0
    """As in torchvision's ColorJitter, like the next two."""
    contrast: float = 0.0
    saturation: float = 0.0
    rand_augment: tuple[int, int] | None = None
    """Operations and magnitude of RandAugment, the latter out of 30."""
    erase: float = 0.0
    """Probability that a rectangle is erased."""
    mixup: float = 0.0
    """Alpha of mix-up: two videos and their labels are blended; 0: never."""
    cutmix: float = 0.0
    """Alpha of CutMix: a rectangle of another video is pasted; 0: never. With both, one is drawn
    for each batch."""


@dataclass(frozen=True, slots=True)
class LayerDecay:
    """Smaller learning rates for earlier layers: `rate ** distance from the head`."""

    layers: str
    """Dotted name of the list of layers; what comes before it is one layer more."""
    rate: float


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
    augmentation: Augmentation = later(Augmentation())
    class_sampling: Literal["as-is", "balanced"] = later("as-is")
    """balanced: an epoch shows each class equally often, rare ones repeatedly."""
    class_weights: Literal["none", "inverse"] = later("none")
    """inverse: the loss weighs a class by the inverse of its share of the training videos."""
    lr_factors: Mapping[str, float] = field(
        default_factory=dict[str, float], metadata={"later": True}
    )
    """Beginning of a parameter's name -> factor on its learning rate; 0 freezes it; the longest
    beginning wins."""
    layer_decay: LayerDecay | None = later(None)
    decayed: Literal["all", "matrices"] = later("all")
    """matrices: weight_decay spares parameters of one dimension, biases and scales of norms."""


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

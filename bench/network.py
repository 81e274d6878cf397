"""A network at work: built from its entry, checked on its first batch, asked for answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from bench import extras
from bench.device import computes_bf16
from bench.errors import BenchError
from bench.frames.batches import Batch, to_float
from bench.frames.sampling import Choice
from bench.objectives import Outputs
from bench.records import FoldRequest, ModelEntry, Precision, Preset
from bench.registry import resolve


class Question(Protocol):
    """What answers are asked with; a `FoldRequest` is one."""

    @property
    def model(self) -> ModelEntry:
        """With the input that is really used."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Their order is that of the logits."""
        ...

    @property
    def preset(self) -> Preset:
        """Gives the precision."""
        ...


def build(entry: ModelEntry, classes: int) -> nn.Module:
    """The network of an entry with its first, random weights; seed torch before.

    Args:
        entry: a block of the registry.
        classes: K, how many logits it is to give.

    Raises:
        BenchError: its libraries are not installed, or the factory cannot be imported, or refuses
            the entry's args.
    """
    extras.require(entry)
    owner = f"model {entry.name!r}"
    factory = resolve(entry.factory, owner)
    try:
        number = {entry.classes_arg: classes} if entry.classes_arg else {}
        network = factory(**number, **_arguments(entry))
    except TypeError as error:
        raise BenchError(
            f"{owner}: {entry.factory} refuses its arguments: {error}. Check "
            f"{'args and classes_arg of its block' if entry.recipe else '--args'}."
        ) from error
    if not isinstance(network, nn.Module):
        raise BenchError(
            f"{owner}: {entry.factory} gave a {type(network).__name__}; expected a "
            f"torch.nn.Module. Name a class or function that builds one."
        )
    if entry.input.pathways:
        network.register_forward_pre_hook(partial(_split, entry.input.pathways))
    return network


def outputs(network: nn.Module, entry: ModelEntry, video: Tensor) -> Outputs:
    """Everything that a network says about some videos in one pass; `logits` (B, K) at least.

    A network of a library has no `outputs` of its own: then the entry's `head` names its
    classifier, and what enters that layer are the `features` (B, D).

    Args:
        network: from `build`.
        entry: its block.
        video: (B, 3, T, H, W) float32.

    Raises:
        BenchError: `outputs` of the network gives no logits, or it has no layer named `head`.
    """
    if hasattr(network, "outputs"):
        found = network.outputs(video)  # pyright: ignore[reportCallIssue]
        if "logits" not in found:
            raise BenchError(
                f"outputs of model {entry.name!r} has the keys {', '.join(found)}; expected "
                f"'logits' among them. Name its logits so, or remove the method."
            )
        return found
    if not entry.head:
        return {"logits": network(video)}
    entered: list[Tensor] = []
    head = _head(network, entry)
    hook = head.register_forward_pre_hook(lambda _, given: entered.append(given[0]))
    try:
        logits = network(video)
    finally:
        hook.remove()
    return {"logits": logits, "features": _vector(entered[-1], head)}


def outputs_of(entry: ModelEntry, classes: int) -> Outputs:
    """What a network says in training, without values: found out on the meta device.

    Args:
        entry: a block of the registry.
        classes: K.
    """
    with torch.device("meta"):
        network = build(entry, classes).train()
        length, size = entry.input.train.length or 1, entry.input.size
        return outputs(network, entry, torch.zeros(2, 3, length, size, size))


def _arguments(entry: ModelEntry) -> dict[str, Any]:
    """The args of a block; `{object: module:attribute}` stands for what YAML cannot write."""
    owner = f"model {entry.name!r}"
    return {
        name: resolve(value["object"], owner)
        if isinstance(value, Mapping) and set(value) == {"object"}
        else value
        for name, value in entry.args.items()
    }


def _split(strides: Sequence[int], network: nn.Module, given: tuple[Tensor]) -> tuple[Any]:
    """One video -> the list of videos that a network of several pathways takes."""
    del network
    return ([given[0][:, :, ::stride] for stride in strides],)


def _head(network: nn.Module, entry: ModelEntry) -> nn.Module:
    try:
        return network.get_submodule(entry.head)
    except AttributeError as error:
        children = ", ".join(name for name, _ in network.named_children())
        raise BenchError(
            f"model {entry.name!r} has no layer {entry.head!r}, which its block names as head; "
            f"its parts are {children}. Name the layer that gives the logits."
        ) from error


def _vector(entered: Tensor, head: nn.Module) -> Tensor:
    """(B, D): what enters a classifier, its mean over positions where there are several."""
    if isinstance(head, nn.Linear):
        return entered.flatten(1, -2).mean(1) if entered.dim() > 2 else entered
    return entered.flatten(2).mean(2) if entered.dim() > 2 else entered


def forward(network: nn.Module, batch: Batch, request: Question, device: torch.device) -> Outputs:
    """Everything that a network says about a batch in one pass; `logits` (B, K) at least."""
    video = to_float(batch.video.to(device, non_blocking=True), request.model.input)
    return outputs(network, request.model, video)


def answered(network: nn.Module, batch: Batch, request: Question, device: torch.device) -> Outputs:
    """As `forward`; where the network cannot take the batch, a sentence says so.

    Raises:
        BenchError: it cannot. What memory does not suffice for is raised as it is, like what a
            GPU complains of.
    """
    try:
        return forward(network, batch, request, device)
    except (ValueError, RuntimeError) as error:
        if _out_of_memory(error) or "CUDA error" in str(error):
            raise
        raise explain_input(error, batch, request) from error


def precision_for(network: nn.Module, asked: Precision, device: torch.device) -> Precision:
    """The precision a network really runs in.

    On the CPU a network with 3D convolutions keeps fp32: in bf16, oneDNN's weight gradients of a
    3D convolution over two frames were off by more than half of their norm, or not finite, and
    differed from call to call (torch 2.15). So does every network on a CPU without units for bf16,
    where a step in bf16 takes longer than one in fp32.
    """
    if device.type != "cpu" or asked == "fp32":
        return asked
    spatial = any(isinstance(module, nn.Conv3d) for module in network.modules())
    return "fp32" if spatial or not computes_bf16() else asked


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[Any]:
    """The context that a forward pass of this precision runs in; fp32 is left alone."""
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision)
    return torch.autocast(device.type, dtype=dtype, enabled=dtype is not None)


def check_outputs(found: Outputs, batch: Batch, request: Question) -> None:
    """Refuse logits that cannot be those of this batch, and scores of other clips than it has.

    Raises:
        BenchError: the shape of the logits is not (B, K), a number is not finite, or they are
            probabilities; the clip scores are not one for each clip.
    """
    name, logits = request.model.name, found["logits"]
    expected = (len(batch.labels), len(request.classes))
    if not isinstance(logits, Tensor) or tuple(logits.shape) != expected:
        shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise BenchError(
            f"model {name!r} gave outputs of shape {shape}; expected {expected}, one logit for "
            f"each of {len(request.classes)} classes. Check factory and args of its block."
        )
    values = logits.detach().float()
    if not torch.isfinite(values).all():
        raise BenchError(
            f"model {name!r} gave a logit that is not finite in its first batch. Check its "
            f"weights and the scale of its input."
        )
    ones = torch.ones(len(values), device=values.device)
    if (values >= 0).all() and torch.allclose(values.sum(1), ones, atol=1e-3):
        raise BenchError(
            f"model {name!r} gives probabilities (each row sums to 1); expected logits. Remove "
            f"the softmax at its end, as with args: {{head_activation: null}}."
        )
    clips = found.get("clip_scores")
    if clips is not None and clips.shape[1:] != (len(batch.choices[0].spans),):
        raise BenchError(
            f"model {name!r} gave clip_scores of shape {tuple(clips.shape)}; its videos are drawn "
            f"as {len(batch.choices[0].spans)} clips. Set clips under input of its block."
        )


def explain_input(error: Exception, batch: Batch, request: Question) -> BenchError:
    """The sentence for a network that cannot take a batch."""
    name, shape = request.model.name, tuple(batch.video.shape)
    return BenchError(
        f"model {name!r} cannot take its input of shape {shape}: {str(error).rstrip('.')}. Check "
        f"input and args of its block: they must agree on clips, frames and size."
    )


def explain_memory(error: Exception, request: FoldRequest) -> Exception:
    """The sentence for an error that says memory ran out; any other error as it is."""
    if not _out_of_memory(error):
        return error
    return BenchError(
        f"out of memory while model {request.model.name!r} handled {request.extent.batch_size} "
        f"videos of {request.model.input.train.length} frames of {request.model.input.size} "
        f"pixels. Lower batch_size in recipe {request.recipe.name!r}, or take another preset."
    )


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    short = isinstance(error, torch.cuda.OutOfMemoryError | MemoryError)
    return short or "out of memory" in text or "can't allocate memory" in text


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network says about one video, its views combined."""

    index: int
    """Position of the video in the order it was shown."""
    scores: tuple[float, ...]
    """Softmax probability of each class, shape (K,)."""
    clip_scores: tuple[float, ...]
    """One weight a clip; empty where the model gives none, or a video had several views."""
    choices: tuple[Choice, ...]
    """Frames of each view."""
    features: Tensor | None = None
    """(D,) what the classifier was given, the mean over the views; None where it is not told."""


def predict(
    network: nn.Module, batches: Iterable[Batch], request: Question, device: torch.device
) -> Iterator[Answer]:
    """Ask a network about every video of some batches, in order.

    The softmax of each view is combined as the entry's `views.combine` says.

    Args:
        network: on `device`; it is put into evaluation.
        batches: the views of a video follow one another.
        request: input and precision.
        device: where the network runs.

    Raises:
        BenchError: the network cannot take a batch, or its first outputs cannot be logits.
    """
    network.eval()
    precision = precision_for(network, request.preset.precision, device)
    views: list[_View] = []
    for position, batch in enumerate(batches):
        with torch.inference_mode(), autocast(precision, device):
            outputs = answered(network, batch, request, device)
        if position == 0:
            check_outputs(outputs, batch, request)
        for view in _views(batch, outputs):
            if views and views[0].index != view.index:
                yield _combined(views, request)
                views = []
            views.append(view)
    if views:
        yield _combined(views, request)


@dataclass(frozen=True, slots=True)
class _View:
    index: int
    scores: Tensor
    clip_scores: tuple[float, ...]
    choice: Choice
    features: Tensor | None


def _views(batch: Batch, outputs: Outputs) -> Iterator[_View]:
    scores = outputs["logits"].float().softmax(1).cpu()
    clips = outputs.get("clip_scores")
    weights = clips.float().cpu().tolist() if clips is not None else [()] * len(scores)
    told = outputs.get("features")
    features = told.float().cpu() if told is not None else [None] * len(scores)
    for row, index in enumerate(batch.indices):
        yield _View(index, scores[row], tuple(weights[row]), batch.choices[row], features[row])


def _combined(views: Sequence[_View], request: Question) -> Answer:
    stacked = torch.stack([view.scores for view in views])
    how = request.model.input.views.combine
    scores = stacked.mean(0) if how == "mean" else stacked.amax(0)
    return Answer(
        index=views[0].index,
        scores=tuple(scores.tolist()),
        clip_scores=views[0].clip_scores if len(views) == 1 else (),
        choices=tuple(view.choice for view in views),
        features=_mean([view.features for view in views]),
    )


def _mean(features: Sequence[Tensor | None]) -> Tensor | None:
    told = [one for one in features if one is not None]
    return torch.stack(told).mean(0) if told else None

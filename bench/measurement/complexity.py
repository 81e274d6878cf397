"""Params and MACs of a network, exact integers, counted on the meta device without any compute."""

import importlib.metadata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from bench.errors import BenchError
from bench.measurement.breakdown import rows, unhooked, unseen
from bench.measurement.operations import Operations
from bench.measurement.ptflops_hooks import PtflopsHooks
from bench.records import Complexity, ModuleCost

_WORDED = (RuntimeError, ValueError, TypeError, IndexError, AssertionError)
"""Errors whose text says enough without their class."""

_NAMED = 3
"""Modules that the cross-check names before it counts the rest."""


_BUILD_REMEDY = (
    "Check its arguments, and build it without reading values of tensors and without naming a "
    "device."
)
_RUN_REMEDY = (
    "Check the shape, take branches on values (.item(), if tensor:) out of forward, and create "
    "tensors on the device of the input."
)


@dataclass(frozen=True, slots=True)
class Count:
    """What one network costs, and by which counters."""

    complexity: Complexity
    trainable: int
    """Params that training changes."""
    activations: int
    """Elements of the outputs of all counted operations, one video (Radosavovic et al., CVPR 2020,
    https://arxiv.org/abs/2003.13678, who count those of convolutions)."""
    weight_bytes: int
    """Params and buffers in memory, each tensor once."""
    conventions: Mapping[str, str]
    """Column (macs, macs_ptflops) -> counter, its version, and what it counts."""
    uncounted: tuple[str, ...]
    """What a counter cannot see: `counter: module (class)`, and `by operation` where one is known
    that could compute products."""
    modules: tuple[ModuleCost, ...]
    """Own numbers of each module that has any, in the order of the network; each column sums to
    its total."""
    output: tuple[int, ...]
    """Shape of the answer to one video."""


def count(build: Callable[[], nn.Module], input: tuple[int, ...], classes: int) -> Count:
    """Count a network twice: by its operations, and in the convention of the paper's tables.

    Args:
        build: makes the network with `classes` classes; called on the meta device.
        input: (3, T, H, W) of one video.
        classes: K, for the record.

    Raises:
        BenchError: the network cannot be built, cannot run without values, or gives no tensor.
    """
    network = _build(build)
    hooks = PtflopsHooks(network)
    with hooks.watching():
        operations, output = _answer(network, input)
    params = [(p.numel(), p.requires_grad) for p in network.parameters()]
    return Count(
        complexity=Complexity(
            classes=classes,
            input=tuple(input),
            params=sum(n for n, _ in params),
            macs=operations.macs.total(),
            macs_ptflops=None if hooks.failed else hooks.macs().total(),
            counter=f"torch {_version('torch')}, ptflops {_version('ptflops')}",
        ),
        trainable=sum(n for n, trained in params if trained),
        activations=operations.activations.total(),
        weight_bytes=sum(t.numel() * t.element_size() for _, t in _named_tensors(network)),
        conventions=_conventions(),
        uncounted=(
            *(f"macs: {label}" for label in unseen(operations)),
            *(f"macs_ptflops: {label}" for label in unhooked(operations, hooks)),
        ),
        modules=tuple(rows(network, operations, hooks)),
        output=tuple(output.shape),
    )


def macs_only(build: Callable[[], nn.Module], input: tuple[int, ...]) -> int:
    """MACs of one forward pass for one video: convolutions, products, attention, recurrence.

    Args:
        build: makes the network; called on the meta device.
        input: (3, T, H, W) of one video.

    Raises:
        BenchError: the network cannot be built, cannot run without values, or gives no tensor.
    """
    operations, _ = _answer(_build(build), input)
    return operations.macs.total()


def cross_check(count: Count) -> str:
    """One sentence: both counters saw the same operations, or what each of them misses."""
    missed: dict[str, list[str]] = {}
    for entry in count.uncounted:
        counter, _, label = entry.partition(": ")
        missed.setdefault(counter, []).append(label)
    if not missed:
        return "Both counters saw the same operations."
    parts = [f"{counter} misses {_listed(labels)}" for counter, labels in missed.items()]
    return f"The counters did not see the same operations: {'; '.join(parts)}."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _build(build: Callable[[], nn.Module]) -> nn.Module:
    try:
        with torch.device("meta"):
            return build().eval()
    except BenchError:
        raise
    except (Exception, SystemExit) as error:  # a foreign network may raise anything
        raise _refused("be built", error, _BUILD_REMEDY) from error


def _answer(network: nn.Module, input: tuple[int, ...]) -> tuple[Operations, Tensor]:
    operations = Operations(network)
    try:
        with operations.watching():
            output = network(torch.empty((1, *input), device="meta"))
    except BenchError:
        raise
    except (Exception, SystemExit) as error:  # a foreign network may raise anything
        raise _refused(f"answer a video of shape {tuple(input)}", error, _RUN_REMEDY) from error
    if not isinstance(output, Tensor):
        raise BenchError(
            f"the network answers a video of shape {tuple(input)} with a {type(output).__name__}; "
            f"expected a tensor of logits. Return it from forward."
        )
    _check_lazy(network)
    return operations, output


def _check_lazy(network: nn.Module) -> None:
    lazy = [name for name, tensor in _named_tensors(network) if is_lazy(tensor)]
    if lazy:
        raise BenchError(
            f"the shape of {lazy[0]} is unknown after a pass, since its module never ran; call "
            f"that module in forward, or leave it out."
        )


def _refused(what: str, error: BaseException, remedy: str) -> BenchError:
    reason = str(error).strip().split("\n")[0].split(". ")[0].rstrip(".!")
    if not reason or not isinstance(error, _WORDED):
        reason = f"{type(error).__name__}: {reason}".removesuffix(": ")
    return BenchError(
        f"the network cannot {what} on the meta device, where shapes exist and values do not: "
        f"{reason}. {remedy}"
    )


def _named_tensors(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from network.named_parameters()
    yield from network.named_buffers()


@cache
def _version(library: str) -> str:
    # a local suffix (+cu130) names the build; the formulas are those of the version
    return importlib.metadata.version(library).partition("+")[0]


def _conventions() -> dict[str, str]:
    return {
        "macs": (
            f"torch.utils.flop_counter {_version('torch')}, halved: products of convolutions, "
            f"matrices, attention and recurrence, by operation"
        ),
        "macs_ptflops": (
            f"ptflops {_version('ptflops')}, module hooks, functional counting off: the same by "
            f"module, with biases, normalisation, activations and pooling"
        ),
    }

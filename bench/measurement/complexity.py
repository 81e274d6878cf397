"""Params and MACs of a network, exact integers, counted on the meta device without any compute."""

import contextlib
import importlib.metadata
import io
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from bench.errors import BenchError
from bench.records import Complexity

HEAVY = (
    *(nn.Linear, nn.Bilinear, nn.MultiheadAttention, nn.RNNBase, nn.RNNCellBase),
    *(nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
)
"""Modules whose MACs cannot be zero."""


@dataclass(frozen=True, slots=True)
class Count:
    """What one network costs, and by which counters."""

    complexity: Complexity
    trainable: int
    """Params that training changes."""
    counters: Mapping[str, str]
    """Column (`macs`, `macs_ptflops`) -> counter and its version."""
    uncounted: tuple[str, ...]
    """Modules in which one of the two counters misses operations: `counter: module (class)`."""


def count(build: Callable[[], nn.Module], input: tuple[int, ...], classes: int) -> Count:
    """Count a network twice: by its operations, and in the convention of the paper's tables.

    Args:
        build: makes the network with `classes` classes; called on the meta device.
        input: (3, T, H, W) of one video.
        classes: K, for the record.

    Raises:
        BenchError: the network cannot be built, or cannot run without values.
    """
    network = _build(build)
    macs, uncounted = _count_operations(network, input)
    params = [(p.numel(), p.requires_grad) for p in network.parameters()]
    return Count(
        complexity=Complexity(
            classes=classes,
            input=tuple(input),
            params=sum(n for n, _ in params),
            macs=macs,
            macs_ptflops=_count_like_the_paper(network, input),
        ),
        trainable=sum(n for n, trained in params if trained),
        counters={
            "macs": f"torch.utils.flop_counter {torch.__version__}, halved",
            "macs_ptflops": f"ptflops {importlib.metadata.version('ptflops')}, module hooks",
        },
        uncounted=uncounted,
    )


def macs_only(build: Callable[[], nn.Module], input: tuple[int, ...]) -> int:
    """MACs of one forward pass for one video: convolutions, products, attention, recurrence.

    Args:
        build: makes the network; called on the meta device.
        input: (3, T, H, W) of one video.

    Raises:
        BenchError: the network cannot be built or run without values.
    """
    return _count_operations(_build(build), input)[0]


def _build(build: Callable[[], nn.Module]) -> nn.Module:
    try:
        with torch.device("meta"):
            network = build()
    except (RuntimeError, NotImplementedError) as error:
        raise _refused("be built", error) from error
    return network.eval()


def _count_operations(network: nn.Module, input: tuple[int, ...]) -> tuple[int, tuple[str, ...]]:
    counter = FlopCounterMode(display=False)
    ran: set[nn.Module] = set()
    handles = [
        module.register_forward_hook(lambda module, _inputs, _output: ran.add(module))
        for module in network.modules()
        if isinstance(module, HEAVY)
    ]
    try:
        with torch.no_grad(), counter:
            network(torch.empty((1, *input), device="meta"))
    except (RuntimeError, NotImplementedError, ValueError) as error:
        raise _refused(f"answer a video of shape {tuple(input)}", error) from error
    finally:
        for handle in handles:
            handle.remove()
    flops = {name: sum(ops.values()) for name, ops in counter.get_flop_counts().items()}
    return counter.get_total_flops() // 2, _uncounted(network, flops, ran)


def _uncounted(
    network: nn.Module, flops: Mapping[str, int], ran: AbstractSet[nn.Module]
) -> tuple[str, ...]:
    from ptflops.pytorch_ops import MODULES_MAPPING

    found: list[str] = []

    def look(module: nn.Module, name: str) -> int:
        # the counter names a module by its class and path, and counts children in their parent
        total = flops.get(".".join(filter(None, (type(network).__name__, name))), 0)
        if type(module) in MODULES_MAPPING:
            if module in ran and total == 0:
                found.append(f"macs: {name} ({type(module).__name__})")
            return total
        children = module.named_children()
        own = total - sum(look(child, f"{name}.{key}".lstrip(".")) for key, child in children)
        if own > 0:
            found.append(f"macs_ptflops: {name or 'the network'} ({type(module).__name__})")
        return total

    look(network, "")
    return tuple(found)


def _refused(what: str, error: Exception) -> BenchError:
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    return BenchError(
        f"the network cannot {what} on the meta device, where shapes exist and values do not: "
        f"{reason.rstrip('.')}. Check the shape, take branches on values (.item(), if tensor:) out "
        f"of forward, and create tensors on the device of the input."
    )


def _count_like_the_paper(network: nn.Module, input: tuple[int, ...]) -> int | None:
    import ptflops

    # it prints its own failures; a network that ran before can still be beyond its hooks
    silence = io.StringIO()
    with (
        torch.no_grad(),
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
    ):
        macs, _ = ptflops.get_model_complexity_info(
            network,
            tuple(input),
            as_strings=False,
            print_per_layer_stat=False,
            backend="pytorch",
            backend_specific_config={"count_functional": False},
        )
    return cast("int | None", macs)

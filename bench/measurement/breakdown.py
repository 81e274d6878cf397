"""Which module costs what, and which modules a counter cannot see."""

from collections import Counter
from collections.abc import Iterator

from torch import nn

from bench.measurement.operations import Operations
from bench.measurement.ptflops_hooks import PtflopsHooks
from bench.records import ModuleCost

HEAVY = (
    *(nn.Linear, nn.Bilinear, nn.MultiheadAttention, nn.RNNBase, nn.RNNCellBase),
    *(nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
)
"""Modules whose MACs cannot be zero."""


def rows(network: nn.Module, operations: Operations, hooks: PtflopsHooks) -> Iterator[ModuleCost]:
    """Own numbers of each module that has any, in the order of the network.

    A tensor that several modules share is the first one's; those of a module that the pass made
    are the network's. MACs of ptflops are zero everywhere where one of its hooks failed.
    """
    params = _own_params(network, operations)
    macs_ptflops = Counter[nn.Module]() if hooks.failed else hooks.macs()
    for module, name in operations.names.items():
        numbers = (
            params[module],
            operations.macs[module],
            macs_ptflops[module],
            operations.activations[module],
        )
        if any(numbers):
            yield ModuleCost(name, type(module).__name__, *numbers)


def unseen(operations: Operations) -> Iterator[str]:
    """Modules in which torch's counter misses products: `module (class) [by operation]`."""
    for module, operation in operations.opaque:
        yield f"{_label(operations.names[module], module)} by {operation}"
    opaque = {module for module, _ in operations.opaque}
    for module, name in operations.names.items():
        heavy = isinstance(module, HEAVY) and module in operations.ran
        if heavy and not opaque & set(module.modules()) and not _inside(module, operations):
            yield _label(name, module)


def unhooked(operations: Operations, hooks: PtflopsHooks) -> Iterator[str]:
    """Modules in which ptflops misses products, or fails: `module (class)`."""
    macs_ptflops = hooks.macs()
    covered: set[nn.Module] = set()
    for module, name in operations.names.items():
        if module in covered:
            continue
        macs = operations.macs[module]
        if hooks.knows(module):
            covered.update(module.modules())
            macs = _inside(module, operations)
        # beside products its hooks count biases and more: with less than these it missed some
        if macs > macs_ptflops[module] or module in hooks.failed:
            yield _label(name, module)


def _own_params(network: nn.Module, operations: Operations) -> Counter[nn.Module]:
    own, seen = Counter[nn.Module](), set[int]()
    for module in network.modules():
        for param in module.parameters(recurse=False):
            if id(param) not in seen:
                seen.add(id(param))
                own[module if module in operations.names else network] += param.numel()
    return own


def _inside(module: nn.Module, operations: Operations) -> int:
    return sum(operations.macs[inner] for inner in module.modules())


def _label(name: str, module: nn.Module) -> str:
    return f"{name or 'the network'} ({type(module).__name__})"

"""The convention of the paper's tables: what ptflops counts by hooks on modules that it knows."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn


class PtflopsHooks:
    """MACs that the module hooks of ptflops give to each module, functional counting off.

    The sum equals `ptflops.get_model_complexity_info` with `backend="pytorch"` and
    `count_functional=False`. A hook that fails is remembered instead of printed.

    Args:
        network: its modules are known by their exact type; a module inside of one that is known
            counts with it.
    """

    def __init__(self, network: nn.Module) -> None:
        from ptflops.pytorch_ops import MODULES_MAPPING

        self.failed: list[nn.Module] = []
        self._known = MODULES_MAPPING
        self._network = network
        self._places = Counter(self._found(network))
        self._macs: Counter[nn.Module] = Counter()

    def knows(self, module: nn.Module) -> bool:
        """Whether a module has a hook, which then answers for everything inside of it."""
        return type(module) in self._known

    def macs(self) -> Counter[nn.Module]:
        """MACs of each module; one with two places in the network counts once for each."""
        return Counter({module: self._macs[module] * n for module, n in self._places.items()})

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what runs inside; the hooks go at the end."""
        handles = [
            module.register_forward_hook(self._guarded(self._known[type(module)]))
            for module in self._network.modules()
            if self.knows(module)
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _guarded(self, hook: Callable[..., None]) -> Callable[..., None]:
        def count(module: Any, inputs: Any, output: Any) -> None:
            module.__flops__ = self._macs[module]
            try:
                hook(module, inputs, output)
                self._macs[module] = module.__flops__
            except Exception:  # whatever a hook meets, the other count goes on
                self.failed.append(module)
            finally:
                del module.__flops__

        return count

    def _found(self, module: nn.Module) -> Iterator[nn.Module]:
        if self.knows(module):
            yield module
            return
        for child in module.children():
            yield from self._found(child)

"""What the operations of one forward pass cost on the meta device, module by module."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch._ops import OpOverload
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from bench.measurement.formulas import FORMULAS, OPAQUE


@dataclass(frozen=True, slots=True)
class _Step:
    out: Any
    macs: int
    elements: int


class Operations(TorchDispatchMode):
    """Sees every operation of a pass and adds up its MACs for the module that runs it.

    Formulas are those of `torch.utils.flop_counter`, halved, and `FORMULAS`. On the meta device an
    operation is nothing but a function of shapes, so that one that returns is not run again.

    Args:
        network: its modules are told apart; what runs in no other module counts as its own, and
            what runs in a module that is made on the way counts for the module around it.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.names = {module: name for name, module in network.named_modules()}
        """The modules before the pass, and their dotted names; "" is the network itself."""
        self.macs: Counter[nn.Module] = Counter()
        self.activations: Counter[nn.Module] = Counter()
        """Elements of the outputs of operations with a formula."""
        self.opaque: dict[tuple[nn.Module, str], None] = {}
        """Operations without a formula that could compute products, in the order of their call."""
        self.ran: set[nn.Module] = set()
        self._running = [network]
        self._formulas = {**FORMULAS, **flop_registry}
        self._steps: dict[Any, _Step] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what runs inside, and know by hooks in which module; the hooks go at the end."""
        # hooks on all modules there are: scripted ones take none, and a copy would take its own
        handles = (
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        )
        try:
            with torch.no_grad(), _as_written(), self:
                yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, _inputs: Any) -> None:
        self._running.append(module if module in self.names else self._running[-1])
        self.ran.add(self._running[-1])

    def _leave(self, _module: nn.Module, _inputs: Any, _output: Any) -> None:
        self._running.pop()

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if _is_made_of_others(func) and func.overloadpacket not in self._formulas:
            with self:
                return func.decompose(*args, **kwargs)
        if not _depends_on_shapes(func):
            return self._noted(func, self._step(func, args, kwargs)).out
        key = (func, _signature(args), _signature(tuple(kwargs.items())))
        step = self._noted(func, self._steps.get(key) or self._step(func, args, kwargs))
        if any(not result.is_meta for result in _tensors(step.out)):
            # values are another operation's to change, or drawn by chance
            return step.out
        self._steps[key] = step
        return _alias(step.out)

    def _step(self, func: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Step:
        out = func(*args, **kwargs)
        formula = self._formulas.get(func.overloadpacket)
        if formula is None:
            return _Step(out, 0, 0)
        first = out[0] if isinstance(out, tuple | list) else out
        return _Step(out, formula(*args, **kwargs, out_val=out) // 2, first.numel())

    def _noted(self, func: OpOverload, step: _Step) -> _Step:
        module = self._running[-1]
        if step.elements:
            self.macs[module] += step.macs
            self.activations[module] += step.elements
        elif func.overloadpacket not in self._formulas and _is_opaque(func, step.out):
            self.opaque[module, f"{func.namespace}.{func.overloadpacket.__name__}"] = None
        return step


@contextmanager
def _as_written() -> Iterator[None]:
    """Layers of attention do without their fast path, whose nested tensors have no shape."""
    mha = torch.backends.mha
    before = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        mha.set_fastpath_enabled(before)


@cache
def _is_made_of_others(func: OpOverload) -> bool:
    # as under inference mode, where torch leaves the taking apart to us
    return func.has_kernel_for_dispatch_key(torch._C.DispatchKey.CompositeImplicitAutograd)


@cache
def _depends_on_shapes(func: OpOverload) -> bool:
    # a view shares its tensor's storage, and an operation in place changes its very argument
    schema = func._schema
    return not schema.is_mutable and all(result.alias_info is None for result in schema.returns)


def _is_opaque(func: OpOverload, out: Any) -> bool:
    if func.namespace == "aten":
        return func.overloadpacket.__name__ in OPAQUE
    if func.namespace in ("prim", "prims"):
        return False
    return func._schema.is_mutable or bool(_tensors(out))


def _tensors(out: Any) -> list[Tensor]:
    results = out if isinstance(out, tuple | list) else (out,)
    return [result for result in results if isinstance(result, Tensor)]


def _signature(value: Any) -> Any:
    if isinstance(value, Tensor):
        # a tensor with values may decide a shape by them: it is like no other
        return (value.shape, value.stride(), value.dtype) if value.is_meta else object()
    if isinstance(value, tuple | list):
        return tuple(map(_signature, value))
    return type(value), value


def _alias(out: Any) -> Any:
    if isinstance(out, Tensor):
        return out.detach()
    return type(out)(map(_alias, out)) if isinstance(out, tuple | list) else out

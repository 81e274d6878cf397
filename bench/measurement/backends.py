"""How torch computes for one setting: precision of products, cuDNN's choices, threads, compiler."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from bench.records import Setting

COMPILATIONS = 256
"""Of one forward, which networks of one class share in a job. Beyond torch's own limit of 8 it
would run as it is and say nothing."""


@contextmanager
def backends(setting: Setting) -> Iterator[None]:
    """Torch's switches as a setting asks; afterwards as before, whoever turned them meanwhile."""
    before = _read()
    _write(_asked(setting, before.threads))
    try:
        with _compiler(setting):
            yield
    finally:
        _write(before)


@contextmanager
def fresh_compiler(setting: Setting) -> Iterator[None]:
    """Nothing compiled before counts against the limit of what is compiled inside."""
    if not setting.compiled:
        yield
        return
    torch.compiler.reset()
    try:
        yield
    finally:
        torch.compiler.reset()


@dataclass(frozen=True, slots=True)
class _Switches:
    products: str
    convolutions: bool
    """Whether TF32 is allowed; this one and the one above are of torch's older interface."""
    benchmark: bool
    deterministic: bool
    precisions: tuple[str, ...]
    """ieee, tf32, bf16 or none for each of `_families`."""
    threads: int


def _asked(setting: Setting, threads: int) -> _Switches:
    tf32 = setting.precision == "tf32"
    return _Switches(
        products="high" if tf32 else "highest",
        convolutions=tf32,
        benchmark=True,
        deterministic=False,
        precisions=("tf32" if tf32 else "ieee",) * len(_families()),
        threads=setting.threads or threads,
    )


def _read() -> _Switches:
    cudnn: Any = torch.backends.cudnn
    return _Switches(
        products=_older(torch.get_float32_matmul_precision, "highest"),
        convolutions=_older(lambda: cudnn.allow_tf32, True),
        benchmark=cudnn.benchmark,
        deterministic=cudnn.deterministic,
        precisions=tuple(family.fp32_precision for family in _families()),
        threads=torch.get_num_threads(),
    )


def _write(switches: _Switches) -> None:
    cudnn: Any = torch.backends.cudnn
    # the older interface first, since it turns the newer switches along; both must say the same,
    # or torch and its compiler fail where they ask the older one
    torch.set_float32_matmul_precision(switches.products)
    cudnn.allow_tf32 = switches.convolutions
    cudnn.benchmark, cudnn.deterministic = switches.benchmark, switches.deterministic
    for family, precision in zip(_families(), switches.precisions, strict=True):
        family.fp32_precision = precision
    torch.set_num_threads(switches.threads)


def _families() -> list[Any]:
    """Families of operations with a precision of their own; none before torch 2.9."""
    cuda, cudnn, onednn = torch.backends.cuda, torch.backends.cudnn, torch.backends.mkldnn
    places = [(cuda, "matmul"), *((cudnn, name) for name in ("conv", "rnn"))]
    places += [(onednn, name) for name in ("matmul", "conv", "rnn")]
    families = [getattr(library, name, None) for library, name in places]
    return [family for family in families if hasattr(family, "fp32_precision")]


def _older(read: Any, default: Any) -> Any:
    """What the older interface says; torch's default where the newer one contradicts it."""
    try:
        return read()
    except RuntimeError:
        return default


def _compiler(setting: Setting) -> AbstractContextManager[Any]:
    if not setting.compiled:
        return nullcontext()
    from torch._dynamo import config

    return config.patch(recompile_limit=COMPILATIONS, fail_on_recompile_limit_hit=True)

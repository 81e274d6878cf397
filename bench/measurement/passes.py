"""A network made ready for one setting: its layout, its precision, its compiler, its stopwatch."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.measurement.backends import backends
from bench.measurement.turns import Stopwatch
from bench.records import Setting

_LAYOUTS = {4: torch.channels_last, 5: torch.channels_last_3d}
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True, slots=True)
class Contender:
    """One network that is to be timed."""

    name: str
    build: Callable[[], nn.Module]
    """Makes it with random weights, on the CPU."""
    input: tuple[int, ...]
    """(3, T, H, W) of one video."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A network on its device, in evaluation."""

    network: Callable[[Tensor], Any]
    setting: Setting
    device: torch.device

    def answer(self, video: Tensor) -> None:
        """One forward pass; on a GPU it is only begun.

        Args:
            video: (B, 3, T, H, W) float32 on the device.
        """
        dtype = _DTYPES.get(self.setting.precision)
        # entered for each pass, as an answer to one batch is: casting the weights is part of it
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, dtype=dtype, enabled=dtype is not None),
        ):
            self.network(video)

    def laid_out(self, video: Tensor) -> Tensor:
        """The video in the memory layout of the setting."""
        if not self.setting.channels_last:
            return video
        return video.contiguous(memory_format=torch.channels_last_3d)

    def noise(self, input: tuple[int, ...], batch: int) -> Tensor:
        """Random videos in [0, 1), shape (batch, *input); the random state stays as it was."""
        with _random_state_kept(self.device):
            return self.laid_out(torch.rand((batch, *input), device=self.device))


def make_ready(build: Callable[[], nn.Module], setting: Setting, device: torch.device) -> Ready:
    """Build a network and set it up; compiling happens in its first pass.

    Args:
        build: makes it, on the CPU.
        setting: channels_last and compiled are applied here, the precision in each pass.
        device: where it runs.
    """
    # a constructor may turn the switches of all networks
    with _random_state_kept(device), backends(setting):
        network = build().to(device).eval()
    if setting.channels_last:
        _lay_out(network)
    # a fixed shape: the general kernels that a second shape would bring are slower
    ready = torch.compile(network, dynamic=False) if setting.compiled else network
    return Ready(ready, setting, device)


def check(setting: Setting) -> None:
    """Refuse a setting that cannot be.

    Raises:
        BenchError: tf32 on the CPU.
    """
    if setting.precision == "tf32" and setting.device == "cpu":
        raise BenchError(
            "precision tf32 is a mode of a GPU's tensor cores, and the device is the CPU. "
            "Pass --precision fp32, bf16 or fp16, or --device cuda."
        )


def stopwatch(device: torch.device) -> Stopwatch:
    """Wall time; on a GPU the device is waited for, and its events are read as well."""
    if device.type != "cuda":
        return Stopwatch()
    return Stopwatch(
        synchronize=lambda: torch.cuda.synchronize(device),
        event=lambda: torch.cuda.Event(enable_timing=True),
    )


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or on the CPU."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text


def failure(error: Exception, contender: Contender, setting: Setting) -> BenchError:
    """The sentence for a network that could not be timed."""
    if isinstance(error, BenchError):
        # a new one: the traceback of the old one would keep the network in memory
        return BenchError(str(error))
    what = f"{setting.batch} x {contender.input}"
    if out_of_memory(error):
        return BenchError(
            f"out of memory while {contender.name} answered videos of shape {what} on "
            f"{setting.device}. Time it alone, or lower the batch."
        )
    reason = _first_line(error)
    if "C++ compiler" in reason:
        return BenchError(
            f"{contender.name} cannot be compiled: torch.compile finds no C++ compiler. "
            f"Install one (on Debian: apt install g++), or time it without --compile."
        )
    if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
        return BenchError(
            f"{contender.name} cannot be compiled: {reason}. Time it without --compile."
        )
    return BenchError(
        f"{contender.name} failed on videos of shape {what}: {type(error).__name__}: {reason}. "
        f"Check factory, args and input of its block."
    )


def release(device: torch.device) -> None:
    """Give back the memory of networks and videos that are no longer held."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def _lay_out(network: nn.Module) -> None:
    # one by one: Module.to takes one layout for all, and refuses 4-D and 5-D weights together
    for weight in network.parameters():
        if weight.dim() in _LAYOUTS:
            weight.data = weight.data.contiguous(memory_format=_LAYOUTS[weight.dim()])


@contextmanager
def _random_state_kept(device: torch.device) -> Iterator[None]:
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        yield


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".") or "no reason given"

"""Wall time of forward passes: raw samples, from which tables derive percentiles."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

WARMUP, REPEATS, LIMIT_S = 3, 20, 10.0
"""A quick look: untimed passes, timed passes, and the seconds after which no pass is begun."""

LEAST = 3
"""Timed passes that are made whatever the time."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What was timed."""

    warmup: int
    """Untimed passes that were made before."""
    milliseconds: tuple[float, ...]
    """One wall time a pass, in order."""


def sample_latency(
    step: Callable[[], None],
    *,
    warmup: int,
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
    synchronize: Callable[[], None] | None = None,
    limit_s: float = math.inf,
) -> Samples:
    """Time one step again and again.

    Args:
        step: one forward pass.
        warmup: untimed steps before; one is made whatever the time.
        repeats: timed steps; three are made whatever the time.
        clock: gives seconds.
        synchronize: waits until the device has finished; called before each reading of the clock.
        limit_s: seconds after which no further step is begun, warm-up included.
    """
    wait = synchronize or _nothing
    began = clock()
    warmed = 0
    while warmed < warmup:
        step()
        wait()
        warmed += 1
        if clock() - began >= limit_s:
            break
    milliseconds: list[float] = []
    while len(milliseconds) < repeats:
        start = clock()
        step()
        wait()
        end = clock()
        milliseconds.append((end - start) * 1000)
        if len(milliseconds) >= LEAST and end - began >= limit_s:
            break
    return Samples(warmed, tuple(milliseconds))


def measure(
    build: Callable[[], nn.Module],
    input: tuple[int, ...],
    device: torch.device,
    precision: str = "fp32",
    batch: int = 1,
) -> Samples:
    """A quick latency of a network with random weights, in evaluation.

    Args:
        build: makes the network.
        input: (3, T, H, W) of one video.
        device: where it runs; on a GPU every pass is waited for.
        precision: fp32, or bf16 or fp16 by autocast.
        batch: videos in one pass.
    """
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision)
    with torch.random.fork_rng():
        network = build().to(device).eval()
        video = torch.rand((batch, *input), device=device)
    synchronize = torch.cuda.synchronize if device.type == "cuda" else None
    with (
        torch.inference_mode(),
        torch.autocast(device.type, dtype=dtype, enabled=dtype is not None),
    ):
        return sample_latency(
            lambda: network(video),
            warmup=WARMUP,
            repeats=REPEATS,
            synchronize=synchronize,
            limit_s=LIMIT_S,
        )


def _nothing() -> None:
    pass

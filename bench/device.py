"""Which device a run computes on."""

import platform
import re

import torch

from bench.errors import BenchError


def device_name(asked: str) -> str:
    """The torch device for `auto`, `cpu`, `cuda` or `cuda:N`.

    Raises:
        BenchError: the name is none of these, or a GPU is asked for that cannot be used.
    """
    found = torch.cuda.device_count()
    if asked == "auto":
        return "cuda" if found else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d+)?", asked):
        raise BenchError(f"device {asked!r} is unknown; expected auto, cpu, cuda or cuda:N.")
    if asked == "cpu":
        return asked
    if not found:
        raise BenchError(
            f"device {asked!r} cannot be used: torch {torch.__version__} finds no GPU. Check the "
            f"driver with `bench doctor`, or pass --device cpu."
        )
    if int(asked.partition(":")[2] or 0) >= found:
        raise BenchError(
            f"device {asked!r} cannot be used: this machine has {found} GPUs, numbered from 0. "
            f"Pass --device cuda, or a lower number."
        )
    return asked


def computes_bf16() -> bool:
    """Whether this CPU has units for bf16; one of Intel or AMD without them only imitates it."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()

"""What a weight file holds, read without running anything that stands in it."""

import argparse
import pickle
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy._core import multiarray
from torch import Tensor

from bench.errors import BenchError

WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net")
"""Names under which training programs keep the weights of a network, beside other things."""


class NeedsUnpicklingError(BenchError):
    """A weight file that names more than data, so that reading it could run code."""


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a weight file by their names, out of the wrappers of training programs.

    Args:
        path: a state dict as `torch.save` writes it, or a checkpoint that holds one. Beside
            tensors and plain values it may hold numbers of numpy and an `argparse.Namespace`.

    Raises:
        NeedsUnpicklingError: it holds more than that.
        BenchError: it is no weight file.
    """
    content = _unwrapped(_content(path))
    if not isinstance(content, Mapping):
        raise BenchError(
            f"weights {path} hold a {type(content).__name__}; expected a state dict, names with "
            f"tensors. Save the network's state_dict()."
        )
    if not _has_tensors(content):
        raise BenchError(
            f"weights {path} hold no tensor; expected a state dict, names with tensors. Save the "
            f"network's state_dict()."
        )
    return {str(name): value for name, value in content.items() if isinstance(value, Tensor)}


def foreign(path: Path) -> tuple[str, ...]:
    """Classes and functions that a file names and that are no data; () where none can be told."""
    try:
        with torch.serialization.safe_globals(_allowed()):
            return tuple(sorted(torch.serialization.get_unsafe_globals_in_checkpoint(str(path))))
    except Exception:  # of an older form it cannot tell, and a damaged one ends in anything
        return ()


def _content(path: Path) -> object:
    if not path.is_file():
        raise BenchError(f"weights {path} are no file. Check the path.")
    mapped = zipfile.is_zipfile(path)  # of the older form torch can only read the whole
    try:
        with torch.serialization.safe_globals(_allowed()):
            return torch.load(str(path), map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # a damaged pickle can end in any of them
        raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> BenchError:
    names = foreign(path) or tuple(re.findall(r"GLOBAL (\S+)", str(error)))
    if names or re.search(r"TorchScript|legacy \.tar", str(error)):
        holds = ", ".join(names) or "a form that torch reads by unpickling alone"
        return NeedsUnpicklingError(
            f"weights {path} hold more than tensors and plain values: {holds}. To read that can "
            f"run code of whoever made the file. If you trust them, convert it once: "
            f"`bench weights convert {path} --out NEW.pth`."
        )
    first = next(iter(str(error).splitlines()), type(error).__name__).rstrip(". ")
    if not isinstance(error, RuntimeError | pickle.UnpicklingError | OSError | EOFError):
        first = "it is no file of torch.save"  # read as a pickle, any text ends in anything
    return BenchError(
        f"weights {path} cannot be read: {first}. Expected a state dict saved by torch.save that "
        f"holds tensors and plain values only. Get the file again."
    )


def _unwrapped(content: object) -> object:
    if not isinstance(content, Mapping):
        return content
    inside = [_unwrapped(content[name]) for name in WRAPPERS if name in content]
    return next(filter(_has_tensors, inside), content)


def _has_tensors(content: object) -> bool:
    return isinstance(content, Mapping) and any(isinstance(v, Tensor) for v in content.values())


def _allowed() -> list[Any]:
    """What a file may name beyond torch's own list: plain numbers and arrays, parsed options.

    The types of numbers are listed one by one: a dtype of objects or of fields could make a number
    of bytes into a pointer. An array is begun by us and not by numpy's function, which takes the
    type of the result from the file; then it is filled with numbers as they are.
    """
    numbers = {type(np.dtype(letter)) for letter in "?bhilqBHILQefd"}
    named = [
        (function, f"numpy.{core}.multiarray.{name}")
        for core in ("core", "_core")
        for name, function in (("scalar", multiarray.scalar), ("_reconstruct", _begun))
    ]
    return [np.dtype, np.ndarray, *numbers, *named, argparse.Namespace]


def _begun(*_: object) -> np.ndarray:
    return np.empty(0)

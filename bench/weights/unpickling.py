"""Unpickle a file and keep its tensors and plain values: a script for a process of its own.

Unpickling runs what the file says. Nothing of this program imports this module; it is run as
`python -I unpickling.py FILE NEW` by `bench.weights.conversion`, once a person has agreed.
"""

import pickle
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

DEEPEST = 50
"""Levels of nesting that are looked into."""


class Unknown(dict[Any, Any]):
    """Stands for a class or function that is not installed here: it takes anything."""

    dump_patches = False
    """Torch asks the class of every network for it."""

    def __new__(cls, *_: object, **__: object) -> "Unknown":
        """Without a look at the arguments."""
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def __setstate__(self, state: object) -> None:
        if isinstance(state, Mapping):
            self.__dict__.update(state)

    def append(self, item: object) -> None:
        """Takes what a list would take."""

    def extend(self, items: object) -> None:
        """Takes what a list would take."""


class Lenient(pickle.Unpickler):
    """Goes on where a class is not to be found, as those of another training program are not."""

    def find_class(self, module: str, name: str) -> Any:
        """What the name stands for here, or `Unknown`."""
        try:
            return super().find_class(module, name)
        except (ImportError, AttributeError):
            return Unknown


def convert(old: str, new: str) -> None:
    """Write what can be kept of one file into another.

    Args:
        old: as `torch.save` wrote it, in any form.
        new: holds tensors and plain values only.
    """
    pickles = ModuleType("pickles")
    vars(pickles).update(Unpickler=Lenient, load=pickle.load)
    content = torch.load(old, map_location="cpu", weights_only=False, pickle_module=pickles)
    torch.save(plain(content), new)


def plain(value: Any, depth: int = 0) -> Any:
    """The value without anything but tensors, numbers, text and lists and mappings of them."""
    if isinstance(value, Tensor):
        return value.detach().clone().as_subclass(Tensor)
    if value is None or type(value) in (bool, int, float, str):
        return value
    if depth > DEEPEST:
        return None
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return plain(value.tolist(), depth + 1)
    if isinstance(value, list | tuple | set):
        return [plain(one, depth + 1) for one in value]
    inside = vars(value) if hasattr(value, "__dict__") else {}
    if "_parameters" in inside and "_modules" in inside:
        return {name: plain(tensor) for name, tensor in tensors(inside)}
    if callable(value):
        return None
    held = value if isinstance(value, Mapping) and value else inside
    return {str(name): plain(one, depth + 1) for name, one in held.items()}


def tensors(network: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    """Parameters and buffers of a pickled network by their names, whether its class is known."""
    passing = network.get("_non_persistent_buffers_set", ())
    for name, tensor in {**network["_parameters"], **network["_buffers"]}.items():
        if tensor is not None and name not in passing:
            yield prefix + name, tensor
    for name, part in network["_modules"].items():
        if part is not None:
            yield from tensors(vars(part), f"{prefix}{name}.")


if __name__ == "__main__":
    convert(sys.argv[1], sys.argv[2])

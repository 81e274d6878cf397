"""Which name of a weight file goes where in a network, told name by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from bench import registry
from bench.errors import BenchError
from bench.records import ModelEntry, Weights
from bench.weights.reading import read

PREFIXES = ("module.", "network.", "_orig_mod.")
"""What others put in front of every name: networks on several devices, our own checkpoints of
unfinished folds, compiled networks."""

COUNTER = "num_batches_tracked"
"""A buffer that files from before torch 0.4.1 lack, and that batch norm does not need."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every name, in the file and in the part of the network that it fills."""

    matched: tuple[str, ...] = ()
    """Names in the network that now hold the file's weights."""
    missing: tuple[str, ...] = ()
    """Names in that part of the network for which the file has nothing."""
    unexpected: tuple[str, ...] = ()
    """Names in the file that belong into such a network, but not into this one."""
    skipped: tuple[str, ...] = ()
    """Names in the file that are left out, each with the reason."""
    kind: str = ""
    """Which kind of file it was taken for."""


def load(network: nn.Module, entry: ModelEntry, weights: Weights) -> Report:
    """Lay the weights of a file into a network, or into the part of it that takes them.

    Args:
        network: changed in place.
        entry: says which part takes foreign weights, and how names are mapped.
        weights: from `resolve`.

    Raises:
        BenchError: the file is no weight file, or nothing in it fits.
    """
    if weights.path is None:
        return Report()
    state = read(Path(weights.path))
    fitting, report = match(network, entry, state)
    if not fitting:
        own = list(network.state_dict())
        raise BenchError(
            f"none of the {len(state)} tensors in {weights.path} fits model {entry.name!r}; "
            f"expected names and shapes of {own[0]} ... {own[-1]}{_or_keys(entry)}. Pass a file "
            f"made for this network; `bench weights check` tells what each name is taken for."
        )
    network.load_state_dict(fitting, strict=False)
    return report


def match(
    network: nn.Module, entry: ModelEntry, state: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], Report]:
    """The tensors that fit, under the network's names, and what became of every name.

    A file whose names are all those of the network fills the network. Any other goes through the
    entry's key map into the part that its pretraining names.

    Args:
        network: left as it is; it may lie on the meta device.
        entry: its block.
        state: as `read` gives it.
    """
    own = network.state_dict()
    bare = _bare(state, own)
    part, places, kind = _places(entry, bare, own)
    fitting: dict[str, Tensor] = {}
    unexpected: list[str] = []
    skipped: list[str] = []
    for name, tensor in bare.items():
        place = places.get(name)
        if place is None:
            skipped.append(f"{name}: it has no place in this network")
        elif place not in own:
            unexpected.append(name)
        elif own[place].shape != tensor.shape:
            shapes = tuple(tensor.shape), tuple(own[place].shape)
            skipped.append(f"{name}: its shape {shapes[0]} does not fit {shapes[1]} of {place}")
        else:
            fitting[place] = tensor
    missing = (name for name in lacking(own, fitting) if name.startswith(part))
    return fitting, Report(tuple(fitting), tuple(missing), tuple(unexpected), tuple(skipped), kind)


def lacking(own: Iterable[str], matched: Iterable[str]) -> tuple[str, ...]:
    """Names of a network that nothing was found for; counters of batch norm are not missed."""
    found = set(matched)
    return tuple(name for name in own if name not in found and not name.endswith(COUNTER))


def _bare(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The same tensors without what stands in front of every name; the network's own names stay."""
    for prefix in PREFIXES:
        if state and not own.keys() >= state.keys() and all(n.startswith(prefix) for n in state):
            return _bare({n.removeprefix(prefix): value for n, value in state.items()}, own)
    return state


def _places(
    entry: ModelEntry, state: Mapping[str, Tensor], own: Mapping[str, Tensor]
) -> tuple[str, Mapping[str, str], str]:
    """The part that a file fills, as a beginning of names; its names -> ours; what it is."""
    if own.keys() >= state.keys() or entry.pretraining is None:
        return "", {name: name for name in state}, "names of the network itself"
    keys, module = entry.pretraining.keys, entry.pretraining.module
    part, into = (f"{module}.", module) if module else ("", "the whole network")
    if keys:
        mapped = registry.resolve(keys, f"model {entry.name!r}")(list(state))
        kind = f"foreign names, through {keys} into {into}"
    else:
        mapped = {name: name for name in state}
        kind = f"names of the part {into}" if module else "names of the network itself"
    return part, {name: f"{part}{place}" for name, place in mapped.items()}, kind


def _or_keys(entry: ModelEntry) -> str:
    keys = entry.pretraining.keys if entry.pretraining else ""
    return f", or names that {keys} knows" if keys else ""

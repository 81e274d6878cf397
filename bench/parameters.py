"""Which parameters of a network are trained, and how fast each one is."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from torch import nn

from bench.errors import BenchError
from bench.records import LayerDecay, Recipe


def freeze(network: nn.Module, recipe: Recipe) -> None:
    """Take what a recipe gives the factor 0 out of training.

    Raises:
        BenchError: a beginning names no parameter, or nothing is left to train.
    """
    factor = _named(network, recipe)
    for name, parameter in network.named_parameters():
        if factor(name) == 0:
            parameter.requires_grad_(False)
    if not any(parameter.requires_grad for parameter in network.parameters()):
        raise BenchError(
            f"recipe {recipe.name!r} leaves no parameter to train; expected one at least whose "
            f"factor is not 0. Correct its lr_factors."
        )


def groups(
    network: nn.Module, recipe: Recipe, *, loaded: Collection[str] = (), fresh_lr: float = 1.0
) -> list[dict[str, Any]]:
    """What is trained, a group for each factor on the learning rate and for what is not decayed.

    Args:
        network: after `freeze`.
        recipe: its `lr_factors` and `layer_decay`, which are multiplied, and what it decays.
        loaded: names of the tensors that have pretrained weights.
        fresh_lr: one more factor, of what started at random beside them.

    Raises:
        BenchError: a beginning names no parameter, or `layer_decay` no list of layers.
    """
    trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
    beside = fresh_lr if any(name in loaded for name in trained) else 1.0
    named, layered = _named(network, recipe), _layered(network, recipe)
    found: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name in sorted(trained, key=lambda name: name not in loaded):
        factor = named(name) * layered(name) * (1.0 if name in loaded else beside)
        spared = recipe.decayed == "matrices" and trained[name].dim() < 2
        found.setdefault((factor, spared), []).append(trained[name])
    return [
        {"params": parameters, "factor": factor, **({"weight_decay": 0.0} if spared else {})}
        for (factor, spared), parameters in found.items()
    ]


def _named(network: nn.Module, recipe: Recipe) -> Callable[[str], float]:
    """The factor by the longest beginning of a parameter's name."""
    names = [name for name, _ in network.named_parameters()]
    for beginning in recipe.lr_factors:
        if not any(name.startswith(beginning) for name in names):
            children = ", ".join(name for name, _ in network.named_children())
            raise BenchError(
                f"recipe {recipe.name!r}: lr_factors names {beginning!r}, with which no parameter "
                f"of the network begins; its parts are {children}. Correct the name."
            )

    def factor(name: str) -> float:
        fitting = [beginning for beginning in recipe.lr_factors if name.startswith(beginning)]
        return recipe.lr_factors[max(fitting, key=len)] if fitting else 1.0

    return factor


def _layered(network: nn.Module, recipe: Recipe) -> Callable[[str], float]:
    """The factor by the distance from the head."""
    decay = recipe.layer_decay
    if decay is None:
        return lambda name: 1.0
    depths = _depths(network, recipe, decay)
    return lambda name: decay.rate ** depths[name]


def _depths(network: nn.Module, recipe: Recipe, decay: LayerDecay) -> Mapping[str, int]:
    """Name of a parameter -> its distance from the head, in layers."""
    try:
        layers = [name for name, _ in network.get_submodule(decay.layers).named_children()]
    except AttributeError:
        layers = []
    prefixes = [f"{decay.layers}.{layer}." for layer in layers]
    names = [name for name, _ in network.named_parameters()]
    inside = {
        name: len(prefixes) - place
        for place, prefix in enumerate(prefixes)
        for name in names
        if name.startswith(prefix)
    }
    if not inside:
        children = ", ".join(name for name, _ in network.named_children())
        raise BenchError(
            f"recipe {recipe.name!r}: layer_decay names {decay.layers!r}, which is no list of "
            f"layers of the network; its parts are {children}. Correct the name."
        )
    first = min(names.index(name) for name in inside)
    return {
        name: inside.get(name, len(prefixes) + 1 if place < first else 0)
        for place, name in enumerate(names)
    }

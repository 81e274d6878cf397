"""What an objective is given, what it asks of a network, and how a recipe's one is made."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

from bench.errors import BenchError
from bench.records import ObjectiveEntry, Recipe
from bench.registry import resolve

Outputs = Mapping[str, Tensor]
Objective = Callable[[Outputs, Tensor, int], Tensor]
Factory = TypeVar("Factory", bound=Callable[..., Objective])

_GIVEN_BY = {
    "features": "models with `outputs`, or with a `head` in their block, do",
    "frame_logits": "models that answer frame by frame do, as feratt",
    "embedding": "models with an embedding a frame do, as feratt",
    "attended": "models that redraw their frames do, as feratt",
    "target": "models that redraw their frames do, as feratt",
    "order_logits": "models that guess the order of their snippets do, as est",
    "order": "models that guess the order of their snippets do, as est",
}


def takes_shares(factory: Factory) -> Factory:
    """Mark a factory whose objective takes labels (B, K), shares of the classes, beside (B,)."""
    factory.takes_shares = True  # pyright: ignore[reportFunctionMemberAccess]
    return factory


def asks(*outputs: str) -> Callable[[Factory], Factory]:
    """Mark a factory whose objective reads these outputs of a network, beside its logits."""

    def mark(factory: Factory) -> Factory:
        factory.asks = outputs  # pyright: ignore[reportFunctionMemberAccess]
        return factory

    return mark


def asked_of(entry: ObjectiveEntry) -> tuple[str, ...]:
    """The outputs that an objective reads beside the logits."""
    return getattr(resolve(entry.factory, f"objective {entry.name!r}"), "asks", ())


def needed(outputs: Mapping[str, Any], name: str, objective: str) -> Any:
    """The output of that name.

    Raises:
        BenchError: the network does not give it.
    """
    if name not in outputs:
        raise BenchError(
            f"objective {objective!r} needs the output {name!r}, and this model gives "
            f"{', '.join(outputs)}; {_GIVEN_BY[name]}. Choose another with --objective."
        )
    return outputs[name]


def make(entry: ObjectiveEntry, recipe: Recipe, labels: Sequence[int], classes: int) -> Objective:
    """What a recipe minimises over its training videos.

    Args:
        entry: the objective, the recipe's own or another.
        recipe: says whether classes are weighed and labels mixed.
        labels: class of each training video.
        classes: K.

    Raises:
        BenchError: the factory cannot be imported, takes no weights of classes, or no mixed labels,
            where the recipe asks for them.
    """
    check(entry, recipe)
    factory = resolve(entry.factory, f"objective {entry.name!r}")
    args: dict[str, Any] = dict(entry.args)
    if recipe.class_weights == "inverse":
        args["class_weights"] = inverse_weights(labels, classes)
    return factory(**args)


def check(entry: ObjectiveEntry, recipe: Recipe) -> None:
    """Refuse an objective that cannot take what a recipe does to labels and classes."""
    factory = resolve(entry.factory, f"objective {entry.name!r}")
    mixed = recipe.augmentation.mixup or recipe.augmentation.cutmix
    if mixed and not getattr(factory, "takes_shares", False):
        raise BenchError(
            f"recipe {recipe.name!r} mixes the labels of its videos, and objective {entry.name!r} "
            f"takes whole ones only; expected one such as cross-entropy. Choose another with "
            f"--objective, or remove mixup and cutmix."
        )
    weighed = recipe.class_weights != "none"
    if weighed and "class_weights" not in inspect.signature(factory).parameters:
        raise BenchError(
            f"recipe {recipe.name!r} weighs the classes, and objective {entry.name!r} takes no "
            f"class_weights; expected one whose main term is cross-entropy. Choose another with "
            f"--objective, or remove class_weights."
        )


def inverse_weights(labels: Sequence[int], classes: int) -> Tensor:
    """(K,) weights inverse to the share of each class, whose mean over the videos is 1.

    Args:
        labels: class of each video; every class has at least one.
        classes: K.
    """
    counts = torch.bincount(torch.tensor(labels), minlength=classes)
    return len(labels) / (classes * counts)

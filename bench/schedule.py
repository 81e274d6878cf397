"""The learning rate over the epochs of a recipe."""

import math
from collections.abc import Callable, Mapping

from bench.errors import BenchError
from bench.records import Extent, Recipe


def learning_rate(recipe: Recipe, extent: Extent, epoch: int) -> float:
    """The learning rate of one epoch, set at its start and kept through it.

    A training that is shorter than its recipe walks the schedule in larger steps, each at its
    middle, so that one third of the epochs sees what one third of the schedule holds.

    Args:
        recipe: its epochs are the length of the schedule.
        extent: the epochs that are really trained, and the highest rate.
        epoch: from 0.

    Raises:
        BenchError: the schedule lacks a number that its rule needs.
    """
    schedule = recipe.schedule
    at = (epoch + 0.5) * recipe.epochs / extent.epochs - 0.5
    warm = min(1.0, (at + 1) / schedule.warmup_epochs) if schedule.warmup_epochs else 1.0
    return extent.lr * warm * _SHAPES[schedule.rule](recipe, at)


def _constant(recipe: Recipe, at: float) -> float:
    del recipe, at
    return 1.0


def _cosine(recipe: Recipe, at: float) -> float:
    schedule = recipe.schedule
    wave = 0.5 * (1 + math.cos(math.pi * at / (schedule.t_max or recipe.epochs)))
    return schedule.floor + (1 - schedule.floor) * wave


def _step(recipe: Recipe, at: float) -> float:
    schedule = recipe.schedule
    if schedule.step is None or schedule.gamma is None:
        raise BenchError(
            f"recipe {recipe.name!r}: schedule 'step' needs the keys 'step' and 'gamma'."
        )
    return schedule.gamma ** (max(0.0, at) // schedule.step)


def _milestones(recipe: Recipe, at: float) -> float:
    schedule = recipe.schedule
    if not schedule.milestones or schedule.gamma is None:
        raise BenchError(
            f"recipe {recipe.name!r}: schedule 'milestones' needs the keys 'milestones' and "
            f"'gamma'."
        )
    return schedule.gamma ** sum(at >= epoch for epoch in schedule.milestones)


_SHAPES: Mapping[str, Callable[[Recipe, float], float]] = {
    "constant": _constant,
    "cosine": _cosine,
    "step": _step,
    "milestones": _milestones,
}
"""Rule -> the part of the highest rate at a place in the schedule, in epochs from 0."""

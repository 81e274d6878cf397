"""The learning rate over the epochs of a recipe."""

import math

from bench.errors import BenchError
from bench.records import Recipe


def learning_rate(recipe: Recipe, epoch: int, schedule_epochs: int | None = None) -> float:
    """The learning rate of one epoch, set at its start and kept through it.

    Args:
        recipe: with the number of epochs that are trained.
        epoch: from 0.
        schedule_epochs: length that the schedule was written for; a shorter training walks it in
            larger steps, each at its middle, so that one third of the epochs sees what one third
            of the schedule holds. None: as many as are trained.
    """
    stretch = (schedule_epochs or recipe.epochs) / recipe.epochs
    at = (epoch + 0.5) * stretch - 0.5
    schedule = recipe.schedule
    warm = min(1.0, (at + 1) / schedule.warmup_epochs) if schedule.warmup_epochs else 1.0
    if schedule.rule == "cosine":
        t_max = schedule.t_max or schedule_epochs or recipe.epochs
        return recipe.lr * warm * 0.5 * (1 + math.cos(math.pi * at / t_max))
    if schedule.rule == "step":
        if schedule.step is None or schedule.gamma is None:
            raise BenchError(
                f"recipe {recipe.name!r}: schedule 'step' needs the keys 'step' and 'gamma'."
            )
        return recipe.lr * warm * schedule.gamma ** (max(0.0, at) // schedule.step)
    return recipe.lr * warm

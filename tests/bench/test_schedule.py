import math
from dataclasses import replace

import pytest

from bench import registry
from bench.errors import BenchError
from bench.records import Extent, Recipe, Schedule
from bench.schedule import learning_rate

STEP = Recipe("s", "sgd", 4e-3, 48, 180, "FAN", schedule=Schedule(rule="step", step=60, gamma=0.2))


def rate(recipe: Recipe, epoch: int, epochs: int | None = None) -> float:
    """The rate of one epoch when `epochs` are trained; all of the recipe's when left out."""
    extent = Extent(epochs or recipe.epochs, 1, recipe.batch_size, recipe.lr)
    return learning_rate(recipe, extent, epoch)


@pytest.mark.parametrize("epoch", range(120))
def test_the_papers_recipe_follows_its_formula_in_every_epoch(epoch):
    recipe = registry.load().recipes["ceflnet-120"]
    formula = 0.5e-4 * (1 + math.cos(math.pi * epoch / 160)) * min(1, (epoch + 1) / 10)
    assert rate(recipe, epoch) == pytest.approx(formula, rel=1e-12)


def test_the_papers_last_epoch_ends_where_the_paper_ends():
    recipe = registry.load().recipes["ceflnet-120"]
    assert rate(recipe, 119) == pytest.approx(1.53e-5, abs=5e-8)


def test_a_step_schedule_falls_at_its_steps():
    rates = [rate(STEP, epoch) for epoch in (0, 59, 60, 119, 120, 179)]
    assert rates == pytest.approx([4e-3, 4e-3, 8e-4, 8e-4, 1.6e-4, 1.6e-4])


def test_fewer_epochs_walk_the_same_schedule_at_the_middle_of_each_part():
    rates = [rate(STEP, epoch, 3) for epoch in range(3)]
    assert rates == pytest.approx([4e-3, 8e-4, 1.6e-4])


def test_a_short_training_does_not_spend_its_first_epoch_warming_up():
    recipe = registry.load().recipes["ceflnet-120"]
    assert rate(recipe, 0, 6) > 0.95 * recipe.lr


def test_a_constant_schedule_is_constant():
    recipe = replace(STEP, schedule=Schedule())
    assert {rate(recipe, epoch) for epoch in range(180)} == {4e-3}


def test_a_step_schedule_without_its_keys_is_refused():
    recipe = replace(STEP, schedule=Schedule(rule="step", step=60))
    with pytest.raises(BenchError) as caught:
        rate(recipe, 0)
    assert str(caught.value) == ("recipe 's': schedule 'step' needs the keys 'step' and 'gamma'.")


MILES = replace(STEP, schedule=Schedule(rule="milestones", milestones=(30, 40), gamma=0.1))


def test_a_schedule_of_milestones_falls_after_each():
    rates = [rate(MILES, epoch) for epoch in (0, 29, 30, 39, 40, 179)]
    assert rates == pytest.approx([4e-3, 4e-3, 4e-4, 4e-4, 4e-5, 4e-5])


@pytest.mark.parametrize("schedule", [{"gamma": 0.1}, {"milestones": (30, 40)}])
def test_milestones_without_their_keys_are_refused(schedule):
    recipe = replace(STEP, schedule=Schedule(rule="milestones", **schedule))
    with pytest.raises(BenchError) as caught:
        rate(recipe, 0)
    assert str(caught.value) == (
        "recipe 's': schedule 'milestones' needs the keys 'milestones' and 'gamma'."
    )


def test_a_cosine_ends_at_its_floor():
    recipe = replace(STEP, schedule=Schedule(rule="cosine", t_max=179, floor=0.01))
    # the highest rate, the middle between it and a hundredth of it, a hundredth of it
    rates = [rate(recipe, 0), rate(recipe, 179)]
    assert rates == pytest.approx([4e-3, 4e-5])
    halfway = replace(recipe, schedule=Schedule(rule="cosine", t_max=180, floor=0.01))
    assert rate(halfway, 90) == pytest.approx(2.02e-3)

import math
from dataclasses import replace

import pytest

from bench import registry
from bench.errors import BenchError
from bench.records import Recipe, Schedule
from bench.schedule import learning_rate

STEP = Recipe("s", "sgd", 4e-3, 48, 180, "FAN", schedule=Schedule(rule="step", step=60, gamma=0.2))


@pytest.mark.parametrize("epoch", range(120))
def test_the_papers_recipe_follows_its_formula_in_every_epoch(epoch):
    recipe = registry.load().recipes["ceflnet-120"]
    formula = 0.5e-4 * (1 + math.cos(math.pi * epoch / 160)) * min(1, (epoch + 1) / 10)
    assert learning_rate(recipe, epoch) == pytest.approx(formula, rel=1e-12)


def test_the_papers_last_epoch_ends_where_the_paper_ends():
    recipe = registry.load().recipes["ceflnet-120"]
    assert learning_rate(recipe, 119) == pytest.approx(1.53e-5, abs=5e-8)


def test_a_step_schedule_falls_at_its_steps():
    rates = [learning_rate(STEP, epoch) for epoch in (0, 59, 60, 119, 120, 179)]
    assert rates == pytest.approx([4e-3, 4e-3, 8e-4, 8e-4, 1.6e-4, 1.6e-4])


def test_fewer_epochs_walk_the_same_schedule_at_the_middle_of_each_part():
    short = replace(STEP, epochs=3)
    rates = [learning_rate(short, epoch, 180) for epoch in range(3)]
    assert rates == pytest.approx([4e-3, 8e-4, 1.6e-4])


def test_a_short_training_does_not_spend_its_first_epoch_warming_up():
    recipe = replace(registry.load().recipes["ceflnet-120"], epochs=6)
    assert learning_rate(recipe, 0, 120) > 0.95 * recipe.lr


def test_a_constant_schedule_is_constant():
    recipe = replace(STEP, schedule=Schedule())
    assert {learning_rate(recipe, epoch) for epoch in range(180)} == {4e-3}


def test_a_step_schedule_without_its_keys_is_refused():
    recipe = replace(STEP, schedule=Schedule(rule="step", step=60))
    with pytest.raises(BenchError) as caught:
        learning_rate(recipe, 0)
    assert str(caught.value) == ("recipe 's': schedule 'step' needs the keys 'step' and 'gamma'.")

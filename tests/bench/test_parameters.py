from dataclasses import replace

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.parameters import freeze, groups
from bench.records import LayerDecay, Recipe

RECIPE = Recipe("r", "adam", 1e-3, batch_size=2, epochs=1, source="nobody")


class Net(nn.Module):
    """One parameter a part: position code, embedding, three blocks, norm and head."""

    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(torch.zeros(1))
        self.embed = nn.Linear(1, 1, bias=False)
        self.blocks = nn.ModuleList(nn.Linear(1, 1, bias=False) for _ in range(3))
        self.norm = nn.LayerNorm(1, bias=False)
        self.head = nn.Linear(1, 1, bias=False)


def rates(recipe, **options):
    network = Net()
    freeze(network, recipe)
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    return {
        names[id(parameter)].removesuffix(".weight"): group["factor"]
        for group in groups(network, recipe, **options)
        for parameter in group["params"]
    }


def test_by_itself_everything_is_one_group():
    (group,) = groups(Net(), RECIPE, fresh_lr=10.0)
    assert group["factor"] == 1.0
    assert len(group["params"]) == 7


def test_what_started_at_random_beside_pretrained_weights_is_faster():
    found = rates(RECIPE, loaded={"embed.weight"}, fresh_lr=10.0)
    assert found.pop("embed") == 1.0
    assert set(found.values()) == {10.0}


def test_the_longest_beginning_of_a_name_wins():
    recipe = replace(RECIPE, lr_factors={"blocks": 0.1, "blocks.1": 0.5, "head": 2.0})
    assert rates(recipe) == {
        "place": 1.0,
        "embed": 1.0,
        "blocks.0": 0.1,
        "blocks.1": 0.5,
        "blocks.2": 0.1,
        "norm": 1.0,
        "head": 2.0,
    }


def test_earlier_layers_are_slower_by_hand():
    recipe = replace(RECIPE, layer_decay=LayerDecay("blocks", 0.5))
    assert rates(recipe) == {
        "place": 0.0625,
        "embed": 0.0625,
        "blocks.0": 0.125,
        "blocks.1": 0.25,
        "blocks.2": 0.5,
        "norm": 1.0,
        "head": 1.0,
    }


def test_all_factors_are_multiplied():
    recipe = replace(RECIPE, layer_decay=LayerDecay("blocks", 0.5), lr_factors={"blocks.2": 0.1})
    loaded = {"place", "embed.weight", "blocks.0.weight", "blocks.1.weight"}
    found = rates(recipe, loaded=loaded, fresh_lr=10.0)
    assert found["blocks.1"] == 0.25
    assert found["blocks.2"] == pytest.approx(0.5)
    assert found["head"] == 10.0


def test_equal_factors_share_a_group():
    recipe = replace(RECIPE, layer_decay=LayerDecay("blocks", 0.5))
    found = {g["factor"]: len(g["params"]) for g in groups(Net(), recipe)}
    assert found == {0.0625: 2, 0.125: 1, 0.25: 1, 0.5: 1, 1.0: 2}


def test_what_has_the_factor_0_is_frozen_and_in_no_group():
    recipe = replace(RECIPE, lr_factors={"blocks": 0.0, "blocks.2": 1.0, "embed": 0.0})
    network = Net()
    freeze(network, recipe)
    assert [name for name, p in network.named_parameters() if not p.requires_grad] == [
        "embed.weight",
        "blocks.0.weight",
        "blocks.1.weight",
    ]
    assert set(rates(recipe)) == {"place", "blocks.2", "norm", "head"}


def test_a_beginning_that_names_no_parameter_is_refused():
    with pytest.raises(BenchError) as caught:
        rates(replace(RECIPE, lr_factors={"head": 2.0, "heads": 1.0}))
    assert str(caught.value) == (
        "recipe 'r': lr_factors names 'heads', with which no parameter of the network begins; its "
        "parts are embed, blocks, norm, head. Correct the name."
    )


@pytest.mark.parametrize("layers", ["layers", "head", "place"])
def test_a_decay_over_what_is_no_list_of_layers_is_refused(layers):
    with pytest.raises(BenchError) as caught:
        rates(replace(RECIPE, layer_decay=LayerDecay(layers, 0.5)))
    assert str(caught.value) == (
        f"recipe 'r': layer_decay names '{layers}', which is no list of layers of the network; its "
        f"parts are embed, blocks, norm, head. Correct the name."
    )


def test_a_recipe_that_freezes_everything_is_refused():
    with pytest.raises(BenchError) as caught:
        freeze(Net(), replace(RECIPE, lr_factors={"": 0.0}))
    assert str(caught.value) == (
        "recipe 'r' leaves no parameter to train; expected one at least whose factor is not 0. "
        "Correct its lr_factors."
    )


def test_what_has_one_dimension_may_be_spared_the_decay():
    network = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))
    recipe = replace(RECIPE, decayed="matrices")
    found = [(len(g["params"]), g.get("weight_decay")) for g in groups(network, recipe)]
    assert found == [(1, None), (3, 0.0)]
    assert [len(g["params"]) for g in groups(network, RECIPE)] == [4]

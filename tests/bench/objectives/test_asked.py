from dataclasses import replace

import pytest
import torch

from bench.errors import BenchError
from bench.objectives import make
from bench.objectives.asked import inverse_weights
from bench.records import Augmentation, ObjectiveEntry, Recipe

RECIPE = Recipe("r", "adam", 1e-3, batch_size=2, epochs=1, source="nobody")
MIXING = replace(RECIPE, augmentation=Augmentation(mixup=0.8))
WEIGHING = replace(RECIPE, class_weights="inverse")
ENTROPY = ObjectiveEntry("cross-entropy", "bench.objectives:cross_entropy", "softmax")
BINARY = ObjectiveEntry("binary", "bench.objectives:binary_cross_entropy", "CEFLNet")
IAL = ObjectiveEntry("ial", "bench.objectives.ial:ial", "Li et al.", {"weight": 2.0})


def test_a_class_weighs_by_the_inverse_of_its_share():
    # 4 videos, 3 classes: 4 / (3 x 1), 4 / (3 x 2), 4 / (3 x 1)
    weights = inverse_weights([0, 1, 1, 2], 3)
    assert weights.tolist() == pytest.approx([4 / 3, 2 / 3, 4 / 3])


def test_a_recipe_that_weighs_hands_the_weights_to_its_objective():
    objective = make(ENTROPY, WEIGHING, [0, 1, 1, 1], 2)
    logits = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1]), reduction="none")
    loss = objective({"logits": logits}, torch.tensor([0, 1]), 0)
    assert loss.item() == pytest.approx((3 * losses[0] + losses[1]).item() / 4)


def test_the_args_of_the_entry_stay():
    logits = {"logits": torch.zeros(1, 2)}
    twice = make(IAL, RECIPE, [0, 1], 2)(logits, torch.tensor([0]), 0)
    assert twice.item() == pytest.approx(3 * torch.tensor(2.0).log().item())


def test_weights_are_refused_where_no_term_takes_them():
    with pytest.raises(BenchError) as caught:
        make(BINARY, WEIGHING, [0, 1], 2)
    assert str(caught.value) == (
        "recipe 'r' weighs the classes, and objective 'binary' takes no class_weights; expected "
        "one whose main term is cross-entropy. Choose another with --objective, or remove "
        "class_weights."
    )


def test_mixed_labels_are_refused_where_they_are_whole():
    with pytest.raises(BenchError) as caught:
        make(IAL, MIXING, [0, 1], 2)
    assert str(caught.value) == (
        "recipe 'r' mixes the labels of its videos, and objective 'ial' takes whole ones only; "
        "expected one such as cross-entropy. Choose another with --objective, or remove mixup "
        "and cutmix."
    )


@pytest.mark.parametrize("entry", [ENTROPY, BINARY])
def test_mixed_labels_are_taken_by_cross_entropies(entry):
    objective = make(entry, MIXING, [0, 1], 2)
    loss = objective({"logits": torch.zeros(1, 2)}, torch.tensor([[0.5, 0.5]]), 0)
    assert torch.isfinite(loss)

import math

import pytest
import torch

from bench.objectives import binary_cross_entropy, cross_entropy


def test_cross_entropy_is_the_mean_of_the_negative_log_probabilities():
    logits = torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]])
    loss = cross_entropy()({"logits": logits}, torch.tensor([1, 0]), 0)
    assert loss.item() == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)


def test_binary_cross_entropy_sums_over_the_classes():
    logits = torch.tensor([[0.0, math.log(3.0)]])  # probabilities 1/4 and 3/4
    loss = binary_cross_entropy()({"logits": logits}, torch.tensor([1]), 0)
    assert loss.item() == pytest.approx(-math.log(3 / 4) - math.log(1 - 1 / 4))


def test_binary_cross_entropy_stays_finite_when_a_network_is_sure_and_wrong():
    logits = torch.tensor([[100.0, -100.0]], requires_grad=True)
    loss = binary_cross_entropy()({"logits": logits}, torch.tensor([1]), 0)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()

import math

import pytest
import torch

from bench.objectives import binary_cross_entropy, cross_entropy
from bench.objectives.softmax import label_smoothing

QUARTER = torch.tensor([[0.0, math.log(3.0)]])  # probabilities 1/4 and 3/4


def test_cross_entropy_is_the_mean_of_the_negative_log_probabilities():
    logits = torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]])
    loss = cross_entropy()({"logits": logits}, torch.tensor([1, 0]), 0)
    assert loss.item() == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)


def test_cross_entropy_takes_shares_of_the_classes():
    loss = cross_entropy()({"logits": QUARTER}, torch.tensor([[0.25, 0.75]]), 0)
    assert loss.item() == pytest.approx(0.25 * math.log(4) + 0.75 * math.log(4 / 3))


def test_cross_entropy_weighs_the_classes():
    logits = torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]])
    loss = cross_entropy(torch.tensor([3.0, 1.0]))({"logits": logits}, torch.tensor([1, 0]), 0)
    assert loss.item() == pytest.approx((math.log(4 / 3) + 3 * math.log(2)) / 4)


def test_smoothing_wants_a_little_of_every_class():
    loss = label_smoothing(0.1)({"logits": QUARTER}, torch.tensor([1]), 0)
    assert loss.item() == pytest.approx(0.95 * math.log(4 / 3) + 0.05 * math.log(4))


def test_smoothing_takes_shares_of_the_classes():
    loss = label_smoothing(0.2)({"logits": QUARTER}, torch.tensor([[0.0, 1.0]]), 0)
    assert loss.item() == pytest.approx(0.9 * math.log(4 / 3) + 0.1 * math.log(4))


def test_binary_cross_entropy_sums_over_the_classes():
    loss = binary_cross_entropy()({"logits": QUARTER}, torch.tensor([1]), 0)
    assert loss.item() == pytest.approx(-math.log(3 / 4) - math.log(1 - 1 / 4))


def test_binary_cross_entropy_takes_shares_of_the_classes():
    loss = binary_cross_entropy()({"logits": QUARTER}, torch.tensor([[0.5, 0.5]]), 0)
    # each class: half of -log p, half of -log(1 - p)
    assert loss.item() == pytest.approx(math.log(4) + math.log(4 / 3))


def test_binary_cross_entropy_stays_finite_when_a_network_is_sure_and_wrong():
    logits = torch.tensor([[100.0, -100.0]], requires_grad=True)
    loss = binary_cross_entropy()({"logits": logits}, torch.tensor([1]), 0)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()

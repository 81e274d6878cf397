import math

import pytest
import torch

from bench.objectives.snippet_order import snippet_order

LOGITS = torch.zeros(1, 4)


def test_the_order_weighs_a_seventh():
    order = {"order_logits": torch.zeros(1, 10), "order": torch.tensor([3])}
    loss = snippet_order()({"logits": LOGITS, **order}, torch.tensor([2]), 0)
    assert loss.item() == pytest.approx(math.log(4) + 0.1428 * math.log(10))


def test_the_right_order_costs_less():
    order = {"order_logits": torch.tensor([[0.0, math.log(3.0)]]), "order": torch.tensor([1])}
    loss = snippet_order(weight=1.0)({"logits": LOGITS, **order}, torch.tensor([2]), 0)
    assert loss.item() == pytest.approx(math.log(4) + math.log(4 / 3))


def test_a_network_without_order_has_the_cross_entropy_alone():
    loss = snippet_order()({"logits": LOGITS}, torch.tensor([2]), 0)
    assert loss.item() == pytest.approx(math.log(4))

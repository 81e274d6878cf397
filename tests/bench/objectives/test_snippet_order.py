import math

import pytest
import torch

from bench.errors import BenchError
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


def test_a_network_that_guesses_no_order_is_refused():
    with pytest.raises(BenchError) as caught:
        snippet_order()({"logits": LOGITS}, torch.tensor([2]), 0)
    assert str(caught.value) == (
        "objective 'snippet-order' needs the output 'order_logits', and this model gives logits; "
        "models that guess the order of their snippets do, as est. Choose another with --objective."
    )

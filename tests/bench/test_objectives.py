import math

import pytest
import torch

from bench.objectives import cross_entropy


def test_cross_entropy_is_the_mean_of_the_negative_log_probabilities():
    logits = torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]])
    loss = cross_entropy()({"logits": logits}, torch.tensor([1, 0]), 0)
    assert loss.item() == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)

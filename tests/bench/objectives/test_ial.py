import math

import pytest
import torch

from bench.objectives.ial import ial

LOGITS = torch.tensor([[math.log(2.0), math.log(4.0), 0.0]])  # odds 2 : 4 : 1
LABELS = torch.tensor([0])
ENTROPY = math.log(7 / 2)
RIVALS = math.log((2 + 4) / 2)  # the wanted one and the largest other alone


def test_the_rival_is_the_largest_other_class():
    loss = ial(weight=1.0)({"logits": LOGITS}, LABELS, 0)
    assert loss.item() == pytest.approx(ENTROPY + RIVALS)


def test_a_class_that_leads_has_the_second_as_its_rival():
    loss = ial(weight=1.0)({"logits": LOGITS}, torch.tensor([1]), 0)
    assert loss.item() == pytest.approx(math.log(7 / 4) + math.log((4 + 2) / 4))


def test_the_released_weights_with_an_auxiliary_head():
    outputs = {"logits": LOGITS, "aux_logits": torch.zeros(1, 3)}
    loss = ial()(outputs, LABELS, 0)
    assert loss.item() == pytest.approx(ENTROPY + 0.1 * RIVALS + 0.05 * math.log(3))


def test_weights_of_classes_weigh_the_main_term_alone():
    two = {"logits": torch.cat([LOGITS, LOGITS])}
    loss = ial(weight=1.0, class_weights=torch.tensor([3.0, 1.0, 1.0]))(
        two, torch.tensor([0, 1]), 0
    )
    main = (3 * math.log(7 / 2) + math.log(7 / 4)) / 4
    assert loss.item() == pytest.approx(main + (math.log(3) + math.log(1.5)) / 2)


def test_a_network_that_is_sure_keeps_a_finite_gradient():
    logits = torch.tensor([[300.0, -300.0, 0.0]], requires_grad=True)
    loss = ial()({"logits": logits}, torch.tensor([1]), 0)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()

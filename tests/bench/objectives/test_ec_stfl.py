"""Three videos at 0, 2 and 4 on a line; the first two are of one class."""

import math

import pytest
import torch

from bench.errors import BenchError
from bench.objectives.ec_stfl import published, released

LABELS = torch.tensor([0, 0, 1])
LN2 = math.log(2)  # cross-entropy of two equal logits


def outputs(*places: float) -> dict[str, torch.Tensor]:
    features = torch.tensor(places)[:, None].requires_grad_()
    return {"logits": torch.zeros(len(places), 2), "features": features}


def test_the_released_form_by_hand():
    # attraction: (0 + 2) / 2, (2 + 0) / 2 and 0 / 1 = 1, 1, 0
    # repulsion: (1/4) / (1 + 1), (1/2) / (1 + 1) and (1/4 + 1/2) / (2 + 1) = 1/8, 1/4, 1/4
    # products 1/8, 1/4, 0: their mean 1/8, and a third of it once more
    loss = released(gamma=10.0)(outputs(0.0, 2.0, 4.0), LABELS, 0)
    assert loss.item() == pytest.approx(LN2 + 10 / 24, rel=1e-5)


def test_the_distance_is_the_sum_over_features():
    # at (0, 0), (1, 1) and (2, 2) the sums of differences are those above
    given = outputs(0.0, 2.0, 4.0)
    given["features"] = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert released(gamma=10.0)(given, LABELS, 0).item() == pytest.approx(LN2 + 10 / 24, rel=1e-5)


def test_the_papers_form_by_hand():
    # within: 2; between: the mean of 4 and 2
    loss = published(ratio=10.0)(outputs(0.0, 2.0, 4.0), LABELS, 0)
    assert loss.item() == pytest.approx(LN2 + 10 * 2 / 3, rel=1e-5)


@pytest.mark.parametrize("form", [released, published])
@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_a_batch_without_a_pair_of_one_kind_adds_nothing(form, labels):
    given = outputs(0.0, 2.0, 4.0)
    given["logits"] = torch.zeros(3, 3)
    loss = form()(given, torch.tensor(labels), 0)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(3), abs=1e-5)
    assert torch.isfinite(given["features"].grad).all()


@pytest.mark.parametrize("form", [released, published])
def test_its_step_brings_a_class_together(form):
    given = outputs(0.0, 2.0, 4.0)
    form()(given, LABELS, 0).backward()
    steps = -given["features"].grad[:, 0]
    assert steps[0] > 0
    assert steps[1] < 0


def test_a_network_without_features_is_told_so():
    with pytest.raises(BenchError) as caught:
        released()({"logits": torch.zeros(3, 2)}, LABELS, 0)
    assert str(caught.value) == (
        "objective 'ec-stfl' needs the output 'features', and this model gives logits; models "
        "with `outputs`, or with a `head` in their block, do. Choose another with --objective."
    )

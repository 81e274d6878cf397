import math

import pytest
import torch

from bench.errors import BenchError
from bench.objectives.feratt import feratt

LABELS = torch.tensor([0, 1])
FAR = 2 * math.sqrt(math.log(3.0) / 2)  # where a Gaussian of width 1 / 2 has fallen to a third


def outputs(*points: float, frames: int = 1) -> dict[str, torch.Tensor]:
    videos = len(points) // frames
    return {
        "logits": torch.zeros(videos, 2),
        "frame_logits": torch.zeros(videos, frames, 2),
        "embedding": torch.tensor(points).view(videos, frames, 1).requires_grad_(),
        "attended": torch.zeros(videos, 3, frames, 2, 2),
        "target": torch.zeros(videos, 3, frames, 2, 2),
    }


def test_the_gaussian_loss_by_hand():
    # two points that are their own means, FAR / 2 apart: exp(-2 (FAR / 2)^2) = 1/3, so that each
    # has 3/4 of its own class and 1/4 of the other: (1/4)^2 + (1/4)^2
    loss = feratt(alpha=0.0)(outputs(0.0, FAR / 2), LABELS, 0)
    assert loss.item() == pytest.approx(math.log(2) + 1 / 8, rel=1e-5)


def test_frames_of_a_video_share_its_label():
    # class means at 0 and at FAR / 2, between two frames each, all of which stay close to theirs
    one = feratt(alpha=0.0)(outputs(0.0, 0.0, FAR / 2, FAR / 2, frames=2), LABELS, 0)
    assert one.item() == pytest.approx(math.log(2) + 1 / 8, rel=1e-5)


def test_the_entropy_is_that_of_frames():
    given = outputs(0.0, 0.0, 100.0, 100.0, frames=2)
    given["frame_logits"][0, 0] = torch.tensor([math.log(3.0), 0.0])
    loss = feratt(alpha=0.0)(given, LABELS, 0)
    assert loss.item() == pytest.approx((math.log(4 / 3) + 3 * math.log(2)) / 4, rel=1e-5)


def test_redrawn_frames_are_compared_through_tanh():
    given = outputs(0.0, 100.0)
    given["attended"] = given["target"] + math.atanh(0.6) / 3
    loss = feratt(alpha=0.0)(given, LABELS, 0)
    assert loss.item() == pytest.approx(math.log(2) + 5 * 0.6, rel=1e-5)


def test_points_mixed_within_a_class_are_of_that_class():
    # one class: every probability is 1 and every label met, wherever a point lies
    loss = feratt()(outputs(0.0, 3.0), torch.tensor([1, 1]), 0)
    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)


def test_points_mixed_between_classes_are_to_be_near_to_none():
    # the two points are sure and right, and add 0; two more, if mixed with each other, add
    # p^2 + (1 - p)^2 each, which is between 1/2 and 1: in the mean over four 1/4 to 1/2
    entropy, found = math.log(2), set()
    for seed in range(20):
        torch.manual_seed(seed)
        found.add(round(feratt()(outputs(0.0, 20.0), LABELS, 0).item() - entropy, 6))
    assert 0.0 in found  # mixed each with itself
    assert all(value == 0 or 0.25 <= value <= 0.5 for value in found)
    assert len(found) > 1


def test_far_points_keep_finite_gradients():
    given = outputs(0.0, 1000.0, 50.0, 2000.0, frames=2)
    feratt()(given, LABELS, 0).backward()
    assert torch.isfinite(given["embedding"].grad).all()


@pytest.mark.parametrize("name", ["frame_logits", "embedding", "attended", "target"])
def test_a_network_that_lacks_an_output_is_told_which(name):
    given = outputs(0.0, 1.0)
    del given[name]
    with pytest.raises(BenchError, match=f"objective 'feratt' needs the output '{name}'"):
        feratt()(given, LABELS, 0)

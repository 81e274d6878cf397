"""A network that does not give one logit a class is refused with both shapes."""

from dataclasses import replace

import pytest

from bench.check.shapes import check_shapes
from bench.costs import case_of
from bench.errors import BenchError
from bench.records import Sampling
from bench.registry import load


@pytest.fixture
def tiny(own):
    return load([own]).models["tiny"]


def test_a_network_that_gives_one_logit_a_class_passes(tiny):
    check_shapes(case_of(tiny))


def test_a_network_with_another_number_of_outputs_is_refused(tiny):
    with pytest.raises(BenchError) as caught:
        check_shapes(case_of(replace(tiny, args={"fault": "shape"})))
    assert str(caught.value) == (
        "model 'tiny' gives outputs of shape (2, 6) for two videos of 4 frames; expected (2, 7). "
        "Check factory and args of its block."
    )


def test_what_is_no_tensor_is_named_by_its_type(tiny):
    with pytest.raises(BenchError) as caught:
        check_shapes(case_of(replace(tiny, factory="torch.nn:Identity"), classes=3))
    assert "(2, 3, 4, 32, 32)" in str(caught.value)


def test_the_lengths_of_training_and_of_test_are_both_tried(tiny):
    """It is the length of training, which nobody counts, that does not fit here."""
    spec = replace(tiny.input, train=Sampling("clips", clips=2, frames=5), size=224)
    entry = replace(
        tiny, factory="ceflnet.model:CEFLNet", args={"clips": 1, "frames": 4}, input=spec
    )
    with pytest.raises(ValueError, match="the video has 10 frames; expected 1 clips x 4 frames"):
        check_shapes(case_of(entry))

"""Distributions of latency."""

from dataclasses import replace

import pytest

from bench.errors import BenchError
from bench.figures.latency import latencies
from bench.records import Setting, Timing


@pytest.fixture
def timed(cost_record):
    def make(name, *ms, machine="cpu-a", precision="fp32", unstable=()):
        timing = Timing(Setting("cpu", precision, threads=2), False, 3, True, ms, unstable=unstable)
        return replace(
            cost_record,
            model=replace(cost_record.model, name=name, title=name.capitalize()),
            environment=replace(cost_record.environment, machine=machine),
            timing=timing,
        )

    return make


def test_each_machine_has_a_figure_of_its_plain_setting(timed):
    costs = [
        timed("a", 1.0, 2.0, 3.0),
        timed("a", 9.0, machine="gpu-b"),
        timed("a", 5.0, precision="bf16"),
    ]
    drawings = latencies(costs)
    assert [drawing.name for drawing in drawings] == [
        "latency-cpu-a-cpu-fp32-batch-1",
        "latency-gpu-b-cpu-fp32-batch-1",
    ]


def test_boxes_hold_the_raw_times(timed):
    (drawing,) = latencies(
        [timed("a", 1.0, 2.0, 4.0), timed("b", 3.0, 3.0, 3.0, unstable=("load",))]
    )
    (axes,) = drawing.figure.axes
    assert [text.get_text() for text in axes.texts] == ["2", "≈3"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B"]
    (edges,) = (patch.get_path().vertices[:, 0] for patch in axes.patches[:1])
    assert (min(edges), max(edges)) == (1.5, 3.0)
    assert "B: 3 passes, p95 3.0 ms, unstable (load)." in drawing.caption


def test_networks_of_one_title_are_told_apart(timed):
    one = timed("a", 1.0)
    two = replace(one, identity="f" * 12, complexity=replace(one.complexity, classes=7))
    (drawing,) = latencies([one, two])
    labels = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert sorted(labels) == ["A, 3×4×32×32, 3 classes", "A, 3×4×32×32, 7 classes"]


def test_without_times_the_command_is_said(cost_record):
    with pytest.raises(BenchError) as caught:
        latencies([cost_record], ["tiny"])
    assert str(caught.value) == (
        "no latency is stored of tiny. Run `bench latency --model tiny` on the machine of "
        "interest first."
    )

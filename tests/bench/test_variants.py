"""Entries that a name makes from another."""

import pytest

from bench import registry
from bench.errors import BenchError
from bench.variants import variant


@pytest.fixture(scope="module")
def models():
    return registry.load()


def test_a_length_changes_the_sampling_and_the_argument_of_that_name(models):
    entry = models.find("models", "ceflnet@clips=3")
    assert (entry.name, entry.title) == ("ceflnet@clips=3", "CEFLNet, 3 clips")
    assert (entry.input.train.clips, entry.input.test.clips) == (3, 3)
    assert entry.args == {"clips": 3, "frames": 5}
    assert entry.note == "3 clips where its entry has 7"
    assert (entry.reported, entry.reported_cost) == ((), ())


def test_changes_follow_one_another(models):
    entry = models.find("models", "ceflnet@clips=1+frames=2+middle-frame")
    assert entry.title == "CEFLNet, 1 clip, 2 frames @ middle frame"
    assert (entry.input.test.length, entry.input.transform) == (2, "middle-frame")
    assert entry.name == "ceflnet@clips=1+frames=2+middle-frame"


def test_its_own_length_is_the_entry_itself(models):
    assert models.find("models", "ceflnet@clips=7") is models.models["ceflnet"]


def test_the_network_of_a_sanity_row_is_that_of_its_length(models):
    assert models.base("ceflnet@middle-frame") is models.models["ceflnet"]
    assert models.base("ceflnet@frames=2+middle-frame").name == "ceflnet@frames=2"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        (
            "ceflnet",
            "clips=0",
            "model 'ceflnet@clips=0': '0' is no number of clips; expected 1 or more.",
        ),
        (
            "resnet18",
            "frames=two",
            "model 'resnet18@frames=two': 'two' is no number of frames; expected 1 or more.",
        ),
        (
            "resnet18",
            "clips=3",
            "model 'resnet18' sees a video by the rule 'uniform', which has no clips. Choose a "
            "model of the rule clips or segments, or change frames=N.",
        ),
        (
            "c3d-table8",
            "frames=2",
            "model 'c3d-table8' is of kind cost-only, which is shown no videos; @frames=2 needs a "
            "network or a classical system. Choose another with `bench list models`.",
        ),
    ],
)
def test_what_cannot_be_changed_is_refused(models, name, changes, said):
    with pytest.raises(BenchError) as refused:
        variant(models.models[name], changes)
    assert str(refused.value) == said


def test_an_unknown_change_names_what_there_is(models):
    with pytest.raises(BenchError) as refused:
        models.find("models", "ceflnet@midle-frame")
    assert str(refused.value) == (
        "unknown input transform 'midle-frame'. Did you mean 'middle-frame'? Known: clips=N, "
        "frames=N, masked-face, middle-frame, shuffled-frames."
    )

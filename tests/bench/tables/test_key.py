"""What is never mixed in a column, and how titles tell it apart."""

from dataclasses import replace

import pytest

from bench import tables
from bench.records import ObjectiveEntry, Preset
from tests.bench.tables.golden_runs import RESNET, measured, predictions, record, request


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "mmi"},
        {"protocol": "loso"},
        {"protocol_hash": "f" * 64},
        {"preset": Preset("full", "as published")},
        {"preset": Preset("quick", "minutes", size=96)},
        {"selection": "validation"},
        {"regime": "common"},
        {"objective": ObjectiveEntry("focal", "x:y", "cited")},
        {"preprocessing_fingerprint": "q" * 64},
        {"dataset_fingerprint": "e" * 64},
        {"train_on_fingerprint": "t" * 12},
        {"synthetic": False},
    ],
)
def test_what_differs_in_more_than_the_system_gets_a_section_of_its_own(change):
    one = record(request(), predictions(0, {0}))
    other = record(request(RESNET, **change), predictions(0, {0}))
    assert len(measured(one, other)) == 2


def test_two_recipes_for_all_models_never_share_a_section():
    asked = [request(regime="common"), request(RESNET, regime="common")]
    other = replace(asked[1], recipe=replace(asked[1].recipe, name="longer"))
    sections = measured(*(record(r, predictions(0, {0})) for r in (asked[0], other)))
    assert [section.title for section in sections] == [
        f"Synthetic faces · subject-2-fold · preset quick · recipe {name} for all (SYNTHETIC DATA)"
        for name in ("longer", "own")
    ]


def test_other_systems_share_the_section():
    one = record(request(), predictions(0, {0}))
    other = record(request(RESNET), predictions(0, {0}))
    assert len(measured(one, other)) == 1


def test_sections_of_one_title_say_in_which_hash_they_differ():
    one = record(request(), predictions(0, {0}))
    other = record(request(protocol_hash="f" * 64), predictions(0, {0}))
    assert [section.title for section in measured(one, other)] == [
        "Synthetic faces · subject-2-fold · preset quick (SYNTHETIC DATA) [protocol hash 01234567]",
        "Synthetic faces · subject-2-fold · preset quick (SYNTHETIC DATA) [protocol hash ffffffff]",
    ]


def test_two_ways_of_preparing_frames_are_told_apart_by_their_whole_names():
    ways = ("haar-224-0.25-03a55984", "haar-224-0.25-e42f3690")
    asked = [request(preprocessing_fingerprint=way, identity=way) for way in ways]
    titles = [s.title for s in measured(*(record(one, predictions(0, {0})) for one in asked))]
    common = "Synthetic faces · subject-2-fold · preset quick (SYNTHETIC DATA)"
    assert titles == [f"{common} [preprocessing fingerprint {way}]" for way in ways]


def test_what_was_trained_as_published_comes_first_and_each_way_has_its_title():
    focal = ObjectiveEntry("focal", "x:y", "cited")
    asked = [
        request(made="imported", identity="i"),
        request(made="evaluated", identity="e"),
        request(objective=focal, identity="f"),
        request(identity="t"),
    ]
    sections = tables.comparison([record(a, predictions(0, {1})) for a in asked], [], {})
    start = "synthetic · subject-2-fold"
    assert [section.title for section in sections] == [
        f"{start} · preset quick (SYNTHETIC DATA)",
        f"{start} · preset quick · objective focal (SYNTHETIC DATA)",
        f"{start} · preset quick · evaluated from checkpoints (SYNTHETIC DATA)",
        f"{start} · answers imported from elsewhere (SYNTHETIC DATA)",
    ]


def test_a_dataset_that_the_registry_does_not_know_still_prints():
    (section,) = measured(record(request(dataset="old"), predictions(0, {0})), entries={})
    assert section.title == "old · subject-2-fold · preset quick (SYNTHETIC DATA)"

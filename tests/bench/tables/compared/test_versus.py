import json
from dataclasses import replace

import numpy as np
import pytest

from bench.errors import BenchError
from bench.tables import Query, comparison, render
from bench.tables.compared.pairs import every_pair
from bench.tables.compared.versus import versus

GOOD = ("11101110", "11110111", "11111100", "11110110", "01111111")
POOR = ("11001010", "10010111", "01011100", "10110010", "01101001")
"""What two systems get right of five folds; the first is better by 1 to 3 videos of each."""


def sections(records):
    return comparison(records, (), (), Query((), (), "none"))


@pytest.fixture
def records(trained):
    """Two systems, five folds, two seeds."""
    return [
        trained(name, hits[fold], fold=fold, folds=5, seed=seed)
        for name, hits in (("good", GOOD), ("poor", POOR))
        for seed in (0, 1)
        for fold in range(5)
    ]


def rows_of(blocks, number=0):
    return list(blocks[number].rows)


def test_both_scores_stand_first_as_a_mean_and_then_seed_by_seed(records):
    rows = rows_of(versus(sections(records), records, ("good", "poor")))
    assert [(row["metric"], row["seed"]) for row in rows] == [
        *(("uar", None), ("uar", 0), ("uar", 1)),
        *(("war", None), ("war", 0), ("war", 1)),
    ]


def test_a_difference_is_the_first_minus_the_second_of_the_pooled_scores(records):
    table = sections(records)
    rows = rows_of(versus(table, records, ("poor", "good")))
    score = {row["model"]: row["uar"] for row in table[0].rows}
    assert rows[0]["difference"] == pytest.approx(score["poor"] - score["good"])
    assert rows[0]["score_first"] == pytest.approx(score["poor"])
    assert rows[3]["difference"] == pytest.approx(21 / 40 - 32 / 40)


def test_only_the_asked_score_decides(records):
    rows = rows_of(versus(sections(records), records, ("good", "poor"), "war"))
    assert [(row["metric"], row["supported"]) for row in rows if row["supported"] is not None] == [
        ("war", True)
    ]


def test_disagreements_are_counted_seed_by_seed(records):
    rows = rows_of(versus(sections(records), records, ("good", "poor")))
    assert [(row["only_first"], row["only_second"]) for row in rows[4:]] == [(11, 0), (11, 0)]
    assert rows[4]["mcnemar_p"] == 2 / 2**11
    assert {row["only_first"] for row in rows[:4]} == {None}


def test_the_notes_say_k_the_share_the_persons_and_the_least_p(records):
    block = versus(sections(records), records, ("good", "poor"))[0]
    assert block.notes == (
        "40 videos in folds 1 to 5, pooled; a mean over the seeds 0, 1.",
        "Interval: how far the number would move in 95 % of the cases had other people been "
        "filmed; bootstrap of 20 subjects, 10,000 draws, both systems on the same ones.",
        "p: corrected resampled t test (Nadeau-Bengio) over k = 5 folds with test/training videos "
        "= 0.25; would other training videos show the difference too? Effect size: mean over "
        "standard deviation of the folds' differences.",
        "With 5 folds no test of signs or ranks (Wilcoxon) goes below p 0.0625; flipped signs give "
        "0.0625.",
        "Over folds and seeds (Bouckaert-Frank, 5 × 2 trainings): p <0.001; it takes the same "
        "videos for new ones, and decides nothing.",
        "McNemar, an extra: takes videos for independent, and knows no person, fold or class.",
        "Supported: of UAR, where p is below 0.05 and the interval excludes 0.",
    )


def test_what_was_left_out_is_counted(records):
    lacking = [r for r in records if (r.request.model.name, r.request.seed) != ("poor", 1)]
    block = versus(sections(lacking), lacking, ("good", "poor"))[0]
    assert block.notes[0] == (
        "40 videos in folds 1 to 5, pooled; seed 0. Left out: 40 answer(s) without one beside them."
    )


def test_one_training_of_one_fold_decides_nothing(trained):
    records = [trained("good", "11111111", folds=1), trained("poor", "00000000", folds=1)]
    block = versus(sections(records), records, ("good", "poor"))[0]
    assert [row["supported"] for row in block.rows] == [False, None]
    assert block.notes[2] == (
        "No p: one training of each system does not say what another would give."
    )


def test_trainings_of_one_fold_are_compared_over_their_seeds(trained):
    records = [
        trained(name, hits, folds=1, seed=seed)
        for name, answers in (
            ("good", ("11111110", "11111100")),
            ("poor", ("10000000", "11000000")),
        )
        for seed, hits in enumerate(answers)
    ]
    block = versus(sections(records), records, ("good", "poor"), "war")[0]
    assert block.rows[0]["basis"] == "seeds"
    assert "p over\nseeds" in [column.title for column in block.columns]


def test_systems_that_never_met_are_told_where_they_stand(trained):
    records = [trained("good", "1110"), trained("poor", "1110", preprocessing_fingerprint="x" * 12)]
    with pytest.raises(BenchError) as caught:
        versus(sections(records), records, ("good", "poor"))
    assert str(caught.value).startswith(
        "'good' and 'poor' share no table, so that nothing of them is comparable: 'good' stands in "
        "faces · subject-2-fold"
    )


def test_a_name_of_two_rows_wants_an_identity(trained):
    twice = [trained("good", "1110"), trained("good", "1100", identity="f" * 12)]
    records = [*twice, trained("poor", "1000")]
    with pytest.raises(
        BenchError, match=r"'good' names 2 rows of 'faces .*: 676f6f640000, ffffffff"
    ):
        versus(sections(records), records, ("good", "poor"))
    block = versus(sections(records), records, ("ffff", "poor"))[0]
    assert block.rows[0]["score_first"] == 0.5


def test_an_unknown_name_gets_the_known_ones(records):
    with pytest.raises(BenchError) as caught:
        versus(sections(records), records, ("goot", "poor"))
    assert str(caught.value) == "unknown system 'goot'. Did you mean 'good'? Known: good, poor."


def test_each_section_that_holds_both_has_blocks_of_its_own(trained):
    records = [
        trained(name, "1110", fold=fold, dataset=dataset)
        for dataset in ("faces", "films")
        for name in ("good", "poor")
        for fold in (0, 1)
    ]
    blocks = versus(sections(records), records, ("good", "poor"))
    assert [block.key["dataset"] for block in blocks] == ["faces", "faces", "films", "films"]


def test_chosen_epochs_keep_their_dagger(trained):
    records = [
        trained(name, "1110", fold=fold, selection="test")
        for name in ("good", "poor")
        for fold in (0, 1)
    ]
    text = render(versus(sections(records), records, ("good", "poor")), "text")
    assert "† optimistic: the epoch was chosen on the test videos." in text
    assert "75.00 †" in text


def test_seeds_that_ran_elsewhere_are_said_in_the_budget(trained):
    hits = {0: ("1110", "1100"), 1: ("1000", "1111")}
    records = [
        trained(name, hits[seed][fold], fold=fold, seed=seed, machine=f"m{seed}")
        for name in ("good", "poor")
        for seed in (0, 1)
        for fold in (0, 1)
    ]
    budget = versus(sections(records), records, ("good", "poor"))[1]
    assert budget.rows[0]["mixed"] is True
    assert "it holds the machine's part too." in " ".join(budget.notes)


def test_two_seeds_share_the_spread_between_fold_and_seed(records):
    budget = versus(sections(records), records, ("good", "poor"))[1]
    shares = [budget.rows[0][f"share_{part}"] for part in ("fold", "seed")]
    assert sum(shares) == pytest.approx(1)
    assert "1 seed(s) of each fold show it in 4 of 5 repetitions" in budget.notes[-1]


# ---------------------------------------------------------------- all of them


@pytest.fixture
def three(records, trained):
    """A third system, of which one seed ran, worse by a video."""
    hits = (*POOR[:4], "01101000")
    return [*records, *(trained("worst", hits[k], fold=k, folds=5) for k in range(5))]


def test_every_pair_stands_once_with_the_higher_score_first(three):
    pairs = rows_of(every_pair(sections(three), three), 1)
    assert [(row["first"], row["second"]) for row in pairs] == [
        ("Good", "Poor"),
        ("Good", "Worst"),
        ("Poor", "Worst"),
    ]
    assert all(row["difference"] > 0 for row in pairs)


def test_pairs_are_compared_as_two_are(three):
    pairs = rows_of(every_pair(sections(three), three), 1)
    alone = rows_of(versus(sections(three), three, ("good", "poor")))[0]
    names = ("difference", "low", "high", "t", "p", "effect")
    assert [pairs[0][name] for name in names] == [alone[name] for name in names]


def test_p_is_corrected_for_all_pairs_of_the_table(three):
    pairs = rows_of(every_pair(sections(three), three), 1)
    assert pairs[0]["holm_p"] == pytest.approx(3 * pairs[0]["p"])
    assert pairs[1]["holm_p"] == pytest.approx(2 * pairs[1]["p"])
    assert [row["supported"] for row in pairs] == [True, True, False]


def test_a_score_lies_within_its_interval(three):
    scores = rows_of(every_pair(sections(three), three))
    assert [row["system"] for row in scores] == ["Good", "Poor", "Worst"]
    assert all(row["uar_low"] < row["uar"] < row["uar_high"] for row in scores)
    assert {row["clusters"] for row in scores} == {"20 subjects"}
    titles = [column.title for column in every_pair(sections(three), three)[0].columns]
    assert titles[-2:] == ["Weights", "Recipe"]


def test_systems_without_a_common_seed_are_named_and_the_rest_compared(three, trained):
    other = [trained("other", GOOD[k], fold=k, folds=5, seed=7) for k in range(5)]
    table = [*three, *other]
    block = every_pair(sections(table), table)[1]
    assert len(block.rows) == 3
    said = [note for note in block.notes if note.startswith("Not compared: ")]
    assert len(said) == 3
    assert said[0].startswith("Not compared: Good and Other have no seed in common (Good: 0, 1; ")


def test_one_system_alone_has_its_interval_and_no_pairs(trained):
    records = [trained("good", "1110", fold=fold) for fold in (0, 1)]
    blocks = every_pair(sections(records), records)
    assert [block.title.partition(" · ")[0] for block in blocks] == [
        "Scores and how sure they are",
        "Where the spread of UAR comes from",
    ]


@pytest.mark.parametrize("format", ["text", "markdown", "latex", "csv", "json"])
def test_every_format_prints_and_twice_the_same(three, format):
    blocks = every_pair(sections(three), three)
    again = every_pair(sections(three[::-1]), three[::-1])
    assert render(blocks, format) == render(again, format)


def test_json_holds_plain_numbers(three):
    body = json.loads(render(every_pair(sections(three), three), "json"))
    row = body["sections"][1]["rows"][0]
    assert (row["first"], row["supported"], row["folds"]) == ("Good", True, 5)


# ---------------------------------------------------------------- over datasets


def several(trained, datasets, order=("good", "fair", "poor")):
    hits = dict(zip(order, ("111111", "111100", "100000"), strict=True))
    return [
        trained(name, answers, fold=fold, dataset=f"set{number:02d}")
        for number in range(datasets)
        for name, answers in hits.items()
        for fold in (0, 1)
    ]


def test_enough_datasets_are_ranked(trained):
    records = several(trained, 12)
    block = every_pair(sections(records), records)[-1]
    assert block.title == "Mean ranks by UAR over 12 datasets (SYNTHETIC DATA)"
    assert [(row["system"], row["mean_rank"]) for row in block.rows] == [
        ("Good", 1.0),
        ("Fair", 2.0),
        ("Poor", 3.0),
    ]
    assert "mean ranks more than 0.96 apart differ at level 0.05." in block.notes[1]


def test_few_datasets_are_refused_with_a_reason(trained):
    records = several(trained, 2)
    block = every_pair(sections(records), records)[-1]
    assert block.rows == ()
    assert block.notes[1].startswith("No test over datasets: with 3 systems on 2 dataset(s)")


def test_datasets_of_another_preset_are_not_ranked_together(trained):
    records = several(trained, 1)
    other = [
        replace(r, request=replace(r.request, dataset="other", selection="validation"))
        for r in records
    ]
    blocks = every_pair(sections([*records, *other]), [*records, *other])
    assert not [block for block in blocks if block.title.startswith("Mean ranks")]


# ---------------------------------------------------------------- false alarms


@pytest.mark.slow
def test_equal_systems_are_seldom_called_different_by_the_whole_command(trained):
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(300):
        easy = rng.uniform(0.3, 0.9, size=(5, 12))
        records = [
            trained(name, "".join(map(str, hits)), fold=fold, folds=5)
            for name in ("good", "poor")
            for fold, hits in enumerate((rng.random((5, 12)) < easy).astype(int))
        ]
        alarms += versus(sections(records), records, ("good", "poor"))[0].rows[0]["supported"]
    assert alarms / 300 <= 0.06

"""The golden files are rewritten by `python -m tests.bench.test_tables`; read the difference."""

import csv
import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import tables
from bench.errors import BenchError
from bench.records import (
    Complexity,
    CostRecord,
    DatasetEntry,
    Environment,
    Extent,
    Finding,
    Fold,
    FoldRecord,
    FoldRequest,
    InputSpec,
    ModelEntry,
    ObjectiveEntry,
    Prediction,
    Preprocessing,
    Preset,
    Recipe,
    Sampling,
    Setting,
    Timing,
    Weights,
)

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"

CLASSES = ("anger", "disgust", "joy")
CPU = Environment("abc", False, "cpu-epyc-2", "cpu", "EPYC", None, 2, "3.11", {"torch": "2.6"})
GPU = replace(CPU, machine="gpu-h200", device="cuda", gpu="H200")
DATASETS = {
    "mmi": DatasetEntry("mmi", "MMI", "x:y", "cited", "subject-2-fold", reported=("MMI",)),
    "synthetic": DatasetEntry("synthetic", "Synthetic faces", "x:y", "ours", "subject-2-fold"),
}


def model(name, title, *, reported=()):
    sampling = Sampling("clips", 7, 5)
    spec = InputSpec(sampling, sampling, 64)
    return ModelEntry(name, title, "network", "x:Y", "cited", spec, "own", reported=reported)


CEFLNET = model("ceflnet", "CEFLNet", reported=("CEFLNet",))
RESNET = model("resnet18", "ResNet-18", reported=("ResNet-18",))
GONE = model("gone_model", "50% | <Gone> & forgotten")


def predictions(fold, wrong, statuses=("scored",) * 12):
    """Twelve videos of two subjects; those numbered in `wrong` get the next class."""
    answers = []
    for n, status in enumerate(statuses):
        label = n % 3
        said = (label + 1) % 3 if n in wrong else label
        scores = tuple(0.8 if k == said else 0.1 for k in range(3))
        answers.append(
            Prediction(
                f"toy:{fold}-{n:02d}",
                f"s{fold}{n % 2}",
                None,
                CLASSES[label],
                status,
                scores if status in ("scored", "fallback") else (),
            )
        )
    return tuple(answers)


def request(entry=CEFLNET, fold=0, seed=0, **changes):
    plain = FoldRequest(
        model=entry,
        dataset="synthetic",
        classes=CLASSES,
        dataset_fingerprint="d" * 64,
        protocol="subject-2-fold",
        protocol_hash="0123456789abcdef" * 4,
        fold=Fold(fold, (), ()),
        folds=2,
        recipe=Recipe("own", "adam", 1e-4, 8, 6, "cited"),
        extent=Extent(120, 12, 8, 1e-4),
        regime="own",
        objective=ObjectiveEntry("cross-entropy", "x:y", "cited"),
        preset=Preset("quick", "minutes"),
        selection="last",
        weights=Weights("synthetic", "f" * 64),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="p" * 64,
        identity=f"{entry.name}-identity",
        seed=seed,
        synthetic=True,
    )
    return replace(plain, **changes)


def record(asked, answers, created="2026-01-01T00:00:00Z"):
    return FoldRecord(asked, CPU, (), 5, answers, {"train": 1.0}, created)


def cost(entry=CEFLNET, environment=CPU, *, samples=(12.0, 10.0, 11.0), quick=True, **changes):
    """Timed where there are samples, else counted."""
    gpu = environment.gpu is not None
    setting = Setting("cuda") if gpu else Setting("cpu", threads=2)
    plain = CostRecord(
        model=entry,
        identity="cost",
        complexity=Complexity(3, (3, 35, 64, 64), 12828807, 63520000000, 63799063525),
        trainable=12828807,
        activations=1000,
        weight_bytes=4000,
        conventions={"macs": "torch"},
        uncounted=(),
        environment=environment,
        created="2026-01-01T00:00:00+00:00",
        timing=Timing(setting, quick, 3, True, samples) if samples else None,
    )
    return replace(plain, **changes)


ODD = ("scored",) * 9 + ("fallback", "no-face", "unreadable")
FINDINGS = (
    Finding("warning", "fold 1 has 2 films on both sides."),
    Finding("known", "'toy:a' is in train and 'toy:b' in test, as the distributor ships them."),
    Finding("allowed", "'toy:c' and 'toy:d' look alike. Let through: other camera."),
)


def folds():
    """Two seeds of one system, an incomplete one with odd videos, real data, a chosen epoch."""
    real = {"dataset": "mmi", "synthetic": False, "preset": Preset("full", "as published")}
    chosen = {**real, "selection": "test"}
    gone = {**real, "weights": Weights("none", None)}
    return [
        record(request(fold=0), predictions(0, {1})),
        record(request(fold=1), predictions(1, {2, 5, 8})),
        record(request(fold=0, seed=1), predictions(0, {3, 4})),
        record(request(fold=1, seed=1), predictions(1, {0})),
        replace(
            record(request(RESNET, fold=1, findings=FINDINGS), predictions(1, {0, 1, 2, 3}, ODD)),
            excluded={"profile view": 2},
            unread=("toy:0-03",),
        ),
        record(request(fold=0, **real), predictions(0, {0})),
        record(request(fold=1, **real), predictions(1, {1, 2})),
        record(request(GONE, fold=0, **gone), predictions(0, {0, 3, 6, 9})),
        record(request(GONE, fold=1, **gone), predictions(1, {0, 1, 2, 3, 4, 5})),
        record(request(fold=0, **chosen), predictions(0, set())),
        record(request(fold=1, **chosen), predictions(1, {1})),
    ]


def costs():
    table8 = replace(model("c3d-table8", "C3D as in Table 8"), reported_cost=("C3D",))
    counted = Complexity(487, (3, 35, 224, 224), 79991015, None, 326411415352)
    return [
        cost(),
        cost(environment=GPU, samples=(1.25, 1.5), quick=False),
        cost(RESNET, complexity=Complexity(3, (3, 35, 64, 64), 11188816, 5200000000, None)),
        cost(table8, samples=(), complexity=counted),
    ]


def sections(reported="paper", *, datasets=(), models=(), **changes):
    given = {"folds": folds(), "costs": costs(), "entries": DATASETS, **changes}
    query = tables.Query(datasets, models, reported)
    return tables.comparison(
        given["folds"], given["costs"], tables.load_reported(), query, given["entries"]
    )


def measured(*records, **changes):
    return sections("none", folds=list(records), costs=[], **changes)


def only_row(*records):
    (section,) = measured(*records)
    (row,) = section.rows
    return row


def printed():
    """File name -> what it should hold."""
    found = sections()
    return {
        "tables-80.txt": tables.render(found, "text", 80),
        "tables-160.txt": tables.render(found, "text", 160),
        "tables.md": tables.render(found, "markdown"),
        "tables.csv": tables.render(found, "csv"),
        "tables.tex": tables.render(found, "latex"),
        "tables.json": tables.render(found, "json"),
    }


# ------------------------------------------------------------------ golden files


@pytest.mark.parametrize("name", printed())
def test_every_format_prints_its_golden_file(name):
    assert printed()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_bytes_do_not_depend_on_hash_seed_locale_or_terminal():
    strange = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40"}
    code = "from tests.bench.test_tables import printed; import json; print(json.dumps(printed()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **strange},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == printed()


def test_no_torch_is_imported():
    code = (
        "import sys, bench.tables, bench.protocols, bench.audit; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# ------------------------------------------------------------------ scores


def test_the_folds_of_a_seed_are_pooled():
    row = only_row(
        record(request(fold=0), predictions(0, {1})),
        record(request(fold=1), predictions(1, {2, 5, 8})),
    )
    assert row["war"] == pytest.approx(20 / 24)
    assert row["uar"] == pytest.approx((8 / 8 + 7 / 8 + 5 / 8) / 3)


def test_the_spread_is_the_sample_standard_deviation_over_folds():
    row = only_row(
        record(request(fold=0), predictions(0, set())),
        record(request(fold=1), predictions(1, {0, 1, 2})),
    )
    assert row["uar_fold_mean"] == pytest.approx((1 + 0.75) / 2)
    assert row["uar_fold_sd"] == pytest.approx(0.25 / math.sqrt(2))


def test_seeds_are_pooled_one_by_one_and_then_averaged():
    row = only_row(
        record(request(fold=0, seed=0), predictions(0, {1})),
        record(request(fold=0, seed=1), predictions(0, {1, 2, 3})),
    )
    assert (row["seeds"], row["folds"]) == (2, 1)
    assert row["war"] == pytest.approx((11 / 12 + 9 / 12) / 2)


def test_a_video_without_scores_is_wrong_officially_and_left_out_of_the_seen():
    row = only_row(record(request(), predictions(0, {0}, ODD)))
    assert (row["videos"], row["seen"], row["fallback"], row["unreadable"]) == (12, 10, 1, 2)
    assert row["war"] == pytest.approx(9 / 12)
    assert row["war_seen"] == pytest.approx(9 / 10)


def test_a_fold_stored_twice_counts_once_with_its_newest_record():
    old = record(request(), predictions(0, {0, 1, 2}), "2026-01-01T00:00:00Z")
    new = record(request(), predictions(0, set()), "2026-01-02T00:00:00Z")
    (section,) = measured(new, old)
    assert section.rows[0]["war"] == 1.0
    assert "Left out: 1 older record(s) of folds that were run again." in section.notes


def test_the_best_system_stands_first():
    titles = [row["system"] for row in sections()[0].rows]
    assert titles == ["CEFLNet", "50% | <Gone> & forgotten"]


def test_an_incomplete_system_stands_behind_the_complete_ones():
    (section,) = measured(
        record(request(RESNET, fold=0), predictions(0, set())),
        record(request(fold=0), predictions(0, {0, 1})),
        record(request(fold=1), predictions(1, {0, 1})),
    )
    assert [row["system"] for row in section.rows] == ["CEFLNet", "ResNet-18"]


# ------------------------------------------------------------------ what is never mixed


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


def test_two_identities_of_one_system_are_two_rows_that_can_be_told_apart():
    imagenet = request(weights=Weights("imagenet", "a" * 64), identity="0badcafe1234")
    (section,) = measured(
        record(request(), predictions(0, {0})), record(imagenet, predictions(0, set()))
    )
    assert [row["system"] for row in section.rows] == ["CEFLNet [0badcafe]", "CEFLNet [ceflnet-]"]


def test_synthetic_data_say_so_and_carry_no_reported_number():
    (section,) = measured(record(request(dataset="mmi"), predictions(0, {0})))
    assert section.title == "MMI · subject-2-fold · preset quick (SYNTHETIC DATA)"
    assert section.rows[0]["reported_war"] is None
    assert "WAR %\nreported" not in [column.title for column in section.columns]


def test_a_reported_number_stands_beside_the_measured_one_with_its_source():
    (section,) = measured(record(request(dataset="mmi", synthetic=False), predictions(0, {0})))
    assert section.rows[0]["reported_war"] == pytest.approx(0.91)
    assert section.notes[-1] == (
        "Reported WAR of CEFLNet: CEFLNet (Liu et al., Inf. Sci. 598, 2022), Table 3, "
        "10-fold CV (CEFLNet paper)."
    )


def test_an_epoch_chosen_on_the_test_videos_marks_every_score():
    (section,) = measured(record(request(selection="test"), predictions(0, {0})))
    text = tables.render([section], "text")
    assert text.count("91.67 †") == 3  # UAR, WAR, Fold UAR
    assert "† optimistic: the epoch was chosen on the test videos." in text


def test_a_missing_fold_is_marked_and_named():
    (section,) = measured(record(request(fold=1), predictions(1, {0})))
    assert " 1/2* " in tables.render([section], "text")
    assert (
        "* incomplete, and not comparable with complete rows: CEFLNet lacks seed 0 fold 1."
        in section.notes
    )


def test_the_note_names_data_hash_machine_and_chance():
    (section,) = measured(record(request(), predictions(0, {0})))
    assert section.notes[0] == (
        "12 videos of 2 subjects, 3 classes; protocol hash 0123456789ab; run on cpu-epyc-2. "
        "Chance: UAR 33.33 %, and WAR 33.33 % for always answering anger."
    )


def test_a_dataset_that_the_registry_does_not_know_still_prints():
    (section,) = measured(record(request(dataset="old"), predictions(0, {0})), entries={})
    assert section.title == "old · subject-2-fold · preset quick (SYNTHETIC DATA)"


# ------------------------------------------------------------------ cost


def with_costs(*given):
    return sections("none", folds=[record(request(), predictions(0, {0}))], costs=list(given))


def test_latencies_of_two_machines_never_share_a_column():
    (section,) = with_costs(cost(), cost(environment=GPU, samples=(1.0, 3.0), quick=False))
    row = section.rows[0]
    here = "CPU/fp32/batch 1/2 threads/torch 2.6/cpu-epyc-2/quick"
    there = "cuda/fp32/batch 1/torch 2.6/gpu-h200"
    assert {key: value for key, value in row.items() if key.startswith("latency")} == {
        f"latency_p50_ms@{here}": 11.0,
        f"latency_p95_ms@{here}": 11.9,
        f"latency_unstable@{here}": False,
        f"latency_p50_ms@{there}": 2.0,
        f"latency_p95_ms@{there}": 2.9,
        f"latency_unstable@{there}": False,
    }


@pytest.mark.parametrize(
    "other",
    [{"precision": "bf16"}, {"batch": 8}, {"compiled": True}, {"channels_last": True}],
    ids=lambda other: next(iter(other)),
)
def test_beside_a_score_stands_the_time_of_the_plain_setting_alone(other):
    setting = Setting("cpu", threads=2, **other)
    timed = cost(timing=Timing(setting, True, 3, True, (99.0,)))
    section, *_ = sections("none", costs=[cost(), timed])
    titles = [column.title for column in section.columns]
    assert [title for title in titles if title.startswith("p50")] == ["p50 ms\n(quick)"]
    assert all(row[key] != 99.0 for row in section.rows for key in row if "latency" in key)


def test_a_quick_latency_is_labelled():
    (section,) = with_costs(cost())
    assert section.columns[-1].title == "p50 ms\n(quick)"
    assert section.notes[-1] == (
        "p50 ms (quick): wall time of a forward pass, CPU, fp32, batch 1, 2 threads, torch 2.6, on "
        "cpu-epyc-2; a few passes, an indication only."
    )


def test_counts_stand_beside_a_score_without_any_time():
    (section,) = with_costs(cost(samples=()))
    assert (section.rows[0]["params"], section.rows[0]["macs"]) == (12828807, 63520000000)
    assert section.columns[-1].title == "MACs"


def test_a_score_without_any_cost_has_an_empty_column_of_macs():
    (section,) = sections("none", costs=[], folds=folds()[:2])
    assert section.columns[-1].title == "MACs"
    assert section.columns[-1].show(section.rows[0]) == "–"


def test_the_newest_time_of_a_machine_speaks_and_carries_its_mark():
    later = cost(samples=(20.0, 21.0, 22.0), created="2026-01-02T00:00:00+00:00")
    marked = replace(later, timing=replace(later.timing, unstable=("busy",)))
    (section,) = with_costs(marked, cost())
    assert section.columns[-1].show(section.rows[0]) == "≈21.00"
    assert section.notes[-1] == "≈ unstable: `bench table --cost` says why."


@pytest.mark.parametrize(
    "other",
    [
        cost(replace(CEFLNET, args={"sal": False})),
        cost(complexity=Complexity(7, (3, 35, 64, 64), 1)),
        cost(
            replace(CEFLNET, input=InputSpec(Sampling("clips", 7, 2), Sampling("clips", 7, 2), 64))
        ),
    ],
    ids=["args", "classes", "frames"],
)
def test_the_cost_of_another_network_or_input_stands_beside_no_score(other):
    (section,) = with_costs(other)
    assert section.rows[0]["params"] is None
    assert section.columns[-1].title == "MACs"


def test_the_cost_of_the_networks_own_size_stands_beside_a_shrunken_run_with_its_input():
    own = replace(CEFLNET, input=replace(CEFLNET.input, size=224))
    (section,) = with_costs(cost(own, complexity=Complexity(3, (3, 35, 224, 224), 1, 2, 3)))
    assert section.rows[0]["input"] == "3×35×224×224"
    assert "Input" in [column.title for column in section.columns]


def test_the_cost_of_the_scored_size_goes_first():
    own = replace(CEFLNET, input=replace(CEFLNET.input, size=224))
    newer = "2026-01-02T00:00:00+00:00"
    other = cost(own, complexity=Complexity(3, (3, 35, 224, 224), 1, 2, 3), created=newer)
    (section,) = with_costs(cost(), other)
    assert section.rows[0]["input"] == "3×35×64×64"


def test_large_counts_print_in_the_unit_of_their_column():
    text = tables.render(with_costs(cost()), "text")
    assert "12.83 M" in text
    assert "63.52 G" in text


def test_a_small_count_is_not_printed_as_zero():
    tiny = cost(complexity=Complexity(3, (3, 1, 8, 8), 12, 0, 0))
    text = tables.render(with_costs(tiny), "text")
    assert "<0.01 M" in text
    assert "0.00 G" in text


# ------------------------------------------------------------------ reported numbers


def test_a_fresh_clone_shows_the_papers_tables_as_not_run():
    found = sections(folds=[], costs=[])
    assert [s.key["table"] for s in found] == [f"Table {n}" for n in range(2, 10)]
    assert tables.render(found, "text").count("not run") == 48


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


def test_notes_say_what_a_sanity_row_is_for_and_where_answers_came_from():
    still = replace(
        RESNET, name="resnet18@still", title="ResNet-18 @ still", note="sanity row: one"
    )
    records = [record(request(entry), predictions(0, {1})) for entry in (CEFLNET, still)]
    (section,) = tables.comparison(records, [], {})
    assert [n for n in section.notes if n.startswith("Sanity")] == [
        "Sanity row, ResNet-18 @ still: one."
    ]
    (section,) = tables.comparison([record(request(made="imported"), predictions(0, {1}))], [], {})
    assert "Source of CEFLNet: cited." in section.notes
    assert "run elsewhere. Chance" in section.notes[0]


@pytest.mark.parametrize(
    ("objective", "expected"), [("label-smoothing", 0.8706), ("ec-stfl", None)]
)
def test_another_objective_stands_beside_what_is_reported_with_it_alone(objective, expected):
    model = replace(CEFLNET, reported_with={"label-smoothing": ("SAANet",)})
    other = ObjectiveEntry(objective, "x:y", "cited")
    asked = request(model, dataset="mmi", synthetic=False, objective=other)
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] == expected


def test_the_recipe_of_another_model_brings_its_objective():
    model = replace(CEFLNET, reported_with={"label-smoothing": ("SAANet",)})
    other = ObjectiveEntry("label-smoothing", "x:y", "cited")
    asked = request(model, dataset="mmi", synthetic=False, objective=other)
    asked = replace(asked, recipe=replace(asked.recipe, objective=other.name), regime="common")
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] == 0.8706


def test_a_dataset_that_was_run_leaves_the_reported_only_tables():
    real = record(request(dataset="mmi", synthetic=False), predictions(0, {0}))
    found = sections(folds=[real], costs=[])
    assert "Table 3" not in {s.key.get("table") for s in found}


def test_a_synthetic_twin_does_not_count_as_a_run():
    twin = record(request(dataset="mmi"), predictions(0, {0}))
    found = sections(folds=[twin], costs=[])
    assert "Table 3" in {s.key.get("table") for s in found}


@pytest.mark.parametrize("other", [{"train_on": "dfew"}, {"harmonised": True}], ids=str)
def test_what_papers_do_not_report_stands_beside_no_reported_number(other):
    asked = request(dataset="mmi", synthetic=False, **other)
    found = sections(folds=[record(asked, predictions(0, {0}))], costs=[])
    assert found[0].rows[0]["reported_war"] is None
    assert "Table 3" in {s.key.get("table") for s in found}


def test_all_quoted_numbers_can_be_asked_for():
    found = sections("all", folds=[], costs=[])
    assert sum(len(s.rows) for s in found) == 527


# ------------------------------------------------------------------ queries


def test_a_named_dataset_shows_alone_with_what_papers_report_of_it():
    assert {s.key.get("dataset") for s in sections(datasets=("synthetic",))} == {"synthetic"}
    never_run = sections(datasets=("mmi",), folds=[], costs=[])
    assert [s.key["table"] for s in never_run] == ["Table 3", "Table 7"]


def test_a_named_model_shows_alone():
    found = sections(models=("resnet18",))
    assert [row["model"] for s in found for row in s.rows] == ["resnet18"]


def test_an_unknown_dataset_is_answered_with_the_known_ones():
    with pytest.raises(BenchError) as error:
        sections(datasets=("mmmi",))
    assert str(error.value) == "unknown dataset 'mmmi'. Did you mean 'mmi'? Known: mmi, synthetic."


def test_a_model_without_a_result_is_named():
    with pytest.raises(BenchError) as error:
        sections(models=("fan",))
    assert str(error.value) == (
        "model 'fan' has no stored result; stored are ceflnet, gone_model, resnet18. "
        "Run it with `bench run --model fan`."
    )


def test_a_model_with_nothing_but_a_cost_is_sent_to_the_table_of_costs():
    with pytest.raises(BenchError) as error:
        sections(models=("c3d-table8",))
    assert str(error.value) == (
        "model 'c3d-table8' has a cost and no stored result; stored are ceflnet, gone_model, "
        "resnet18. See its cost with `bench table --cost --model c3d-table8`."
    )


def test_an_unknown_scope_is_refused():
    with pytest.raises(BenchError, match="unknown scope of reported numbers 'papers'"):
        sections("papers")


# ------------------------------------------------------------------ rendering


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_measured_line_is_wider_than_the_terminal(width):
    lines = tables.render(sections("none"), "text", width).splitlines()
    assert max(map(len, lines)) <= width


def test_a_wide_table_repeats_the_first_column_in_every_block():
    text = tables.render(sections("none")[:1], "text", 60)
    assert text.count("\nSystem ") == text.count("\nCEFLNet ") >= 2


def test_csv_and_json_hold_raw_numbers():
    one = sections("none")
    (first, *_) = csv.DictReader(io.StringIO(tables.render(one, "csv")))
    same = json.loads(tables.render(one, "json"))["sections"][0]["rows"][0]
    assert float(first["uar_fold_sd"]) == same["uar_fold_sd"] == one[0].rows[0]["uar_fold_sd"]
    assert same["uar_fold_sd"] != round(same["uar_fold_sd"], 8)


def test_names_are_escaped_for_latex():
    text = tables.render(sections("none"), "latex")
    assert r"50\% \textbar{} \textless{}Gone\textgreater{} \& forgotten &" in text


def test_a_row_that_begins_with_a_bracket_is_no_argument_in_latex():
    entry = replace(CEFLNET, title="[*] A_B")
    text = tables.render(measured(record(request(entry), predictions(0, {0}))), "latex")
    assert "\n{[}{*}] A\\_B & " in text


def test_names_are_escaped_for_markdown():
    assert r"| 50% \| &lt;Gone&gt; &amp; forgotten |" in tables.render(sections("none"), "markdown")


def test_an_unknown_format_is_refused():
    with pytest.raises(BenchError) as error:
        tables.render([], "markdwn")
    assert str(error.value) == (
        "unknown format 'markdwn'. Did you mean 'markdown'? "
        "Known: csv, html, json, latex, markdown, text."
    )


if __name__ == "__main__":
    for name, text in printed().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")

"""The golden file: `python -m tests.bench.tables.paper.test_paper_measured`."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import index, store, tables
from bench.records import Finding, Preset, Weights
from bench.tables.paper.settings import FOLDS
from bench.tables.reported import PAPER
from tests.bench.tables.paper.paper_runs import dataset_called, known, registry, request, run

GOLDEN = Path(__file__).parents[3] / "golden" / "paper-2-measured.txt"
SEVEN = [4, 4, 3, 3, 4, 3, 4, 3, 3, 3]
"""34 of 40 videos are right: 85 %."""


def paper(number, *runs, costs=()):
    folds = [fold for mine in runs for fold in mine]
    return tables.paper_tables((number,), tables.load_reported(), folds, costs, known())


def rows(section, **keys):
    return [row for row in section.rows if all(row[key] == value for key, value in keys.items())]


def one(section, **keys):
    (row,) = rows(section, **keys)
    return row


def shown(section, title):
    (column,) = (column for column in section.columns if column.title == title)
    return [column.show(row) for row in section.rows]


def table_2():
    """Each verdict once: within, above, below, other setting, not run."""
    return paper(
        2,
        run(request("ceflnet", "BU-3DFE"), SEVEN),
        run(request("c3d", "BU-3DFE"), [4] * 10),
        run(request("c3d-lstm", "BU-3DFE"), [1] * 10),
        run(request("fan", "BU-3DFE", preset=registry().presets["quick"]), [4] * 10),
    )


def test_every_verdict_is_reached():
    (section,) = table_2()
    assert {row["system"]: row["verdict"] for row in section.rows} == {
        "FERAtt+Rep+Cls": "not run",
        "FAN": "other setting",
        "DeRL": "not run",
        "C3D": "above",
        "C3D-LSTM": "below",
        "ICNP": "not run",
        "CEFLNet": "within",
    }


def test_the_table_with_measured_numbers_is_the_golden_one():
    assert tables.render(table_2(), "text", 160) == GOLDEN.read_text(encoding="utf-8")


def test_a_measured_number_stands_beside_the_reported_one():
    row = one(table_2()[0], system="CEFLNet")
    assert row["measured"] == pytest.approx(0.85)
    assert row["measured_sd"] == pytest.approx(0.12909944)  # of 1 and 0.75, four and six of ten
    assert row["low"] < 0.85 < row["high"]
    assert (row["reported"], row["folds"], row["folds_paper"], row["seeds"]) == (0.8533, 10, 10, 1)
    assert (row["selection"], row["folds_by"], row["preset"]) == ("last", "subject-10-fold", "full")


def test_folds_of_a_quick_run_are_left_out_with_the_reason():
    (section,) = table_2()
    (note,) = (note for note in section.notes if note.startswith("Left out"))
    assert note.startswith("Left out: fan [")
    assert note.endswith("(preset quick).")
    assert one(section, system="FAN")["measured"] is None


def everything():
    """Runs that answer every row that has an entry, in the setting of the paper."""
    found = []
    for quote in tables.load_reported():
        claim = known().entry_of(quote)
        if quote["source"] != PAPER or not claim:
            continue
        name, frames = claim[0], quote["frames_per_clip"]
        asked = request(
            f"{name}@frames={frames}" if frames else name, quote["dataset"], objective=claim[1]
        )
        found.append(run(asked, [3] * FOLDS[quote["dataset"]], located=2))
    return [fold for mine in found for fold in mine]


def test_planted_runs_fill_every_measured_cell_of_tables_2_to_9():
    quotes = tables.load_reported()
    sections = tables.paper_tables(range(2, 10), quotes, everything(), (), known())
    sections = [section for section in sections if "no reported" not in section.title]
    titles = [section.key["table"] for section in sections]
    assert titles == [f"Table {number}" for number in range(2, 10)]
    for section in sections:
        for row in section.rows:
            if known().entry_of(row):
                assert row["verdict"] in ("within", "above", "below"), row["system"]
                assert None not in (row["measured"], row["low"], row["high"])
                assert row["measured"] == (0.5 if section.key["table"] == "Table 7" else 0.75)
            else:
                assert (row["verdict"], row["measured"]) == ("not run", None)


def test_objectives_of_table_5_are_not_mixed():
    plain = run(request("p3d63", "DFEW"), [4] * 5)
    assert one(paper(5, plain)[0], system="P3D,EC-STFL")["verdict"] == "not run"
    asked = run(request("p3d63", "DFEW", objective="ec-stfl"), [4] * 5)
    assert one(paper(5, asked)[0], system="P3D,EC-STFL")["measured"] == 1.0


def test_each_length_of_table_9_answers_its_own_row():
    asked = run(request("ceflnet@frames=10", "BU-3DFE"), [4] * 10)
    found = {row["frames_per_clip"]: row["measured"] for row in paper(9, asked)[0].rows}
    assert found == {"2": None, "5": None, "10": 1.0, "15": None}
    assert one(paper(2, asked)[0], system="CEFLNet")["verdict"] == "not run"


def test_tables_8_and_9_say_the_accuracy_and_count_nothing_twice():
    section = paper(8, run(request("c3d", "BU-3DFE"), SEVEN))[0]
    assert shown(section, "Accuracy %\nmeasured") == ["85.00 ± 12.91", "–", "–"]
    assert section.key["data"] == "reported and measured"


def test_ablations_answer_table_6():
    found = paper(6, run(request("ceflnet-sal", "BU-3DFE"), SEVEN))[0]
    assert one(found, ablation="SAL")["measured"] == pytest.approx(0.85)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"synthetic": True}, "synthetic data"),
        ({"train_on": "mmi"}, "trained on mmi"),
        ({"harmonised": True}, "2 classes that datasets share"),
        ({"preset": Preset("full", "mine", size=64)}, "preset full"),
        ({"regime": "common"}, "recipe ceflnet-120 for all"),
        ({"made": "imported"}, "answers imported from elsewhere"),
        ({"made": "evaluated"}, "a checkpoint that was trained elsewhere"),
        ({"weights": Weights("synthetic", None)}, "weights synthetic"),
        ({"weights": Weights("imagenet", None)}, "weights imagenet, not of faces"),
    ],
)
def test_another_setting_is_never_shown_as_a_reproduction(changes, reason):
    (section,) = paper(2, run(request("ceflnet", "BU-3DFE", **changes), SEVEN))
    row = one(section, system="CEFLNet")
    assert (row["verdict"], row.get("measured")) == ("other setting", None)
    assert section.title.endswith("(REPORTED ONLY)")
    (note,) = (note for note in section.notes if note.startswith("Left out"))
    assert note.endswith(f"] ({reason}).")


def test_other_folds_than_those_of_the_paper_are_another_setting():
    five = request("ceflnet", "BU-3DFE", protocol="subject-5-fold", folds=5)
    (section,) = paper(2, run(five, [4] * 5))
    said = "(protocol subject-5-fold of 5 fold(s), where the paper has 10)."
    assert any(note.endswith(said) for note in section.notes)
    ours = request("ceflnet", "DFEW", protocol="subject-5-fold")
    (section,) = paper(5, run(ours, [4] * 5))
    assert any("where the paper has 5 official)." in note for note in section.notes)


def test_folds_that_are_not_all_done_are_another_setting():
    (section,) = paper(2, run(request("ceflnet", "BU-3DFE"), SEVEN)[:3])
    assert any(note.endswith("(3 of 10 folds done).") for note in section.notes)
    assert one(section, system="CEFLNet")["verdict"] == "other setting"


def test_a_seed_without_all_folds_is_left_out_and_said():
    asked = request("ceflnet", "BU-3DFE")
    other = run(replace(asked, seed=1), [0] * 4)
    (section,) = paper(2, run(asked, SEVEN), other)
    row = one(section, system="CEFLNet")
    assert (row["measured"], row["seeds"]) == (pytest.approx(0.85), 1)
    assert any("left out: 1 seed(s) without all folds." in note for note in section.notes)


def test_what_the_audit_let_pass_is_said_beside_the_number():
    leak = Finding("allowed", "video a trains and tests. Let through: no other copy.")
    (section,) = paper(2, run(request("c3d", "BU-3DFE", findings=(leak,)), [4] * 10))
    row = one(section, entry="c3d")
    said = "LEAK LET THROUGH: video a trains and tests. Let through: no other copy."
    assert row["audit"] == said
    (note,) = (note for note in section.notes if note.startswith("c3d ["))
    assert note.endswith(f". {said}")


def test_seeds_are_averaged():
    asked = request("ceflnet", "BU-3DFE")
    (section,) = paper(2, run(asked, [4] * 10), run(replace(asked, seed=1), [2] * 10))
    row = one(section, system="CEFLNet")
    assert (row["measured"], row["measured_sd"], row["seeds"]) == (0.75, 0.0, 2)


def test_a_fold_that_was_run_again_counts_once():
    asked = request("ceflnet", "BU-3DFE")
    again = [replace(fold, created="2026-11-21T00:00:00+00:00") for fold in run(asked, [2] * 10)]
    (section,) = paper(2, again, run(asked, [4] * 10))
    assert one(section, system="CEFLNet")["measured"] == 0.5


def test_candidates_are_further_rows_and_never_mixed():
    last = request("ceflnet", "BU-3DFE")
    best = request("ceflnet", "BU-3DFE", selection="test")
    mine = replace(last, recipe=replace(last.recipe, name="mine", lr=1e-2), identity="zzz")
    (section,) = paper(2, run(mine, [1] * 10), run(best, [4] * 10), run(last, [2] * 10))
    assert [
        (row["measured"], row["selection"], row["recipe"], row["verdict"])
        for row in rows(section, system="CEFLNet")
    ] == [
        (0.5, "last", "ceflnet-120", "below"),
        (0.25, "last", "mine", "below"),
        (1.0, "test", "ceflnet-120", "above"),
    ]
    assert shown(section, "Accuracy %\nmeasured")[-1] == "100.00 ± 0.00 †"
    assert "† optimistic: the epoch was chosen on the test videos." in section.notes


def test_one_fold_has_an_interval_and_no_deviation_over_folds():
    (section,) = paper(4, run(request("ceflnet", "AFEW 8.0"), [30], videos=40))
    row = one(section, system="CEFLNet")
    assert (row["measured"], row["measured_sd"]) == (0.75, None)
    assert row["low"] is not None


def test_one_subject_gives_no_interval():
    folds = run(request("ceflnet", "AFEW 8.0"), [1], videos=1)
    row = one(paper(4, folds)[0], system="CEFLNet")
    assert (row["verdict"], row["low"]) == ("no interval", None)


def test_a_model_that_the_registry_lacks_answers_by_its_own_word():
    asked = request("ceflnet", "BU-3DFE")
    gone = replace(asked, model=replace(asked.model, name="gone", reported=("CEFLNet",)))
    assert one(paper(2, run(gone, SEVEN))[0], system="CEFLNet")["entry"] == "gone"


@pytest.mark.slow  # hundreds of files
def test_results_of_the_index_give_the_same_bytes(tmp_path):
    records = everything()
    for record in records:
        store.save_fold(tmp_path, record)
    results, damaged = index.load(tmp_path)
    assert damaged == ()
    quotes = tables.load_reported()
    given = [
        tables.render(tables.paper_tables(range(2, 10), quotes, folds, (), known()), "csv")
        for folds in (results, records, records[::-1])
    ]
    assert given[0] == given[1] == given[2]


@pytest.mark.parametrize(
    "format", ["text", *(pytest.param(name, marks=pytest.mark.slow) for name in ("csv", "latex"))]
)
def test_a_command_prints_the_same_bytes_under_any_hash_seed_and_locale(tmp_path, format):
    for mine in (run(request("ceflnet", "BU-3DFE"), SEVEN), run(request("c3d", "BU-3DFE"), SEVEN)):
        for record in mine:
            store.save_fold(tmp_path, record)
    words = ["table", "--paper", "all", "--results", str(tmp_path), "--format", format]
    code = f"import sys; from bench.cli import main; sys.exit(main({words!r}))"
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        )
        for seed, locale in (("1", "C"), ("2", "de_DE.UTF-8"))
    ]
    assert said[0].stdout == said[1].stdout
    assert b"Table 9" in said[0].stdout
    assert said[0].stderr == b""


def test_datasets_of_the_paper_are_in_the_registry():
    assert [dataset_called(name) for name in FOLDS] == ["bu4dfe", "mmi", "afew", "dfew"]


if __name__ == "__main__":
    GOLDEN.write_text(tables.render(table_2(), "text", 160), encoding="utf-8")

"""The selection audit on hand-worked curves."""

from dataclasses import replace

import pytest

from bench import companions, store
from bench.cli import main
from bench.errors import BenchError
from bench.records import Epoch, Prediction
from bench.tables import render
from bench.tables.epochs import recorded
from bench.tables.query import Query
from bench.tables.selection import audit, selection

RIGHT, WRONG = (0.1, 0.7, 0.2), (0.7, 0.1, 0.2)


def fold(record, *, hits, index=0, seed=0, validation=None, rule="last", identity=None):
    """Four happy videos; `hits` says how many of them each epoch answers right."""
    request = record.request
    fold = replace(request.fold, index=index, test=tuple(f"faces:{index}{n}" for n in range(4)))
    request = replace(
        request,
        fold=fold,
        seed=seed,
        selection=rule,
        identity=identity or request.identity,
    )
    answers = [
        tuple(
            Prediction(v, None, None, "happy", "scored", RIGHT if n < right else WRONG)
            for n, v in enumerate(fold.test)
        )
        for right in hits
    ]
    chosen = validation or [None] * len(hits)
    epochs = tuple(Epoch(n, 1e-3, 1.0, 0.1, chosen[n]) for n in range(len(hits)))
    made = replace(record, request=request, epochs=epochs, predictions=answers[-1])
    return replace(made, selected_epoch=len(hits) - 1), answers


@pytest.fixture
def keep(tmp_path, fold_record):
    """Store folds with their epochs."""

    def write(**given):
        record, answers = fold(fold_record, **given)
        classes = record.request.classes
        rows = [companions.epoch_rows(n, a, classes) for n, a in enumerate(answers)]
        text = "".join([companions.epochs_head(classes), *rows])
        return store.save_fold(tmp_path, record, {companions.EPOCHS: text.encode()})

    return write


def sections_of(folder, metric="uar"):
    found, damaged = recorded(folder)
    assert not damaged
    return selection(found, metric)


def numbers(row):
    return {key: row[key] for key in ("last", "common", "best", "gap", "gap_sd", "gap_common")}


def test_each_rule_reads_its_own_epoch(keep, tmp_path):
    keep(hits=[1, 4, 2], index=0)
    keep(hits=[3, 2, 2], index=1)
    ((row,),) = (section.rows for section in sections_of(tmp_path))
    # last (2/4, 2/4); best a fold (4/4, 3/4); the second epoch has the best mean, (4 + 2) / 8
    assert numbers(row) == pytest.approx(
        {
            "last": 0.5,
            "common": 0.75,
            "best": 0.875,
            "gap": 0.375,
            "gap_sd": 0.125 * 2**0.5,  # of 0.5 and 0.25
            "gap_common": 0.25,
        }
    )
    assert (row["validation"], row["folds"], row["folds_of"], row["seeds"]) == (None, 2, 2, 1)


def test_seeds_are_averaged_after_their_folds(keep, tmp_path):
    keep(hits=[4, 2], index=0, seed=0)
    keep(hits=[2, 2], index=1, seed=0)
    keep(hits=[2, 4], index=0, seed=1)
    keep(hits=[4, 2], index=1, seed=1)
    ((row,),) = (section.rows for section in sections_of(tmp_path))
    # seed 0: last 1/2, best 3/4, gaps 1/2 and 0; seed 1: last 3/4, best 1, gaps 0 and 1/2
    assert numbers(row) == pytest.approx(
        {
            "last": 0.625,
            "common": 0.75,
            "best": 0.875,
            "gap": 0.25,
            "gap_sd": 0.25 * 2**0.5,
            "gap_common": 0.125,
        }
    )


def test_the_epoch_of_validation_is_the_first_of_the_best(keep, tmp_path):
    keep(hits=[1, 3, 2, 4], validation=[0.2, 0.6, 0.6, 0.1], rule="validation")
    (section,) = sections_of(tmp_path)
    (row,) = section.rows
    assert row["validation"] == 0.75
    assert (row["last"], row["best"]) == (1.0, 1.0)
    assert (row["gap"], row["gap_sd"]) == (0.25, None)
    assert [c.title for c in section.columns][2] == "UAR %\nvalidation"


def test_scores_of_a_choice_on_test_are_no_validation(keep, tmp_path):
    keep(hits=[3, 2], validation=[0.75, 0.5], rule="test")
    ((row,),) = (section.rows for section in sections_of(tmp_path))
    assert (row["validation"], row["last"], row["gap"]) == (None, 0.5, 0.25)


def test_rules_of_selection_are_never_mixed(keep, tmp_path):
    keep(hits=[3, 2])
    keep(hits=[3, 2], validation=[0.1, 0.2], rule="validation", identity="f" * 12)
    assert len(sections_of(tmp_path)) == 2


def test_folds_of_different_length_share_the_epochs_that_all_have(keep, tmp_path):
    keep(hits=[1, 2, 4], index=0)
    keep(hits=[2, 3], index=1)
    ((row,),) = (section.rows for section in sections_of(tmp_path))
    assert row["common"] == (2 + 3) / 8
    assert row["epochs"] == 2


def test_the_printed_table(keep, tmp_path):
    keep(hits=[1, 4, 2], index=0)
    keep(hits=[3, 2, 2], index=1)
    assert render(sections_of(tmp_path), "text", width=100) == GOLDEN


GOLDEN = """\
Selection audit · faces · subject-2-fold · preset full (SYNTHETIC DATA)
=======================================================================
        UAR %        UAR %        UAR %     Gap             Gap
System   last  best common  best a fold  common          a fold  Epochs  Folds  Seeds  Weights
------  -----  -----------  -----------  ------  --------------  ------  -----  -----  -------
Tiny    50.00      75.00 †      87.50 †  +25.00  +37.50 ± 17.68       3    2/2      1  none

System  Recipe
------  ------
Tiny    brief

  One and the same training, read off at several epochs. UAR: mean over the folds of a seed, then
    over the seeds; the table of results pools the folds instead.
  Last: after the last epoch.
  † optimistic, and no result: the test videos chose the epoch. Best common: one epoch for all folds
    of a seed; best a fold: another for each fold.
  Gap: optimistic minus last, in points; ± sample standard deviation over the folds (n-1).
"""


def test_every_format_has_it(keep, tmp_path):
    keep(hits=[1, 2])
    sections = sections_of(tmp_path, "war")
    for format in ("markdown", "csv", "latex", "json"):
        assert "Tiny" in render(sections, format)


def test_folds_without_epochs_are_passed_over_and_damaged_ones_are_named(
    keep, tmp_path, fold_record
):
    path = keep(hits=[1, 2])
    store.save_fold(tmp_path, replace(fold_record, request=replace(fold_record.request, seed=9)))
    found, damaged = recorded(tmp_path)
    assert (len(found), damaged) == (1, [])
    file = companions.path_of(path, companions.EPOCHS)
    file.write_text(file.read_text().replace("0.7", "0.8"))
    found, (damage,) = recorded(tmp_path)
    assert found == []
    assert damage.path == path
    assert "its sha256 differs" in damage.reason


def test_nothing_kept_gets_a_sentence(tmp_path):
    with pytest.raises(BenchError) as caught:
        sections_of(tmp_path)
    assert str(caught.value) == (
        "no stored fold has the answers of its epochs. Keep them with `bench run --record-epochs`."
    )


def test_an_unknown_score_gets_a_sentence(keep, tmp_path):
    keep(hits=[1, 2])
    with pytest.raises(BenchError, match="unknown score for the selection audit 'auc'"):
        sections_of(tmp_path, "auc")


def test_names_choose_and_wrong_ones_get_a_sentence(keep, tmp_path):
    keep(hits=[1, 2])
    told = []
    (section,) = audit(tmp_path, told.append, Query(("faces",), ("tiny",)))
    assert (len(section.rows), told) == (1, [[]])
    with pytest.raises(BenchError) as caught:
        audit(tmp_path, told.append, Query((), ("tony",)))
    assert str(caught.value) == (
        "unknown model among results with the answers of epochs 'tony'. Did you mean 'tiny'? "
        "Known: tiny."
    )


def test_the_command_prints_it(keep, tmp_path, capsys):
    keep(hits=[1, 4, 2])
    words = ["table", "--selection", "--results", str(tmp_path), "--metric", "war"]
    assert main(words) == 0
    assert "Selection audit · faces" in capsys.readouterr().out
    assert main([*words, "--reported", "all"]) == 2
    assert capsys.readouterr().err == (
        "error: --selection prints a table of its own; leave --reported out.\n"
    )


def test_a_document_may_hold_it(keep, tmp_path):
    keep(hits=[1, 4, 2])
    document = tmp_path / "mine.md"
    document.write_text("<!-- table:selection -->\n<!-- /table:selection -->\n")
    assert main(["table", "--results", str(tmp_path), "--write", str(document)]) == 0
    assert "| Tiny     |" in document.read_text()

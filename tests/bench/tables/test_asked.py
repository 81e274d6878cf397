"""Questions of markers, options that do not go together, and what a query leaves out."""

import re
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.tables.asked import Asked, Stored, answer, from_marker
from tests.bench.tables.shelf import shelve, system
from tests.records import model


@pytest.fixture
def stored(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    other = system(model("b"), (6, 6), dataset="other", dataset_fingerprint="e" * 64)
    folder = tmp_path / "results"
    shelve(folder, *system(model("a"), (3, 3)), *system(model("b"), (6, 6)), *other)
    return Stored(folder)


@pytest.mark.parametrize(
    ("name", "words", "asked"),
    [
        ("comparison", "", Asked()),
        ("cost", " --model fan", Asked(cost=True, model="fan")),
        ("paper-3", "", Asked(paper="3")),
        ("paper-all", "", Asked(paper="all")),
        ("mine", " --dataset mmi --metric uar,war", Asked(dataset="mmi", metric="uar,war")),
        ("mine", " --rows=model --columns=dataset", Asked(rows="model", columns="dataset")),
        (
            "mine",
            " --marks --metric 'recall:very happy'",
            Asked(marks=True, metric="recall:very happy"),
        ),
    ],
)
def test_a_marker_asks_what_the_command_line_asks(name, words, asked):
    assert from_marker(name, words) == asked


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("mine", "", "marker table:mine says nothing of what to show; expected comparison, cost"),
        ("mine", " --datset mmi", "unknown option of marker table:mine '--datset'. Did you mean"),
        ("mine", " --results x", "unknown option of marker table:mine '--results'."),
        ("mine", " --dataset", "option --dataset of marker table:mine has no value. Add it."),
        ("mine", " --dataset 'mmi", "marker table:mine cannot be read: No closing quotation."),
    ],
)
def test_a_marker_that_cannot_be_answered_is_named(name, words, said):
    with pytest.raises(BenchError) as error:
        from_marker(name, words)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            Asked(view="class"),
            "unknown view 'class'. Did you mean 'per-class'? Known: cross-corpus",
        ),
        (Asked(rows="model"), "--rows and --columns go together; name both, as in --rows model --"),
        (Asked(by="view"), "--by says nothing beside another --view than subgroups; leave one"),
        (Asked(view="folds", rows="model", columns="seed"), "--view says nothing beside --rows"),
        (Asked(view="per-class", metric="uar"), "--metric says nothing beside --view per-class"),
        (Asked(view="folds", marks=True), "--marks says nothing beside --view; leave one of"),
        (
            Asked(paper="3", metric="uar"),
            "--paper 3 prints a table of its own; leave --metric out.",
        ),
        (Asked(cost=True, sort="macs"), "--cost prints a table of its own; leave --sort out."),
    ],
)
def test_options_that_do_not_go_together_are_refused(stored, asked, said):
    with pytest.raises(BenchError) as error:
        answer(asked, stored)
    assert str(error.value).startswith(said)


def test_the_table_says_what_the_query_left_out(stored):
    (section,) = answer(Asked(dataset="faces", model="b", reported="none"), stored)
    assert section.notes[-1] == (
        "Left out by the query: 4 of 6 folds: 2 of faces (a); 2 of other (b)."
    )


def test_without_a_query_nothing_is_left_out(stored):
    sections = answer(Asked(reported="none"), stored)
    assert not any(note.startswith("Left out by") for s in sections for note in s.notes)


def test_chosen_scores_order_the_rows_and_sort_overrules_them(stored):
    first = answer(Asked(dataset="faces", metric="war"), stored)[0]
    sorted_ = answer(Asked(dataset="faces", metric="war", sort="system"), stored)[0]
    assert [row["model"] for row in first.rows] == ["b", "a"]
    assert [row["model"] for row in sorted_.rows] == ["a", "b"]


def test_views_keep_the_order_that_was_asked(stored):
    (section,) = answer(Asked(dataset="faces", view="per-class", sort="system"), stored)
    assert [row["model"] for row in section.rows] == ["a", "b"]


def test_a_view_of_an_empty_folder_names_the_command(tmp_path):
    with pytest.raises(BenchError, match="there is no stored result to look at"):
        answer(Asked(view="folds"), Stored(tmp_path))


def test_recomputing_gives_what_the_index_gives(stored):
    fresh = Stored(stored.folder, recompute=True)
    for asked in (Asked(), Asked(metric="auc,uar"), Asked(view="folds")):
        assert [s.rows for s in answer(asked, fresh)] == [s.rows for s in answer(asked, stored)]


def test_what_is_damaged_is_told_once(stored):
    next(stored.folder.rglob("*.json")).write_text("{")
    told = []
    fresh = Stored(stored.folder, tell=told.extend, recompute=True)
    answer(Asked(), fresh)
    answer(Asked(metric="auc"), fresh)
    assert len(told) == 1


def test_every_command_of_the_documentation_is_understood():
    text = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
    commands = re.findall(r"^bench table *([^#\n]*)", text, re.MULTILINE)
    assert len(commands) > 8
    for words in commands:
        if "--recompute" not in words and "--write" not in words:
            assert from_marker("comparison", words)

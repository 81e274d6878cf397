"""`bench table` on results folders: fresh, damaged, and written into a document."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from bench import store
from bench.cli import screen
from bench.records import Fold, Setting, Timing
from bench.registry import load

MARKED = "# Mine\n\n<!-- table:comparison -->\n<!-- /table:comparison -->\n\nThe end.\n"


@pytest.fixture
def results(tmp_path, fold_record):
    """Both folds of a protocol of two, for one system."""
    folder = tmp_path / "results"
    request = fold_record.request
    fold = Fold(1, request.fold.test, request.fold.train)
    answers = tuple(
        replace(answer, video=video)
        for answer, video in zip(fold_record.predictions, fold.test, strict=True)
    )
    other = replace(fold_record, request=replace(request, fold=fold), predictions=answers)
    store.save_fold(folder, fold_record)
    store.save_fold(folder, other)
    return folder


@pytest.fixture
def costs(tmp_path, cost_record):
    """One network, counted and timed on this machine."""
    folder = tmp_path / "costs"
    timing = Timing(Setting("cpu", threads=2), True, 3, True, (12.0, 10.0, 11.0))
    store.save_cost(folder, cost_record)
    store.save_cost(folder, replace(cost_record, timing=timing))
    return folder


def headings(text):
    lines = text.splitlines()
    return [a for a, b in pairwise(lines) if b and set(b) == {"="}]


def test_a_folder_that_is_not_there_is_said_and_shows_what_papers_report(ask, tmp_path):
    code, out, err = ask("table", "--results", tmp_path / "none")
    assert (code, err) == (
        0,
        f"results folder {tmp_path / 'none'} is not there: nothing measured.\n",
    )
    found = headings(out)
    assert len(found) == 8
    assert all("(REPORTED ONLY)" in heading for heading in found)


def test_stored_folds_come_first_and_both_are_counted(ask, results):
    code, out, err = ask("table", "--results", results, "--reported", "none")
    assert (code, err) == (0, "")
    assert len(headings(out)) == 1
    assert "(SYNTHETIC DATA)" in headings(out)[0]
    (row,) = (line for line in out.splitlines() if line.startswith("Tiny"))
    assert "2/2" in row


def test_a_damaged_record_is_named_and_the_rest_prints(ask, results):
    path = next(results.rglob("fold-0.json"))
    path.write_text("{")
    code, out, err = ask("table", "--results", results, "--reported", "none")
    assert code == 0
    assert err == (
        f"left out: {path} cannot be read: Expecting property name enclosed in double quotes: "
        f"line 1 column 2 (char 1). Delete fold-0.json and run again.\n"
    )
    (row,) = (line for line in out.splitlines() if line.startswith("Tiny"))
    assert "1/2*" in row
    assert "Tiny lacks seed 0 fold 1." in out


def test_predictions_that_were_edited_are_left_out(ask, results):
    path = next(results.rglob("fold-1.csv"))
    path.write_text(path.read_text().replace("angry", "happy"))
    code, out, err = ask("table", "--results", results, "--reported", "none")
    assert (code, err[:10]) == (0, "left out: ")
    assert str(path) in err
    assert "1/2*" in out


@pytest.mark.parametrize(
    ("format", "mark"), [("text", "====="), ("markdown", "| ---"), ("latex", "\\begin{tab")]
)
def test_every_format_for_people_shows_the_system(ask, results, format, mark):
    code, out, err = ask("table", "--results", results, "--format", format)
    assert (code, err) == (0, "")
    assert mark in out.replace("|--", "| --").replace("|:-", "| --")
    assert "Tiny" in out


def test_the_formats_for_programs_can_be_parsed(ask, results):
    rows = csv.DictReader(io.StringIO(ask("table", "--results", results, "--format", "csv")[1]))
    assert any("Tiny" in row.values() for row in rows)
    assert "Tiny" in json.dumps(json.loads(ask("table", "--results", results, "--format=json")[1]))


def test_an_unknown_format_is_answered_with_the_known_ones(ask, results):
    assert ask("table", "--results", results, "--format", "xml") == (
        2,
        "",
        "error: unknown format 'xml'. Known: csv, html, json, latex, markdown, text.\n",
    )


def test_a_document_keeps_all_but_what_stands_between_its_markers(ask, results, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(MARKED)
    code, out, _ = ask("table", "--results", results, "--write", page)
    assert (code, out) == (0, f"wrote the table into {page}\n")
    before, after = MARKED.split("<!-- /table")
    text = page.read_text()
    assert text.startswith(before)
    assert text.endswith("<!-- /table" + after)
    assert "| Tiny" in text


def test_writing_twice_changes_nothing(ask, results, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(MARKED)
    ask("table", "--results", results, "--write", page)
    first = page.read_text()
    ask("table", "--results", results, "--write", page)
    assert page.read_text() == first


def test_a_document_without_markers_is_left_alone(ask, results, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Mine\n")
    assert ask("table", "--results", results, "--write", page) == (
        2,
        "",
        f"error: {page} has 0 markers '<!-- table:comparison -->' and 0 markers "
        f"'<!-- /table:comparison -->'; expected one of each, in this order. Add them where the "
        f"table belongs.\n",
    )
    assert page.read_text() == "# Mine\n"


def test_a_dataset_or_model_without_results_is_answered(ask, results):
    known = ", ".join(sorted({"faces", *load().datasets}))
    assert ask("table", "--results", results, "--dataset", "mmmi") == (
        2,
        "",
        f"error: unknown dataset 'mmmi'. Did you mean 'mmi'? Known: {known}.\n",
    )
    assert ask("table", "--results", results, "--model", "fan") == (
        2,
        "",
        "error: model 'fan' has no stored result; stored are tiny. Run it with "
        "`bench run --model fan`.\n",
    )


# ------------------------------------------------------------------ what networks cost


def test_costs_print_machine_by_machine_and_then_the_counts(ask, costs):
    code, out, err = ask("table", "--cost", "--results", costs)
    assert (code, err) == (0, "")
    assert headings(out) == [
        "Cost on cpu-test-2-cores · CPU · fp32 · batch 1 · 2 threads · torch 2.15.0 (QUICK)",
        "Complexity",
    ]
    assert [line for line in out.splitlines() if line.startswith("Tiny")] == [
        "Tiny    3×4×32×32  1.00 k  2.00 M   11.00   11.90   9.1 %  3        –",
        "Tiny          3  3×4×32×32  1.00 k     0.90 k  2.00 M     2.10 M       5.00 k      0.0"
        "          1          4",
    ]


def test_costs_can_be_parsed_in_raw_units(ask, costs):
    text = ask("table", "--cost", "--results", costs, "--format", "json")[1]
    timed, counted = json.loads(text)["sections"]
    assert timed["rows"][0]["p50_ms"] == 11.0
    assert counted["rows"][0]["macs_ptflops"] == 2_100_000
    rows = list(
        csv.DictReader(io.StringIO(ask("table", "--cost", "--results", costs, "--format=csv")[1]))
    )
    assert [row["section"] for row in rows] == headings(
        ask("table", "--cost", "--results", costs)[1]
    )


def test_a_cost_of_another_schema_is_named_and_the_rest_prints(ask, costs):
    path = costs / "cost" / "counted" / "tiny" / "0123456789ab.json"
    path.write_text(path.read_text().replace('"schema": 2', '"schema": 1'))
    code, out, err = ask("table", "--cost", "--results", costs)
    assert (code, len(headings(out))) == (0, 2)
    assert err == (
        f"left out: {path} has schema 1; this version reads 2. It is of an older version: move "
        f"it away and run again.\n"
    )


def test_a_base_adds_a_column(ask, costs):
    code, out, err = ask("table", "--cost", "--results", costs, "--against", costs)
    assert (code, err) == (0, "")
    assert "vs base" in out
    assert "Tiny    3×4×32×32  1.00 k  2.00 M   11.00   11.90   9.1 %  3        –    1.000\n" in out


def test_the_times_of_named_machines_are_shown_and_counts_of_all(ask, costs):
    both, chosen, counted = (
        headings(ask("table", "--cost", "--results", costs, *words)[1])
        for words in ((), ("--machine", "cpu-test-2-cores"), ("--machine", "counted"))
    )
    assert both[0].startswith("Cost on cpu-test-2-cores · CPU")
    assert chosen == both
    assert counted == both[1:] == ["Complexity"]
    assert ask("table", "--cost", "--results", costs, "--machine", "cpu-test-4-cores") == (
        2,
        "",
        "error: unknown machine 'cpu-test-4-cores'. Did you mean 'cpu-test-2-cores'? Known: "
        "counted, cpu-test-2-cores.\n",
    )


def test_counts_alone_have_no_times_to_compare(ask, costs):
    words = ("--machine", "counted", "--against", costs)
    assert ask("table", "--cost", "--results", costs, *words) == (
        2,
        "",
        "error: --against compares times, and these results have none of counted. Leave it out, or "
        "name others.\n",
    )


def test_a_folder_without_costs_names_the_commands(ask, tmp_path):
    assert ask("table", "--cost", "--results", tmp_path / "none") == (
        2,
        "",
        "error: no cost is stored; count all models with `bench cost --all`, or time them with "
        "`bench latency --all`.\n",
    )


def test_a_base_that_is_no_folder_of_times_is_refused(ask, costs, tmp_path):
    assert ask("table", "--cost", "--results", costs, "--against", tmp_path / "none") == (
        2,
        "",
        "error: --against names a folder without any timed record; expected the results of `bench "
        "latency` with the base version.\n",
    )


def test_a_table_of_the_paper_prints_alone(ask, costs):
    code, out, err = ask("table", "--paper", "8", "--results", costs)
    assert (code, err) == (0, "")
    assert headings(out) == [
        "Table 8 of the paper · accuracy and complexity (REPORTED ONLY)",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--against", "x"), "--against compares times; pass it with --cost."),
        (("--machine", "x"), "--machine chooses times; pass it with --cost."),
        (("--cost", "--dataset", "mmi"), "--cost prints a table of its own; leave --dataset out."),
        (("--paper", "8", "--cost"), "--paper 8 prints a table of its own; leave --cost out."),
        (
            ("--paper", "3", "--model=fan"),
            "--paper 3 prints a table of its own; leave --model out.",
        ),
        (
            ("--paper", "9", "--against", "x"),
            "--paper 9 prints a table of its own; leave --against out.",
        ),
    ],
)
def test_options_that_would_change_nothing_are_refused(ask, costs, words, said):
    assert ask("table", "--results", costs, *words) == (2, "", f"error: {said}\n")


@pytest.mark.parametrize(("words", "name"), [(("--cost",), "cost"), (("--paper", "9"), "paper-9")])
def test_each_table_has_markers_of_its_own_in_a_document(ask, costs, tmp_path, words, name):
    page = tmp_path / "page.md"
    page.write_text(MARKED.replace("comparison", name))
    code, out, _ = ask("table", "--results", costs, *words, "--write", page)
    assert (code, out) == (0, f"wrote the table into {page}\n")
    assert f"<!-- table:{name} -->\n\n### " in page.read_text()


def test_costs_print_without_torch(costs):
    code = (
        "import sys; from bench.cli import main; "
        f"done = main(['table', '--cost', '--results', {str(costs)!r}]); "
        "sys.exit(done or 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# ------------------------------------------------------------------ chosen tables


def test_chosen_scores_come_in_their_order(ask, results):
    words = ("--reported", "none", "--metric", "auc,recall:happy,war", "--sort", "war")
    code, out, err = ask("table", "--results", results, *words)
    assert (code, err) == (0, "")
    assert re.search(r"^System +AUC % +happy +WAR %", out, re.MULTILINE)


def test_rows_and_columns_make_a_table_of_ones_own(ask, results):
    words = ("--rows", "model", "--columns", "fold")
    code, out, err = ask("table", "--results", results, *words)
    assert (code, err) == (0, "")
    assert re.search(r"^Model +1 +2 +Weights +Recipe$", out, re.MULTILINE)


@pytest.mark.parametrize("view", ["per-class", "folds", "subgroups"])
def test_views_print_in_every_format(ask, results, view):
    for format in ("text", "markdown", "latex", "html", "csv", "json"):
        code, out, err = ask("table", "--results", results, "--view", view, "--format", format)
        assert (code, err) == (0, "")
        assert "Tiny" in out


def test_recomputing_is_said_and_prints_the_same(ask, results):
    code, out, err = ask("table", "--results", results, "--recompute")
    assert code == 0
    assert err == f"recomputed from the predictions of 2 folds in {results}, without the index\n"
    assert out == ask("table", "--results", results)[1]


def test_one_command_refreshes_every_table_of_a_paper(ask, results, tmp_path):
    page = tmp_path / "paper.tex"
    page.write_text(
        "%% table:comparison --reported none\n%% /table:comparison\n"
        "%% table:folds --view folds --metric uar\n%% /table:folds\n"
        "%% table:paper-3\n%% /table:paper-3\n"
    )
    code, out, _ = ask("table", "--results", results, "--write", page)
    assert (code, out) == (0, f"wrote 3 tables into {page}\n")
    first = page.read_text()
    assert first.count(r"\begin{table}") >= 3
    ask("table", "--results", results, "--write", page)
    assert page.read_text() == first


def test_a_marker_that_says_nothing_is_refused_and_the_document_stays(ask, results, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(MARKED.replace("comparison", "mine"))
    code, out, err = ask("table", "--results", results, "--write", page)
    assert (code, out) == (2, "")
    assert err.startswith("error: marker table:mine says nothing of what to show; expected")
    assert page.read_text() == MARKED.replace("comparison", "mine")


def test_text_breaks_at_the_edge_of_a_terminal_and_never_in_a_pipe(monkeypatch):
    monkeypatch.setattr(screen.console, "width", 60)
    assert screen.table_width() is None
    monkeypatch.setattr(screen.console, "_force_terminal", True)
    assert screen.table_width() == 60

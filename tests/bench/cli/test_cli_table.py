"""`bench table` on results folders: fresh, damaged, and written into a document."""

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import pytest

from bench import store
from bench.records import Fold

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


def headings(text):
    lines = text.splitlines()
    return [a for a, b in pairwise(lines) if b and set(b) == {"="}]


def test_a_fresh_folder_shows_what_papers_report(ask, tmp_path):
    code, out, err = ask("table", "--results", tmp_path / "none")
    assert (code, err) == (0, "")
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
        "error: unknown format 'xml'. Known: csv, json, latex, markdown, text.\n",
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
    assert ask("table", "--results", results, "--dataset", "mmmi") == (
        2,
        "",
        "error: unknown dataset 'mmmi'. Did you mean 'mmi'? Known: faces, mmi, synthetic.\n",
    )
    assert ask("table", "--results", results, "--model", "fan") == (
        2,
        "",
        "error: model 'fan' has no stored result; stored are tiny. Run it with "
        "`bench run --model fan`.\n",
    )

"""A comparison as text, in the width of a terminal, and for programs."""

import csv
import io
import json
from dataclasses import replace

import pytest

from bench import tables
from bench.errors import BenchError
from tests.bench.tables.golden_runs import CEFLNET, measured, predictions, record, request, sections


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

"""What a table does at the edge of a screen, and in a pipe, where there is none."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench import store
from bench.cli import screen

ROWS = [["a word and another one", 1], ["short", 1000]]
TITLE = "a title that is longer than its table"


@pytest.fixture
def printed(monkeypatch):
    """Print on a screen of 24 characters, or into a pipe."""

    def made(*, terminal):
        text = io.StringIO()
        console = Console(file=text, width=24, force_terminal=terminal, soft_wrap=True)
        monkeypatch.setattr(screen, "console", console)
        screen.show(["what", "count"], ROWS, TITLE)
        return text.getvalue()

    return made


def test_a_table_in_a_pipe_is_as_wide_as_it_must_be_and_plain(printed):
    lines = [line.rstrip() for line in printed(terminal=False).splitlines()]
    assert lines == [
        TITLE,
        "",
        " what                    count",
        " ─────────────────────────────",
        " a word and another one      1",
        " short                   1,000",
        "",
    ]


def test_a_table_on_a_terminal_ends_at_its_edge(printed):
    text = printed(terminal=True)
    plain = [line for line in Console().render_str(text).plain.splitlines() if "\x1b" not in line]
    assert max(map(len, plain)) <= 24
    assert "a word and another one" not in text


@pytest.fixture
def results(tmp_path, trained):
    """Two systems whose tables are wider than forty characters."""
    for name, hits in {"good": ("1110", "1101"), "poor": ("1000", "0100")}.items():
        for fold, mine in enumerate(hits):
            record = trained(name, mine, fold=fold, folds=2)
            long = replace(record.request.model, title=name * 12)
            record = replace(record, request=replace(record.request, model=long))
            store.save_fold(tmp_path / "results", record)
    return tmp_path / "results"


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "good", "poor", "--results", "{}"),
        ("why", "good", "poor", "--results", "{}", "--all"),
        ("why", "good", "--results", "{}"),
        ("figure", "list"),
        ("verify", "{}"),
        ("table", "--results", "{}"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_pipe_gets_the_same_plain_lines_whatever_the_width(ask, monkeypatch, results, words):
    asked = [word.replace("{}", str(results)) for word in words]
    said = set()
    for width in (40, 200):
        monkeypatch.setattr(screen.console, "width", width)
        said.add(ask(*asked)[1])
    (text,) = said
    assert text
    assert "\x1b" not in text


def test_columns_set_the_width_of_a_terminal_and_of_nothing_else():
    code = "from bench.cli.screen import table_width; print(table_width())"
    for forced, expected in (({"FORCE_COLOR": "1", "TERM": "xterm"}, "50"), ({}, "None")):
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**plain, **forced, "COLUMNS": "50"},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected

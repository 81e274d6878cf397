"""What the command line itself answers: help, and requests that make no sense."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import main

ROOT = Path(__file__).parents[3]

COMMANDS = (
    *("run", "plan", "cost", "latency", "check", "table", "list", "show", "folds", "doctor"),
    *("data", "weights"),
    *("data synth", "data prepare", "data check", "data sheet", "weights make"),
    *("folds show", "folds diff", "folds import", "data map"),
    *("data audit", "eval", "predict", "import", "new model", "new dataset"),
    *("weights check", "weights convert"),
)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(ask, command):
    code, out, err = ask(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert f"{command} [OPTIONS]" in out


@pytest.mark.parametrize(
    "words",
    [
        "bogus",
        "data bogus",
        "run",
        "run --model tiny",
        "folds",
        "list --formt json",
        "list models datasets",
        "data synth --like mmi",
        "data synth --like mmi --out x --subjects 0",
        "data synth --like mmi --out x --subjects two",
    ],
)
def test_a_wrong_use_exits_with_two_and_says_where_help_is(ask, words):
    code, out, err = ask(*words.split())
    assert (code, out) == (2, "")
    assert "--help' for help." in err


def test_no_command_at_all_shows_the_help(ask):
    code, out, err = ask()
    assert code == 2
    assert "Compare systems for video facial expression recognition" in out + err


def test_a_bug_keeps_its_traceback(monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr("bench.registry.load", broken)
    with pytest.raises(ZeroDivisionError, match="a bug of ours"):
        main(["list"])


def called(*words, **streams):
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=ROOT, text=True, check=False, timeout=60, **streams)


def test_a_screen_without_a_sign_shows_a_question_mark():
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = called("table", "--paper", "8", capture_output=True, env=surroundings)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Table 8 of the paper ? accuracy and complexity" in done.stdout


@pytest.mark.parametrize("words", [("show", "ceflnet"), ("list", "--format", "json")])
def test_a_reader_that_left_is_no_drift(words):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        done = called(*words, stdout=nobody, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        done = called("list", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        2,
        "error: the output cannot be written: No space left on device.\n",
    )

"""What the command line itself answers: help, and requests that make no sense."""

import pytest

from bench.cli import main

COMMANDS = (
    *("run", "plan", "cost", "latency", "check", "table", "list", "show", "folds", "doctor"),
    *("data", "weights"),
    *("data synth", "data prepare", "data check", "data sheet", "weights make"),
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
        "show",
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

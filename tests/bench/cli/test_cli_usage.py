"""What the command line itself answers: help, and requests that make no sense."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from bench.cli import app, main

ROOT = Path(__file__).parents[3]

BENCH = get_command(app)


def every(command, path=()):
    """The words of a command and of all below it."""
    yield " ".join(path)
    for name, below in getattr(command, "commands", {}).items():
        yield from every(below, (*path, name))


COMMANDS = tuple(every(BENCH))


def parse(words):
    """Read a command line as `bench` does, and do nothing; the words of the command."""
    command, context = BENCH, BENCH.make_context("bench", list(words))
    while hasattr(command, "commands"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
    return context.command_path.removeprefix("bench ")


def documents():
    return ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))


def examples():
    """The command lines in the blocks of our documents."""
    for file in documents():
        text = file.read_text(encoding="utf-8").replace("\\\n", " ")
        for block in re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
            for line in re.findall(r"^ *(?:\$ )?bench (.*)$", block, re.MULTILINE):
                yield shlex.split(line, comments=True)


def test_commands_of_all_groups_are_known():
    assert {"figure pareto", "weights convert", "folds diff", "compare", "why"} <= {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(ask, command):
    code, out, err = ask(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert f"{command} [OPTIONS]" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_an_option_that_it_lacks(ask, command):
    code, out, err = ask(*command.split(), "--bogus")
    assert (code, out) == (2, "")
    assert "No such option: --bogus" in err
    assert "--help' for help." in err


def test_the_examples_of_the_documents_are_command_lines():
    assert {parse(words) for words in examples()} <= {*COMMANDS}


def test_every_command_stands_in_the_documents():
    text = "\n".join(file.read_text(encoding="utf-8") for file in documents())
    assert [command for command in COMMANDS if f"bench {command}" not in text] == []


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


@pytest.mark.parametrize("words", [("show", "ceflnet"), ("list", "--format", "json"), ("table",)])
def test_a_reader_that_left_is_no_drift(words):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        done = called(*words, stdout=nobody, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        for words in (("list",), ("table",)):
            done = called(*words, stdout=full, stderr=subprocess.PIPE)
            assert (done.returncode, done.stderr) == (
                2,
                "error: the output cannot be written: No space left on device.\n",
            )

"""`bench check`: exit 0 when nothing drifts, else 1 and a table that names what did."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.check import update
from bench.imports import PACKAGES, home
from bench.registry import load

MODELS = ("--model", "tiny,wide")


@pytest.fixture
def locked(own):
    update([own], ("tiny", "wide"))
    return own


@pytest.mark.usefixtures("counted_once")
def test_our_registry_passes_and_each_group_has_a_line(ask, cells):
    code, out, err = ask("check")
    assert (code, err) == (0, "")
    models = sum(entry.kind != "classical" for entry in load().models.values())
    assert out.splitlines()[:4] == [
        f"complexity  {models} of {models} entries equal their locks",
        "published   10 of 10 numbers equal at the printed digit",
        f"shapes      {models - 1} of {models - 1} networks give one logit a class",
        "imports     no breaches of the rules",
    ]
    rows = cells(out)
    assert rows[0] == ["Table 8", "C3D", "params M", "79.99", "79.991", "equal"]
    assert rows[-1] == ["Table 9", "CEFLNet", "15", "MACs G", "191.39", "191.391", "equal"]
    assert {row[-1] for row in rows} == {"equal"}


def test_a_locked_digit_that_was_edited_fails_with_model_and_both_numbers(ask, cells, locked):
    locked.write_text(locked.read_text().replace("params: 455", "params: 456"))
    code, out, err = ask("check", *MODELS, "--registry", locked)
    assert (code, err) == (1, "")
    assert out.splitlines()[0] == "complexity  1 of 2 entries equal their locks"
    assert cells(out) == [
        [
            *("tiny", "params", "456", "455", "-1"),
            "no module changed: the locked number itself differs from its breakdown",
        ]
    ]
    assert out.splitlines()[-1] == (
        f"Undo the change, or if it is meant write new locks: `bench check --model tiny --registry "
        f"{locked} --update --reason TEXT`."
    )


def test_a_channel_that_changed_fails_with_the_module(ask, cells, locked):
    locked.write_text(locked.read_text().replace("{width: 16}", "{width: 17}"))
    code, out, _ = ask("check", *MODELS, "--registry", locked)
    assert code == 1
    assert cells(out) == [
        ["wide", "params", "903", "959", "+56", "conv (Conv3d) +49, 2 modules in all"],
        [
            *("wide", "macs", "196,720", "209,015", "+12,295"),
            "conv (Conv3d) +12,288, 2 modules in all",
        ],
        [
            *("wide", "macs_ptflops", "200,823", "213,374", "+12,551"),
            "conv (Conv3d) +12,544, 2 modules in all",
        ],
    ]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A copy of our packages with all that the gate reads."""
    folder = tmp_path_factory.mktemp("clone")
    for name in PACKAGES:
        shutil.copytree(home() / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    for file in ("registry.yaml", "registry.lock.csv", "results/reported.csv"):
        (folder / file).parent.mkdir(exist_ok=True)
        shutil.copy(home() / file, folder / file)
    return folder


def test_one_channel_of_ours_and_one_locked_digit_of_ours_are_both_named(clone, cells):
    source, registry = clone / "baselines" / "c3d.py", clone / "registry.yaml"
    text = source.read_text().replace("fc7 = nn.Linear(4096, 4096)", "fc7 = nn.Linear(4096, 4095)")
    source.write_text(text.replace("fc8 = nn.Linear(4096,", "fc8 = nn.Linear(4095,"))
    registry.write_text(registry.read_text().replace("macs: 29017038848", "macs: 29017038849"))
    done = subprocess.run(
        [sys.executable, "-m", "bench", "check", "--model", "c3d,resnet18"],
        cwd=clone,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    rows = cells(done.stdout)
    assert rows[:2] == [
        [
            *("c3d", "params", "78,024,455", "78,020,351", "-4,104"),
            "fc7 (Linear) -4,097, 2 modules in all",
        ],
        [
            *("c3d", "macs", "38,546,993,152", "38,546,989,049", "-4,103"),
            "fc7 (Linear) -4,096, 2 modules in all",
        ],
    ]
    assert rows[3:] == [
        [
            *("resnet18", "macs", "29,017,038,849", "29,017,038,848", "-1"),
            "no module changed: the locked number itself differs from its breakdown",
        ]
    ]


def test_a_program_gets_every_finding(ask, locked):
    locked.write_text(locked.read_text().replace("params: 455", "params: 456"))
    code, out, _ = ask("check", *MODELS, "--registry", locked, "--format", "json")
    found = json.loads(out)
    assert (code, found["clean"]) == (1, False)
    assert found["counted"] == ["tiny", "wide"]
    assert found["drifts"] == [
        {
            "model": "tiny",
            "number": "params",
            "locked": 456,
            "counted": 455,
            "where": "no module changed: the locked number itself differs from its breakdown",
            "difference": -1,
        }
    ]
    _, out, _ = ask("check", "--model", "ceflnet", "--format", "json")
    found = json.loads(out)
    assert found["clean"]
    assert [(p["printed"], p["verdict"]) for p in found["printed"]] == [
        (digits, "equal") for digits in ("12.83", "63.80", "25.52", "63.80", "127.59", "191.39")
    ]


def test_an_entry_that_cannot_be_counted_is_a_sentence_and_exit_1(ask, locked):
    locked.write_text(locked.read_text().replace("{width: 16}", "{fault: shape}"))
    code, out, err = ask("check", *MODELS, "--registry", locked)
    assert (code, err) == (1, "")
    assert "refused     wide" in out.splitlines()
    assert (
        "model 'wide' gives outputs of shape (2, 6) for two videos of 4 frames; expected (2, 7). "
        "Check factory and args of its block."
    ) in out.splitlines()
    assert "shapes      1 of 2 networks give one logit a class" in out.splitlines()


def test_an_update_shows_what_it_wrote_and_then_the_gate_passes(ask, cells, locked):
    (locked.parent / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n")
    locked.write_text(locked.read_text().replace("{width: 16}", "{width: 17}"))
    more = (*MODELS, "--registry", locked)
    code, out, err = ask("check", *more, "--update", "--reason", "one more channel")
    assert (code, err) == (0, "")
    assert cells(out) == [
        ["wide", "params", "903", "959"],
        ["wide", "macs", "196,720", "209,015"],
        ["wide", "macs_ptflops", "200,823", "213,374"],
    ]
    assert out.splitlines()[-3:] == [
        f"wrote {locked}",
        f"wrote {locked.parent / 'registry.lock.csv'}",
        f"wrote {locked.parent / 'CHANGELOG.md'}",
    ]
    assert ask("check", *more)[0] == 0
    assert ask("check", *more, "--update")[1] == "every lock is right; nothing was written\n"


def test_an_update_without_a_changelog_hands_the_line_over(ask, locked):
    locked.write_text(locked.read_text().replace("params: 455", "params: 456"))
    more = (*MODELS, "--registry", locked)
    code, out, _ = ask("check", *more, "--update", "--reason", "a digit was wrong")
    assert code == 0
    assert out.splitlines()[-1] == (
        "add to your changelog: - The locks of tiny changed (params 456 to 455): a digit was wrong"
    )


def test_a_program_gets_what_an_update_wrote(ask, own):
    code, out, _ = ask("check", *MODELS, "--registry", own, "--update", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found["changes"][1] == {
        "model": "tiny",
        "number": "input",
        "before": None,
        "after": [3, 4, 32, 32],
    }
    assert found["files"] == [str(own), str(own.parent / "registry.lock.csv")]
    assert found["unlogged"] == []


@pytest.mark.parametrize("number", ["'456'", "456.0", "many"])
def test_a_lock_that_is_no_whole_number_is_refused(ask, locked, number):
    locked.write_text(locked.read_text().replace("params: 455", f"params: {number}"))
    shown = {"'456'": "'456'", "456.0": "456.0", "many": "'many'"}[number]
    assert ask("check", "--registry", locked) == (
        2,
        "",
        f"error: {locked}: model 'tiny': key 'complexity': key 'params' is {shown}; expected a "
        f"whole number. Or remove the block and run `bench check --update`.\n",
    )


def test_a_damaged_breakdown_is_refused_with_its_line(ask, locked):
    path = locked.parent / "registry.lock.csv"
    path.write_text(path.read_text().replace("392", "x"))
    assert ask("check", *MODELS, "--registry", locked) == (
        2,
        "",
        f"error: {path}, line 2 is 'tiny,conv,Conv3d,x,98304,100352'; expected "
        f"model,module,type,params,macs,macs_ptflops. Restore it, or delete it and run `bench "
        f"check --update`.\n",
    )


def test_a_reason_without_an_update_is_refused(ask):
    assert ask("check", "--reason", "why not") == (
        2,
        "",
        "error: --reason says why locks change; pass it with --update.\n",
    )

"""`bench compare` on results folders: two systems, all of them, bad words, damage."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from bench import store

HITS = {
    "good": ("11101110", "11110111", "11111100", "11110110", "01111111"),
    "poor": ("11001010", "10010111", "01011100", "10110010", "01101001"),
}
COMPARE = (sys.executable, "-m", "bench", "compare", "--all", "--format", "json")


@pytest.fixture
def results(tmp_path, trained, monkeypatch):
    """Two systems, five folds, two seeds."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    for name, hits in HITS.items():
        for seed in (0, 1):
            for fold in range(5):
                record = trained(name, hits[fold], fold=fold, folds=5, seed=seed)
                store.save_fold(tmp_path / "results", record)
    return tmp_path / "results"


def test_two_systems_are_compared(ask, results):
    code, out, err = ask("compare", "good", "poor", "--results", results)
    assert (code, err) == (0, "")
    assert out.startswith("Good against Poor · faces · subject-2-fold · preset full (SYNTHETIC")
    assert "UAR    mean  82.22  51.11      +31.11  [+18.06, +43.86]  <0.001" in out


def test_identities_are_names_too(ask, results):
    named = ask("compare", "good", "poor", "--results", results)
    assert ask("compare", "676f6f64", "706f6f72", "--results", results) == named


def test_all_pairs_are_compared_by_the_asked_score(ask, results):
    code, out, _ = ask("compare", "--all", "--metric", "war", "--results", results)
    assert code == 0
    assert "Every pair by WAR" in out


def test_the_level_widens_the_interval(ask, results):
    _, out, _ = ask(
        "compare", "good", "poor", "--level", "0.01", "--format", "json", "--results", results
    )
    _, usual, _ = ask("compare", "good", "poor", "--format", "json", "--results", results)
    strict, loose = (json.loads(text)["sections"][0]["rows"][0] for text in (out, usual))
    assert strict["low"] < loose["low"] < loose["high"] < strict["high"]


def test_a_damaged_fold_is_named_and_the_rest_compared(ask, results):
    path = next(results.rglob("good/*/seed-0/fold-4.json"))
    path.write_text("{")
    code, out, err = ask("compare", "good", "poor", "--results", results)
    assert code == 0
    assert "40 videos in folds 1 to 5, pooled; seed 1." in out
    assert err.startswith(f"left out: {path}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["good"],
            "bench compare was given 1 system(s); name two, or pass --all for every pair.",
        ),
        (["--all", "good"], "--all compares every pair; leave good out."),
        (["good", "good"], "'good' and 'good' are one and the same system. Name two of them."),
        (["good", "pour"], "unknown system 'pour'. Did you mean 'poor'? Known: good, poor."),
        (["good", "poor", "--metric", "f1"], "unknown metric 'f1'. Known: uar, war."),
        (
            ["good", "poor", "--level", "95"],
            "--level 95 is no level; expected a share like 0.05, below 0.5.",
        ),
    ],
)
def test_what_cannot_be_compared_gets_a_sentence(ask, results, words, said):
    assert ask("compare", *words, "--results", results) == (2, "", f"error: {said}\n")


def test_a_folder_without_folds_gets_a_sentence(ask, tmp_path):
    assert ask("compare", "--all", "--results", tmp_path) == (
        2,
        "",
        f"error: {tmp_path} holds no finished fold, so that there is nothing to compare.\n",
    )


@pytest.mark.parametrize("words", [("--all",), ("good", "poor")])
def test_a_dataset_that_nobody_ran_gets_a_sentence(ask, results, words):
    assert ask("compare", *words, "--dataset", "mmi", "--results", results) == (
        2,
        "",
        f"error: {results} holds no finished fold on mmi; stored are faces. Name one of those with "
        f"--dataset.\n",
    )


def test_a_dataset_is_chosen(ask, results, trained):
    other = trained("good", "1110")
    store.save_fold(results, replace(other, request=replace(other.request, dataset="films")))
    code, out, _ = ask("compare", "--all", "--dataset", "films", "--results", results)
    assert code == 0
    assert "faces" not in out


def test_the_same_bytes_under_any_hash_seed_locale_and_width(results):
    said = set()
    for seed, columns, locale in (("0", "60", "C"), ("7", "200", "C.UTF-8")):
        done = subprocess.run(
            [*COMPARE, "--results", str(results)],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "COLUMNS": columns,
                "LC_ALL": locale,
                "PYTHONUTF8": "1",
            },
            capture_output=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1


def test_nothing_heavy_is_loaded_before_it_is_asked_for():
    heavy = "('scipy', 'torch', 'pandas')"
    code = f"import sys, bench.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

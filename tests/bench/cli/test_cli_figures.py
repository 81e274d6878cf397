"""`bench figure` on results folders: written, damaged, and empty."""

import io
from dataclasses import replace

import numpy as np
import pytest

from bench import store
from bench.cli.figures import SHOWS
from bench.companions import FEATURES
from bench.records import Fold


@pytest.fixture
def results(tmp_path, fold_record):
    """Both folds of one system that scores clips."""
    folder = tmp_path / "results"
    request = fold_record.request
    for index in (0, 1):
        fold = Fold(index, ("faces:x",), request.fold.test)
        store.save_fold(folder, replace(fold_record, request=replace(request, fold=fold)))
    return folder


def test_the_list_names_every_figure(ask, cells):
    code, out, _ = ask("figure", "list")
    assert code == 0
    assert [row[0] for row in cells(out)] == list(SHOWS)


@pytest.mark.parametrize("name", SHOWS)
def test_every_figure_explains_itself(ask, name):
    code, out, err = ask("figure", name, "--help")
    assert (code, err) == (0, "")
    assert "--out" in out


def test_a_figure_is_written_with_its_caption(ask, results, tmp_path):
    out = tmp_path / "figures"
    code, said, err = ask("figure", "confusion", "--results", results, "--out", out)
    assert (code, err) == (0, "")
    names = [f"confusion-faces-subject-2-fold-full.{end}" for end in ("png", "pdf", "txt")]
    assert said == "".join(f"wrote {out / name}\n" for name in names)
    assert sorted(path.name for path in out.iterdir()) == sorted(names)


def test_one_format_can_be_asked_for(ask, results, tmp_path):
    code, _, _ = ask(
        *("figure", "activation", "--results", results, "--out", tmp_path / "f"),
        *("--format", "svg", "--no-frames"),
    )
    assert code == 0
    assert {path.suffix for path in (tmp_path / "f").iterdir()} == {".svg", ".txt"}


def test_a_damaged_record_is_named_and_the_rest_is_drawn(ask, results, tmp_path):
    path = next(results.rglob("fold-0.json"))
    path.write_text("{")
    code, _, err = ask("figure", "curves", "--results", results, "--out", tmp_path / "f")
    assert code == 0
    assert err.startswith(f"left out: {path} cannot be read: ")
    assert (tmp_path / "f" / "curves-faces-subject-2-fold-full-tiny.png").exists()


def test_damaged_features_are_named_and_count_as_none(ask, tmp_path, fold_record):
    out = io.BytesIO()
    np.save(out, np.ones((2, 3), np.float16))
    path = store.save_fold(tmp_path / "r", fold_record, {FEATURES: out.getvalue()})
    path.with_suffix(f".{FEATURES}").write_bytes(b"flipped")
    code, said, err = ask("figure", "embedding", "--results", tmp_path / "r")
    assert (code, said) == (2, "")
    first, second = err.splitlines()
    assert first.startswith(f"left out: {path.with_suffix('.features.npy')} is not the file that")
    assert second.startswith("error: no features are stored of seed 0, fold 1 (fold-0).")


def test_an_empty_folder_says_what_to_run(ask, tmp_path):
    code, out, err = ask("figure", "pareto", "--results", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err == (
        f"error: {tmp_path / 'none'} holds no stored result to draw. Run `bench run --model NAME "
        f"--dataset NAME` first, or pass --results DIR.\n"
    )


def test_an_unknown_model_is_a_sentence(ask, results):
    code, _, err = ask("figure", "confusion", "--results", results, "--model", "bogus")
    assert code == 2
    assert err == (
        "error: model 'bogus' has no stored result; stored are tiny. Run it with `bench run "
        "--model bogus`.\n"
    )


@pytest.mark.parametrize("name", ["confusion", "pareto", "curves", "critical-difference"])
def test_a_dataset_that_nobody_ran_is_a_sentence(ask, results, tmp_path, name):
    code, out, err = ask(
        "figure", name, "--results", results, "--dataset", "mmi", "--out", tmp_path / "f"
    )
    assert (code, out) == (2, "")
    assert err == (
        f"error: {results} holds no result of any model on mmi; stored are tiny on faces. Name "
        f"one of those, or run it first.\n"
    )


def test_a_figure_of_scores_reads_no_answers_again(ask, results, tmp_path, monkeypatch):
    words = ("--results", results, "--out", tmp_path / "f", "--format", "svg")
    assert ask("figure", "confusion", *words)[0] == 0

    def no_reading(path):
        raise AssertionError(f"{path} is read again")

    monkeypatch.setattr("bench.index.result.load_fold", no_reading)
    assert ask("figure", "confusion", *words)[0] == 0
    with pytest.raises(AssertionError, match="is read again"):
        ask("figure", "activation", "--no-frames", *words)


def test_a_fold_is_asked_for_by_its_file_and_told_as_a_person_counts(ask, results):
    code, out, err = ask("figure", "embedding", "--results", results, "--fold", "1")
    assert (code, out) == (2, "")
    assert err == (
        "error: no features are stored of seed 0, fold 2 (fold-1). Run `bench run --model NAME "
        "--dataset NAME --record-features` first, or choose another with --fold and --seed.\n"
    )

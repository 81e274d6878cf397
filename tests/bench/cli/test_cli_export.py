"""`bench export` on folders of a test."""

import pytest

from bench import store


@pytest.fixture
def results(tmp_path, fold_record):
    store.save_fold(tmp_path / "results", fold_record)
    return tmp_path / "results"


def test_it_says_what_it_wrote(ask, results, tmp_path):
    out = tmp_path / "new" / "deep"
    code, said, err = ask("export", "--to", "csv", "--out", out, "--results", results)
    assert (code, err) == (0, "")
    assert said == f"wrote {out / 'predictions.csv'}\nwrote {out / 'folds.csv'}\n"


def test_damaged_folds_are_named(ask, results, tmp_path, fold_record):
    path = store.fold_path(results, fold_record.request).with_name("fold-1.json")
    path.write_text("{")
    code, _, err = ask("export", "--to", "csv", "--out", tmp_path / "new", "--results", results)
    assert code == 0
    assert err.startswith(f"left out: {path} cannot be read: ")


@pytest.mark.parametrize("option", ["--model", "--dataset"])
def test_a_name_without_a_fold_ends_with_2(ask, results, tmp_path, option):
    words = ("export", "--to", "csv", "--out", tmp_path / "new", "--results", results)
    code, out, err = ask(*words, option, "none")
    assert (code, out) == (2, "")
    assert err == f"error: {results} holds no fold of that dataset and model. See `bench table`.\n"
    assert not (tmp_path / "new").exists()


def test_an_empty_folder_is_written_into(ask, results, tmp_path):
    out = tmp_path / "empty"
    out.mkdir()
    assert ask("export", "--to", "csv", "--out", out, "--results", results)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == ["folds.csv", "predictions.csv"]


def test_a_file_in_the_way_is_said_before_anything_is_read(ask, tmp_path):
    out = tmp_path / "runs.csv"
    out.write_text("")
    words = ("export", "--to", "csv", "--out", out, "--results", tmp_path / "none")
    assert ask(*words) == (
        2,
        "",
        f"error: {out} is a file; expected a folder, for several files are written. Name a new one "
        f"with --out.\n",
    )

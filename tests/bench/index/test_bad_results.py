"""Files that are no whole records: each is named in a sentence, and the rest still prints."""

import csv
import hashlib
import io
import json
import os
import shutil
from pathlib import Path

import pytest

from bench import index, store
from bench.cli import main
from bench.errors import BenchError


@pytest.fixture
def folder(twelve, tmp_path):
    return Path(shutil.copytree(twelve, tmp_path / "results"))


@pytest.fixture
def first(folder):
    """The json of the first fold."""
    return sorted(folder.rglob("fold-0.json"))[0]


def said(folder, left=11):
    """The one sentence of what is damaged; so many folds are left."""
    for _ in range(2):
        results, (damage,) = index.load(folder)
        assert len(results) == left
    return damage.reason


def resealed(path, change):
    """Write a record anew with another content and a right seal."""
    body = json.loads(path.read_text())
    del body["sha256"]
    change(body)
    body["sha256"] = store.digest(body)
    path.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n")


def retabled(path, change):
    """Write the csv of a record anew, with right seals."""
    table = path.with_suffix(".csv")
    rows = list(csv.reader(io.StringIO(table.read_text())))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(change(rows))
    table.write_text(out.getvalue())
    sha = hashlib.sha256(out.getvalue().encode()).hexdigest()
    resealed(path, lambda body: body.update(csv_sha256=sha))


# ------------------------------------------------------------------ the json


def test_a_truncated_json(folder, first):
    first.write_text(first.read_text()[:300])
    assert said(folder).startswith(f"{first} cannot be read: ")
    assert said(folder).endswith("Delete fold-0.json and run again.")


def test_a_json_of_others(folder, first):
    first.write_text("[1, 2]")
    assert said(folder) == (
        f"{first} is no record of bench; expected a file that it wrote. Move it away."
    )


def test_an_object_of_others(folder):
    other = folder / "accuracy" / "notes.json"
    other.write_text('{"a": 1}')
    assert said(folder, 12) == (
        f"{other} is no record of bench; expected a file that it wrote. Move it away."
    )


def test_records_of_two_schemas(folder, first):
    resealed(first, lambda body: body.update(schema=2))
    assert said(folder) == (
        f"{first} has schema 2; this version reads 1. Update bench, or move it away and run again."
    )


def test_a_field_of_another_type_under_a_right_seal(folder, first):
    resealed(first, lambda body: body.update(seconds=[1]))
    assert said(folder).startswith(f"{first}: ")


def test_a_seed_of_more_than_64_bits(folder, first):
    resealed(first, lambda body: body["request"].update(seed=2**63))
    assert said(folder) == (
        f"{first} has the seed 9223372036854775808; expected a number of 64 bits. Move it away."
    )


def test_a_json_that_is_nested_without_end(folder, first):
    first.write_text("[" * 200_000)
    assert said(folder) == (
        f"{first} cannot be read: it is nested too deeply. Delete fold-0.json and run again."
    )


def test_bytes_that_are_no_text(folder, first):
    first.write_bytes(b"\xff\xfe\x00")
    assert said(folder).startswith(f"{first} cannot be read: 'utf-8' codec can't decode")


@pytest.mark.parametrize("where", ["record", "request"])
def test_a_key_of_a_version_to_come(where, folder, first):
    def change(body):
        (body if where == "record" else body["request"])["colour"] = "red"

    resealed(first, change)
    assert "has the unknown key 'colour'; expected " in said(folder)


def test_a_record_that_lacks_a_key(folder, first):
    resealed(first, lambda body: body["request"].pop("dataset"))
    assert "request' lacks the key 'dataset'; expected " in said(folder)


def test_a_folder_in_place_of_a_json(folder, first):
    first.unlink()
    first.mkdir()
    (first / "inside.json").write_text("{}")
    assert said(folder) == (
        f"{first} cannot be read: [Errno 21] Is a directory: '{first}'. Delete fold-0.json and "
        f"run again."
    )


def test_a_json_that_cannot_be_read(folder, first, monkeypatch):
    def refusing(whole):
        def refused(path, *args, **options):
            if str(path) == str(first):
                raise PermissionError(13, "Permission denied", str(path))
            return whole(path, *args, **options)

        return refused

    monkeypatch.setattr(os, "open", refusing(os.open))
    monkeypatch.setattr(Path, "read_text", refusing(Path.read_text))
    assert said(folder) == (
        f"{first} cannot be read: [Errno 13] Permission denied: '{first}'. Delete fold-0.json and "
        f"run again."
    )


# ------------------------------------------------------------------ the csv


def test_a_truncated_csv(folder, first):
    table = first.with_suffix(".csv")
    table.write_text(table.read_text()[:2000])
    assert said(folder) == (
        f"{table} is not the file that fold-0.json was written with: its sha256 differs. Delete "
        f"fold-0.json and run again."
    )


def test_a_csv_that_is_gone(folder, first):
    table = first.with_suffix(".csv")
    table.unlink()
    assert said(folder) == (
        f"{table} cannot be read: [Errno 2] No such file or directory: '{table}'. Delete "
        f"fold-0.json and run again."
    )


def test_a_folder_in_place_of_a_csv(folder, first):
    table = first.with_suffix(".csv")
    table.unlink()
    table.mkdir()
    assert said(folder).startswith(f"{table} cannot be read: [Errno 21] Is a directory")


def test_a_sealed_csv_without_videos(folder, first):
    retabled(first, lambda rows: rows[:1])
    assert said(folder) == (
        f"{first.with_suffix('.csv')} holds no test video, so there is nothing to score. Delete "
        f"fold-0.json and run again."
    )


def test_a_sealed_csv_with_a_class_that_the_record_lacks(folder, first):
    retabled(first, lambda rows: [[c if c != "sad" else "bored" for c in row] for row in rows])
    assert said(folder) == (
        f"{first.with_suffix('.csv')}: unknown class 'bored'. Known: angry, disgust, fear, happy, "
        f"neutral, sad, surprise."
    )


def test_a_sealed_csv_with_a_score_that_is_no_number(folder, first):
    retabled(first, lambda rows: [rows[0], [*rows[1][:5], "high", *rows[1][6:]], *rows[2:]])
    assert 'holds a row that cannot be read: ValueError("could not convert' in said(folder)


# ------------------------------------------------------------------ the tree


def test_half_written_files_are_passed_over(folder, first):
    partial = first.with_name("fold-9.partial")
    partial.mkdir()
    (partial / "scalars.json").write_text("{}\n{}")
    first.with_name(".fold-9.json.x7f3").write_text('{"cre')
    first.with_name("fold-9.csv").write_text("video,")
    first.with_name("README.txt").write_text("notes")
    results, damaged = index.load(folder)
    assert (len(results), damaged) == (12, ())


def test_a_loop_of_links_is_named_and_not_walked(folder, first):
    link = first.with_name("again")
    link.symlink_to(folder / "accuracy")
    assert said(folder, 12) == (
        f"{link} is a link to a folder, or to nothing; links are not followed. Put the folder "
        f"itself there, or pass its results with --results DIR."
    )


def test_a_json_that_is_a_link_to_itself(folder, first):
    first.unlink()
    first.symlink_to(first)
    assert "Too many levels of symbolic links" in said(folder)


def test_a_results_folder_that_is_a_link_to_itself(tmp_path):
    (tmp_path / "accuracy").symlink_to(tmp_path / "accuracy")
    results, (damage,) = index.load(tmp_path)
    assert len(results) == 0
    assert damage.reason == (
        f"{tmp_path / 'accuracy'} cannot be read: Too many levels of symbolic links. Free it, or "
        f"take it out of the results."
    )


def test_a_folder_that_cannot_be_walked_into(folder, first, monkeypatch):
    listed, closed = os.scandir, str(first.parent)

    def scandir(path):
        if path == closed:
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert said(folder, 9) == (
        f"{closed} cannot be read: Permission denied. Free it, or take it out of the results."
    )


@pytest.mark.parametrize("there", [True, False])
def test_no_results_are_no_damage(there, tmp_path):
    if there:
        (tmp_path / "accuracy").mkdir()
    for folder in (tmp_path, tmp_path / "nowhere"):
        results, damaged = index.load(folder)
        assert (list(results), damaged) == ([], ())


def test_a_results_folder_that_is_a_file(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(BenchError) as caught:
        index.load(tmp_path / "results")
    assert str(caught.value) == (
        f"results folder {tmp_path / 'results'} is a file. Free it, or pass --results DIR."
    )


# ------------------------------------------------------------------ what a person reads


def test_of_few_damages_all_are_said():
    some = tuple(store.Damage(Path(f"{n}"), f"{n}") for n in range(6))
    assert index.few(some) == some


def test_of_very_many_damages_the_first_are_said_and_the_rest_is_counted():
    some = tuple(store.Damage(Path(f"{n}"), f"{n}") for n in range(1205))
    assert [damage.reason for damage in index.few(some)] == [
        *("0", "1", "2", "3", "4"),
        "1,200 more that are damaged.",
    ]


def test_the_rest_of_the_table_still_prints(folder, capfd):
    paths = sorted(folder.rglob("*.json"))
    for path in paths[:8]:
        path.write_text("{}")
    assert main(["table", "--results", str(folder), "--format", "csv", "--reported", "none"]) == 0
    printed = capfd.readouterr()
    assert len(list(csv.reader(io.StringIO(printed.out)))) == 2  # the head, and one system
    lines = printed.err.splitlines()
    assert lines[0] == (
        f"left out: {paths[0]} is no record of bench; expected a file that it wrote. Move it away."
    )
    assert len(lines) == 6
    assert lines[-1] == "left out: 3 more that are damaged."


def test_a_model_that_the_registry_lacks_still_prints_and_is_named(folder, capfd):
    assert main(["table", "--results", str(folder), "--reported", "none"]) == 0
    printed = " ".join(capfd.readouterr().out.split())
    assert "Model 00" in printed
    assert (
        "Not in the registry: model-00, model-01. The rows are as they were stored; to run such a "
        "model again, add its entry."
    ) in printed

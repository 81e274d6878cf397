"""The index gives what the records hold, whatever becomes of them or of it."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import index, store
from bench.errors import BenchError
from bench.index import columns, file, reading, scan
from bench.registry import load
from bench.tables import comparison, load_reported, render

ROOT = Path(__file__).parents[3]
ODD = ("scored", "fallback", "no-face", "unreadable", "unanswered")


def same(result, other):
    """Whether two results agree in every field, counts by value."""
    return all(
        np.array_equal(one, two) if name.startswith("counts") else one == two
        for name, one, two in zip(result._fields, result, other, strict=True)
    )


def agree(results, folder):
    """Whether results are what the whole records of a folder give."""
    records, _ = store.load_folds(folder)
    paths = jsons(folder)
    whole = [index.result_of(r, str(p)) for r, p in zip(records, paths, strict=True)]
    return len(results) == len(whole) and all(map(same, results, whole))


def copied(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "results"))


def jsons(folder):
    paths = (folder / "accuracy").rglob("*.json")
    return sorted(path for path in paths if ".partial" not in str(path))


@pytest.fixture
def read(monkeypatch):
    """Names of the folds that were read from their own files."""
    names = []
    whole = reading.Reader.read

    def noted(self, path):
        names.append(Path(path).name)
        return whole(self, path)

    monkeypatch.setattr(reading.Reader, "read", noted)
    return names


# ------------------------------------------------------------------ the same as the records


@pytest.mark.parametrize("folder", ["planted", "committed"])
def test_first_and_second_answer_are_what_the_records_hold(folder, twelve, read):
    folder = twelve if folder == "planted" else ROOT / "results"
    for _ in range(2):
        results, damaged = index.load(folder)
        assert damaged == ()
        assert agree(results, folder)
    assert len(read) == len(results)


@pytest.mark.parametrize("small", [1 << 16, 1000])
def test_folds_as_we_write_them_are_read_by_their_text(small, twelve, monkeypatch):
    monkeypatch.setattr(reading.Reader, "_whole", None)
    monkeypatch.setattr(reading, "_SMALL", small)
    assert len(index.load(twelve)[0]) == 12
    assert len(index.load(ROOT / "results")[0]) == len(jsons(ROOT / "results"))


def test_a_fold_in_another_layout_is_read_whole(twelve, tmp_path):
    folder = copied(twelve, tmp_path)
    for path in jsons(folder):
        path.write_text(json.dumps(json.loads(path.read_text())))
    assert agree(index.load(folder)[0], folder)


@pytest.mark.parametrize(
    "change",
    [
        {"title": 'a "quoted": title'},
        {"title": "ends in \\"},
        {"title": "zwölf\u2028Zeilen\x85 \n "},
        {"note": "a, b"},
        {"args": {}},
    ],
)
def test_any_text_of_an_entry_comes_back(change, tmp_path, fold_record):
    request = fold_record.request
    asked = replace(request, model=replace(request.model, **change))
    store.save_fold(tmp_path, replace(fold_record, request=asked))
    for _ in range(2):
        assert agree(index.load(tmp_path)[0], tmp_path)


def test_names_with_commas_and_quotes_come_back(tmp_path, fold_record):
    scored, lost = fold_record.predictions
    odd = replace(scored, video='faces:"a", b', subject="s,1", group="film 'x'\ny")
    store.save_fold(tmp_path, replace(fold_record, predictions=(odd, lost)))
    for _ in range(2):
        assert agree(index.load(tmp_path)[0], tmp_path)


def test_videos_of_every_fate_are_counted_over_all_and_over_the_seen(tmp_path, fold_record):
    scored, _ = fold_record.predictions
    answers = [
        replace(scored, video=f"faces:{n}", status=status, scores=(0.3, 0.6, 0.1) if n < 2 else ())
        for n, status in enumerate(ODD)
    ]
    store.save_fold(tmp_path, replace(fold_record, predictions=tuple(answers)))
    for _ in range(2):
        ((result,), _) = index.load(tmp_path)
        assert result.counts[1].tolist() == [0, 2, 0, 3]
        assert result.counts_seen[1].tolist() == [0, 2, 0, 0]
        assert result.statuses == ODD


def test_equal_scores_go_to_the_lowest_label(tmp_path, fold_record):
    tied = replace(fold_record.predictions[0], scores=(0.1, 0.45, 0.45))
    store.save_fold(tmp_path, replace(fold_record, predictions=(tied,)))
    assert index.load(tmp_path)[0][0].counts[1].tolist() == [0, 1, 0, 0]


def test_folds_of_one_kind_share_what_they_have_in_common(twelve):
    for _ in range(2):
        results, _ = index.load(twelve)
        assert len({id(result.request) for result in results}) == 2  # one a system
        assert len({id(result.videos) for result in results}) == 3  # one a fold
        assert {(result.seed, result.fold) for result in results} == {
            (seed, fold) for seed in range(2) for fold in range(3)
        }


def test_a_result_loads_its_whole_record(twelve):
    results, _ = index.load(twelve)
    assert results[5].load() == store.load_fold(results[5].path)


def test_a_result_that_was_never_stored_says_so(fold_record):
    with pytest.raises(BenchError) as caught:
        index.result_of(fold_record).load()
    assert str(caught.value) == "this result was never stored, so there is no record to read."


# ------------------------------------------------------------------ what changed


def test_only_what_is_new_is_read(twelve, tmp_path, read):
    folder = copied(twelve, tmp_path)
    index.load(folder)
    read.clear()
    path = jsons(folder)[0]
    new = path.parents[1] / "seed-7"
    shutil.copytree(path.parent, new)
    assert agree(index.load(folder)[0], folder)
    assert read == ["fold-0.json", "fold-1.json", "fold-2.json"]


def test_walking_with_several_processes_finds_the_same(twelve, tmp_path, monkeypatch):
    folder = copied(twelve, tmp_path) / "accuracy"
    first = jsons(tmp_path / "results")[0]
    for above in (folder / "a.json", folder / "z.json", first.parents[3] / "between.json"):
        shutil.copy(first, above)
    (folder / "loop").symlink_to(folder)
    with scan.scanning(folder) as found:
        alone = found()
    monkeypatch.setattr(scan, "MANY", 1)
    with scan.scanning(folder) as found:
        assert found() == alone
    assert alone.names == sorted(alone.names, key=lambda name: name.split("/"))
    assert len(alone.names) == 15
    assert len(alone.damaged) == 1


def test_what_was_taken_away_is_gone(twelve, tmp_path, read):
    folder = copied(twelve, tmp_path)
    index.load(folder)
    jsons(folder)[4].unlink()
    for _ in range(2):
        assert len(index.load(folder)[0]) == 11
    assert len(read) == 12


def test_a_fold_that_was_run_again_is_read_again(tmp_path, fold_record):
    store.save_fold(tmp_path, fold_record)
    index.load(tmp_path)
    store.save_fold(tmp_path, replace(fold_record, created="2027-01-01T00:00:00+00:00"))
    assert index.load(tmp_path)[0][0].created == "2027-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("ending", "there", "flipped"),
    [(".json", b'"test": 1.25', b'"test": 1.35'), (".csv", b",scored,0.", b",scored,1.")],
)
def test_a_byte_that_was_flipped_since_is_found(ending, there, flipped, twelve, tmp_path):
    folder = copied(twelve, tmp_path)
    index.load(folder)
    path = jsons(folder)[3].with_suffix(ending)
    content = path.read_bytes()
    assert there in content
    path.write_bytes(content.replace(there, flipped, 1))
    os.utime(path, ns=(1, 1))
    results, (damage,) = index.load(folder)
    assert len(results) == 11
    assert damage.path == jsons(folder)[3]
    assert "its sha256 differs" in damage.reason


def test_damage_that_was_mended_is_gone(twelve, tmp_path):
    folder = copied(twelve, tmp_path)
    path = jsons(folder)[0]
    content = path.read_bytes()
    path.write_bytes(content[:100])
    assert len(index.load(folder)[1]) == 1
    path.write_bytes(content)
    results, damaged = index.load(folder)
    assert (len(results), damaged) == (12, ())


# ------------------------------------------------------------------ the file of the index


def test_one_file_a_results_folder_lies_in_the_cache(twelve, cache):
    index.load(twelve)
    index.load(ROOT / "results")
    assert len([path.name for path in (cache / "index").iterdir()]) == 2


def test_the_same_folds_make_the_same_index(twelve, cache):
    index.load(twelve)
    (path,) = (cache / "index").iterdir()
    content = path.read_bytes()
    path.unlink()
    index.load(twelve)
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [0, 5, 11])
def test_an_index_that_grew_is_the_one_that_is_made_at_once(place, twelve, tmp_path):
    folder = copied(twelve, tmp_path)
    late = jsons(folder)[place]
    content = late.read_bytes()
    late.unlink()
    index.load(folder)
    late.write_bytes(content)
    index.load(folder)
    path = file.index_path(folder / "accuracy")
    grown = path.read_bytes()
    path.unlink()
    index.load(folder)
    assert path.read_bytes() == grown


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "foreign", "flipped", "folder"])
def test_a_damaged_index_is_made_again_in_silence(damage, twelve, read):
    index.load(twelve)
    path = file.index_path(twelve / "accuracy")
    content = path.read_bytes()
    path.unlink()
    middle = len(content) // 2
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        flipped = content.replace(b"-angry", b"-angrx", 1)
        cut = content[:middle]
        path.write_bytes(
            {"empty": b"", "cut": cut, "foreign": b"not ours", "flipped": flipped}[damage]
        )
    read.clear()
    results, damaged = index.load(twelve)
    assert damaged == ()
    assert agree(results, twelve)
    assert len(read) == 12
    if damage != "folder":
        assert path.read_bytes() == content


def test_an_index_of_another_version_is_made_again(twelve, read, monkeypatch):
    index.load(twelve)
    monkeypatch.setattr(file, "_FORM", "2")
    index.load(twelve)
    assert len(read) == 24


def test_rows_that_this_version_cannot_read_are_made_again(twelve, read):
    index.load(twelve)
    path = file.index_path(twelve / "accuracy")
    rows = dict(file.load(path))
    file.save(path, {**rows, "request": columns.joined(['unheard":1'] * 2)})
    read.clear()
    assert agree(index.load(twelve)[0], twelve)
    assert len(read) == 12


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: {"created": rows["created"][:-1]},
        lambda rows: {"seed": rows["seed"][:-1]},
        lambda rows: {"stamp": rows["stamp"][:-1]},
        lambda rows: {"counts": rows["counts"][:-1]},
        lambda rows: {"request_of": rows["request_of"] + 2},
        lambda rows: {"videos": rows["videos"][:0]},
        lambda rows: {"more": rows["seed"]},
    ],
)
def test_an_index_whose_columns_do_not_fit_together_is_made_again(change, twelve, read):
    index.load(twelve)
    path = file.index_path(twelve / "accuracy")
    content = path.read_bytes()
    rows = file.load(path)
    assert columns.is_whole(rows)
    file.save(path, {**rows, **change(rows)})
    read.clear()
    assert agree(index.load(twelve)[0], twelve)
    assert len(read) == 12
    assert path.read_bytes() == content


def test_a_moved_folder_is_read_at_its_new_place(twelve, tmp_path):
    folder = copied(twelve, tmp_path)
    index.load(folder)
    moved = folder.rename(tmp_path / "moved")
    results, _ = index.load(moved)
    assert agree(results, moved)
    assert results[0].path.is_relative_to(moved)


def test_a_folder_is_known_under_every_name_and_files_keep_the_asked_one(
    twelve, tmp_path, monkeypatch, read
):
    folder = copied(twelve, tmp_path)
    index.load(folder)
    monkeypatch.chdir(tmp_path)
    results, _ = index.load(Path("results"))
    assert results[0].file.startswith("results/accuracy/")
    assert len(read) == 12


def test_a_cache_that_takes_no_files_changes_nothing(twelve, cache):
    cache.write_text("in the way")
    for _ in range(2):
        assert agree(index.load(twelve)[0], twelve)


def test_many_folds_are_read_by_several_processes_in_order(twelve, monkeypatch, cache):
    one, _ = index.load(twelve)
    shutil.rmtree(cache)
    monkeypatch.setattr(index, "MANY", 2)
    monkeypatch.setattr(index, "_SHARE", 5)
    several, damaged = index.load(twelve)
    assert damaged == ()
    assert all(map(same, one, several))


def test_the_table_is_the_same_from_records_and_from_the_index(twelve):
    known = load().datasets

    def printed(folds):
        return render(comparison(folds, (), load_reported(), None, known), "json")

    expected = printed(store.load_folds(twelve)[0])
    for _ in range(2):
        assert printed(index.load(twelve)[0]) == expected

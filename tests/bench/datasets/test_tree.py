import pytest

from bench.datasets.tree import (
    Problems,
    files,
    folders,
    inside,
    located,
    reason,
    require_inside,
    require_most,
)
from bench.errors import BenchError


def holds(folder):
    return (folder / "Clip").is_dir()


def find(root):
    return located(root, holds, "dfew", "Clip/")


@pytest.mark.parametrize("nested", ["", "DFEW", "a/DFEW", "a/b/DFEW"])
def test_a_tree_is_found_however_deep_it_was_unpacked(tmp_path, nested):
    (tmp_path / nested / "Clip").mkdir(parents=True)
    assert find(tmp_path) == tmp_path / nested


def test_a_tree_deeper_than_three_folders_is_not(tmp_path):
    (tmp_path / "a/b/c/d/Clip").mkdir(parents=True)
    with pytest.raises(BenchError) as error:
        find(tmp_path)
    assert str(error.value) == (
        f"dataset 'dfew' not found under {tmp_path}: looked for Clip/ there and up to 3 folders "
        f"deeper. Check --root, or complete the download."
    )


def test_the_archives_that_lie_there_are_named(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "data_part_1.zip").write_bytes(b"PK")
    (tmp_path / "data_part_2.zip").write_bytes(b"PK")
    told = r"folders deeper\. Unpack data_part_1\.zip, data_part_2\.zip\.$"
    with pytest.raises(BenchError, match=told):
        find(tmp_path)


def test_two_copies_are_not_chosen_between(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name / "Clip").mkdir(parents=True)
    with pytest.raises(BenchError) as error:
        find(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} holds dataset 'dfew' 2 times: new, old. Pass one of them with --root."
    )


def test_a_copy_inside_of_the_tree_is_no_second_one(tmp_path):
    (tmp_path / "Clip").mkdir()
    (tmp_path / "backup" / "Clip").mkdir(parents=True)
    assert find(tmp_path) == tmp_path


@pytest.mark.parametrize("root", ["gone", "file"])
def test_a_root_that_is_no_folder_is_not_searched(tmp_path, root):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BenchError, match="dataset 'dfew' not found under"):
        find(tmp_path / root)


def test_what_an_operating_system_leaves_is_not_seen(tmp_path):
    for name in ("__MACOSX", ".git", "s1"):
        (tmp_path / name).mkdir()
    for name in ("Thumbs.db", ".DS_Store", "a.avi"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in folders(tmp_path)] == ["s1"]
    assert [path.name for path in files(tmp_path)] == ["a.avi"]


@pytest.mark.parametrize(
    ("text", "path"), [("a/b.avi", "a/b.avi"), (" a\\b.avi ", "a/b.avi"), ("./a.avi", "a.avi")]
)
def test_a_path_of_a_list_has_forward_slashes(tmp_path, text, path):
    assert inside(tmp_path, text, "list.csv, line 2") == path


@pytest.mark.parametrize("text", ["", " ", "/etc/passwd", "../a.avi", "a/../../b", "C:\\a.avi"])
def test_a_path_that_leaves_the_root_is_refused(tmp_path, text):
    with pytest.raises(BenchError) as error:
        inside(tmp_path, text, "list.csv, line 2")
    assert str(error.value) == (
        f"list.csv, line 2: path {text!r} is none inside of {tmp_path.name}. Expected a path "
        f"relative to it; mend or remove the line."
    )


def test_all_problems_are_said_at_once():
    problems = Problems("csv", "Mend the list.")
    problems.stop()
    problems.add("list.csv, line 2: label '' is empty")
    with pytest.raises(BenchError) as error:
        problems.stop()
    assert str(error.value) == (
        "dataset 'csv' has 1 problem:\n  list.csv, line 2: label '' is empty\nMend the list."
    )


def test_many_problems_are_counted():
    problems = Problems("csv", "Mend the list.")
    for line in range(12):
        problems.add(f"line {line}")
    with pytest.raises(BenchError) as error:
        problems.stop()
    lines = str(error.value).splitlines()
    assert lines[0] == "dataset 'csv' has 12 problems:"
    assert lines[1:] == [*(f"  line {n}" for n in range(10)), "  and 2 more", "Mend the list."]


def test_a_few_missing_videos_are_no_reason_to_stop(tmp_path):
    missing = dict.fromkeys(map(str, range(10)), "gone")
    assert require_most("dfew", 100, missing, tmp_path) is None


def test_a_tree_that_was_half_unpacked_is_refused(tmp_path):
    (tmp_path / "data_part_2.zip").write_bytes(b"PK")
    missing = {f"dfew:{n:05d}": f"{n:05d}.mp4 is missing" for n in range(11)}
    with pytest.raises(BenchError) as error:
        require_most("dfew", 100, missing, tmp_path)
    assert str(error.value) == (
        f"dataset 'dfew' lists 100 videos and 11 of them are missing under {tmp_path}, the first "
        f"is 'dfew:00000' (00000.mp4 is missing). Unpack data_part_2.zip."
    )


def test_links_out_of_the_root_are_refused_and_what_is_absent_is_not(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "1.mp4").symlink_to(tmp_path / "elsewhere.mp4")
    (root / "2.mp4").symlink_to(root / "gone.mp4")
    assert require_inside("dfew", ["2.mp4", "3.mp4"], root) is None
    with pytest.raises(BenchError) as error:
        require_inside("dfew", ["1.mp4", "2.mp4"], root)
    assert str(error.value) == (
        "dataset 'dfew' has 1 problem:\n"
        "  '1.mp4' is a link that leaves the root\n"
        "Put the files themselves there, or remove the links."
    )


def test_the_reason_of_a_failure_has_no_number_and_is_never_empty():
    assert reason(OSError(21, "Is a directory", "x")) == "Is a directory"
    assert reason(ValueError("no digits")) == "no digits"
    assert reason(ValueError()) == "ValueError"

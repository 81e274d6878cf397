import csv
from dataclasses import replace

from bench.frames.notes import Note
from bench.frames.summary import PROBLEMS, describe_summary, disk, summarise

GOOD = Note("set:good", "scored", "", 30, 6, 5, 25.0, (), (8.0, 8.0, 6.0), "")


def notes(status, count, reason=""):
    frames = 0 if status == "unreadable" else 30
    return [
        replace(GOOD, video=f"set:{status}{n:02}", status=status, reason=reason, frames=frames)
        for n in range(count)
    ]


def told(tmp_path, *several):
    return describe_summary(summarise([note for some in several for note in some], [], tmp_path, 1))


def test_a_store_without_problems_lists_none(tmp_path):
    (tmp_path / PROBLEMS).write_text("of an earlier run")
    assert told(tmp_path, [GOOD]) == [
        "1 videos, 30 frames, 0 MB: 1 with a face, 0 on the fallback crop, 0 unreadable",
        "face found in 5 of 6 frames looked at",
    ]
    assert list(tmp_path.iterdir()) == []


def test_of_many_videos_with_a_problem_ten_are_named_and_all_listed(tmp_path):
    lines = told(
        tmp_path,
        notes("fallback", 12),
        notes("unreadable", 11, "It is empty."),
        notes("scored", 2, "It breaks off."),
    )
    names = ", ".join(f"set:fallback{n:02}" for n in range(10))
    assert lines[2:] == [
        f"no face found, centred crop: {names} and 2 more",
        "broken: set:scored00: It breaks off.",
        "broken: set:scored01: It breaks off.",
        *(f"unreadable: set:unreadable{n:02}: It is empty." for n in range(10)),
        "unreadable: and 1 more",
        "12 without a face, 2 broken off, 11 unreadable; all of them by name: "
        f"{tmp_path / PROBLEMS}",
    ]
    with (tmp_path / PROBLEMS).open(newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + 12 + 11 + 2
    assert rows[:2] == [
        ["video", "problem", "reason"],
        ["set:fallback00", "no face", "found in none of 6 frames looked at."],
    ]
    assert rows[13] == ["set:scored00", "broken", "It breaks off."]
    assert rows[-1] == ["set:unreadable10", "unreadable", "It is empty."]


def test_the_disk_is_what_the_files_of_the_store_take(tmp_path):
    (tmp_path / "a.npy").write_bytes(bytes(3_000_000))
    (tmp_path / "a.json").write_bytes(bytes(500_000))
    assert summarise([GOOD], [GOOD], tmp_path, 2.0).bytes == 3_500_000


def test_many_bytes_are_told_in_gigabytes():
    assert (disk(4.6e6), disk(9.9e9), disk(12.34e9)) == ("5 MB", "9900 MB", "12.3 GB")

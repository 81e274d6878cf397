"""The forms of public split lists, as their repositories write them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets.lists import PublicList, read
from bench.datasets.matching import Endings, matched
from bench.datasets.tree import Problems
from bench.errors import BenchError
from bench.records import Dataset, Video


@pytest.fixture
def parse(tmp_path):
    """Reads a list of these bytes or this text."""

    def parsed(text, name="list.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        problems = Problems("faces", "Mend it.")
        found = read(path, problems)
        problems.stop()
        return found

    return parsed


@pytest.fixture
def refusal(parse, tmp_path):
    """The sentence that refuses a list, without the folder of the test."""

    def refused(text):
        with pytest.raises(BenchError) as error:
            parse(text)
        return str(error.value).replace(f"{tmp_path}/", "")

    return refused


def problems_of(*lines):
    count = f"{len(lines)} problem{'' if len(lines) == 1 else 's'}"
    return "\n".join(
        [f"dataset 'faces' has {count}:", *(f"  {line}" for line in lines), "Mend it."]
    )


def rows(found):
    return [(video.path, video.label) for video in found.videos]


FORMS = {
    "path num_frames label": (
        "/home/user/datasets/DFEW_Face/04308 24 4\n/home/user/datasets/DFEW_Face/04312 48 0\n",
        [
            ("/home/user/datasets/DFEW_Face/04308", "4"),
            ("/home/user/datasets/DFEW_Face/04312", "0"),
        ],
    ),
    "path label": (
        "/mnt/face_aligned/subject_9/anger/sentence_5/s9_an_5 0\n/mnt/x 1\n",
        [("/mnt/face_aligned/subject_9/anger/sentence_5/s9_an_5", "0"), ("/mnt/x", "1")],
    ),
    "video audio label": (
        "/d/frames/00557 /d/audio/00557.wav 6\n/d/frames/00564 /d/audio/00564.WAV 5\n",
        [("/d/frames/00557", "6"), ("/d/frames/00564", "5")],
    ),
    "video_name,label": ("video_name,label\n00001,7\n2,1\n", [("00001", "7"), ("2", "1")]),
    "path,id": (
        'path,id\nInterview/Angry/0026,0\n"Action/Sad, again/0018",5\n',
        [("Interview/Angry/0026", "0"), ("Action/Sad, again/0018", "5")],
    ),
    "video;audio;label;part": (
        "/r/ACTOR01/01-01-01_facecroppad.npy;/r/ACTOR01/03_croppad.wav;1;testing\n",
        [("/r/ACTOR01/01-01-01_facecroppad.npy", "1")],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_known_by_its_lines(parse, form):
    text, expected = FORMS[form]
    found = parse(text)
    assert (found.form, rows(found)) == (form, expected)
    assert (found.folds, found.two_sided) == (1, False)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Action/Sad/0010 Sad", ("Action/Sad/0010", "Sad")),
        ("00025.mp4 anger", ("00025.mp4", "anger")),
        ("Happy/000046280 Happy", ("Happy/000046280", "Happy")),
        ("00025.mp4\tanger_disgust", ("00025.mp4", "anger_disgust")),
    ],
)
def test_a_label_may_be_a_name(parse, line, row):
    found = parse(f"{line}\n")
    assert (found.form, rows(found)) == ("path label", [row])


def test_blocks_are_the_folds_of_a_list(parse):
    found = parse(
        "1-fold 2 Angry 1 Happy 1\nS005/001 Angry\nS010/002 Happy\n2-fold 1\nS011/001 Sad\n"
    )
    assert (found.form, found.folds) == ("k-fold blocks of path label", 2)
    assert [(video.path, video.fold) for video in found.videos] == [
        ("S005/001", 0),
        ("S010/002", 0),
        ("S011/001", 1),
    ]


def test_a_block_has_as_many_videos_as_its_head_says(refusal):
    assert refusal("1-fold 2\nS005/001 Angry\n3-fold 1\nS011/001 Sad\n") == problems_of(
        "list.txt, line 1: fold 1 says 2 videos and lists 1",
        "list.txt, line 3: fold 3; expected fold 2",
    )


def test_a_list_may_say_the_side_of_each_video(parse):
    found = parse("a.npy;a.wav;1;training\nb.npy;b.wav;2;validation\nc.npy;c.wav;3;testing\n")
    assert [video.part for video in found.videos] == ["train", "validation", "test"]
    assert found.two_sided


def test_an_unknown_side_is_refused(refusal):
    expected = "is not like 'video;audio;label;training|validation|testing'"
    assert refusal("a;b;1;training\nc;d;2;holdout\ne;f;3\n") == problems_of(
        f"list.txt, line 2: 'c;d;2;holdout' {expected}",
        f"list.txt, line 3: 'e;f;3' {expected}",
    )


def test_the_file_and_its_content_are_kept(parse):
    text = b"00025.mp4 anger\n"
    found = parse(text, "train.txt")
    assert found == PublicList(
        "train.txt", hashlib.sha256(text).hexdigest(), "path label", found.videos
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfvideo_name,label\r\n00001,7\r\n\r\n2,1\r\n",
        b"video_name,label\n\n   \n00001,7\n2,1",
        b'"video_name","label"\n"00001","7"\n"2","1"\n',
        b"Video_Name, Label\n00001, 7\n2 , 1\n",
    ],
)
def test_marks_line_ends_blank_lines_and_quotes_play_no_role(parse, raw):
    assert rows(parse(raw)) == [("00001", "7"), ("2", "1")]


def test_a_byte_order_mark_is_no_part_of_the_first_path(parse):
    assert rows(parse(b"\xef\xbb\xbf00025.mp4 anger\r\n")) == [("00025.mp4", "anger")]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "enterface database/subject 1/s1_an_1.avi 0",
            ("enterface database/subject 1/s1_an_1.avi", "0"),
        ),
        ("my clips/one.mp4 120 3", ("my clips/one.mp4", "3")),
        ('"my clips/sentence 1" 3', ("my clips/sentence 1", "3")),
        ('"my clips/sentence 1" 120 3', ("my clips/sentence 1", "3")),
        ('"my clips/1" "my sound/1.wav" 3', ("my clips/1", "3")),
        (r"C:\clips\0001.avi 2", ("C:/clips/0001.avi", "2")),
    ],
)
def test_a_path_may_hold_blanks_where_one_form_is_possible(parse, line, row):
    assert rows(parse(f"{line}\n")) == [row]


@pytest.mark.parametrize(
    "text",
    [
        "my clips/sentence 1 0\n",
        "clips/one 16 3\nclips/two 4\nmy clips/sentence 1 0\n",
        "my clips/one sound/one.wav 3\n",
    ],
)
def test_a_list_that_can_be_read_in_two_ways_is_refused(refusal, text):
    last = text.splitlines()[-1]
    assert refusal(text) == (
        f"list.txt, line {len(text.splitlines())}: {last!r} can be read in two ways: its path may "
        f"hold blanks, or a number of frames or a sound file follows it. Put the paths in double "
        f"quotes."
    )


def test_lines_of_two_forms_are_refused(refusal):
    assert refusal("clips/one 16 3\nclips/two 4\n") == (
        "list.txt, line 2: 'clips/two 4' can be read in two ways: its path may hold blanks, or a "
        "number of frames or a sound file follows it. Put the paths in double quotes."
    )


def test_commas_need_a_header(refusal):
    assert refusal("00001,7\n2,1\n") == (
        "list.txt begins with '00001,7'; a list with commas needs the header video_name,label or "
        "path,id or path,label. Add it as its first line."
    )


def test_lines_without_a_label_are_named(refusal):
    assert refusal("clips/one 3\nclips/two\n") == problems_of(
        "list.txt, line 2: 'clips/two' has no label; expected it after a blank"
    )
    assert refusal("path,id\nclips/one\nclips/two,\n") == problems_of(
        "list.txt, line 2: 'clips/one' has no label; expected it after a comma",
        "list.txt, line 3: path 'clips/two' with label ''; expected both",
    )


def test_a_path_that_leaves_its_folder_is_refused(refusal):
    assert refusal("../../etc/passwd 3\nclips\\..\\..\\x 3\n./one 3\n") == problems_of(
        "list.txt, line 1: path '../../etc/passwd' leaves its folder by '..'",
        "list.txt, line 2: path 'clips/../../x' leaves its folder by '..'",
    )


@pytest.mark.parametrize("raw", ["00025.mp4 愤怒\n".encode("gbk"), "x 1\n".encode("utf-16")])
def test_another_encoding_is_refused(refusal, raw):
    assert refusal(raw) == problems_of("list.txt cannot be read: it is no utf-8-sig text")


def test_an_empty_list_is_refused(refusal):
    assert refusal("\n\r\n  \n") == problems_of("list.txt is empty")


def test_a_list_that_is_not_there_is_refused(tmp_path):
    problems = Problems("faces", "Mend it.")
    read(tmp_path / "none.txt", problems)
    with pytest.raises(BenchError) as error:
        problems.stop()
    assert str(error.value) == problems_of(
        f"{tmp_path}/none.txt cannot be read: No such file or directory"
    )


LINES = st.one_of(
    st.sampled_from(["1-fold 2", "a;b;1;training", "video_name,label", "path,id", "x/1 16 3"]),
    st.text(st.sampled_from('ab/\\.01 ,;"-\t\r\x00é'), max_size=12),
    st.text(max_size=8),
)


@given(st.lists(LINES, max_size=6))
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_sentence(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    problems = Problems("faces", "Mend it.")
    try:
        found = read(path, problems)
        problems.stop()
    except BenchError:
        return
    assert all(video.label and video.path.strip("./") for video in found.videos)
    matched(found.videos, Endings(FACES), Problems("faces", "Mend it."))


FACES = Dataset("faces", ("happy",), (Video("faces:a/01", "clips/a/01.mp4", "happy"),))

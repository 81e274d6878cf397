"""A file of answers: what it covers, and every way in which it can be wrong."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from bench.answers import read_answers, require_whole
from bench.errors import BenchError
from bench.records import Dataset, Fold, Protocol, Video

CLASSES = ("angry", "happy")
IDS = ("set:a", "set:b", "set:c", "set:d")


def dataset() -> Dataset:
    labels = ("angry", "happy", "angry", "happy")
    videos = (
        Video(id, f"{id}.avi", label, f"s{id}") for id, label in zip(IDS, labels, strict=True)
    )
    return Dataset("set", CLASSES, tuple(videos))


def protocol(*folds: tuple[tuple[str, ...], tuple[str, ...]]) -> Protocol:
    made = tuple(Fold(k, train, test) for k, (train, test) in enumerate(folds))
    return Protocol("two", "set", CLASSES, made, "pool", "h" * 64, "nobody")


TWO = protocol((IDS[2:], IDS[:2]), (IDS[:2], IDS[2:]))


def file(folder: Path, text: str) -> Path:
    path = folder / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_answers_go_to_the_folds_that_test_their_videos(tmp_path):
    path = file(tmp_path, "video,angry,happy\nset:c,0.25,0.75\nb,1,0\nset:a,0.5,0.5\nset:d,0,1\n")
    first, second = read_answers(path, dataset(), TWO)
    assert [p.video for p in first.predictions] == ["set:a", "set:b"]
    assert [p.scores for p in first.predictions] == [(0.5, 0.5), (1.0, 0.0)]
    assert [p.scores for p in second.predictions] == [(0.25, 0.75), (0.0, 1.0)]
    assert [p.true for p in second.predictions] == ["angry", "happy"]
    assert {p.status for p in second.predictions} == {"scored"}


def test_columns_may_stand_in_any_order_and_only_answered_folds_are_taken(tmp_path):
    path = file(tmp_path, "\ufeffhappy, video ,angry\n0.9,set:d,0.1\n0.2,set:c,0.8\n")
    (only,) = read_answers(path, dataset(), TWO)
    assert only.fold.index == 1
    assert [p.scores for p in only.predictions] == [(0.8, 0.2), (0.1, 0.9)]


def test_a_named_class_is_sure(tmp_path):
    path = file(tmp_path, "video,predicted\na,happy\nb,angry\n")
    (only,) = read_answers(path, dataset(), TWO)
    assert [p.scores for p in only.predictions] == [(0.0, 1.0), (1.0, 0.0)]


def test_logits_become_probabilities_only_when_it_is_said(tmp_path):
    path = file(tmp_path, "video,angry,happy\na,0,0\nb,1000,1001\n")
    (only,) = read_answers(path, dataset(), TWO, logits=True)
    assert only.predictions[0].scores == (0.5, 0.5)
    assert only.predictions[1].scores[1] == pytest.approx(1 / (1 + math.exp(-1)))
    with pytest.raises(BenchError) as caught:
        read_answers(path, dataset(), TWO)
    assert str(caught.value) == (
        f"{path}, line 2: the scores sum to 0 and the least is 0; expected probabilities. Pass "
        f"--logits if a softmax is to be taken of them."
    )


def test_a_video_of_several_folds_needs_its_fold(tmp_path):
    both = protocol((IDS[2:], IDS[:2]), (IDS[2:], IDS[:1]))
    path = file(tmp_path, "video,fold,predicted\na,2,happy\na,1,angry\nb,,angry\n")
    first, second = read_answers(path, dataset(), both)
    assert [p.scores for p in first.predictions] == [(1.0, 0.0), (1.0, 0.0)]
    assert [p.scores for p in second.predictions] == [(0.0, 1.0)]
    with pytest.raises(BenchError) as caught:
        read_answers(file(tmp_path, "video,predicted\na,happy\n"), dataset(), both)
    assert str(caught.value) == (
        f"{path}, line 2: video 'set:a' is tested in folds 1, 2. Add a column 'fold'."
    )


def test_a_lacking_answer_is_counted_and_named(tmp_path):
    path = file(tmp_path, "video,predicted\na,happy\n")
    folds = read_answers(path, dataset(), TWO)
    assert folds[0].lacking == ("set:b",)
    assert (folds[0].predictions[1].status, folds[0].predictions[1].scores) == ("unanswered", ())
    with pytest.raises(BenchError) as caught:
        require_whole(folds, path)
    assert str(caught.value) == (
        f"{path} has no answer for 1 of 2 test videos: set:b. Add them, or pass --allow-missing "
        f"to count them as wrong."
    )


def test_whole_folds_pass(tmp_path):
    path = file(tmp_path, "video,predicted\na,happy\nb,happy\n")
    folds = read_answers(path, dataset(), TWO)
    require_whole(folds, path)
    assert [one.lacking for one in folds] == [()]


CELLS = ", line 2 has another number of cells than its header. Repair the line."

WANTED = "expected video, and either predicted or one column a class: angry, happy"

WRONG = {
    "video,predicted\na,happy\na,angry\n": (
        ", line 3: video 'set:a' is answered twice in fold 1. Keep one row."
    ),
    "video,predicted\na,sad\n": None,
    "video,predicted\nzz,happy\n": None,
    "video,fold,predicted\na,2,happy\n": (
        ", line 2: video 'set:a' is tested in fold 1, not in 2. These answers are of other folds: "
        "pass their protocol by --protocol or --split."
    ),
    "video,fold,predicted\na,0,happy\n": (", line 2: fold is '0'; expected a number from 1 to 2."),
    "video,fold,predicted\na,²,happy\n": (", line 2: fold is '²'; expected a number from 1 to 2."),
    "name,predicted\na,happy\n": (
        f" has no column 'video' in its first line, 'name, predicted'; {WANTED}. Add it."
    ),
    "video,angry,happy\na,40,60\n": (
        ", line 2: the scores sum to 100, as percent do; expected probabilities, which sum to 1. "
        "Divide them by 100, or pass --logits if a softmax is to be taken of them."
    ),
    "video,Happy,happiness\na,0,1\n": " has the column 'happy' twice. Remove one.",
    "video;predicted\na,happy\n": CELLS,
    "video,angry\na,1\n": f" has the columns video, angry; {WANTED}. Correct it.",
    "video\na\n": f" has the columns video; {WANTED}. Correct it.",
    "video,predicted,angry,happy\na,happy,0,1\n": (
        f" has the columns video, predicted, angry, happy; {WANTED}. Correct it."
    ),
    "video,predicted,score\na,happy,1\n": f" has the unknown column 'score'; {WANTED}. Remove it.",
    "video,predicted,predicted\na,happy,happy\n": " has the column 'predicted' twice. Remove one.",
    "video,predicted\n": " holds no answers; expected a header and one row a video.",
    "": " holds no answers; expected a header and one row a video.",
    "video,predicted\na\n": CELLS,
    "video,predicted\na,happy,1\n": CELLS,
    "video,angry,happy\na,nan,1\n": ", line 2: the score of 'angry' is 'nan'; expected a number.",
    "video,angry,happy\na,-0.5,1.5\n": (
        ", line 2: the scores sum to 1 and the least is -0.5; expected probabilities. Pass "
        "--logits if a softmax is to be taken of them."
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text):
    path = file(tmp_path, text)
    with pytest.raises(BenchError) as caught:
        read_answers(path, dataset(), TWO)
    if (said := WRONG[text]) is not None:
        assert str(caught.value) == f"{path}{said}"
    else:
        assert f"({path}, line 2)" in str(caught.value)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_spreadsheet_may_separate_by_other_marks_and_it_is_told(tmp_path, mark):
    text = "\ufeffvideo,angry,happy\r\na,0.25,0.75\r\nb,1,0\r\n"
    path = file(tmp_path, text.replace(",", mark).replace(".", ","))
    told: list[str] = []
    (only,) = read_answers(path, dataset(), TWO, tell=told.append)
    assert [p.scores for p in only.predictions] == [(0.25, 0.75), (1.0, 0.0)]
    name = {";": "semicolons", "\t": "tabs"}[mark]
    assert told == [f"note: {path} is read as separated by {name}, a decimal comma as a point"]


def test_classes_may_be_spelled_as_elsewhere_and_it_is_told(tmp_path):
    told: list[str] = []
    path = file(tmp_path, "Video,Anger,HAPPINESS\na,0.25,0.75\nb,1,0\n")
    (only,) = read_answers(path, dataset(), TWO, tell=told.append)
    assert [p.scores for p in only.predictions] == [(0.25, 0.75), (1.0, 0.0)]
    assert told == [f"note: {path} is read with 'Anger' as 'angry', 'HAPPINESS' as 'happy'"]
    told.clear()
    path = file(tmp_path, "video,predicted\na,Joy\nb,happy\n")
    (only,) = read_answers(path, dataset(), TWO, tell=told.append)
    assert [p.scores for p in only.predictions] == [(0.0, 1.0), (0.0, 1.0)]
    assert told == [f"note: {path} is read with 'Joy' as 'happy'"]


def test_a_spelling_that_could_be_two_classes_is_refused(tmp_path):
    both = replace(dataset(), classes=("happy", "happiness"))
    path = file(tmp_path, "video,predicted\na,Joy\n")
    with pytest.raises(BenchError, match="unknown class"):
        read_answers(path, both, TWO)


def test_a_video_may_be_named_by_its_file(tmp_path):
    path = file(tmp_path, "video,predicted\na.avi,happy\nset:b.avi,happy\n")
    (only,) = read_answers(path, dataset(), TWO)
    assert [p.status for p in only.predictions] == ["scored", "scored"]


def test_a_file_name_of_two_videos_names_neither(tmp_path):
    videos = tuple(replace(v, path=f"{v.subject}/clip.avi") for v in dataset().videos)
    path = file(tmp_path, "video,predicted\nclip.avi,happy\n")
    with pytest.raises(BenchError, match=r"unknown video .* 'clip.avi'"):
        read_answers(path, replace(dataset(), videos=videos), TWO)
    path = file(tmp_path, "video,predicted\nsset:a/clip.avi,happy\nb,happy\n")
    (only,) = read_answers(path, replace(dataset(), videos=videos), TWO)
    assert {p.status for p in only.predictions} == {"scored"}


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(b"\xff\xfe\x00video")
    with pytest.raises(BenchError, match=r"it is no text in UTF-8\. Save it as CSV"):
        read_answers(path, dataset(), TWO)


def test_a_video_that_no_fold_tests_is_refused(tmp_path):
    path = file(tmp_path, "video,predicted\nc,happy\n")
    with pytest.raises(BenchError) as caught:
        read_answers(path, dataset(), protocol((IDS[2:], IDS[:2])))
    assert str(caught.value) == (
        f"{path}, line 2: video 'set:c' is tested in no fold. Leave it out, or choose another "
        f"--protocol."
    )

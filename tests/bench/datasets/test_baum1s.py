import pytest
from openpyxl import Workbook

from bench.datasets.baum1s import CLASSES, load
from bench.errors import BenchError
from bench.protocols import blocks
from bench.records import Video

CLIPS = "BAUM1s_MP4 - All"
HEADER = ("No", "Subject", "Gender", "Clip Name", "Emotion", "Emotion Code")
STATES = (
    *("Anger", "Boredom", "Bothered", "Concentrating", "Contempt", "Disgust", "Fear"),
    *("Happiness", "Neutral", "Sadness", "Surprise", "Thinking", "Unsure"),
)


def _folds(dataset):
    file = blocks.shipped("baum1s", "speaker-5-fold")
    assert file
    return blocks.folds(file, dataset)


def line(clip, code, text=None):
    text = STATES[code - 1] if text is None else text
    return (1, int(clip[1:4]), "F", clip, text, code)


def write(root, lines, *, kind="xlsx", absent=(), clips=CLIPS):
    """The annotations, and a file for every line whose clip is not absent."""
    for cells in lines:
        folder = root / clips / cells[3][:4].lower()
        folder.mkdir(parents=True, exist_ok=True)
        if cells[3] not in absent:
            (folder / f"{cells[3]}.mp4").write_bytes(b"frames")
    sheet = root / f"Annotations_BAUM1s.{kind}"
    if kind == "csv":
        rows = (",".join(map(str, cells)) for cells in (HEADER, *lines))
        sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return sheet
    book = Workbook()
    for cells in (HEADER, *lines):
        book.worksheets[0].append(cells)
    book.save(sheet)
    return sheet


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_line_becomes_a_video(tmp_path, kind):
    write(tmp_path, [line("S001_015", 8)], kind=kind)
    assert load(tmp_path).videos == (
        Video("baum1s:S001_015", "BAUM1s_MP4 - All/s001/S001_015.mp4", "happy", "s001"),
    )


def test_six_codes_are_classes_and_seven_are_left_out_by_name(tmp_path):
    write(tmp_path, [line(f"S001_{code:03d}", code) for code in range(1, 14)])
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == (
        *("angry", "disgust", "fear", "happy", "sad", "surprise"),
    )
    assert dataset.classes == CLASSES
    assert dataset.left_out == {
        "boredom": 1,
        "bothered": 1,
        "concentrating": 1,
        "contempt": 1,
        "neutral": 1,
        "thinking": 1,
        "unsure": 1,
    }
    assert dataset.notes == ()


def test_the_code_counts_where_the_text_says_another_emotion(tmp_path):
    write(tmp_path, [line("S015_007", 8, "Neutral"), line("S015_008", 9, "Happy")])
    dataset = load(tmp_path)
    assert [video.label for video in dataset.videos] == ["happy"]
    assert dataset.notes[:2] == (
        "S015_007 has the code of happy and the text 'neutral'; the code counts.",
        "S015_008 has the code of neutral and the text 'happy'; the code counts.",
    )


def test_the_five_groups_take_every_fifth_subject(tmp_path):
    write(tmp_path, [line(f"S{subject:03d}_001", 1) for subject in range(1, 13)])
    dataset = load(tmp_path)
    tests = [[id[7:11] for id in f.test] for f in _folds(dataset)]
    assert tests == [
        ["S001", "S006", "S011"],
        ["S002", "S007", "S012"],
        ["S003", "S008"],
        ["S004", "S009"],
        ["S005", "S010"],
    ]


def test_a_line_without_a_file_is_missing_and_stays_a_video(tmp_path):
    lines = [line(f"S001_{k:03d}", 1) for k in range(20)]
    write(tmp_path, lines, absent=("S001_003", "S001_004"))
    (tmp_path / CLIPS / "s001/S001_004.mp4").mkdir()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 20
    assert dataset.missing == {
        f"baum1s:{clip}": f"{CLIPS}/s001/{clip}.mp4 is missing" for clip in ("S001_003", "S001_004")
    }


def test_files_without_a_line_are_left_out_and_counted(tmp_path):
    write(tmp_path, [line("S001_001", 1)])
    for name in ("S001_002.mp4", "S001_001.srt", "Thumbs.db", "intro.mp4"):
        (tmp_path / CLIPS / "s001" / name).write_bytes(b"")
    (tmp_path / CLIPS / "s001/S001_009.mp4").symlink_to("/etc/passwd")
    assert load(tmp_path).left_out == {
        "no line in the annotations": 1,
        "file that is not named as a clip": 1,
        "link that leaves the root": 1,
    }


def test_a_tree_of_which_most_is_missing_is_refused(tmp_path):
    write(tmp_path, [line("S001_001", 1), line("S001_002", 1)], absent=("S001_002",))
    (tmp_path / "BAUM1s.rar").write_bytes(b"")
    assert refusal(tmp_path) == (
        f"dataset 'baum1s' lists 2 videos and 1 of them are missing under {tmp_path}, the first is "
        f"'baum1s:S001_002' ({CLIPS}/s001/S001_002.mp4 is missing). Unpack BAUM1s.rar."
    )


def test_the_acted_part_beside_it_is_not_read(tmp_path):
    write(tmp_path, [line("S001_001", 1)])
    (tmp_path / "BAUM1a_MP4_all/s001").mkdir(parents=True)
    (tmp_path / "BAUM1a_MP4_all/s001/S001_001.mp4").write_bytes(b"")
    (tmp_path / "Annotations_BAUM1a.xlsx").write_bytes(b"")
    assert [video.path for video in load(tmp_path).videos] == [f"{CLIPS}/s001/S001_001.mp4"]


def test_the_acted_part_alone_is_refused(tmp_path):
    (tmp_path / "BAUM1a_MP4_all/s001").mkdir(parents=True)
    assert refusal(tmp_path) == (
        f"dataset 'baum1s' not found under {tmp_path}: looked for folders s001, s002, ... of "
        f"BAUM1s_MP4 (not of BAUM1a, the acted part: its codes differ) there and up to 3 folders "
        f"deeper. Check --root, or complete the download."
    )


def test_clips_without_annotations_are_refused(tmp_path):
    write(tmp_path, [line("S001_001", 1)]).rename(tmp_path / "Annotations_BAUM1a.xlsx")
    assert refusal(tmp_path) == (
        f"dataset 'baum1s' has no annotations under {tmp_path}: looked for Annotations_BAUM1s.xlsx "
        f"or .csv beside the clips and above them. Pass the folder that holds both with --root."
    )


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_all_lines_that_cannot_be_used_are_said_at_once(tmp_path, kind):
    lines = [
        line("S001_001", 1),
        line("S001_001", 2),
        line("S001_002", 14, "?"),
        (1, 1, "F", "S001_003", "", "x"),
        (1, 1, "F", "clip", "", 1),
    ]
    sheet = write(tmp_path, lines, kind=kind)
    assert refusal(tmp_path) == (
        "dataset 'baum1s' has 4 problems:\n"
        "  line 3: S001_001 has code 2 after 1\n"
        "  line 4: S001_002 has the code '14', not 1 to 13\n"
        "  line 5: S001_003 has the code 'x', not 1 to 13\n"
        "  line 6: no name of a clip, as in S001_015\n"
        f"Restore {sheet} as it was delivered."
    )


def test_an_empty_sheet_is_refused(tmp_path):
    write(tmp_path, [line("S001_001", 1)])
    sheet = write(tmp_path, [])
    assert refusal(tmp_path) == (
        "dataset 'baum1s' has 1 problem:\n"
        "  no line of Annotations_BAUM1s.xlsx names a clip, as in S001_015\n"
        f"Restore {sheet} as it was delivered."
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\xff\xfe"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_damaged_sheet_is_refused_by_name(tmp_path, kind, content):
    sheet = write(tmp_path, [line("S001_001", 1)], kind=kind)
    sheet.write_bytes(content)
    message = refusal(tmp_path)
    if kind == "xlsx" or content == b"\xff\xfe":
        assert message.startswith(f"{sheet} cannot be read: ")
        assert message.endswith(". Restore it as it was delivered, or save it as csv in UTF-8.")
    else:
        assert "names a clip, as in S001_015" in message


def test_a_clip_that_is_there_twice_is_refused(tmp_path):
    write(tmp_path, [line("S001_001", 1)])
    (tmp_path / CLIPS / "s002").mkdir()
    (tmp_path / CLIPS / "s002/S001_001.mp4").write_bytes(b"")
    assert refusal(tmp_path) == (
        "dataset 'baum1s' has 1 problem:\n"
        f"  S001_001 is there twice, as '{CLIPS}/s001/S001_001.mp4' and "
        f"'{CLIPS}/s002/S001_001.mp4'\n"
        "Keep one file of each clip."
    )

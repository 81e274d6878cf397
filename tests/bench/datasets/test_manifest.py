import time

import pytest

from bench import protocols
from bench.datasets.manifest import load
from bench.errors import BenchError
from bench.records import Fold, Video

PATHS = ("a.mp4", "b.mp4", "c.mp4")


def write(root, text, paths=PATHS, encoding="utf-8"):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"frames")
    (root / "manifest.csv").write_bytes(text.encode(encoding))
    return root / "manifest.csv"


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_a_line_becomes_a_video(tmp_path):
    write(
        tmp_path,
        "path,label,subject,group,apex_first,apex_last,camera\n"
        "a.mp4,joy,anna,film,5,9,left\n"
        "./b.mp4,anger,,,,,\n",
    )
    dataset = load(tmp_path)
    assert dataset.classes == ("anger", "joy")
    assert dataset.official == {}
    assert dataset.videos == (
        Video(
            "csv:a.mp4",
            "a.mp4",
            "joy",
            subject="anna",
            group="film",
            attributes={"camera": "left"},
            apex=(5, 9),
        ),
        Video("csv:b.mp4", "b.mp4", "anger"),
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_marks_and_line_ends_are_understood(tmp_path, separator, encoding, end):
    rows = [("label", "path"), ("Fröhlich", "é b.mp4"), ("x", "a.mp4")]
    write(tmp_path, "".join(separator.join(row) + end for row in rows), ["é b.mp4"], encoding)
    (tmp_path / "a.mp4").mkdir()
    videos = load(tmp_path).videos
    assert [(video.path, video.label) for video in videos] == [
        ("a.mp4", "x"),
        ("é b.mp4", "Fröhlich"),
    ]


def test_a_column_fold_makes_the_protocol_given_fold(tmp_path):
    write(tmp_path, "path,label,fold\na.mp4,x,2\nb.mp4,x,7\nc.mp4,x,2\n")
    dataset = load(tmp_path)
    a, b, c = (f"csv:{path}" for path in PATHS)
    folds = (Fold(0, (b,), (a, c)), Fold(1, (a, c), (b,)))
    assert dataset.official == {"given-fold": folds}
    assert protocols.split(dataset, "given-fold").folds == folds
    assert dataset.videos[0].attributes == {}


def test_a_single_fold_is_refused(tmp_path):
    file = write(tmp_path, "path,label,fold\na.mp4,x,1\nb.mp4,y,1\n")
    assert refusal(tmp_path) == (
        f"{file} names fewer than 2 folds; the rest of a fold is its training. Name more, or "
        f"remove the column fold."
    )


def test_a_nested_list_is_found_and_its_paths_start_beside_it(tmp_path):
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", "path,label\nv/a.mp4,x\n", ["v/a.mp4"])
    (video,) = load(tmp_path).videos
    assert (video.id, video.path) == ("csv:v/a.mp4", "data/v/a.mp4")


def test_all_lines_that_cannot_be_used_are_said_at_once(tmp_path):
    file = write(
        tmp_path,
        "path,label,fold,apex_first,apex_last\n"
        "a.mp4,x,0,,\n"
        "../a.mp4,x,0,,\n"
        "b.mp4,,0,,\n"
        "\n"
        "a.mp4,x,0,,\n"
        "./a.mp4,y,0,,\n"
        "b.mp4,x,one,,\n"
        "b.mp4,x,0,5,5\n"
        "c.mp4,x,0,5,\n"
        '"c.mp4","x\nx",0,,\n',
    )
    assert refusal(tmp_path) == (
        "dataset 'csv' has 8 problems:\n"
        f"  line 3: path '../a.mp4' is none inside of {tmp_path}\n"
        "  line 4: no label\n"
        "  line 6: path 'a.mp4' a second time, after line 2\n"
        "  line 7: path 'a.mp4' has the label 'y', and 'x' in line 2\n"
        "  line 8: fold 'one'; expected a whole number\n"
        "  line 9: apex from '5' to '5'; expected 0 <= apex_first < apex_last, or none\n"
        "  line 10: apex from '5' to ''; expected 0 <= apex_first < apex_last, or none\n"
        "  line 12: label 'x\\nx' has characters that cannot be printed\n"
        f"Mend these lines of {file}; quote a cell with a separator."
    )


@pytest.mark.parametrize("path", ["/etc/passwd", "C:\\video.mp4", "v/../../b.mp4", "", "link/b"])
def test_a_path_never_leaves_the_root(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b").write_bytes(b"")
    (root / "link").symlink_to(tmp_path / "outside")
    write(root, f"path,label\n{path},x\n", [])
    assert f"  line 2: path {path!r} is none inside of {root}\n" in refusal(root)


def test_a_path_that_is_too_long_is_a_problem_of_its_line(tmp_path):
    name = "n" * 300
    write(tmp_path, f"path,label\n{name},x\n")
    assert f"  line 2: path {name!r} cannot be looked up: File name too long\n" in refusal(tmp_path)


def test_a_line_with_too_many_or_too_few_cells_is_named(tmp_path):
    file = write(tmp_path, "path,label\na.mp4\nb.mp4,x,y\nc.mp4,\n")
    assert refusal(tmp_path) == (
        "dataset 'csv' has 3 problems:\n"
        "  line 2: 1 cells; expected 2\n"
        "  line 3: 3 cells; expected 2\n"
        "  line 4: no label\n"
        f"Mend these lines of {file}; quote a cell with a separator."
    )


@pytest.mark.parametrize("header", ["path", "label,file", "path,label,label", "path,label,"])
def test_columns_that_lack_or_repeat_are_refused(tmp_path, header):
    file = write(tmp_path, f"{header}\n")
    assert refusal(tmp_path) == (
        f"{file} has the columns {', '.join(header.split(','))}; expected path, label, each once "
        f"and named, and if wanted subject, group, fold, apex_first, apex_last. Mend its first "
        f"line."
    )


def test_an_empty_list_is_refused(tmp_path):
    file = write(tmp_path, "path,label\n\n")
    assert refusal(tmp_path) == (f"{file} lists no video. Add a line for each, below the columns.")


def test_another_encoding_is_refused(tmp_path):
    file = write(tmp_path, "path,label\ná.mp4,x\n", encoding="latin-1")
    assert refusal(tmp_path) == (
        f"{file} cannot be read as a list: 'utf-8' codec can't decode byte 0xe1 in position 11: "
        f"invalid continuation byte. Save it as csv in UTF-8."
    )


def test_a_file_that_is_absent_is_missing_and_stays_a_video(tmp_path):
    rows = "".join(f"v{k:02d}.mp4,x\n" for k in range(20))
    write(tmp_path, f"path,label\n{rows}", [f"v{k:02d}.mp4" for k in range(1, 20)])
    (tmp_path / "v01.mp4").unlink()
    (tmp_path / "v01.mp4").symlink_to("v01.mp4")
    dataset = load(tmp_path)
    assert len(dataset.videos) == 20
    assert dataset.missing == {
        "csv:v00.mp4": "v00.mp4 is missing",
        "csv:v01.mp4": "v01.mp4 is missing",
    }


def test_a_list_of_which_most_is_missing_is_refused(tmp_path):
    write(tmp_path, "path,label\na.mp4,x\nz.mp4,x\n")
    (tmp_path / "videos.zip").write_bytes(b"")
    assert refusal(tmp_path) == (
        f"dataset 'csv' lists 2 videos and 1 of them are missing under {tmp_path}, the first is "
        f"'csv:z.mp4' (z.mp4 is missing). Unpack videos.zip."
    )


def test_a_folder_named_like_the_list_is_no_list(tmp_path):
    (tmp_path / "manifest.csv").mkdir()
    assert refusal(tmp_path) == (
        f"dataset 'csv' not found under {tmp_path}: looked for manifest.csv there and up to 3 "
        f"folders deeper. Check --root, or complete the download."
    )


def test_two_thousand_lines_load_in_a_fraction_of_a_second(tmp_path):
    paths = [f"v/{k}.mp4" for k in range(2000)]
    write(tmp_path, "path,label\n" + "".join(f"{path},x\n" for path in paths), paths)
    start = time.process_time()
    assert len(load(tmp_path).videos) == 2000
    assert time.process_time() - start < 0.25 * 4  # a quarter is in proportion; the rest is slack

import csv
import subprocess
import sys

import av
import pytest

from bench.datasets.synthetic import load
from bench.errors import BenchError
from bench.synthesis import is_synthetic
from bench.synthesis.dataset import generate
from bench.synthesis.performance import Difficulty

SHORT = Difficulty(frames=(20, 24))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "synthetic"
    generate(folder, subjects=2, difficulty=SHORT, workers=1)
    return folder


def rows(root, name):
    with (root / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_subject_shows_each_class_once(root):
    dataset = load(root)
    shown = [(video.subject, video.label) for video in dataset.videos]
    assert len(set(shown)) == len(shown) == 2 * 7
    assert dataset.classes == tuple(sorted({label for _, label in shown}))
    assert not dataset.missing


def test_the_manifest_agrees_with_the_encoded_video(root):
    row = rows(root, "manifest.csv")[3]
    with av.open(str(root / row["path"])) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == 25
    assert (frames[0].height, frames[0].width) == (160, 160)
    assert len(frames) == int(row["frames"])


def test_the_apex_of_the_manifest_is_where_the_stored_intensity_peaks(root):
    row = rows(root, "manifest.csv")[0]
    curve = [r["intensity"] for r in rows(root, "intensity.csv") if r["key"] == row["key"]]
    peak = [frame for frame, value in enumerate(curve) if value == row["intensity"]]
    assert peak == list(range(int(row["apex_first"]), int(row["apex_last"])))
    assert len(curve) == int(row["frames"])


def test_the_folder_is_marked_as_drawn_also_one_level_down(root, tmp_path):
    assert is_synthetic(root)
    assert is_synthetic(root / "videos")
    assert not is_synthetic(tmp_path)
    assert not is_synthetic(tmp_path / "none")


def test_workers_change_no_byte(root, tmp_path):
    generate(tmp_path / "again", subjects=2, difficulty=SHORT, workers=2)
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / file.relative_to(root)).read_bytes() == file.read_bytes()


def test_a_folder_that_was_drawn_before_is_left_alone(root):
    before = (root / "manifest.csv").stat().st_mtime_ns
    generate(root, subjects=2, difficulty=SHORT, workers=1)
    assert (root / "manifest.csv").stat().st_mtime_ns == before


def test_a_folder_drawn_for_something_else_is_drawn_anew(tmp_path):
    generate(tmp_path / "data", subjects=1, difficulty=SHORT, workers=1)
    generate(tmp_path / "data", subjects=1, seed=1, difficulty=SHORT, workers=1)
    assert '"seed": 1' in (tmp_path / "data" / "SYNTHETIC").read_text()


def test_a_foreign_folder_is_never_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(BenchError) as caught:
        generate(tmp_path)
    assert str(caught.value) == (
        f"'{tmp_path}' is not empty and was not drawn by this program. Expected a new folder, or "
        f"one with the file SYNTHETIC. Choose another folder, or empty this one."
    )
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("marked", ["..", "inner"])
def test_a_folder_beside_a_drawn_one_is_never_touched(tmp_path, marked):
    folder = tmp_path / "mine"
    (folder / "inner").mkdir(parents=True)
    (folder / "thesis.tex").write_text("years of work")
    (folder / marked / "SYNTHETIC").write_text("drawn")
    with pytest.raises(BenchError, match="was not drawn by this program"):
        generate(folder)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_a_drawing_that_is_interrupted_leaves_no_folder(tmp_path):
    def interrupt(items, description, total):
        yield next(iter(items))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "data", interrupt, subjects=1, difficulty=SHORT, workers=1)
    assert not list(tmp_path.iterdir())


def test_progress_counts_every_video(tmp_path):
    told = []

    def watch(items, description, total):
        told.append((description, total))
        return items

    generate(tmp_path / "data", watch, subjects=1, difficulty=SHORT, workers=1)
    assert told == [("drawing synthetic videos", 7)]


def test_drawing_imports_no_torch():
    drawn = "bench.synthesis.dataset, bench.synthesis.twin, bench.synthesis.layouts.mmi"
    code = f"import sys, {drawn}; print('torch' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"

"""Activation over the clips of a video."""

import numpy as np
import pytest

from bench.errors import BenchError
from bench.figures.activation import activations
from bench.figures.groups import groups
from bench.frames.notes import Note, frames_path, note_path
from bench.records import Weights
from bench.schema import plain


def test_two_results_of_one_model_have_files_of_their_own(plant):
    drawings = activations(groups([plant(), plant(weights=Weights("faces.pth", "a" * 64))]))
    names = [drawing.name for drawing in drawings]
    assert len(set(names)) == 2
    assert all(name.startswith("activation-faces-subject-2-fold-full-tiny-") for name in names)


def test_bars_are_the_scores_at_the_middle_of_each_clip(plant):
    (drawing,) = activations(groups([plant()]))
    first = drawing.figure.axes[0]
    bars = [bar for bar in first.patches if bar.get_height() in (0.25, 0.75)]
    assert [(bar.get_center()[0], bar.get_height()) for bar in bars] == [(3.5, 0.25), (11.5, 0.75)]
    lines = {line.get_label(): line for line in first.lines}
    assert list(lines["located clip"].get_xdata()) == [11.5]
    assert list(lines["frames of a clip"].get_xdata()) == [0, 7]
    (apex,) = (patch for patch in first.patches if patch.get_label() == "true apex")
    assert (apex.get_x(), apex.get_x() + apex.get_width()) == (3.5, 8.5)


def test_the_first_video_of_each_class_is_shown_right_or_wrong(plant):
    (drawing,) = activations(groups([plant(answered="sahhss")]))
    assert [axes.get_title(loc="left") for axes in drawing.figure.axes] == [
        "faces:00: angry, answered sad (wrong)",
        "faces:02: happy, answered happy (right)",
        "faces:04: sad, answered sad (right)",
    ]
    assert "Frames are not shown: no frame store of this machine has them." in drawing.caption


def test_named_videos_are_shown_in_their_order(plant):
    (drawing,) = activations(groups([plant()]), ["faces:05", "faces:01"])
    titles = [axes.get_title(loc="left")[:8] for axes in drawing.figure.axes]
    assert titles == ["faces:05", "faces:01"]


def test_frames_stand_above_their_clips(plant):
    asked = []

    def picture(_record, video, number):
        asked.append((video, number))
        return np.zeros((8, 8, 3), np.uint8)

    (drawing,) = activations(groups([plant()]), ["faces:00"], picture)
    assert asked == [("faces:00", 5), ("faces:00", 13)]
    assert [box.xy[0] for box in drawing.figure.axes[0].artists] == [3.5, 11.5]
    assert "Frames are not shown" not in drawing.caption


def test_frames_are_found_by_their_original_number(plant, tmp_path):
    import json

    from bench.figures.pictures import stored_pictures

    fold = plant()
    folder = tmp_path / "frames" / "faces-12345678" / fold.request.preprocessing_fingerprint
    folder.mkdir(parents=True)
    frames = np.stack([np.full((4, 4, 3), number, np.uint8) for number in (0, 1, 3)])
    np.save(frames_path(folder, "faces:00"), frames)
    note = Note("faces:00", "scored", "", 3, 3, 3, 25.0, (2,), None, "here")
    note_path(folder, "faces:00").write_text(json.dumps(plain(note)))
    picture = stored_pictures(tmp_path)
    found = picture(fold, "faces:00", 3)
    assert found is not None
    assert found.max() == 3
    assert picture(fold, "faces:00", 9) is None
    assert picture(fold, "faces:01", 0) is None


def test_a_video_without_clip_scores_is_refused_with_the_nearest(plant):
    with pytest.raises(BenchError) as caught:
        activations(groups([plant(true="ah", answered="ah")]), ["faces:0"])
    assert str(caught.value) == (
        "unknown video with clip scores 'faces:0'. Did you mean 'faces:01'? Known: faces:00, "
        "faces:01."
    )


def test_without_clip_scores_the_command_is_said(plant):
    with pytest.raises(BenchError) as caught:
        activations(groups([plant(clips=False)]))
    assert str(caught.value) == (
        "no stored answer has scores of clips. Run a model that locates clips, as with "
        "`bench run --model ceflnet --dataset NAME`."
    )

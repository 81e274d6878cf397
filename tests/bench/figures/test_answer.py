"""The picture of one answer."""

from dataclasses import replace

import matplotlib.figure
import numpy as np
import pytest

from bench.errors import BenchError
from bench.figures.answer import draw_answer
from bench.predicting import Predicted

CLASSES = ("angry", "happy", "sad")
SHOWN = np.zeros((3, 8, 8, 3), np.uint8)


def answer(**more) -> Predicted:
    spans = ((0, 1), (0, 1), (1, 2))
    found = {"clip_scores": (0.5, 0.3, 0.2), "spans": spans, "frames": (0, 0, 1), **more}
    return Predicted(CLASSES, (0.7, 0.2, 0.1), shown=SHOWN, face=True, **found)


@pytest.fixture
def kept(monkeypatch):
    """Figures that were drawn, and not written."""
    figures = []
    monkeypatch.setattr(
        matplotlib.figure.Figure, "savefig", lambda figure, *_, **__: figures.append(figure)
    )
    return figures


def labels(axes) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def test_each_clip_has_a_bar_even_where_two_span_the_same_frames(tmp_path, kept):
    draw_answer(answer(), "short", tmp_path / "short.png")
    _, clips, _ = kept[0].axes
    assert [(bar.get_center()[0], bar.get_height()) for bar in clips.patches] == [
        (0.5, 0.5),
        (1.5, 0.3),
        (2.5, 0.2),
    ]
    assert labels(clips) == ["0–0", "0–0", "1–1"]


def test_the_located_clip_is_among_those_that_have_room(tmp_path, kept):
    count, each = 40, 3
    scores = [0.01] * count
    scores[7] = 0.61
    found = answer(
        clip_scores=tuple(scores),
        spans=tuple((each * k, each * k + each) for k in range(count)),
        frames=tuple(range(count * each)),
    )
    draw_answer(replace(found, shown=SHOWN[:1].repeat(count * each, 0)), "", tmp_path / "a.png")
    frames, clips, _ = kept[0].axes
    place = labels(clips).index("21–23")
    assert (len(clips.patches), clips.patches[place].get_height()) == (10, 0.61)
    assert labels(frames)[place] == "22"


def test_without_clips_frames_are_spread_evenly(tmp_path, kept):
    plain = answer(clip_scores=(), spans=((0, 25),), frames=tuple(range(25)))
    draw_answer(replace(plain, shown=SHOWN[:1].repeat(25, 0)), "", tmp_path / "a.png")
    frames, scores = kept[0].axes
    assert (labels(frames)[0], labels(frames)[-1], len(labels(frames))) == ("0", "24", 10)
    assert [bar.get_width() for bar in scores.patches] == [0.7, 0.2, 0.1]


def test_another_format_is_refused(tmp_path):
    with pytest.raises(BenchError) as caught:
        draw_answer(answer(), "answer", tmp_path / "answer.docx")
    assert str(caught.value) == (
        f"picture {tmp_path / 'answer.docx'} ends in '.docx'; expected .png, .pdf, .svg. Choose "
        f"one of these."
    )


def test_a_picture_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot be written: "):
        draw_answer(answer(), "answer", tmp_path / "file" / "answer.png")

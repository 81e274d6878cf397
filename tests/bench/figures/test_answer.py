"""The picture of one answer."""

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


def test_each_clip_has_a_bar_even_where_two_span_the_same_frames(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(
        matplotlib.figure.Figure, "savefig", lambda figure, *_, **__: kept.append(figure)
    )
    draw_answer(answer(), "short", tmp_path / "short.png")
    bars = kept[0].axes[-1].patches
    assert [(round(bar.get_center()[0]), bar.get_height()) for bar in bars] == [
        (0, 0.5),
        (1, 0.3),
        (2, 0.2),
    ]
    labels = [label.get_text() for label in kept[0].axes[-1].get_xticklabels()]
    assert labels == ["0–0", "0–0", "1–1"]


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

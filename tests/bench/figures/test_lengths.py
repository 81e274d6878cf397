"""Accuracy against lengths."""

from dataclasses import replace

import pytest

from bench.errors import BenchError
from bench.figures.groups import groups
from bench.figures.lengths import lengths
from bench.records import DatasetEntry, Sampling, Weights
from bench.variants import variant


@pytest.fixture
def swept(plant, request_record):
    """An entry of 7 clips, one of its lengths, on two folds."""
    sampling = Sampling("clips", clips=7, frames=5)
    spec = replace(request_record.model.input, train=sampling, test=sampling, size=224)
    base = replace(request_record.model, input=spec, reported=("CEFLNet",))

    def make(*changes, **fields):
        entries = [base, *(variant(base, change) for change in changes)]
        answers = [("aahhss", "aahhaa"), ("aahhaa", "aahhaa")]
        return [
            plant(entry=entry, index=k, answered=answers[n > 0][k], **fields)
            for n, entry in enumerate(entries)
            for k in range(2)
        ]

    return make


def test_means_of_folds_stand_at_their_length_and_the_entry_at_its_own(swept):
    (drawing,) = lengths(groups(swept("clips=3", "frames=2")), "war")
    clips, frames, _, _ = drawing.figure.axes
    drawn = {
        (line.get_xdata()[0], line.get_marker()): line.get_ydata()[0]
        for line in clips.lines
        if line.get_marker() in ("o", "s")
    }
    assert drawn == {
        (3, "o"): pytest.approx(200 / 3),
        (7, "s"): pytest.approx(100 * (1 + 2 / 3) / 2),
    }
    assert list(frames.get_xticks()) == [2, 5]
    dots = [sorted(line.get_ydata()) for line in clips.lines if line.get_marker() == "."]
    assert dots[1] == pytest.approx([200 / 3, 100])


def test_lengths_are_compared_on_the_folds_that_all_of_them_have(swept):
    whole, (_, _, first, _) = swept(), swept("clips=3")
    (drawing,) = lengths(groups([*whole, first]), "war")
    drawn = {
        line.get_xdata()[0]: line.get_ydata()[0]
        for line in drawing.figure.axes[0].lines
        if line.get_marker() in ("o", "s")
    }
    assert drawn == {3: pytest.approx(200 / 3), 7: 100.0}  # 500 / 6 over both of its folds
    assert "the 1 fold(s) that all lengths have under the same seed" in drawing.caption
    assert "Stored: tiny" in drawing.caption.replace("Tiny", "tiny")


def test_lengths_that_share_no_fold_are_not_drawn(swept):
    (_, last), (_, _, first, _) = swept(), swept("clips=3")
    with pytest.raises(BenchError, match="on folds that its lengths share"):
        lengths(groups([last, first]))


def test_lengths_of_other_first_weights_share_no_line(swept):
    other = swept("clips=1", weights=Weights("faces.pth", "a" * 64))
    drawings = lengths(groups([*swept("clips=3"), *other]), "war")
    assert [list(drawing.figure.axes[0].get_xticks()) for drawing in drawings] in (
        [[3, 7], [1, 7]],
        [[1, 7], [3, 7]],
    )
    assert len({drawing.name for drawing in drawings}) == 2


def test_missing_macs_are_named(swept):
    (drawing,) = lengths(groups(swept("clips=3")))
    assert (
        "No MACs are stored of tiny, tiny@clips=3: count them with "
        "`bench cost --classes 3 --model tiny,tiny@clips=3`."
    ) in drawing.caption
    assert drawing.figure.axes[1].texts[0].get_text() == "not counted"


TABLE_9 = [
    {
        "system": "CEFLNet",
        "dataset": "BU-3DFE",
        "value": value,
        "table": "Table 9",
        "frames_per_clip": frames,
    }
    for frames, value in (("2", "85"), ("10", "84.17"))
]
KNOWN = {"faces": DatasetEntry("faces", "Faces", "m:f", "", "p", reported=("BU-3DFE",))}


def hollow(drawings):
    lines = drawings[0].figure.axes[0].lines
    diamonds = [line for line in lines if line.get_marker() == "D"]
    return [(list(line.get_xdata()), list(line.get_ydata())) for line in diamonds]


def test_reported_numbers_are_hollow_beside_the_same_setting(swept):
    found = groups(swept("frames=2", synthetic=False))
    drawings = lengths(found, "war", TABLE_9, KNOWN)
    assert hollow(drawings) == [([2, 10], [85.0, 84.17])]
    assert "Hollow: reported accuracies of the paper's Table 9" in drawings[0].caption


@pytest.mark.parametrize(("synthetic", "metric"), [(True, "war"), (False, "uar")])
def test_reported_numbers_stay_away_from_drawn_faces_and_other_scores(swept, synthetic, metric):
    found = groups(swept("frames=2", synthetic=synthetic))
    assert hollow(lengths(found, metric, TABLE_9, KNOWN)) == []


def test_without_a_sweep_the_command_is_said(plant):
    with pytest.raises(BenchError) as caught:
        lengths(groups([plant()]))
    assert str(caught.value) == (
        "no stored model was swept over clips or frames on folds that its lengths share. Run "
        "`bench run --model ceflnet --dataset NAME --sweep clips=1,3,5,7 "
        "frames=2,5,10,15` first."
    )

"""Where a model looks: the activation of each clip over the frames of a video (Fig. 6)."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bench.errors import BenchError, unknown
from bench.figures.drawing import Drawing
from bench.figures.groups import Group, System, file_name
from bench.figures.style import BLUE, GREEN, INK, PAGE, PALE, SMALL, VERMILLION, blank, in_style
from bench.measurement import accuracy
from bench.records import FoldRecord, Prediction

Picture: TypeAlias = Callable[[FoldRecord, str, int], "NDArray[np.uint8] | None"]
"""(fold, id of a video, original number of a frame) -> the frame, (S, S, 3) RGB; None: not here."""

_VIDEOS = 4
"""So many videos are shown where none is named."""
_THUMBS = 9
"""So many frames stand above the bars; of more clips, evenly spread ones."""
_BARS, _THUMB = 0.95, 0.55
"""Heights in inches of a row of bars and of frames above it."""


def no_pictures(record: FoldRecord, video: str, frame: int) -> None:
    """Where no frame store is at hand."""


@in_style
def activations(
    groups: Sequence[Group], videos: Sequence[str] = (), picture: Picture = no_pictures
) -> list[Drawing]:
    """A figure for each system that scores clips, a row a video.

    Args:
        groups: what may share a picture.
        videos: ids to show; () is the first video of each of the first four classes, by id, right
            or wrong.
        picture: gives frames, where they are at hand.

    Raises:
        BenchError: no stored answer has clip scores, or a video has none.
    """
    found = [
        _drawing(group, system, rows, picture)
        for group in groups
        for system in group.systems
        if (rows := _chosen(system, videos))
    ]
    if not found and videos and (known := _with_clips(groups)):
        raise unknown("video with clip scores", _stranger(videos, known), known)
    if not found:
        raise BenchError(
            "no stored answer has scores of clips. Run a model that locates clips, as with "
            "`bench run --model ceflnet --dataset NAME`."
        )
    return found


def _stranger(videos: Sequence[str], known: set[str]) -> str:
    return next(video for video in videos if video not in known)


def _with_clips(groups: Sequence[Group]) -> set[str]:
    every = ((system, result) for g in groups for system in g.systems for result in system.results)
    answers = (answer for system, result in every for answer in system.record(result).predictions)
    return {answer.video for answer in answers if answer.clip_scores}


def _chosen(system: System, videos: Sequence[str]) -> list[tuple[FoldRecord, Prediction]]:
    """The shown answers of the lowest seed, in the order asked for or of the classes."""
    records = [system.record(result) for result in system.seeds[min(system.seeds)]]
    answers = {
        p.video: (record, p)
        for record in records
        for p in sorted(record.predictions, key=lambda p: p.video)
        if p.clip_scores
    }
    if videos:
        return [answers[video] for video in videos if video in answers]
    firsts = [
        next((answers[v] for v in sorted(answers) if answers[v][1].true == name), None)
        for name in system.request.classes
    ]
    return [first for first in firsts if first][:_VIDEOS]


def _drawing(
    group: Group,
    system: System,
    rows: Sequence[tuple[FoldRecord, Prediction]],
    picture: Picture,
) -> Drawing:
    frames = [_frames(record, answer, picture) for record, answer in rows]
    shown = any(frames)
    each = _BARS + 0.35 + (_THUMB if shown else 0)
    figure = blank(PAGE, each * len(rows) + 0.7, f"{system.title} · {group.title}")
    places = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    top = 1.25 * max(score for _, answer in rows for score in answer.clip_scores)
    for axes, (record, answer), thumbs in zip(places, rows, frames, strict=True):
        _row(axes, record, answer, top)
        if shown:
            _thumbnails(axes, thumbs)
    places[-1].set_xlabel("original frame")
    handles, labels = places[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
    asked = "" if shown else " Frames are not shown: no frame store of this machine has them."
    return Drawing(
        f"activation-{group.stem}-{file_name(system, group)}",
        figure,
        group.caption(
            f"Activation of each clip of {system.title} over the original frames of "
            f"{', '.join(answer.video for _, answer in rows)}, seed {rows[0][0].request.seed}; "
            f"bars stand at the middle of their clip, the line on top spans its frames; the "
            f"located clip has the highest activation; hatched: the frames of the true apex, "
            f"where the dataset has them.{asked}",
        ),
    )


def _row(axes: Axes, record: FoldRecord, answer: Prediction, top: float) -> None:
    """Bars over frames, to the same height in all rows."""
    scores, spans = answer.clip_scores, answer.spans
    middles = [_middle(span) for span in spans]
    located = int(np.argmax(scores))
    steps = np.diff(sorted(set(middles)))
    width = 0.75 * float(steps.min()) if len(steps) else spans[0][1] - spans[0][0]
    if answer.apex:
        axes.axvspan(
            answer.apex[0] - 0.5,
            answer.apex[1] - 0.5,
            facecolor="#e3f2ec",
            edgecolor=GREEN,
            hatch="////",
            linewidth=0,
            label="true apex",
            zorder=0,
        )
    colours = [BLUE if n == located else PALE for n in range(len(scores))]
    axes.bar(middles, scores, width, color=colours, edgecolor=INK, linewidth=0.4, zorder=2)
    for number, ((first, last), score) in enumerate(zip(spans, scores, strict=True)):
        label = "frames of a clip" if number == 0 else None
        axes.plot([first, last - 1], [score, score], "-", color=INK, lw=0.8, zorder=3, label=label)
    axes.plot(
        [middles[located]],
        [scores[located] + 0.1 * top],
        "v",
        color=VERMILLION,
        markersize=5,
        label="located clip",
        zorder=4,
    )
    axes.set(ylim=(-0.05 * top, top), ylabel="activation")
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.set_xlim(min(first for first, _ in spans) - 2, max(last for _, last in spans) + 1)
    answered = record.request.classes[accuracy.predicted(answer)]
    right = "right" if answered == answer.true else "wrong"
    axes.set_title(
        f"{answer.video}: {answer.true}, answered {answered} ({right})",
        loc="left",
        fontsize=SMALL,
        pad=3,
    )


def _middle(span: tuple[int, int]) -> float:
    return (span[0] + span[1] - 1) / 2


def _frames(
    record: FoldRecord, answer: Prediction, picture: Picture
) -> list[tuple[float, NDArray[np.uint8]]]:
    """(middle of the clip, its middle frame) of clips that are spread over the video."""
    count = len(answer.spans)
    each = len(answer.frames) // count
    clips = sorted({int(n) for n in np.linspace(0, count - 1, min(_THUMBS, count)).round()})
    found: list[tuple[float, NDArray[np.uint8]]] = []
    for clip in clips:
        number = answer.frames[clip * each + each // 2]
        frame = picture(record, answer.video, number)
        if frame is not None:
            found.append((_middle(answer.spans[clip]), frame))
    return found


def _thumbnails(axes: Axes, thumbs: Sequence[tuple[float, NDArray[np.uint8]]]) -> None:
    """Frames in a band of their own above the bars."""
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    bottom, top = axes.get_ylim()
    # an activation is a share: what stands above 1 is room for a mark
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= min(1.0, top)])
    axes.set_ylim(bottom, top * (1 + _THUMB / _BARS))
    for middle, frame in thumbs:
        image = OffsetImage(frame, zoom=_THUMB * 72 / frame.shape[0] * 0.95)
        box = AnnotationBbox(
            image,
            (middle, top),
            box_alignment=(0.5, 0.0),
            pad=0,
            frameon=False,
            annotation_clip=False,
        )
        axes.add_artist(box)

"""Videos of a frame store -> stored predictions of one system."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bench.frames.batches import Batch, VideoFrames, loader
from bench.frames.store import Stores
from bench.measurement.accuracy import count, uar
from bench.network import Answer
from bench.records import FoldRequest, Prediction, Video

Watch = Callable[..., Any]


class Examiner:
    """Asks one system, as it is at the moment, about videos of the frame store.

    Args:
        request: input, classes and batch size.
        predict: the system: batches -> answers, one a video, in order.
        frames: the frame store.
        workers: processes that load videos.
    """

    def __init__(
        self,
        request: FoldRequest,
        predict: Callable[[Iterable[Batch]], Iterator[Answer]],
        frames: Stores,
        *,
        workers: int = 0,
    ) -> None:
        self.request = request
        self.predict = predict
        self.frames = frames
        self.workers = workers
        self.features: dict[str, list[float]] = {}
        """Of every video that was asked about last, where the system tells them."""

    def answers(self, videos: Sequence[Video], watch: Watch) -> tuple[Prediction, ...]:
        """One row a video, in the order given; an unreadable one is a row without scores."""
        readable = [video for video in videos if self.frames.status(video.id) != "unreadable"]
        found = self._ask(readable, watch) if readable else {}
        self.features = {
            id: answer.features.tolist()
            for id, answer in found.items()
            if answer.features is not None
        }
        return tuple(self._row(video, found.get(video.id)) for video in videos)

    def uar(self, videos: Sequence[Video]) -> float:
        """UAR over some videos, in [0, 1]: what an epoch is chosen by."""
        return uar(count(self.answers(videos, unwatched), self.request.classes))

    def _ask(self, videos: Sequence[Video], watch: Watch) -> dict[str, Answer]:
        request = self.request
        shown = VideoFrames(
            self.frames,
            videos,
            request.classes,
            request.model.input,
            train=False,
            seed=request.seed,
        )
        batches = loader(shown, request.extent.batch_size, workers=self.workers)
        what = f"{request.model.name} fold {request.fold.index + 1}/{request.folds} scoring"
        watched = watch(batches, what, len(batches))
        return {videos[answer.index].id: answer for answer in self.predict(watched)}

    def _row(self, video: Video, answer: Answer | None) -> Prediction:
        return Prediction(
            video=video.id,
            subject=video.subject,
            group=video.group,
            true=video.label,
            status=self.frames.status(video.id),
            scores=answer.scores if answer else (),
            frames=tuple(f for c in answer.choices for f in c.frames) if answer else (),
            spans=tuple(s for c in answer.choices for s in c.spans) if answer else (),
            clip_scores=answer.clip_scores if answer else (),
            apex=video.apex,
            attributes=video.attributes,
        )


def unwatched(items: Sequence[object], description: str, total: int) -> Sequence[object]:
    """A `Watch` that shows nothing."""
    del description, total
    return items

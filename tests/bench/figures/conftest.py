"""Planted folds: what was true and what was answered, a letter a video."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from bench.records import Epoch, Fold, FoldRecord

_LETTERS = {"a": 0, "h": 1, "s": 2}


@pytest.fixture
def plant(fold_record) -> Callable[..., FoldRecord]:
    """A fold: its k-th video is of class `true[k]`, and was answered `answered[k]`; - is none."""
    request, scored = fold_record.request, fold_record.predictions[0]

    def make(
        model="tiny", index=0, seed=0, true="aahhss", answered="aahhss", clips=True, **changes
    ) -> FoldRecord:
        videos = tuple(f"faces:{index}{number}" for number in range(len(true)))
        answers = tuple(
            replace(
                scored,
                video=video,
                true=request.classes[_LETTERS[truth]],
                status="unreadable" if letter == "-" else "scored",
                scores=()
                if letter == "-"
                else tuple(0.8 if k == _LETTERS[letter] else 0.1 for k in range(3)),
                clip_scores=scored.clip_scores if clips and letter != "-" else (),
            )
            for video, truth, letter in zip(videos, true, answered, strict=True)
        )
        entry = changes.pop("entry", replace(request.model, name=model, title=model.capitalize()))
        epochs = changes.pop("epochs", (Epoch(0, 1e-3, 2.0, 1.0), Epoch(1, 1e-3, 1.0, 1.0)))
        beside = changes.pop("beside", {})
        identity = sha256(repr((entry.name, sorted(changes.items()))).encode()).hexdigest()[:12]
        asked = replace(
            request,
            model=entry,
            fold=Fold(index, ("faces:x",), videos),
            seed=seed,
            identity=identity,
            **changes,
        )
        return replace(
            fold_record, request=asked, predictions=answers, epochs=epochs, beside=beside
        )

    return make

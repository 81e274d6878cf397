"""A registry of one's own, of two networks whose costs are known by hand; folds made by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.records import Fold, FoldRecord, FoldRequest, Prediction

REGISTRY = """\
# two networks of one's own
models:
  tiny: &tiny
    title: Tiny  # four frames
    kind: network
    factory: tiny_fer.network:Tiny
    source: nobody
    recipe: common
    input:
      train: {rule: uniform, frames: 4}
      test: {rule: uniform, frames: 4}
      size: 32

  wide:
    <<: *tiny
    args: {width: 16}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That registry in a folder of its own, without locks."""
    package = Path(__file__).parents[1] / "data" / "tiny_fer"
    monkeypatch.syspath_prepend(package)
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.delenv("BENCH_REGISTRY", raising=False)
    path = tmp_path / "own" / "registry.yaml"
    path.parent.mkdir()
    path.write_text(REGISTRY)
    return path


@pytest.fixture
def trained(request_record: FoldRequest, fold_record: FoldRecord) -> Callable[..., FoldRecord]:
    """Make one fold of a system: `hits` says 1 for each video that it gets right, else 0.

    Video n of a fold shows class n mod 3, and the videos 2 n and 2 n + 1 show one person.
    """

    def make(
        name: str,
        hits: str,
        *,
        fold: int = 0,
        folds: int = 2,
        seed: int = 0,
        machine: str | None = None,
        **changes: Any,
    ) -> FoldRecord:
        classes = request_record.classes
        answers = tuple(
            Prediction(
                video=f"faces:{fold}-{n:02d}",
                subject=f"s{fold}{n // 2}",
                group=None,
                true=classes[n % 3],
                status="scored",
                scores=tuple(float(k == (n if hit == "1" else n + 1) % 3) for k in range(3)),
            )
            for n, hit in enumerate(hits)
        )
        test = tuple(answer.video for answer in answers)
        train = tuple(f"faces:train-{n}" for n in range(len(test) * (folds - 1)))
        request = replace(
            request_record,
            model=replace(request_record.model, name=name, title=name.title()),
            identity=(name.encode().hex() + "0" * 12)[:12],
            fold=Fold(fold, train, test),
            folds=folds,
            seed=seed,
        )
        where = replace(fold_record.environment, **({"machine": machine} if machine else {}))
        return replace(
            fold_record,
            request=replace(request, **changes),
            environment=where,
            predictions=answers,
        )

    return make

"""Frames chosen, records into a table."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bench import store
from bench.datasets import dfew
from bench.frames.sampling import choose
from bench.records import Fold, Sampling
from bench.registry import load
from bench.synthesis import twin
from bench.synthesis.layouts import dfew as dfew_layout
from bench.tables import Query, comparison, load_reported, render

RULES = {
    "clips": (Sampling("clips", 7, 5), 105),
    "uniform": (Sampling("uniform", frames=16), None),
    "dense": (Sampling("dense", 6, 16), None),
    "all": (Sampling("all"), None),
}


@pytest.mark.parametrize(("rule", "resample"), RULES.values(), ids=RULES.keys())
def test_frames_of_a_hundred_videos_are_chosen(benchmark, rule, resample):
    rng = np.random.default_rng(0)

    def chosen():
        return [choose(length, rule, resample=resample, rng=rng) for length in range(40, 140)]

    assert len(benchmark.pedantic(chosen, rounds=20, warmup_rounds=1)) == 100


def test_sixty_records_become_a_table(benchmark, tmp_path, fold_record):
    request = fold_record.request
    videos = tuple(f"faces:{n:03d}" for n in range(200))
    for model, k in product(range(6), range(10)):
        entry = replace(request.model, name=f"tiny-{model}", title=f"Tiny {model}")
        test = videos[20 * k : 20 * k + 20]
        fold = Fold(k, tuple(v for v in videos if v not in test), test)
        asked = replace(request, model=entry, fold=fold, folds=10, identity=f"{model:012d}")
        answers = tuple(replace(fold_record.predictions[0], video=video) for video in test)
        store.save_fold(tmp_path, replace(fold_record, request=asked, predictions=answers))
    datasets = load().datasets

    def table():
        folds, damaged = store.load_folds(tmp_path)
        assert (len(folds), damaged) == (60, ())
        return render(comparison(folds, (), load_reported(), Query(), datasets), "text")

    text = benchmark.pedantic(table, rounds=5, warmup_rounds=1)
    assert text.count("10/10") == 6


def test_the_clips_of_dfew_are_listed(benchmark, tmp_path):
    root = tmp_path / "dfew"
    twin.write("dfew", dfew_layout.plan, root, full=True)
    dataset = benchmark.pedantic(dfew.load, (root,), rounds=3, warmup_rounds=1)
    assert len(dataset.videos) == 11697

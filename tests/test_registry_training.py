"""Every system of the registry trains, or is fitted, and scores: through the command, on video."""

import math

import pytest

from bench import registry, store
from bench.cli import main
from bench.records import ModelEntry
from tests.test_registry_models import MODELS, installed

PRESETS = """\
presets:
  trial:
    title: a few videos, learnt by heart
    size: 64
    precision: bf16
    epochs: 5
    train_videos: 14
    batch_size: 7
  brisk:
    title: fewer and smaller
    size: 32
    precision: bf16
    fresh_lr: 10
    epochs: 4
    train_videos: 8
    batch_size: 4
  two-steps:
    title: two steps on four videos
    size: 64
    epochs: 1
    train_videos: 4
    batch_size: 2
"""

SPEED = 80e9
"""MACs a second of a training step on two cores, about."""

DEPTHWISE = ("x3d-m", "x3d-s")
"""Convolutions over time that see one channel each: few MACs, and on a CPU a tenth of the speed."""

BRISK = ("majority", "resnet18", "former-dfer", "est")
"""Of the light ones, those that the default run trains: kinds and objectives that differ."""


def is_light(entry: ModelEntry) -> bool:
    """Whether a step of eight videos, at the size of the trial, takes at most 2 s on two cores."""
    if entry.kind == "classical":
        return True
    if entry.name in DEPTHWISE:
        return False
    lock, spec = entry.complexity, entry.input
    assert lock is not None and lock.macs is not None
    _, frames, height, width = lock.input
    side = max(64, spec.min_size) if spec.min_size else spec.size
    length = spec.train.length or frames
    video = lock.macs * length / frames * side * side / (height * width)
    return 3 * 8 * video < 2 * SPEED


SCORED = [name for name, entry in MODELS.items() if entry.kind in ("network", "classical")]
LIGHT = [name for name in SCORED if is_light(MODELS[name])]
HEAVY = [name for name in SCORED if name not in LIGHT]


@pytest.fixture
def trial(tmp_path, plugin):
    """The presets, and where results go; the tiny plugin brings small videos."""
    del plugin
    path = tmp_path / "presets.yaml"
    path.write_text(PRESETS)
    return path


def run(trial, name: str, dataset: str, preset: str) -> store.FoldRecord:
    """One fold of one system, as a person asks for it."""
    results = trial.parent / "results"
    asked = ["run", "--model", name, "--dataset", dataset, "--preset", preset, "--folds", "0"]
    more = ["--no-cost", "--device", "cpu", "--registry", str(trial), "--results", str(results)]
    assert main([*asked, *more]) == 0
    (path,) = results.glob("accuracy/**/fold-0.json")
    return store.load_fold(path)


def check_answers(record: store.FoldRecord) -> None:
    """Every test video has a probability of each class, in the order of the fold."""
    assert [p.video for p in record.predictions] == list(record.request.fold.test)
    for prediction in record.predictions:
        assert math.isclose(sum(prediction.scores), 1, abs_tol=1e-3)
        assert len(prediction.scores) == len(record.request.classes)


def check_learning(name: str, record: store.FoldRecord) -> None:
    if MODELS[name].kind == "classical":
        assert record.epochs == ()
        return
    first, *_, last = [epoch.loss for epoch in record.epochs]
    assert last < first


@pytest.mark.filterwarnings("ignore:'saved_variables' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", BRISK)
def test_a_system_learns_a_few_small_videos(trial, name):
    installed(name)
    record = run(trial, name, "tiny-faces", "brisk")
    check_answers(record)
    check_learning(name, record)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:'saved_variables' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", LIGHT)
def test_a_light_system_learns_a_few_of_the_embedded_videos(trial, name):
    installed(name)
    record = run(trial, name, "synthetic", "trial")
    check_answers(record)
    check_learning(name, record)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:'saved_variables' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_system_trains_two_steps(trial, name):
    installed(name)
    record = run(trial, name, "tiny-faces", "two-steps")
    check_answers(record)
    (epoch,) = record.epochs
    assert math.isfinite(epoch.loss)
    assert record.request.extent.steps_per_epoch == 2


def test_every_system_that_is_scored_is_in_the_trial():
    kinds = {entry.kind for name, entry in registry.load().models.items() if name not in SCORED}
    assert kinds <= {"cost-only"}
    assert len(LIGHT) >= 23
    assert set(BRISK) <= set(LIGHT)

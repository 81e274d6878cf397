"""Training by mmengine's Runner on six videos of noise: what reaches the network, and the rates."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.frames.batches import Batch, VideoFrames
from bench.frames.notes import Note, frames_path, save_note
from bench.frames.store import FrameStore
from bench.objectives import make
from bench.records import Augmentation, Extent, Schedule, Video
from bench.trainee import Trainee
from bench.training import OptimWrapper, fit

CPU = torch.device("cpu")
LABELS = ("angry", "angry", "angry", "angry", "happy", "sad")


class Seeing(nn.Module):
    """One linear layer over mean colours, which keeps what it was shown."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(3, 3)
        self.head = nn.Linear(3, 3)
        self.seen = []

    def forward(self, video):
        if self.training:
            self.seen.append(video.detach().clone())
        return self.head(self.trunk(video.mean((2, 3, 4))))


def unwatched(items, description, total):
    del description, total
    return items


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(6):
        frames = rng.integers(0, 256, (8, 32, 32, 3), np.uint8)
        np.save(frames_path(tmp_path, f"faces:v{number}"), frames)
        note = Note(f"faces:v{number}", "scored", "", 8, 0, 0, 25.0, (), None, "")
        save_note(tmp_path, note)
    return FrameStore(tmp_path)


@pytest.fixture
def train(store, request_record, tmp_path):
    """Trains under a recipe that differs in some keys; gives network, labels seen and history."""

    def trained(*, loaded=(), fresh_lr=1.0, name="work", **recipe):
        request = replace(
            request_record,
            recipe=replace(request_record.recipe, **recipe),
            extent=Extent(2, 3, 2, 1e-3),
            preset=replace(request_record.preset, fresh_lr=fresh_lr),
        )
        videos = [Video(f"faces:v{i}", f"v{i}.mp4", label) for i, label in enumerate(LABELS)]
        shown = VideoFrames(
            store,
            videos,
            request.classes,
            request.model.input,
            train=True,
            seed=0,
            flip=request.recipe.flip,
        )
        objective = make(request.objective, request.recipe, shown.labels, 3)
        labels = []

        def listening(outputs, wanted, epoch):
            labels.append(wanted)
            return objective(outputs, wanted, epoch)

        torch.manual_seed(0)
        network = Seeing()
        trainee = Trainee(network, listening, request, CPU, loaded)
        history = fit(trainee, shown, tmp_path / name, watch=unwatched)
        return network, labels, history

    return trained


def test_a_recipe_with_augmentation_trains_to_the_same_weights_again(train):
    recipe = {"flip": True, "augmentation": Augmentation(crop_area=(0.5, 1.0), brightness=0.3)}
    one, _, _ = train(**recipe, name="one")
    two, _, _ = train(**recipe, name="two")
    assert all(torch.equal(a, b) for a, b in zip(one.seen, two.seen, strict=True))
    assert torch.equal(one.head.weight, two.head.weight)


def test_augmented_videos_reach_the_network(train):
    plain, _, _ = train(name="plain")
    cropped, _, _ = train(name="cropped", augmentation=Augmentation(crop_area=(0.2, 0.5)))
    assert plain.seen[0].shape == cropped.seen[0].shape
    assert not torch.equal(plain.seen[0], cropped.seen[0])


def test_mirrored_videos_reach_the_network(train):
    plain, _, _ = train(name="plain")
    flipped, _, _ = train(name="flipped", flip=True)
    turned = [
        torch.equal(one, other.flip(-1))
        for before, after in zip(plain.seen, flipped.seen, strict=True)
        for one, other in zip(before, after, strict=True)
    ]
    same = [
        torch.equal(one, other)
        for before, after in zip(plain.seen, flipped.seen, strict=True)
        for one, other in zip(before, after, strict=True)
    ]
    assert [a != b for a, b in zip(turned, same, strict=True)] == [True] * 12
    assert any(turned)
    assert any(same)


def test_mixed_labels_reach_the_objective(train):
    network, labels, history = train(augmentation=Augmentation(mixup=0.8))
    assert {tuple(wanted.shape) for wanted in labels} == {(2, 3)}
    assert torch.cat(labels).sum(1).tolist() == pytest.approx([1] * 12)
    assert min(float(video.min()) for video in network.seen) >= 0
    assert max(float(video.max()) for video in network.seen) <= 1
    assert all(np.isfinite(epoch.loss) for epoch in history.epochs)


def test_balanced_epochs_show_each_class_equally_often(train):
    _, labels, _ = train(class_sampling="balanced")
    for epoch in (labels[:3], labels[3:]):
        assert torch.bincount(torch.cat(epoch)).tolist() == [2, 2, 2]


def test_frozen_parameters_stay_and_the_rest_moves(train):
    torch.manual_seed(0)
    first = Seeing()
    network, _, _ = train(lr_factors={"trunk": 0.0})
    assert torch.equal(network.trunk.weight, first.trunk.weight)
    assert network.trunk.weight.grad is None
    assert not torch.equal(network.head.weight, first.head.weight)


def test_a_factor_slows_what_it_names(train):
    torch.manual_seed(0)
    first = Seeing()
    # Adam's first steps are about as long as the rate: six of 1e-3, or a hundredth of it
    network, _, _ = train(lr_factors={"trunk": 0.01})
    assert (network.trunk.weight - first.trunk.weight).abs().max() < 1e-4
    assert (network.head.weight - first.head.weight).abs().max() > 1e-3


def test_the_book_keeps_the_rates_of_the_schedule(train):
    schedule = Schedule(rule="milestones", milestones=(1,), gamma=0.1)
    _, _, history = train(schedule=schedule)
    assert [epoch.lr for epoch in history.epochs] == pytest.approx([1e-3, 1e-4])


def test_weights_of_classes_change_the_loss(train):
    _, _, plain = train(name="plain")
    _, _, weighed = train(name="weighed", class_weights="inverse")
    assert weighed.epochs[1].loss != pytest.approx(plain.epochs[1].loss, abs=1e-4)


def test_a_beginning_that_names_nothing_stops_before_the_first_step(train):
    with pytest.raises(BenchError, match="recipe 'brief': lr_factors names 'tail'"):
        train(lr_factors={"tail": 0.1})


def test_the_same_weights_come_of_a_training_that_was_cut(train, monkeypatch):
    recipe = {"class_sampling": "balanced", "augmentation": Augmentation(mixup=0.8, rotation=9.0)}
    whole, _, _ = train(**recipe, name="whole")
    step, steps = Trainee.train_step, []

    def cut(self, data, optim_wrapper):
        steps.append(data)
        if len(steps) == 5:
            raise KeyboardInterrupt
        return step(self, data, optim_wrapper)

    monkeypatch.setattr(Trainee, "train_step", cut)
    with pytest.raises(KeyboardInterrupt):
        train(**recipe, name="cut")
    monkeypatch.undo()
    again, _, history = train(**recipe, name="cut")
    assert len(again.seen) == 3
    assert len(history.epochs) == 2
    assert torch.equal(again.head.weight, whole.head.weight)


def test_an_objective_is_computed_in_fp32_whatever_the_network_runs_in(request_record, monkeypatch):
    monkeypatch.setattr("bench.network.computes_bf16", lambda: True)
    request = replace(request_record, preset=replace(request_record.preset, precision="bf16"))
    met = []

    def objective(outputs, wanted, epoch):
        del wanted, epoch
        product = outputs["logits"] @ outputs["logits"].T
        met.append((outputs["logits"].dtype, product.dtype))
        return product.mean()

    network = Seeing()
    network.register_forward_hook(lambda layer, given, logits: met.append(logits.dtype))
    trainee = Trainee(network, objective, request, CPU)
    video = torch.full((2, 3, 4, 8, 8), 9, dtype=torch.uint8)
    batch = Batch(video, torch.tensor([0, 1]), (0, 1), (), (False, False), (0, 1))
    trainee.train_step(batch, OptimWrapper(torch.optim.SGD(network.parameters(), 0.1)))
    assert met == [torch.bfloat16, (torch.float32, torch.float32)]

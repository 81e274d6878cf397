"""A network at work: the precision it really runs in, its first batch, its views combined."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.frames.batches import Batch
from bench.frames.sampling import Choice
from bench.network import (
    _arguments,
    autocast,
    build,
    forward,
    outputs,
    precision_for,
    predict,
)
from bench.records import Views

CPU = torch.device("cpu")
CHOICE = Choice((0, 1, 2, 3), ((0, 2), (2, 4)))


class Brightness(nn.Module):
    """Logits that follow the mean brightness of a video: (B, 3, T, H, W) -> (B, 3)."""

    def forward(self, video):
        mean = video.mean((1, 2, 3, 4))
        return torch.stack([mean, -mean, torch.zeros_like(mean)], 1) * 4


class Located(Brightness):
    def outputs(self, video):
        clips = torch.tensor([[0.25, 0.75]]).expand(len(video), 2)
        return {"logits": self(video), "clip_scores": clips}


class Silent(nn.Module):
    def outputs(self, video):
        return {"scores": video}


def batch(*indices: int) -> Batch:
    levels = torch.arange(1, len(indices) + 1) * 40
    video = levels.to(torch.uint8).view(-1, 1, 1, 1, 1).expand(-1, 3, 4, 8, 8)
    labels = torch.zeros(len(indices), dtype=torch.int64)
    return Batch(video, labels, indices, (CHOICE,) * len(indices))


@pytest.mark.parametrize(
    ("network", "asked", "used"),
    [
        (nn.Conv2d(3, 4, 3), "bf16", "bf16"),
        (nn.Sequential(nn.Conv3d(3, 4, 3)), "bf16", "fp32"),
        (nn.Conv3d(3, 4, 3), "fp32", "fp32"),
    ],
)
def test_3d_convolutions_keep_fp32_on_the_cpu(network, asked, used, monkeypatch):
    monkeypatch.setattr("bench.network.computes_bf16", lambda: True)
    assert precision_for(network, asked, CPU) == used


def test_a_cpu_that_only_imitates_bf16_computes_in_fp32(monkeypatch):
    monkeypatch.setattr("bench.network.computes_bf16", lambda: False)
    assert precision_for(nn.Conv2d(3, 4, 3), "bf16", CPU) == "fp32"
    assert precision_for(nn.Conv2d(3, 4, 3), "bf16", torch.device("cuda")) == "bf16"


def test_3d_convolutions_may_use_bf16_on_a_gpu():
    assert precision_for(nn.Conv3d(3, 4, 3), "bf16", torch.device("cuda")) == "bf16"


@pytest.mark.parametrize(("name", "dtype"), [("bf16", torch.bfloat16), ("fp32", torch.float32)])
def test_the_precision_is_the_one_that_is_computed_in(name, dtype):
    layer = nn.Linear(4, 4)
    with autocast(name, CPU):
        assert layer(torch.ones(1, 4)).dtype == dtype


def test_each_video_is_answered_once_in_order(request_record):
    answers = list(predict(Brightness(), [batch(0, 1), batch(2)], request_record, CPU))
    assert [a.index for a in answers] == [0, 1, 2]
    assert all(sum(a.scores) == pytest.approx(1) for a in answers)


def test_the_views_of_a_video_are_averaged_even_across_batches(request_record):
    network = Brightness()
    one = [a.scores for a in predict(network, [batch(0), batch(1)], request_record, CPU)]
    two = [a.scores for a in predict(network, [batch(0, 1)], request_record, CPU)]
    (joined,) = predict(network, [batch(5), batch(5)], request_record, CPU)
    (same,) = predict(network, [batch(5, 5)], request_record, CPU)
    assert joined.scores == pytest.approx(one[0])
    assert same.scores == pytest.approx([sum(pair) / 2 for pair in zip(*two, strict=True)])
    assert len(joined.choices) == 2


def test_the_highest_view_may_be_asked_for(request_record):
    spec = replace(request_record.model.input, views=Views(temporal=2, combine="max"))
    request = replace(request_record, model=replace(request_record.model, input=spec))
    (answer,) = predict(Brightness(), [batch(5, 5)], request, CPU)
    rows = [a.scores for a in predict(Brightness(), [batch(0, 1)], request_record, CPU)]
    assert answer.scores == pytest.approx([max(pair) for pair in zip(*rows, strict=True)])


def test_clip_scores_are_kept_where_a_video_has_one_view(request_record):
    first, second = predict(Located(), [batch(0, 1, 1)], request_record, CPU)
    assert first.clip_scores == (0.25, 0.75)
    assert second.clip_scores == ()


def test_as_many_clip_scores_as_clips_are_asked_for(request_record):
    whole = batch(0)._replace(choices=(Choice((0, 1, 2, 3), ((0, 4),)),))
    with pytest.raises(BenchError) as caught:
        list(predict(Located(), [whole], request_record, CPU))
    assert str(caught.value) == (
        "model 'tiny' gave clip_scores of shape (1, 2); its videos are drawn as 1 clips. Set clips "
        "under input of its block."
    )


def test_prediction_puts_the_network_into_evaluation(request_record):
    network = Brightness().train()
    list(predict(network, [batch(0)], request_record, CPU))
    assert not network.training


class Four(Brightness):
    """As one that was made for four frames: a wrong number is refused, or fits no layer."""

    def forward(self, video):
        if video.shape[2] == 5:
            raise ValueError("the video has 5 frames; expected 4.")
        return video.mean((3, 4)).flatten(1) @ torch.ones(12, 3)


@pytest.mark.parametrize(("frames", "said"), [(5, "the video has 5 frames; expected 4"), (6, "m")])
def test_a_test_video_that_a_network_cannot_take_is_told_in_a_sentence(
    frames, said, request_record
):
    video = torch.zeros(1, 3, frames, 8, 8, dtype=torch.uint8)
    wrong = batch(0)._replace(video=video)
    with pytest.raises(BenchError) as caught:
        list(predict(Four(), [batch(0), wrong], request_record, CPU))
    start = f"model 'tiny' cannot take its input of shape (1, 3, {frames}, 8, 8): {said}"
    assert str(caught.value).startswith(start)
    assert ".." not in str(caught.value)


def test_outputs_without_logits_are_refused(request_record):
    with pytest.raises(BenchError) as caught:
        forward(Silent(), batch(0), request_record, CPU)
    assert str(caught.value) == (
        "outputs of model 'tiny' has the keys scores; expected 'logits' among them. Name its "
        "logits so, or remove the method."
    )


def test_a_factory_that_builds_no_network_is_refused(request_record):
    entry = replace(request_record.model, factory="builtins:dict", args={})
    with pytest.raises(BenchError) as caught:
        build(entry, 3)
    assert str(caught.value) == (
        "model 'tiny': builtins:dict gave a dict; expected a torch.nn.Module. Name a class or "
        "function that builds one."
    )


class Library(nn.Module):
    """As those of libraries: no `outputs`, its classifier is called `fc`."""

    def __init__(self, layer):
        super().__init__()
        self.fc = layer

    def forward(self, video):
        if isinstance(self.fc, nn.Linear):
            return self.fc(video.mean((3, 4)).transpose(1, 2)).mean(1)  # (B, T, 3) enters
        return self.fc(video).mean((2, 3, 4))


@pytest.mark.parametrize("layer", [nn.Linear(3, 4), nn.Conv3d(3, 4, 1)], ids=["linear", "conv"])
def test_what_enters_the_head_of_a_librarys_network_are_its_features(request_record, layer):
    entry, video = replace(request_record.model, head="fc"), torch.rand(2, 3, 5, 8, 8)
    network = Library(layer)
    found = outputs(network, entry, video)
    torch.testing.assert_close(found["features"], video.mean((2, 3, 4)))
    torch.testing.assert_close(found["logits"], network(video))
    assert not network.fc._forward_pre_hooks


def test_a_head_that_is_not_there_is_named(request_record):
    entry = replace(request_record.model, head="classifier")
    with pytest.raises(BenchError) as caught:
        outputs(Library(nn.Linear(3, 4)), entry, torch.rand(1, 3, 5, 8, 8))
    assert str(caught.value) == (
        "model 'tiny' has no layer 'classifier', which its block names as head; its parts are fc. "
        "Name the layer that gives the logits."
    )


def test_a_network_of_several_pathways_gets_a_video_for_each(request_record):
    spec = replace(request_record.model.input, pathways=(4, 1))
    entry = replace(
        request_record.model, factory="torch.nn:Identity", args={}, classes_arg="", input=spec
    )
    slow, fast = build(entry, 3)(torch.arange(8.0).view(1, 1, 8, 1, 1))
    assert slow.flatten().tolist() == [0, 4]
    assert fast.flatten().tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_an_argument_may_name_what_yaml_cannot_write(request_record):
    entry = replace(
        request_record.model,
        factory="torch.nn:Identity",
        args={"pool": {"object": "torch.nn:MaxPool3d"}, "size": {"object": 1, "more": 2}},
        classes_arg="",
    )
    assert _arguments(entry) == {"pool": nn.MaxPool3d, "size": {"object": 1, "more": 2}}
    assert isinstance(build(entry, 3), nn.Identity)

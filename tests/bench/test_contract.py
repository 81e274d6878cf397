"""The contract names what a deliberately broken system breaks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from bench import contract, registry
from bench.errors import BenchError
from bench.records import InputSpec, ModelEntry, Sampling

HERE = __name__
FRAMES = Sampling("uniform", frames=4)
WHOLE = registry.load()


class Right(nn.Module):
    """Mean of the pictures, two layers, everything that a network may say."""

    frames = 4

    def __init__(self, num_classes, **more):
        super().__init__()
        self.stem = nn.Conv3d(3, 6, 1)
        self.norm = nn.BatchNorm1d(6)
        self.weigh = nn.Linear(6, 1)
        self.head = nn.Linear(6, num_classes)

    def forward(self, video):
        return self.outputs(video)["logits"]

    def outputs(self, video):
        if video.shape[2] != self.frames:
            raise ValueError(f"the video has {video.shape[2]} frames; expected {self.frames}.")
        frames = self.stem(video).mean((3, 4)).transpose(1, 2)  # (B, T, 6)
        weights = self.weigh(frames).softmax(1)
        features = self.norm((weights * frames).sum(1))
        return {
            "logits": self.head(features),
            "features": features,
            "clip_scores": weights.squeeze(2),
        }


class Unused(Right):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.spare = nn.Linear(2, 2)


class Frozen(Unused):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.spare.requires_grad_(False)


class Softmax(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "logits": found["logits"].softmax(1)}


class OfTheBatch(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "logits": found["logits"] - found["logits"].mean(0) / 2}


class WrongK(Right):
    def __init__(self, num_classes):
        super().__init__(7)


class NotANumber(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "logits": found["logits"] - video.new_tensor(float("inf"))}


class Restless(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "logits": found["logits"] + torch.rand_like(found["logits"])}


class Other(Right):
    def forward(self, video):
        return 2 * self.outputs(video)["logits"]


class Heavy(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "clip_scores": 2 * found["clip_scores"]}


class Featureless(Right):
    def outputs(self, video):
        return {"logits": super().outputs(video)["logits"]}


class Unpooled(Right):
    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "features": found["features"].unsqueeze(1)}


class Mute(Right):
    def outputs(self, video):
        if video.shape[2] != self.frames:
            raise ValueError("bad T")
        return super().outputs(video)


class Cracked(Right):
    def outputs(self, video):
        video.unflatten(2, (2, 2))
        return super().outputs(video)


class Even(Right):
    def outputs(self, video):
        video.unflatten(4, (-1, 2))
        return super().outputs(video)


class Reading(Right):
    def outputs(self, video):
        if video.sum() > 0:
            return super().outputs(video)
        return super().outputs(video)


class Forgetful(Right):
    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.noise = torch.randn(num_classes)

    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "logits": found["logits"] + self.noise.to(video.device)}


class Rooted(Right):
    def outputs(self, video):
        found = super().outputs(video)
        still = (0 * found["logits"]).sqrt()
        return {**found, "logits": found["logits"] + still}


class Detached(Right):
    def outputs(self, video):
        return {name: tensor.detach() for name, tensor in super().outputs(video).items()}


class Plain(nn.Module):
    """As libraries have them: no outputs, and a crash at another length."""

    def __init__(self, num_classes):
        super().__init__()
        self.head = nn.Linear(4, num_classes)

    def forward(self, video):
        return self.head(video.mean((1, 3, 4)))


class Known:
    """A classical system: the mean colour, and equal scores."""

    def features(self, video):
        return video.mean((0, 1, 2))

    def fit(self, features, labels, classes):
        self.classes = classes

    def scores(self, features):
        return np.full((len(features), self.classes), 1 / self.classes)


class Unsure(Known):
    def scores(self, features):
        return 2 * super().scores(features)


class Narrow(Known):
    def scores(self, features):
        return super().scores(features)[:, 1:]


class Shapeless(Known):
    def features(self, video):
        return video.mean(0)


class Drawn(Known):
    def features(self, video):
        return np.random.default_rng().random(3)


class Infinite(Known):
    def features(self, video):
        return np.full(3, np.inf)


def entry(system, **more) -> ModelEntry:
    kind = "classical" if issubclass(system, Known) else "network"
    spec = InputSpec(train=FRAMES, test=FRAMES, size=16, min_size=8)
    made = ModelEntry(
        name="toy",
        title="Toy",
        kind=kind,
        factory=f"{HERE}:{system.__name__}",
        source="nobody",
        input=spec,
        recipe="common",
    )
    return replace(made, **more)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """This file under its own name, whatever the import mode of pytest."""
    for module in ("contract", "network", "classical"):
        monkeypatch.setattr(f"bench.{module}.resolve", here)


def here(factory, owner):
    module, _, name = factory.partition(":")
    return globals()[name] if module == HERE else registry.resolve(factory, owner)


def said(system, **more) -> str:
    with pytest.raises(BenchError) as caught:
        contract.check(entry(system, **more), WHOLE)
    return str(caught.value).removeprefix("model 'toy' ")


@pytest.mark.parametrize("system", [Right, Frozen, Plain, Known])
def test_a_system_that_keeps_its_contract_passes(system):
    assert contract.check(entry(system), WHOLE) is None


def test_a_kind_that_is_answered_elsewhere_is_asked_nothing():
    assert contract.check(entry(Right, kind="imported", factory="nowhere:Nothing"), WHOLE) is None


def test_a_cost_only_entry_is_counted():
    assert contract.check(entry(Softmax, kind="cost-only"), WHOLE) is None
    assert "the network cannot answer a video" in said(Reading, kind="cost-only")


def test_an_entry_of_all_frames_is_asked_with_one_and_with_several():
    spec = InputSpec(train=Sampling("all"), test=Sampling("all"), size=16, min_size=8)
    assert said(Right, input=spec) == (
        "cannot take (1, 3, 1, 8, 8) on the device 'meta': ValueError: the video has 1 frames; "
        "expected 4. Its block promises this input: check size, min_size, clips, frames and args."
    )


BROKEN = {
    Unused: (
        "has parameters that no gradient reaches: spare.weight, spare.bias. Use them, leave them "
        "out, or name them in `unused` of its block and say why in its note."
    ),
    Softmax: (
        "gives probabilities (each row sums to 1); expected logits. Remove the softmax at its "
        "end, as with args: {head_activation: null}."
    ),
    OfTheBatch: (
        "in evaluation answers one video, asked beside another, differently than by itself. Keep "
        "what mixes the videos of a batch to training."
    ),
    WrongK: (
        "gives logits of shape (1, 7); expected (B, K) = (B, 5), one for each class. Check "
        "factory, args and classes_arg of its block."
    ),
    NotANumber: (
        "gives logits that are not finite, on noise and with random weights. Check its divisions "
        "and logarithms, and the scale of its input."
    ),
    Restless: (
        "in evaluation answers one video, asked twice, differently. Keep what is random to "
        "training."
    ),
    Other: (
        "in evaluation answers one video, asked by forward, unlike outputs. Let forward return "
        "outputs(video)['logits']."
    ),
    Heavy: (
        "gives clip_scores that sum to 2.000; expected 1 for each video. Normalise them over the "
        "clips."
    ),
    Featureless: (
        "has outputs logits; expected 'features' (B, D) among them, what its classifier sees."
    ),
    Unpooled: (
        "gives features of shape (1, 1, 6) for B = 1; expected (B, D), what its classifier sees."
    ),
    Mute: (
        "refuses 5 frames with 'bad T'; expected a sentence that says how many it has and how "
        "many it expects."
    ),
    Cracked: (
        "meets 5 frames with RuntimeError: unflatten: Provided sizes [2, 2] don't multiply up to "
        "the size of dim 2 (5) in the input tensor. Raise a ValueError that says how many it has "
        "and how many it expects."
    ),
    Even: (
        "cannot take (2, 3, 4, 9, 9) on the device 'meta': RuntimeError: unflatten: Provided "
        "sizes [-1, 2] don't multiply up to the size of dim 4 (9) in the input tensor. Its block "
        "promises this input: check size, min_size, clips, frames and args."
    ),
    Forgetful: (
        "answers otherwise when its state_dict is loaded into another one. Register what is "
        "random at its start as a parameter or a buffer."
    ),
    Rooted: (
        "gets a gradient that is not finite at stem.weight. Look for a root, a division or a "
        "logarithm at zero."
    ),
    Detached: (
        "has no trainable parameter that its outputs depend on. Take detach and no_grad out of "
        "its way, or let its kind be cost-only."
    ),
    Unsure: (
        "gives scores that are no probabilities; expected rows of numbers from 0 that sum to 1. "
        "Divide each row by its sum."
    ),
    Narrow: "gives scores of shape (10, 4) for 10 videos; expected (n, K) = (10, 5).",
    Shapeless: "gives features of shape (8, 8, 3); expected (D,), one D for all videos.",
    Drawn: "gives one video other features when asked twice. Seed what it draws.",
    Infinite: "gives features that are not finite. Check its divisions.",
}


@pytest.mark.parametrize("system", BROKEN, ids=lambda system: system.__name__)
def test_a_broken_system_is_told_what_it_breaks(system):
    assert said(system) == BROKEN[system]


def test_a_network_that_reads_values_is_told_so():
    assert said(Reading).startswith("cannot take (1, 3, 4, 8, 8) on the device 'meta': ")


def test_an_unused_parameter_may_be_named_and_nothing_else():
    contract.check(entry(Unused, unused=("spare",)), WHOLE)
    assert said(Unused, unused=("spare", "head.b")) == (
        "names parameters as unused that a gradient reaches: head.bias. Remove them from `unused` "
        "of its block."
    )
    assert said(Right, unused=("spare",)) == (
        "names 'spare' as unused, which begins no name of a trainable parameter. Remove it from "
        "its block."
    )


def test_a_parameter_beyond_the_objective_counts_as_unused():
    assert said(Right, recipe="fan-180", factory=f"{HERE}:Aside") == (
        "has parameters that no gradient of 'cross-entropy' reaches: aside.weight, aside.bias. "
        "Use them, leave them out, or name them in `unused` of its block and say why in its note."
    )


class Aside(Right):
    """Gives what an objective of its own would use, and the objective of its recipe does not."""

    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.aside = nn.Linear(6, 2)

    def outputs(self, video):
        found = super().outputs(video)
        return {**found, "aux": self.aside(found["features"])}


def test_shapes_alone_are_asked_without_values():
    assert contract.check(entry(Softmax), WHOLE, values=False) is None
    with pytest.raises(BenchError, match="gives logits of shape"):
        contract.check(entry(WrongK), WHOLE, values=False)

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from baselines.c3d import C3D
from bench import registry
from bench.measurement.complexity import count

MODELS = registry.load().models
SHRINKABLE = [name for name, entry in MODELS.items() if entry.input.min_size]
FIXED = [name for name in MODELS if name not in SHRINKABLE and MODELS[name].kind == "network"]
PRETRAINED = [name for name, entry in MODELS.items() if entry.pretraining]

TRUNKS = ("conv", "bn1", "layer")

SILENT = {"fan": {"self_head.1.weight", "self_head.1.bias"}}
"""Params that no logit depends on: FAN keeps the classifier that its relation step replaces."""


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work is slower on more
    yield
    torch.set_num_threads(threads)


def build(name, classes, device="meta"):
    entry = MODELS[name]
    factory = registry.resolve(entry.factory, name)
    with torch.device(device):
        return factory(**{entry.classes_arg: classes}, **entry.args)


def without_gradient(network):
    return {name for name, p in network.named_parameters() if p.requires_grad and p.grad is None}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_locked_complexity_and_a_source(name):
    entry = MODELS[name]
    assert entry.source
    lock = entry.complexity
    assert None not in (lock.params, lock.macs, lock.macs_ptflops)
    length = entry.input.test.length or entry.input.train.length
    assert lock.input == (3, length, entry.input.size, entry.input.size)


@pytest.mark.parametrize("name", MODELS)
def test_a_count_gives_the_lock(name):
    lock = MODELS[name].complexity
    counted = count(lambda: build(name, lock.classes, "meta"), lock.input, lock.classes)
    assert counted.complexity == lock


@pytest.mark.parametrize("name", MODELS)
def test_every_video_of_a_batch_gets_one_logit_a_class_and_every_param_a_gradient(name):
    entry = MODELS[name]
    size = entry.input.size
    network = build(name, 5)
    logits = network(torch.empty(2, 3, entry.input.train.length, size, size, device="meta"))
    assert logits.shape == (2, 5)
    logits.sum().backward()
    assert without_gradient(network) == SILENT.get(name, set())


@pytest.mark.parametrize("name", SHRINKABLE)
def test_gradients_are_finite_at_the_smallest_size(name):
    spec = MODELS[name].input
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build(name, 5, "cpu")
        video = torch.rand(2, 3, spec.train.length, spec.min_size, spec.min_size)
        nn.functional.cross_entropy(network(video), torch.tensor([0, 3])).backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert all(g.isfinite().all() for g in gradients)
    assert all(g.any() for g in gradients if g.numel() > 1)


@pytest.mark.parametrize("name", SHRINKABLE)
def test_a_test_may_show_more_frames_than_a_training(name):
    spec = MODELS[name].input
    length = spec.test.length or 2 * spec.train.length
    network = build(name, 5).eval()
    assert network(torch.empty(1, 3, length, 64, 64, device="meta")).shape == (1, 5)


@pytest.mark.parametrize("name", FIXED)
def test_a_network_of_fixed_geometry_refuses_a_smaller_video(name):
    entry = MODELS[name]
    size = entry.input.size // 2
    with pytest.raises((RuntimeError, ValueError)):
        build(name, 5)(torch.empty(1, 3, entry.input.train.length, size, size, device="meta"))


@pytest.mark.parametrize("name", PRETRAINED)
def test_the_weights_that_a_model_accepts_fill_its_trunk(name):
    pretraining = MODELS[name].pretraining
    with torch.device("meta"):
        source = resnet18() if "imagenet" in pretraining.origins else C3D(487)
    theirs = source.state_dict()
    ours = build(name, 5).get_submodule(pretraining.module).state_dict()
    places = registry.resolve(pretraining.keys, name)(list(theirs))
    fitting = {
        place
        for key, place in places.items()
        if place in ours and ours[place].shape == theirs[key].shape
    }
    trunk = {key for key in ours if key.removeprefix("trunk.").startswith(TRUNKS)}
    assert trunk
    assert fitting >= trunk

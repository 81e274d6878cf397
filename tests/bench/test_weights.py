import hashlib
import urllib.error

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from bench import weights
from bench.errors import BenchError
from bench.records import InputSpec, ModelEntry, Pretraining, Sampling, Weights

FRAMES = Sampling("uniform", frames=4)


def entry(**pretraining):
    given = {
        "module": "trunk",
        "keys": "baselines.resnet18:trunk_keys",
        "origins": ("none", "imagenet", "synthetic"),
        **pretraining,
    }
    return ModelEntry(
        name="net",
        title="Net",
        kind="network",
        factory="",
        source="",
        input=InputSpec(FRAMES, FRAMES, 64),
        recipe="common",
        pretraining=Pretraining(**given) if pretraining is not None else None,
    )


def bare_entry():
    return ModelEntry("bare", "", "network", "", "", InputSpec(FRAMES, FRAMES, 64), "common")


def quiet(items, description, total):
    return items


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()
        self.head = nn.Linear(512, 7)


def save(folder, state, name="some.pth"):
    path = folder / name
    torch.save(state, path)
    return Weights(name, None, str(path))


@pytest.fixture
def drawn(monkeypatch):
    """A drawing of nothing, small enough to train on in a moment."""
    calls = []

    def stills(count, size, seed):
        calls.append(count)
        rng = np.random.default_rng([size, seed])
        labels = np.arange(count) % 7
        pictures = rng.integers(0, 36, (count, size, size, 3)) + 36 * labels[:, None, None, None]
        return pictures.astype(np.uint8), labels.astype(np.int64)

    monkeypatch.setattr("bench.synthesis.stills.stills", stills)
    for name, value in {"STILLS": 21, "SIZE": 32, "STEPS": 2, "BATCH": 7, "WARMUP": 2}.items():
        monkeypatch.setattr(weights, name, value)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work is slower on more
    yield calls
    torch.set_num_threads(threads)


def test_nothing_asked_for_gives_the_default_of_the_model(tmp_path):
    assert weights.resolve(entry(), None, tmp_path, quiet) == Weights("none", None)
    assert weights.resolve(bare_entry(), None, tmp_path, quiet) == Weights("none", None)


def test_a_file_is_known_by_its_name_and_content(tmp_path):
    path = tmp_path / "mine.pth"
    path.write_bytes(b"weights")
    found = weights.resolve(entry(), str(path), tmp_path, quiet)
    assert found == Weights("mine.pth", hashlib.sha256(b"weights").hexdigest(), str(path))


def test_an_origin_that_the_model_does_not_accept_is_refused(tmp_path):
    with pytest.raises(BenchError) as error:
        weights.resolve(entry(origins=("none",)), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        "weights 'imagenet' are no file, and model 'net' knows none only. "
        "Pass one of these or the path of a file."
    )


def test_a_model_without_pretraining_takes_no_weights(tmp_path):
    with pytest.raises(BenchError) as error:
        weights.resolve(bare_entry(), "synthetic", tmp_path, quiet)
    assert str(error.value) == (
        "model 'bare' takes no weights from elsewhere, and 'synthetic' is asked for. "
        "Leave --weights out, or add pretraining to its block."
    )


def test_offline_one_sentence_says_which_file_from_where_and_put_where(tmp_path, monkeypatch):
    def offline(*_args, **_kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    with pytest.raises(BenchError) as error:
        weights.resolve(entry(), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        "resnet18-f37072fd.pth is not here and cannot be downloaded: <urlopen error no network>. "
        "Get it from https://download.pytorch.org/models/resnet18-f37072fd.pth "
        f"and put it into {tmp_path / 'weights'}."
    )


def test_a_damaged_file_is_not_taken_for_the_published_one(tmp_path):
    path = tmp_path / "weights" / weights.IMAGENET
    path.parent.mkdir()
    path.write_bytes(b"half")
    begins = hashlib.sha256(b"half").hexdigest()[:8]
    with pytest.raises(BenchError) as error:
        weights.resolve(entry(), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        f"{path} is not the file that torchvision published: its sha256 begins with {begins}, "
        f"expected f37072fd. Remove it and get it from {weights.IMAGENET_URL}."
    )


def test_a_file_in_the_folder_of_torch_hub_is_found(tmp_path, monkeypatch):
    path = tmp_path / "hub" / "checkpoints" / weights.IMAGENET
    path.parent.mkdir(parents=True)
    path.write_bytes(b"published")
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(weights, "_check", lambda data, source: None)
    assert weights.resolve(entry(), "imagenet", tmp_path, quiet).path == str(path)


def test_a_download_is_checked_and_kept(tmp_path, monkeypatch):
    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def read(self):
            return b"published"

    monkeypatch.setattr("urllib.request.urlopen", lambda *_a, **_k: Answer())
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    begins = hashlib.sha256(b"published").hexdigest()[:8]
    monkeypatch.setattr(weights, "IMAGENET", f"resnet18-{begins}.pth")
    found = weights.resolve(entry(), "imagenet", tmp_path, quiet)
    assert found.path == str(tmp_path / "weights" / f"resnet18-{begins}.pth")
    assert [p.name for p in (tmp_path / "weights").iterdir()] == [f"resnet18-{begins}.pth"]


def test_the_synthetic_trunk_is_the_same_bit_for_bit_and_made_once(tmp_path, drawn):
    first = weights.resolve(entry(), "synthetic", tmp_path / "a", quiet)
    again = weights.resolve(entry(), "synthetic", tmp_path / "a", quiet)
    other = weights.resolve(entry(), "synthetic", tmp_path / "b", quiet)
    assert first == again
    assert first.sha256 == other.sha256
    assert drawn.count(weights.STILLS) == 2


@pytest.mark.parametrize("changed", [("RATE", 1e-4), ("STEPS", 3), ("SEED", 5)])
def test_another_training_or_drawing_gives_another_file(tmp_path, drawn, monkeypatch, changed):
    monkeypatch.setattr(weights, "_train", lambda *_: {})
    first = weights.make_synthetic_trunk(tmp_path, quiet)
    monkeypatch.setattr(weights, *changed)
    assert weights.make_synthetic_trunk(tmp_path, quiet).path != first.path


def test_making_the_trunk_leaves_the_random_state_alone(tmp_path, drawn):
    state = torch.random.get_rng_state()
    weights.make_synthetic_trunk(tmp_path, quiet)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_synthetic_trunk_fills_every_name_of_a_trunk(tmp_path, drawn):
    made = weights.make_synthetic_trunk(tmp_path, quiet)
    report = weights.load(Net(), entry(), made)
    assert report.missing == report.unexpected == ()
    assert [line.split(":")[0] for line in report.skipped] == ["fc.weight", "fc.bias"]


def test_weights_arrive_in_the_trunk_and_nowhere_else(tmp_path):
    source, net = resnet18(), Net()
    head = net.head.weight.clone()
    report = weights.load(net, entry(), save(tmp_path, source.state_dict()))
    assert torch.equal(net.trunk.layer4[1].conv2.weight, source.layer4[1].conv2.weight)
    assert torch.equal(net.head.weight, head)
    assert len(report.matched) == len(net.trunk.state_dict())


def test_wrappers_and_prefixes_of_other_programs_are_understood(tmp_path):
    source, net = resnet18(), Net()
    state = {f"module.{name}": value for name, value in source.state_dict().items()}
    weights.load(net, entry(), save(tmp_path, {"epoch": 3, "state_dict": state}))
    assert torch.equal(net.trunk.conv1.weight, source.conv1.weight)


def test_every_name_that_does_not_fit_is_listed(tmp_path):
    state = resnet18().state_dict()
    state["conv1.weight"] = torch.zeros(64, 1, 7, 7)
    state["layer4.7.conv1.weight"] = torch.zeros(1)
    state["feature.weight"] = torch.zeros(1)
    del state["bn1.bias"]
    report = weights.load(Net(), entry(), save(tmp_path, state))
    assert report.missing == ("conv1.weight", "bn1.bias")
    assert report.unexpected == ("layer4.7.conv1.weight",)
    assert report.skipped == (
        "conv1.weight: its shape (64, 1, 7, 7) does not fit (64, 3, 7, 7) of conv1.weight",
        "fc.weight: it has no place in this network",
        "fc.bias: it has no place in this network",
        "feature.weight: it has no place in this network",
    )


def test_no_weights_leave_the_network_as_it_is():
    assert weights.load(Net(), entry(), Weights("none", None)) == weights.Report()


def test_a_file_of_another_network_is_refused(tmp_path):
    saved = save(tmp_path, {"encoder.weight": torch.zeros(2)})
    with pytest.raises(BenchError) as error:
        weights.load(Net(), entry(), saved)
    assert str(error.value) == (
        f"none of the 1 tensors in {saved.path} fits model 'net'; expected names and shapes of "
        "conv1.weight ... layer4.1.bn2.num_batches_tracked. "
        "Pass a file made for this network."
    )


@pytest.mark.parametrize(("content", "reason"), [(b"", "EOFError"), (b"PK\3\4", "")])
def test_what_is_no_weight_file_is_refused_in_one_sentence(tmp_path, content, reason):
    path = tmp_path / "broken.pth"
    path.write_bytes(content)
    with pytest.raises(BenchError) as error:
        weights.load(Net(), entry(), Weights("broken.pth", None, str(path)))
    assert str(error.value).startswith(f"weights {path} cannot be read: {reason}")
    assert str(error.value).endswith("plain values only. Get the file again.")


def test_a_file_that_would_run_code_is_refused(tmp_path):
    path = tmp_path / "network.pth"
    torch.save(Net(), path)
    with pytest.raises(BenchError, match="cannot be read"):
        weights.load(Net(), entry(), Weights("network.pth", None, str(path)))


def test_what_is_no_state_dict_is_named(tmp_path):
    saved = save(tmp_path, [torch.zeros(1)])
    with pytest.raises(BenchError) as error:
        weights.load(Net(), entry(), saved)
    assert str(error.value) == (
        f"weights {saved.path} hold a list; expected a state dict, names with tensors. "
        "Save the network's state_dict()."
    )

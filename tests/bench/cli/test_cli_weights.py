"""`bench weights check` and `convert`: what a person is told, and what a program can rely on."""

from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18

from baselines.resnet18 import ResNet18


class Trap:
    """Unpickling it makes a folder."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return (Path.mkdir, (self.marker,))


@pytest.fixture(scope="module")
def state():
    return ResNet18(7).state_dict()


@pytest.fixture
def save(tmp_path):
    def write(content):
        torch.save(content, tmp_path / "some.pth")
        return tmp_path / "some.pth"

    return write


@pytest.fixture
def unsafe(save, state, tmp_path):
    return save({"state_dict": state, "trap": Trap(tmp_path / "marker")})


def test_a_checkpoint_of_ones_own_has_everything(ask, save, state):
    file = save({"state_dict": {f"network.{name}": value for name, value in state.items()}})
    code, out, _ = ask("weights", "check", file, "--model", "resnet18")
    assert code == 0
    assert out.splitlines() == [
        f"{file}: 122 tensors, taken for names of the network itself",
        "  matched      122",
        "    trunk.conv1.weight",
        "    trunk.bn1.weight",
        "    trunk.bn1.bias",
        "    trunk.bn1.running_mean",
        "    trunk.bn1.running_var",
        "    and 117 more; --all names each",
        "  missing        0",
        "  unexpected     0",
        "  skipped        0",
    ]


def test_a_trunk_lacks_the_head_and_each_name_can_be_asked_for(ask, save):
    file = save(resnet18().state_dict())
    code, out, _ = ask("weights", "check", file, "--model", "resnet18", "--all")
    lines = out.splitlines()
    assert (code, len(lines)) == (1, 5 + 120 + 2 + 2)
    assert lines[0] == (
        f"{file}: 122 tensors, taken for foreign names, through baselines.resnet18:trunk_keys "
        "into trunk"
    )
    assert lines[-7:] == [
        "  missing        2",
        "    head.weight",
        "    head.bias",
        "  unexpected     0",
        "  skipped        2",
        "    fc.weight: it has no place in this network",
        "    fc.bias: it has no place in this network",
    ]


def test_the_classes_of_a_checkpoint_can_be_said(ask, save):
    file = save(ResNet18(3).state_dict())
    assert ask("weights", "check", file, "--model", "resnet18")[0] == 1
    assert ask("weights", "check", file, "--model", "resnet18", "--classes", 3)[0] == 0


def test_a_file_of_something_else_is_answered_and_matches_nothing(ask, save):
    file = save({"encoder.weight": torch.zeros(2)})
    code, out, _ = ask("weights", "check", file, "--model", "resnet18")
    assert (code, out.splitlines()[1]) == (1, "  matched        0")


def test_what_is_no_weight_file_cannot_be_checked(ask, tmp_path):
    file = tmp_path / "x.pth"
    file.write_text("no weights")
    code, out, err = ask("weights", "check", file, "--model", "resnet18")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: weights {file} cannot be read: ")
    assert ask("weights", "check", tmp_path / "gone.pth", "--model", "resnet18") == (
        2,
        "",
        f"error: weights {tmp_path / 'gone.pth'} are no file. Check the path.\n",
    )


def test_an_unsafe_file_is_refused_with_the_command_that_helps(ask, unsafe, tmp_path):
    code, out, err = ask("weights", "check", unsafe, "--model", "resnet18")
    assert (code, out) == (2, "")
    assert err.endswith(f"convert it once: `bench weights convert {unsafe} --out NEW.pth`.\n")
    assert not (tmp_path / "marker").exists()


def test_a_run_refuses_an_unsafe_file_and_does_not_run_it(ask, unsafe, tmp_path, plugin):
    words = ("--model", "tiny", "--dataset", "tiny-faces", "--folds", "0", "--device", "cpu")
    code, _, err = ask("run", *words, "--weights", unsafe, "--results", tmp_path / "results")
    assert (code, "convert it once" in err) == (2, True)
    assert not (tmp_path / "marker").exists()


def test_conversion_waits_for_trust(ask, unsafe, tmp_path):
    new = tmp_path / "new.pth"
    code, out, err = ask("weights", "convert", unsafe, "--out", new)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: unpickling {unsafe} can run code of whoever made it, with your ")
    assert err.endswith(
        f"It would keep tensors and plain values in {new}. Pass --i-trust-this-file if you do.\n"
    )
    assert not (tmp_path / "marker").exists()
    assert not new.exists()


def test_a_trusted_file_is_converted_with_a_warning_and_then_fits(ask, unsafe, tmp_path):
    new = tmp_path / "new.pth"
    code, out, err = ask("weights", "convert", unsafe, "--out", new, "--i-trust-this-file")
    assert (code, out) == (
        0,
        f"wrote {new}: 122 tensors; see `bench weights check {new} --model NAME`\n",
    )
    assert err.startswith(f"warning: unpickling {unsafe} can run code of whoever made it")
    assert ask("weights", "check", new, "--model", "resnet18")[0] == 0

"""Files that only unpickling can read, made here, and what is left of them."""

import argparse
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.weights import read, unpickling
from bench.weights.conversion import check_request, convert, warning

WEIGHT = torch.arange(6.0).reshape(2, 3)


class Meter:
    """A class that no other process can import."""

    def __init__(self) -> None:
        self.best, self.rows = 0.5, [torch.ones(2)]


class Lister(list):
    """One that is a list."""


class Own(nn.Module):
    """A network that no other process can import."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)
        self.register_buffer("passing", torch.zeros(1), persistent=False)


class Trap:
    """Unpickling it writes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = str(marker)

    def __reduce__(self):
        return (os.mkdir, (self.marker,))


class Leak:
    """Unpickling it looks into the environment."""

    def __reduce__(self):
        return (os.getenv, ("BENCH_SECRET",))


class Exit:
    """Unpickling it ends the process."""

    def __reduce__(self):
        return (os._exit, (3,))


@pytest.fixture
def new(tmp_path) -> Path:
    return tmp_path / "made" / "new.pth"


@pytest.fixture
def kept(save, new):
    """What is left of a file, unpickled in this process, which made it."""

    def convert_here(content: object, **how: object) -> object:
        new.parent.mkdir()
        unpickling.convert(save(content, **how).path, str(new))
        return torch.load(new, weights_only=True)

    return convert_here


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_and_plain_values_are_kept_and_classes_are_not(kept, zipped):
    old = {
        "state_dict": {"a": WEIGHT, "view": WEIGHT[0]},
        "recorder": Meter(),
        "list": Lister([1]),
        "args": argparse.Namespace(lr=0.1, where=Path("x")),
        "best": np.float32(0.25),
        "curve": np.arange(2.0),
        "epoch": 3,
        "name": "net",
        "loss": nn.functional.relu,
        "done": True,
        "none": None,
    }
    left = kept(old, _use_new_zipfile_serialization=zipped)
    assert torch.equal(left["state_dict"]["a"], WEIGHT)
    assert left["recorder"]["best"] == 0.5
    assert left["args"]["lr"] == 0.1
    assert (left["best"], left["curve"], left["epoch"], left["name"]) == (0.25, [0, 1], 3, "net")
    assert (left["loss"], left["done"], left["none"]) == (None, True, None)


@pytest.mark.parametrize("wrap", [lambda network: network, lambda network: {"model": network}])
def test_a_whole_network_becomes_its_state_dict(kept, new, wrap):
    network = Own()
    kept(wrap(network))
    left = read(new)
    assert left.keys() == network.state_dict().keys()
    assert torch.equal(left["layer.weight"], network.layer.weight)


def test_a_view_does_not_bring_along_what_it_is_a_view_of(kept, new):
    kept({"a": torch.zeros(100_000)[:2]})
    assert new.stat().st_size < 5_000


@pytest.mark.parametrize("zipped", [True, False])
def test_classes_of_another_program_are_not_needed(save, new, zipped):
    """This module is on no path of the other process."""
    content = {"model": Own(), "recorder": Meter(), "list": Lister([1])}
    assert convert(Path(save(content, _use_new_zipfile_serialization=zipped).path), new) == 7
    assert "norm.running_mean" in read(new)


def test_it_is_unpickled_elsewhere_and_asking_first_runs_nothing(save, new, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    monkeypatch.setenv("BENCH_SECRET", "known")
    old = Path(save({"a": WEIGHT, "trap": Trap(marker), "leak": Leak()}).path)
    check_request(old, new)
    assert warning(old) == (
        f"unpickling {old} can run code of whoever made it, with your rights: a process of its own "
        "is no sandbox. It names os.getenv, posix.mkdir."
    )
    assert not marker.exists()
    convert(old, new)
    assert marker.exists()  # a person who trusts a file lets it do that
    # keys and passwords of the environment are not passed on
    assert torch.load(new, weights_only=True)["leak"] is None


def test_a_file_that_ends_the_process_leaves_nothing_behind(save, new):
    old = Path(save({"a": WEIGHT, "exit": Exit()}).path)
    with pytest.raises(BenchError) as error:
        convert(old, new)
    assert str(error.value) == (
        f"weights {old} cannot be unpickled: it ended without a word. Get the file again, or save "
        "its state_dict() with the program that made it."
    )
    assert list(new.parent.iterdir()) == []


def test_a_file_that_is_safe_needs_no_conversion(save, new):
    old = Path(save({"a": WEIGHT}).path)
    with pytest.raises(BenchError) as error:
        check_request(old, new)
    assert str(error.value) == (
        f"weights {old} can be read as they are; pass them to --weights unchanged."
    )


def test_a_file_that_is_there_is_not_overwritten(save, tmp_path):
    old = Path(save({"a": WEIGHT, "meter": Meter()}).path)
    with pytest.raises(BenchError) as error:
        check_request(old, old)
    assert str(error.value) == (
        f"{old} exists and is not overwritten. Pass another --out, or remove it."
    )
    with pytest.raises(BenchError, match="are no file"):
        check_request(tmp_path / "gone.pth", tmp_path / "new.pth")

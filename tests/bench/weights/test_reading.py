import argparse
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.errors import BenchError
from bench.weights import NeedsUnpicklingError, load, read
from bench.weights.reading import foreign

WEIGHT = torch.arange(3.0)


class Trap:
    """Unpickling it writes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return (Path.write_text, (self.marker, "run"))


class Meter:
    """What training programs leave in their checkpoints."""


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("wrapper", ["state_dict", "model_state_dict", "model", "module", "net"])
def test_the_wrappers_of_training_programs_are_taken_off(save, wrapper, zipped):
    content = {"epoch": 3, "best": torch.tensor(0.5), wrapper: {"a": WEIGHT}}
    saved = save(content, _use_new_zipfile_serialization=zipped)
    assert torch.equal(read(Path(saved.path))["a"], WEIGHT)


def test_of_several_wrappers_the_one_with_tensors_counts(save):
    saved = save({"model": {"name": "net"}, "net": {"module": {"a": WEIGHT}}, "state_dict": {}})
    assert list(read(Path(saved.path))) == ["a"]


def test_a_layer_of_the_name_of_a_wrapper_is_a_layer(save):
    assert list(read(Path(save({"model": WEIGHT, "net": WEIGHT}).path))) == ["model", "net"]


@pytest.mark.parametrize("zipped", [True, False])
def test_numbers_of_numpy_and_parsed_options_are_plain_enough(save, zipped):
    options = argparse.Namespace(lr=1e-3, sizes=[1, np.int64(2)])
    content = {"a": WEIGHT, "best": np.float64(0.5), "curve": np.arange(4.0), "args": options}
    saved = save(content, _use_new_zipfile_serialization=zipped)
    assert torch.equal(read(Path(saved.path))["a"], WEIGHT)


def test_names_of_older_and_newer_numpy_are_the_same(save):
    saved = save({"a": WEIGHT, "best": np.float64(0.5)}, _use_new_zipfile_serialization=False)
    path = Path(saved.path)
    older, newer = b"cnumpy.core.multiarray\nscalar", b"cnumpy._core.multiarray\nscalar"
    data = path.read_bytes()
    assert newer in data
    path.write_bytes(data.replace(newer, older))
    assert list(read(path)) == ["a"]


@pytest.mark.parametrize("kind", ["object", [("field", "object")]])
def test_numbers_that_could_be_pointers_are_refused(save, kind):
    saved = save({"a": WEIGHT, "array": np.zeros(2, kind)})
    with pytest.raises(BenchError):
        read(Path(saved.path))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_would_run_code_is_refused_and_not_run(entry, net, save, tmp_path, zipped):
    marker = tmp_path / "marker"
    saved = save({"a": WEIGHT, "trap": Trap(marker)}, _use_new_zipfile_serialization=zipped)
    with pytest.raises(NeedsUnpicklingError) as error:
        load(net, entry(), saved)
    assert "getattr" in str(error.value)
    assert str(error.value).endswith(
        "To read that can run code of whoever made the file. If you trust them, convert it once: "
        f"`bench weights convert {saved.path} --out NEW.pth`."
    )
    assert not marker.exists()


def test_a_command_in_a_weight_file_is_named_and_not_run(save):
    class Command:
        def __reduce__(self):
            return (os.system, ("exit 1",))

    saved = save({"a": WEIGHT, "command": Command()})
    with pytest.raises(NeedsUnpicklingError, match=r"plain values: posix.system\."):
        read(Path(saved.path))


def test_every_class_that_a_file_names_is_told(save):
    saved = save({"a": WEIGHT, "meter": Meter(), "best": np.float64(1), "where": Path("x")})
    assert [name.rpartition(".")[2] for name in foreign(Path(saved.path))] == [
        "PosixPath",
        "Meter",
    ]


def test_a_whole_network_is_refused(net, save):
    with pytest.raises(NeedsUnpicklingError, match="hold more than tensors and plain values"):
        read(Path(save(net).path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "EOFError"),
        (b"PK\3\4", ""),
        (b"no weights at all", "Weights only load failed"),
        (b"export A=1\n", "it is no file of torch.save"),
    ],
)
def test_what_is_no_weight_file_is_refused_in_one_sentence(tmp_path, content, reason):
    path = tmp_path / "broken.pth"
    path.write_bytes(content)
    with pytest.raises(BenchError) as error:
        read(path)
    assert type(error.value) is BenchError
    assert str(error.value).startswith(f"weights {path} cannot be read: {reason}")
    assert str(error.value).endswith("plain values only. Get the file again.")


@pytest.mark.parametrize(
    ("content", "found"), [([WEIGHT], "a list"), ({"epoch": 3, "model": {}}, "no tensor")]
)
def test_what_is_no_state_dict_is_named(save, content, found):
    saved = save(content)
    with pytest.raises(BenchError) as error:
        read(Path(saved.path))
    assert str(error.value) == (
        f"weights {saved.path} hold {found}; expected a state dict, names with tensors. "
        "Save the network's state_dict()."
    )

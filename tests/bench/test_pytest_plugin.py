"""Any project's pytest run fails when its network drifts, by one fixture."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.check import update
from bench.pytest_plugin import ComplexityLock, Contract

CONTRACT = """\
def test_right(contract):
    contract("tiny")


def test_wrong(contract):
    contract("wide")
"""

TEST = """\
from tiny_fer.network import Tiny


def test_by_name(complexity_lock):
    complexity_lock("tiny")


def test_by_numbers(complexity_lock):
    complexity_lock(lambda: Tiny(7), input=(3, 4, 32, 32), params=455, macs_ptflops=100415)
"""

SILENT = """\
import sys


def test_nothing():
    ours = {name for name in sys.modules if name.split(".")[0] == "bench"}
    assert ours == {"bench", "bench.pytest_plugin"}
    assert not {"torch", "yaml", "numpy"} & {*sys.modules}
"""

INPUT = (3, 4, 32, 32)


@pytest.fixture
def project(own, monkeypatch) -> Path:
    """A project outside of our tree: a network, a locked registry, and its ini file."""
    folder = own.parent
    package = Path(os.environ["PYTHONPATH"]) / "tiny_fer"
    shutil.copytree(package, folder / "tiny_fer", ignore=shutil.ignore_patterns("*.pyc"))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    (folder / "pytest.ini").write_text(
        "[pytest]\nbench_registry = registry.yaml\nfilterwarnings = error\n"
    )
    update([own], ("tiny", "wide"))
    return folder


def run(project: Path, test: str) -> tuple[int, list[str]]:
    """Run that project's tests as its author would: exit code, and the lines of pytest."""
    (project / "test_cost.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_right_locks_pass(project):
    code, lines = run(project, TEST)
    assert code == 0
    assert lines[-1].startswith("2 passed")


def test_a_wrong_lock_fails_the_run_and_says_both_numbers(project):
    registry = project / "registry.yaml"
    registry.write_text(registry.read_text().replace("params: 455", "params: 456"))
    code, lines = run(project, TEST.replace("100415", "100416"))
    assert code == 1
    assert (
        "tiny: params is locked to 456, and 455 is counted; no module changed: the locked number "
        "itself differs from its breakdown"
    ) in lines
    assert f"The lock is in {registry}; `bench check` says how to renew it." in lines
    assert "<lambda>: macs_ptflops is locked to 100416, and 100415 is counted" in lines
    assert lines[-1].startswith("2 failed")


def test_a_changed_network_fails_the_run_with_its_module(project):
    network = project / "tiny_fer" / "network.py"
    network.write_text(network.read_text().replace("width: int = 8", "width: int = 9"))
    code, lines = run(project, TEST)
    assert code == 1
    assert (
        "tiny: params is locked to 455, and 511 is counted; conv (Conv3d) +49, 2 modules in all"
    ) in lines
    assert "<lambda>: params is locked to 455, and 511 is counted" in lines


def test_a_run_that_does_not_ask_imports_nothing_of_ours(project):
    code, lines = run(project, SILENT)
    assert code == 0, lines


def said(registries: list[Path], *words: object, **more: object) -> str:
    """What the fixture fails with in a test of this process."""
    with pytest.raises(pytest.fail.Exception) as caught:
        ComplexityLock(registries)(*words, **more)
    return str(caught.value)


def test_a_model_without_a_lock_fails(own):
    assert said([own], "tiny") == (
        f"tiny: no number is locked; `bench check --update` adds them\n"
        f"The lock is in {own}; `bench check` says how to renew it."
    )


def test_the_variable_may_name_the_registry_instead(own, monkeypatch):
    update([own], ("tiny", "wide"))
    monkeypatch.setenv("BENCH_REGISTRY", str(own))
    assert ComplexityLock([])("tiny") is None


def test_one_of_our_models_is_known_without_any_registry():
    assert ComplexityLock([])("fan") is None


def test_an_unknown_model_fails_with_the_known_ones(own):
    assert said([own], "tinny").startswith("unknown model 'tinny'. Did you mean 'tiny'? Known: ")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (
            {"input": INPUT},
            "complexity_lock is given no number to compare with; counted: params=455, macs=98360, "
            "macs_ptflops=100415.",
        ),
        (
            {"params": 455},
            "complexity_lock got the input None; expected that of one video, as in (3, 16, 112, "
            "112).",
        ),
        (
            {"input": INPUT, "parms": 455},
            "unknown number of complexity_lock 'parms'. Did you mean 'params'? Known: macs, "
            "macs_ptflops, params.",
        ),
        (
            {"input": INPUT, "params": 456, "macs": 98361},
            "build: params is locked to 456, and 455 is counted\n"
            "build: macs is locked to 98361, and 98360 is counted",
        ),
    ],
)
def test_a_network_of_no_registry_fails_with_what_is_counted(own, numbers, message):
    from tiny_fer.network import Tiny

    def build():
        return Tiny(7)

    assert said([], build, **numbers) == message


def test_numbers_beside_a_name_are_refused():
    assert said([], "ceflnet", input=(3, 1, 1, 1), params=1) == (
        "complexity_lock('ceflnet') compares with the lock of the registry; input belongs to what "
        "builds a network. Leave it out, or pass the class in place of the name."
    )


@pytest.mark.parametrize("what", ["Linear", "3x16x112x112"])
def test_what_builds_no_network_is_refused(what):
    from torch import nn

    if what == "Linear":
        message = said([], nn.Linear(2, 2), input=INPUT, params=6)
        assert message == (
            "complexity_lock got a Linear; expected what builds the network: a class, or a "
            "function without arguments."
        )
    else:
        assert said([], nn.Identity, input=what, params=0) == (
            "complexity_lock got the input '3x16x112x112'; expected that of one video, as in "
            "(3, 16, 112, 112)."
        )


def test_a_network_that_refuses_the_input_fails_with_its_own_words(own):
    from tiny_fer.network import Tiny

    message = said([], lambda: Tiny(7), input=(1, 4, 32, 32), params=455)
    assert "cannot answer a video of shape (1, 4, 32, 32) on the meta device" in message


def test_a_network_that_breaks_the_contract_fails_the_run_with_a_sentence(project):
    registry = project / "registry.yaml"
    registry.write_text(registry.read_text().replace("{width: 16}", "{fault: softmax}"))
    code, lines = run(project, CONTRACT)
    assert code == 1
    assert (
        "model 'wide' gives probabilities (each row sums to 1); expected logits. Remove the "
        "softmax at its end, as with args: {head_activation: null}."
    ) in lines
    assert lines[-1].startswith("1 failed, 1 passed")


def test_shapes_alone_may_be_asked(own):
    assert Contract([own])("tiny", values=False) is None
    with pytest.raises(pytest.fail.Exception, match="unknown model 'tinny'"):
        Contract([own])("tinny")

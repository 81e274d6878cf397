"""Each rule about imports finds what is planted against it."""

import shutil
from pathlib import Path

import pytest

from bench.imports import MAY_NOT_IMPORT, PACKAGES, UNPICKLES, Breach, breaches, home


@pytest.fixture(scope="session")
def packages(tmp_path_factory) -> Path:
    """A copy of our packages that a test may spoil."""
    folder = tmp_path_factory.mktemp("packages")
    for name in PACKAGES:
        shutil.copytree(home() / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    return folder


@pytest.fixture
def plant(packages):
    """Write one more file, gone after the test, and say what is found."""
    planted = []

    def write(file: str, source: str) -> list[Breach]:
        planted.append(packages / file)
        planted[-1].write_text(source)
        return breaches(packages)

    yield write
    for path in planted:
        path.unlink()


@pytest.mark.parametrize(
    ("file", "source", "rule"),
    [
        ("baselines/x.py", "import bench.errors\n", "imports bench, which baselines may not"),
        (
            "bench/tables/x.py",
            "def late():\n    from torch import nn\n    return nn\n",
            "imports torch, which bench/tables may not",
        ),
        ("bench/x.py", "import ceflnet\n", "imports ceflnet, which bench may not"),
        (
            "bench/x.py",
            "from mmengine.runner import Runner\n",
            "imports mmengine, which only bench/training.py may",
        ),
        (
            "bench/measurement/x.py",
            "import pynvml\n",
            "imports pynvml, which only bench/measurement/gpu.py may",
        ),
        (
            "bench/frames_x.py",
            "import cv2\n",
            "imports cv2, which only bench/cli/doctor.py, bench/frames, bench/synthesis may",
        ),
        (
            "baselines/x.py",
            "from baselines.c3d import C3D\n",
            "imports another file of baselines",
        ),
        ("baselines/x.py", "from .c3d import C3D\n", "imports another file of baselines"),
        ("baselines/x.py", "from . import c3d\n", "imports another file of baselines"),
        ("bench/x.py", "print(1)\n", "calls print, which only the console of bench/cli may"),
        (
            "ceflnet/x.py",
            "import torch\ntorch.load('x', weights_only=False)\n",
            "loads weights that can run code: weights_only=False",
        ),
        (
            "bench/weights/x.py",
            "import torch\ntorch.load('x', weights_only=False)\n",
            "loads weights that can run code: weights_only=False",
        ),
        (
            "bench/x.py",
            "from bench.weights import unpickling\n",
            "imports a script that unpickles; run it in its own process",
        ),
    ],
)
def test_what_is_planted_is_found(plant, file, source, rule):
    assert plant(file, source) == [Breach(file, rule)]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("bench/measurement/ptflops_hooks.py", "import ptflops\n"),
        ("bench/tables/x.py", "from ..records import ModelEntry\n"),
        ("bench/x.py", "import torch\ntorch.load('x', weights_only=True)\n"),
    ],
)
def test_what_is_allowed_is_left_alone(plant, file, source):
    assert plant(file, source) == []


def test_one_file_alone_may_unpickle_and_it_does(packages):
    assert {"bench/weights/unpickling.py"} == UNPICKLES
    assert "weights_only=False" in (packages / "bench/weights/unpickling.py").read_text()
    assert breaches(packages) == []


def test_a_rule_about_a_file_that_is_gone_is_named(packages):
    assert Breach("bench/records", "is named by a rule of bench/imports.py and is not there") in (
        breaches(packages / "bench")
    )
    assert len(breaches(packages / "bench")) == len(MAY_NOT_IMPORT)

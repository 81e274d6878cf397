"""The machine and the software a result is made with."""

import importlib.metadata
import os
import platform
import re
import subprocess
from functools import cache
from pathlib import Path

from bench.measurement.gpu import find
from bench.records import Environment

_PACKAGES = ("torch", "torchvision", "mmengine", "ptflops", "numpy", "av", "opencv-python")


def capture(device: str) -> Environment:
    """What a record says about where it was made.

    Args:
        device: a torch device, as in "cpu" or "cuda:0".
    """
    import torch

    gpu = torch.cuda.get_device_name(device) if device.startswith("cuda") else None
    asked = find(device)
    commit, dirty = revision()
    return Environment(
        commit=commit,
        dirty=dirty,
        machine=machine(gpu),
        device=device,
        cpu=cpu_name(),
        gpu=gpu,
        threads=torch.get_num_threads(),
        python=platform.python_version(),
        packages=packages(),
        driver=asked.driver() if asked else None,
    )


def machine(gpu: str | None = None) -> str:
    """Short name of this machine, used as a folder: its GPU, where one is measured, and its CPU.

    The wall time of a small network on a GPU is that of the host, which launches its kernels.
    """
    host = f"{cpu_name()} {os.cpu_count()} cores"
    name = f"gpu {gpu} {host}" if gpu else f"cpu {host}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@cache
def packages() -> dict[str, str]:
    """Installed versions of the libraries that numbers depend on."""
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


@cache
def cpu_name() -> str:
    """The processor's own name, as in "AMD EPYC"; the architecture where it gives none."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


@cache
def revision() -> tuple[str | None, bool | None]:
    """Commit of this program's clone and whether it has changes; (None, None) when installed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None, None
    try:
        commit = _git(root, "rev-parse", "HEAD")
        # results are what a run writes: they do not make the program another one
        changed = _git(root, "status", "--porcelain", "--", ".", ":!results")
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit, bool(changed)


def _git(root: Path, *args: str) -> str:
    run = subprocess.run(
        ["git", "-C", str(root), *args], capture_output=True, text=True, check=True, timeout=10
    )
    return run.stdout.strip()

"""A weight file that only unpickling can read, written anew as one that is safe to read."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.errors import BenchError
from bench.weights.reading import NeedsUnpicklingError, foreign, read

SCRIPT = Path(__file__).with_name("unpickling.py")
"""Runs in a process of its own, in Python's isolated mode, and is never imported."""


def check_request(old: Path, new: Path) -> None:
    """Refuse what cannot be converted or needs no conversion; nothing is unpickled.

    Raises:
        BenchError: the old file is no weight file or can be read as it is, or the new one exists.
    """
    if new.exists():
        raise BenchError(f"{new} exists and is not overwritten. Pass another --out, or remove it.")
    try:
        read(old)
    except NeedsUnpicklingError:
        return
    raise BenchError(f"weights {old} can be read as they are; pass them to --weights unchanged.")


def warning(old: Path) -> str:
    """What a person must know before a file is unpickled."""
    names = ", ".join(foreign(old))
    return (
        f"unpickling {old} can run code of whoever made it, with your rights: a process of its own "
        f"is no sandbox." + (f" It names {names}." if names else "")
    )


def convert(old: Path, new: Path) -> int:
    """Unpickle a file elsewhere and keep its tensors and plain values; how many tensors it has.

    Args:
        old: a file that a person trusts, after `check_request`.
        new: written whole or not at all.

    Raises:
        BenchError: it cannot be unpickled, or holds no tensors.
    """
    new.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=new.parent, prefix=f"{new.name}.") as folder:
        made = Path(folder) / new.name
        command = [sys.executable, "-I", str(SCRIPT), str(old.resolve()), str(made.resolve())]
        done = subprocess.run(
            command,
            cwd=folder,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode or not made.is_file():
            last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            raise BenchError(
                f"weights {old} cannot be unpickled: {last.rstrip('.')}. Get the file again, or "
                f"save its state_dict() with the program that made it."
            )
        try:
            tensors = len(read(made))
        except BenchError as error:
            raise BenchError(
                f"weights {old} were unpickled and hold no tensors under names. Save their "
                f"state_dict() with the program that made them."
            ) from error
        made.replace(new)
    return tensors


_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "OMP_NUM_THREADS")
"""All that the other process sees of the environment: keys and passwords may stand in the rest."""

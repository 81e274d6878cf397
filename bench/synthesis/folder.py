"""A drawn folder that appears at once when it is complete, with the marker that says: drawn."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.synthesis import MARKER


def draw_folder(folder: Path, recipe: Mapping[str, Any], write: Callable[[Path], None]) -> None:
    """Fill a folder, or leave it as it is when the same recipe filled it before.

    A drawing that is killed leaves only a hidden folder beside it.

    Args:
        folder: where it is wanted; missing, empty, or drawn by this program.
        recipe: what the content depends on; written into the marker file.
        write: puts the content into the empty folder that it is given.

    Raises:
        BenchError: it is no folder, or one that holds something else, or cannot be written.
    """
    try:
        _draw(folder, recipe, write)
    except OSError as error:
        raise BenchError(
            f"{str(folder)!r} cannot be written: {error.strerror or error}. Free space or "
            f"permissions, or choose another folder."
        ) from error


def _draw(folder: Path, recipe: Mapping[str, Any], write: Callable[[Path], None]) -> None:
    if folder.exists() and not folder.is_dir():
        raise BenchError(f"{str(folder)!r} is a file; expected a folder. Choose another name.")
    marker = f"Drawn by this program, not filmed.\n{json.dumps(recipe)}\n"
    if _holds(folder, marker):
        return
    # the marker of a folder around or inside this one says nothing about what lies here
    if folder.exists() and not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise BenchError(
            f"{str(folder)!r} is not empty and was not drawn by this program. Expected a new "
            f"folder, or one with the file {MARKER}. Choose another folder, or empty this one."
        )
    scratch = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        write(scratch)
        (scratch / MARKER).write_text(marker)
        if not _holds(folder, marker):
            shutil.rmtree(folder, ignore_errors=True)
            scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _holds(folder: Path, marker: str) -> bool:
    file = folder / MARKER
    return file.is_file() and file.read_text() == marker

"""`bench doctor`: each thing a run needs is ok, or says what to do."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.cli.options import Registries
from bench.cli.screen import show
from bench.errors import BenchError

Line = tuple[str, str, str]


def doctor(registry: Registries = None) -> None:
    """Look at Python, torch, GPU, codecs, registry, data roots, cache and weights."""
    show(["what", "state", "found, or what to do"], list(_examine(registry)), "doctor")


def _examine(registry: Registries) -> Iterator[Line]:
    yield "python", "ok", sys.version.split()[0]
    yield from _torch()
    yield from _codecs()
    yield from _registry(registry)
    yield from _cache()


def _torch() -> Iterator[Line]:
    if importlib.util.find_spec("torch") is None:
        yield "torch", "missing", "pip install torch torchvision"
        return
    import torch

    yield "torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads"
    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        yield "gpu", "ok", f"{torch.cuda.get_device_name(0)}, {memory:.0f} GiB"
    else:
        yield "gpu", "none", "runs go to the CPU: take --preset quick, or install a driver"


def _codecs() -> Iterator[Line]:
    try:
        import av
    except ImportError as error:
        yield "video", "missing", f"PyAV cannot be imported ({error}): pip install av"
        return
    found = [name for name in ("h264", "mpeg4", "mjpeg") if name in av.codecs_available]
    yield "video", "ok", f"PyAV {av.__version__}, decodes {', '.join(found)}"
    try:
        import cv2
    except ImportError as error:
        yield "faces", "missing", f"OpenCV cannot be imported ({error}): apt install libgl1"
        return
    if not hasattr(cv2, "CascadeClassifier"):
        yield "faces", "wrong", f"OpenCV {cv2.__version__}: pip install 'opencv-python<5'"
        return
    yield "faces", "ok", f"OpenCV {cv2.__version__}"


def _registry(registry: Registries) -> Iterator[Line]:
    from bench.registry import load

    try:
        loaded = load(registry or ())
    except BenchError as error:
        yield "registry", "wrong", str(error)
        return
    files = len(set(loaded.files.values()))
    yield (
        "registry",
        "ok",
        f"{len(loaded.models)} models, {len(loaded.datasets)} datasets, files: {files}",
    )
    shelf = os.environ.get("BENCH_DATA")
    for name, entry in loaded.datasets.items():
        if entry.generator:
            yield f"data {name}", "ok", "drawn on first use"
        elif shelf and (Path(shelf) / name).is_dir():
            yield f"data {name}", "ok", str(Path(shelf) / name)
        else:
            yield f"data {name}", "none", f"pass --root, or put it in $BENCH_DATA/{name}"


def _cache() -> Iterator[Line]:
    from bench.cache import cache_folder

    folder = cache_folder()
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(nearest).free / 2**30
    if not os.access(nearest, os.W_OK):
        yield "cache", "wrong", f"{folder} cannot be written: set BENCH_CACHE to another folder"
    elif free < 5:
        yield "cache", "low", f"{folder} has {free:.1f} GiB left: set BENCH_CACHE to another disk"
    else:
        yield "cache", "ok", f"{folder}, {free:.0f} GiB free"
    made = sorted((folder / "weights").glob("*.pth")) if folder.exists() else []
    if made:
        yield "weights", "ok", ", ".join(path.name for path in made)
    else:
        yield "weights", "none", "`bench weights make` trains the synthetic trunk; runs do it too"

"""Where this machine keeps what can be made again: frames, embedded data, weights."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """BENCH_CACHE, else video-fer-bench under XDG_CACHE_HOME, else under ~/.cache."""
    if asked := os.environ.get("BENCH_CACHE"):
        return Path(asked).expanduser()
    shelf = os.environ.get("XDG_CACHE_HOME")
    return (Path(shelf) if shelf else Path.home() / ".cache") / "video-fer-bench"

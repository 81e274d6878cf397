"""The optional parts of this program: what an entry needs beside the plain installation."""

from collections.abc import Mapping
from importlib.util import find_spec

from bench.errors import BenchError, unknown
from bench.records import ModelEntry

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "timm": ("timm",),
    "clip": ("open_clip",),
    "classical": ("sklearn", "skimage"),
}
"""Part, as in `pip install "video-fer-bench[PART]"` -> the packages that it brings."""


def lacking(entry: ModelEntry) -> str:
    """The first package that an entry needs and this installation has not; "": nothing.

    Raises:
        BenchError: the block names a part that there is not.
    """
    if not entry.needs:
        return ""
    if entry.needs not in LIBRARIES:
        raise unknown(f"optional part (needs of model {entry.name!r})", entry.needs, LIBRARIES)
    missing = (library for library in LIBRARIES[entry.needs] if find_spec(library) is None)
    return next(missing, "")


def require(entry: ModelEntry) -> None:
    """Stop at an entry whose libraries are not installed.

    Raises:
        BenchError: how to install them.
    """
    if library := lacking(entry):
        raise BenchError(
            f"model {entry.name!r} needs {library}, which is not installed. Add it with "
            f'`pip install "video-fer-bench[{entry.needs}]"`.'
        )

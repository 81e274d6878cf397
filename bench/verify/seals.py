"""`SHA256SUMS`: hashes of the files that carry none of their own."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from bench.errors import BenchError
from bench.store import write_atomically
from bench.verify.finding import Finding

NAME = "SHA256SUMS"
"""In the results folder, in the form of the command of that name: `sha256sum --check` reads it."""


def unsealed(results: Path) -> list[Path]:
    """Files that carry no hash over all of their bytes, in order: protocols and quoted numbers.

    A protocol's own hash covers its folds and not its words, such as where it comes from.
    """
    return [
        *sorted(results.glob("protocols/**/*.json")),
        *sorted(path for path in results.glob("*") if path.is_file() and _counts(path)),
    ]


def seal(results: Path) -> Path:
    """Write the hashes of those files, and return the path of the list.

    Raises:
        BenchError: there is no such folder, or it cannot be written.
    """
    if not results.is_dir():
        raise BenchError(f"{results} is no folder of results. Name one, as in `results`.")
    lines = [f"{_sha256(path)}  {_name(path, results)}\n" for path in unsealed(results)]
    write_atomically(results / NAME, "".join(lines))
    return results / NAME


def check(results: Path) -> Iterator[Finding]:
    """Files that differ from their hash, are gone, or are not in the list."""
    files = {_name(path, results): path for path in unsealed(results)}
    listed = results / NAME
    if not listed.exists():
        if files:
            yield Finding("unsealed", listed, _never(len(files)), note=True)
        return
    hashes, wrong = _read(listed)
    yield from wrong
    for name in sorted(hashes.keys() - files.keys()):
        yield Finding("damaged", results / name, f"stands in {NAME} and is not there.")
    for name, path in files.items():
        if name not in hashes:
            text = f"stands not in {NAME}. Add it with `bench verify {results} --seal`."
            yield Finding("unsealed", path, text)
        elif _sha256(path) != hashes[name]:
            yield Finding("damaged", path, f"was changed: {NAME} has another sha256 for it.")


def _read(path: Path) -> tuple[dict[str, str], list[Finding]]:
    """Name of a file -> its hash, and the lines that are neither."""
    *lines, rest = path.read_bytes().split(b"\n")
    hashes = dict[str, str]()
    wrong = [Finding("damaged", path, "its last line has no end.")] if rest else []
    for number, line in enumerate(lines, start=1):
        found = re.fullmatch(rb"([0-9a-f]{64})  ([^\r]+)", line)
        if found is None:
            wrong.append(Finding("damaged", path, f"line {number} is no sha256 and path."))
        else:
            hashes[found[2].decode(errors="replace")] = found[1].decode()
    return hashes, wrong


def _never(files: int) -> str:
    are = "1 file (a protocol, or quoted numbers)"
    if files > 1:
        are = f"{files} files (protocols, quoted numbers)"
    return f"is not there, so that no hash covers all of {are}. Write it with --seal."


def _counts(path: Path) -> bool:
    # a file with a leading dot is somebody's cache
    return path.name != NAME and not path.name.startswith(".")


def _name(path: Path, results: Path) -> str:
    return path.relative_to(results).as_posix()


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BenchError(
            f"{path} cannot be read: {error.strerror or error}. Give leave to read it."
        ) from error

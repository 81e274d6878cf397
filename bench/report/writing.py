"""Pages to files: templates, assets, downloads, and the list of what was written."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.errors import BenchError
from bench.report import drawing, plots
from bench.report.gather import Material
from bench.report.site import TITLES, Site
from bench.store import write_atomically

MANIFEST = "report.json"
"""Every file of a report with its sha256; what an earlier report left behind is removed by it."""

_HERE = Path(__file__).parent
_ASSETS = ("site.css", "site.js")


def build(material: Material) -> dict[str, bytes]:
    """Every file of the report by its path; the same bytes for the same records.

    Args:
        material: of the results folder.
    """
    site = Site(material)
    pages = site.pages()
    template = _environment().get_template("page.html")
    files = {
        page.path: template.render(page=page, pages=TITLES, material=material).encode()
        for page in pages
    }
    files |= {path: text.encode() for path, text in site.files.texts.items()}
    files |= {f"assets/{name}": (_HERE / "assets" / name).read_bytes() for name in _ASSETS}
    if any(page.plots for page in pages):
        files["assets/bokeh.min.js"] = drawing.library()
        files["assets/curves.js"] = plots.frames().encode()
    return {path: files[path] for path in sorted(files)}


def write(files: Mapping[str, bytes], out: Path) -> None:
    """Write a report into a folder of its own, in place of an earlier one.

    Args:
        files: as `build` gives them.
        out: a new or empty folder, or that of an earlier report.

    Raises:
        BenchError: the folder holds something else, or cannot be written.
    """
    for old in _earlier(out) - files.keys():
        (out / old).unlink(missing_ok=True)
    for path, content in files.items():
        write_atomically(out / path, content)
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    write_atomically(out / MANIFEST, json.dumps({"files": hashes}, indent=1) + "\n")


def _earlier(out: Path) -> set[str]:
    """What an earlier report wrote there."""
    try:
        if not out.exists() or not any(out.iterdir()):
            return set()
        listed = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {path for path in listed if _inside(path)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        state = "is a file" if out.is_file() else "holds files that are no report"
        raise BenchError(
            f"--out {out} {state}. Name a new or empty folder, or that of an earlier report."
        ) from error


def _inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts


def _environment() -> Environment:
    # nothing is trusted: titles and notes come from files that anybody may have written
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

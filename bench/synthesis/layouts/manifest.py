"""Videos of one's own, listed in a file with subjects and folds."""

import csv
from io import StringIO
from itertools import product

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.layout import Layout, Shot

COLUMNS = ("path", "label", "subject", "fold", "camera")
FOLDS = 5


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader with a list as a spreadsheet program saves it; nothing is published.

    Five people at least, and fifty at full count, show every expression once; the k-th of them is
    tested in fold k, counted by five. The list begins with a byte order mark and has CR LF; some
    paths have a comma, a space, backslashes or letters beyond ASCII. One column more becomes an
    attribute.
    """
    people = range(50 if full else max(subjects, FOLDS))
    rows = [
        (path, label, f"subject {person}", person % FOLDS + 1, "left" if person % 2 else "right")
        for person, label in product(people, EXPRESSIONS)
        for path in [_path(person, label)]
    ]
    return Layout(
        shots=tuple(Shot(path, subject, label) for path, label, subject, *_ in rows),
        files={"manifest.csv": _listed(rows)},
    )


def _path(person: int, label: str) -> str:
    """Folders are named in four ways in turn."""
    folder = (f"p{person}", f"Person {person}", f"Größe, {person}", f"tag/{person}")[person % 4]
    return f"videos/{folder}/{label}.mp4"


def _listed(rows: list[tuple[str, str, str, int, str]]) -> bytes:
    text = StringIO(newline="")
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for path, *cells in rows:
        sheet.writerow((path.replace("tag/", "tag\\"), *cells))
    return text.getvalue().encode("utf-8-sig")

"""Names of pages, of their parts and of files, and what a row of a table leads to."""

import re
from collections.abc import Container, Iterator, Sequence
from hashlib import sha256
from urllib.parse import quote

from bench.report.view import slug, split_badges
from bench.tables import Section
from bench.tables.section import Row


def named(sections: Sequence[Section], page: str) -> Iterator[tuple[Section, str]]:
    """Sections with a name that is theirs alone on the page."""
    used: dict[str, int] = {}
    for section in sections:
        plain, _ = split_badges(section.title)
        name = f"{page}-{slug(plain)}"
        used[name] = used.get(name, 0) + 1
        yield section, name if used[name] == 1 else f"{name}-{used[name]}"


def stem(model: str) -> str:
    """File name of a model's page; what cannot be one on every disk gets a hash."""
    if re.fullmatch(r"[a-z0-9_][a-z0-9_.@=+-]{0,80}", model):
        return model
    return f"{slug(model)}-{sha256(model.encode()).hexdigest()[:8]}"


def anchor(identity: str) -> str:
    """Id of a result on the page of its model."""
    return f"result-{slug(identity)}"


def to_model(row: Row, models: Container[str]) -> str:
    """The page of a row's model; "" where it has none."""
    name = str(row.get("model", ""))
    return f"models/{quote(stem(name))}.html" if name in models else ""


def to_result(row: Row, models: Container[str]) -> str:
    """The place of a row's result on the page of its model; "" where it has none."""
    page = to_model(row, models) if row.get("identity") else ""
    return f"{page}#{anchor(str(row['identity']))}" if page else ""

"""Locked numbers written into the text of a registry, every other byte left as it is."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import yaml

from bench.errors import BenchError
from bench.records import Complexity

KEY = "complexity"
"""Key of a model's block that holds its lock."""

_KEYS = tuple(field.name for field in fields(Complexity))


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class _Spans(yaml.SafeLoader):
    """Nodes with the place of their text; an alias stays a leaf with a place of its own."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if not self.check_event(yaml.AliasEvent):
            return super().compose_node(parent, index)
        event = self.get_event()
        return yaml.ScalarNode("alias", event.anchor, event.start_mark, event.end_mark)


def relocked(text: str, locks: Mapping[str, Complexity]) -> str:
    """A registry's text with these locks.

    A value is replaced where it stands; a missing key or block is added below its neighbours; a
    block that comes by a merge key or an alias gets one of its own.

    Args:
        text: a registry that loads.
        locks: name of a model of that text -> its lock.

    Raises:
        BenchError: a model has no block of its own in the text.
    """
    models = _child(_Spans(text).get_single_node(), "models")
    edits: list[_Edit] = []
    for name, lock in locks.items():
        block = _child(models, name)
        if block is None:
            raise BenchError(
                f"model {name!r} has no block in the text of its registry. Write it out under "
                f"'models', so that its lock has a place."
            )
        edits += _model_edits(text, block, _written(lock))
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _written(lock: Complexity) -> dict[str, Any]:
    return {key: getattr(lock, key) for key in _KEYS}


def _model_edits(text: str, block: yaml.Node, lock: Mapping[str, Any]) -> Iterable[_Edit]:
    if not isinstance(block, yaml.MappingNode):  # an alias: `copy: *model`
        merged = f"<<: *{block.value}, {KEY}: {_flow(lock)}"
        return [_replaced(text, block, "{" + merged + "}")]
    present = _child(block, KEY)
    if present is None:
        return [_added(text, block, {KEY: lock})]
    if isinstance(present, yaml.MappingNode):
        return _value_edits(text, present, lock)
    return [_replaced(text, present, _flow(lock))]


def _value_edits(text: str, block: yaml.MappingNode, lock: Mapping[str, Any]) -> Iterable[_Edit]:
    missing: dict[str, Any] = {}
    for key, value in lock.items():
        node = _child(block, key)
        if node is None:
            missing[key] = value
        elif isinstance(node, yaml.SequenceNode) and len(node.value) == len(value or ()):
            pairs = zip(node.value, value, strict=True)
            yield from (edit for item, new in pairs for edit in _scalar(text, item, new, True))
        else:
            yield from _scalar(text, node, value, bool(block.flow_style))
    if missing:
        yield _added(text, block, missing)


def _scalar(text: str, node: yaml.Node, value: Any, flow: bool) -> Iterable[_Edit]:
    if _constructed(node) != value:
        yield _replaced(text, node, (_flow if flow else _plain)(value))


def _constructed(node: yaml.Node) -> Any:
    """The value of a leaf; what is no leaf, or an alias, equals no value."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == "alias":
        return node
    return yaml.SafeLoader("").construct_object(node)


def _replaced(text: str, node: yaml.Node, new: str) -> _Edit:
    start, end = node.start_mark.index, _end(text, node)
    # an anchor stays: somebody may point at it
    properties = re.match(r"(?:[&!]\S*\s+)*", text[start:end])
    start += properties.end() if properties else 0
    blank = " " if start == end else ""  # `key:` without a value
    return _Edit(start, end, blank + new)


def _added(text: str, block: yaml.MappingNode, pairs: Mapping[str, Any]) -> _Edit:
    if block.flow_style:
        brace = block.end_mark.index - 1
        end = len(text[:brace].rstrip())
        comma = "" if text[end - 1] in "{," else ","
        return _Edit(brace, brace, f"{comma} {_flow(pairs)[1:-1]}")
    end = _line_end(text, _end(text, block))
    indent = _indent(block)
    lines = [line for key, value in pairs.items() for line in _lines(key, value, indent)]
    return _Edit(end, end, "".join(_newline(text) + line for line in lines))


def _lines(key: str, value: Any, indent: int) -> list[str]:
    start = f"{' ' * indent}{key}:"
    if not isinstance(value, Mapping):
        return [f"{start} {_plain(value)}"]
    return [start, *(line for k, v in value.items() for line in _lines(k, v, indent + 2))]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value else _flow(value)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _indent(block: Any) -> int:
    return block.value[0][0].start_mark.column


def _end(text: str, node: yaml.Node) -> int:
    """Where the text of a node ends; YAML ends a block only where the next one starts."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return len(text[: node.end_mark.index].rstrip())


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1] == "\r" else end


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"

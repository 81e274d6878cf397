"""A lock is written where it stands; every other byte of the registry stays."""

import difflib
from dataclasses import replace

import pytest
import yaml

from bench.errors import BenchError
from bench.locks import relocked
from bench.records import Complexity
from bench.registry import builtin, load

LOCK = Complexity(7, (3, 4, 32, 32), 411, 98304, 98560, "torch 2.15.0, ptflops 0.7.5")

BLOCK = """complexity:
      classes: 7
      input: [3, 4, 32, 32]
      params: 411
      macs: 98304
      macs_ptflops: 98560
      counter: torch 2.15.0, ptflops 0.7.5
"""

FLOW = (
    "{classes: 7, input: [3, 4, 32, 32], params: 411, macs: 98304, macs_ptflops: 98560, "
    'counter: "torch 2.15.0, ptflops 0.7.5"}'
)

WORDS = {
    "classes": 7,
    "input": [3, 4, 32, 32],
    "params": 411,
    "macs": 98304,
    "macs_ptflops": 98560,
    "counter": "torch 2.15.0, ptflops 0.7.5",
}


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_a_digit_of_our_registry_changes_and_nothing_else_does():
    text = builtin().read_text(encoding="utf-8")
    lock = load().models["fan"].complexity
    after = relocked(text, {"fan": replace(lock, params=11188817)})
    assert changed(text, after) == ["-       params: 11188816", "+       params: 11188817"]


def test_locks_that_are_right_leave_every_byte():
    text = builtin().read_text(encoding="utf-8")
    models = load().models
    locks = {name: entry.complexity for name, entry in models.items() if entry.complexity}
    assert relocked(text, locks) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "models:\n  tiny:\n    title: x  # a word\n    # the end\n  other: {title: y}\n",
            f"models:\n  tiny:\n    title: x  # a word\n    {BLOCK}    # the end\n"
            f"  other: {{title: y}}\n",
            id="a missing block is added below its neighbours",
        ),
        pytest.param(
            "models:\n  tiny:\n    title: x\n    note: |\n      two\n      lines\n\n# end\n",
            f"models:\n  tiny:\n    title: x\n    note: |\n      two\n      lines\n    {BLOCK}"
            f"\n# end\n",
            id="a block of text ends before the lock",
        ),
        pytest.param(
            "models:\n  tiny:\n    title: x",
            f"models:\n  tiny:\n    title: x\n    {BLOCK}".rstrip("\n"),
            id="a file without a last newline",
        ),
        pytest.param(
            "models:\n  tiny:\n    complexity:  # by hand\n      params: 411\n"
            "      input:\n      - 3\n      - 16  # T\n      - 32\n      - 32\n    title: x\n",
            "models:\n  tiny:\n    complexity:  # by hand\n      params: 411\n"
            "      input:\n      - 3\n      - 4  # T\n      - 32\n      - 32\n"
            "      classes: 7\n      macs: 98304\n      macs_ptflops: 98560\n"
            "      counter: torch 2.15.0, ptflops 0.7.5\n    title: x\n",
            id="missing keys are added and a list is changed item by item",
        ),
        pytest.param(
            "models:\n  tiny:\n    complexity: {classes: 7, input: [3, 4, 32, 32], params: 4_1_0,"
            " macs: 98_304, macs_ptflops: ~, counter: ''}\n",
            "models:\n  tiny:\n    complexity: {classes: 7, input: [3, 4, 32, 32], params: 411,"
            ' macs: 98_304, macs_ptflops: 98560, counter: "torch 2.15.0, ptflops 0.7.5"}\n',
            id="a block on one line stays on one line, and a right number keeps its form",
        ),
        pytest.param(
            "models: {tiny: {title: x,}, other: {title: y}}\n",
            f"models: {{tiny: {{title: x, complexity: {FLOW}}}, other: {{title: y}}}}\n",
            id="an entry on one line",
        ),
        pytest.param(
            "models:\n  tiny:\n    complexity:\n    title: x\n",
            f"models:\n  tiny:\n    complexity: {FLOW}\n    title: x\n",
            id="a key without a value",
        ),
        pytest.param(
            "models:\n  base: &base\n    complexity: &lock\n      params: 1\n  tiny:\n"
            "    complexity: *lock  # the same\n",
            "models:\n  base: &base\n    complexity: &lock\n      params: 1\n  tiny:\n"
            f"    complexity: {FLOW}  # the same\n",
            id="a lock that is an alias",
        ),
        pytest.param(
            "models:\n  base: &base\n    complexity:\n      params: 1\n  tiny:\n    <<: *base\n"
            "    title: x\n",
            "models:\n  base: &base\n    complexity:\n      params: 1\n  tiny:\n    <<: *base\n"
            f"    title: x\n    {BLOCK}",
            id="a lock that comes by a merge key",
        ),
        pytest.param(
            "models:\n  base: &base\n    title: x\n  tiny: *base\n",
            "models:\n  base: &base\n    title: x\n  tiny: {<<: *base, complexity: " + FLOW + "}\n",
            id="an entry that is an alias",
        ),
        pytest.param(
            "models:\n  base:\n    complexity: {params: &p 9}\n    args: {width: *p}\n  tiny:\n"
            "    complexity: {params: *p}\n",
            "models:\n  base:\n    complexity: {params: &p 9}\n    args: {width: *p}\n  tiny:\n"
            "    complexity: {params: 411, classes: 7, input: [3, 4, 32, 32], macs: 98304, "
            'macs_ptflops: 98560, counter: "torch 2.15.0, ptflops 0.7.5"}\n',
            id="a number that is an alias",
        ),
    ],
)
def test_a_lock_finds_its_place(before, after):
    assert relocked(before, {"tiny": LOCK}) == after
    assert yaml.safe_load(after)["models"]["tiny"]["complexity"] == WORDS


def test_an_anchor_stays_with_its_number():
    text = "models:\n  tiny:\n    complexity: {params: &p 9}\n    args: {width: *p}\n"
    assert "params: &p 411" in relocked(text, {"tiny": LOCK})


def test_windows_line_ends_stay():
    text = "models:\r\n  tiny:\r\n    title: x\r\n"
    block = BLOCK.replace("\n", "\r\n")
    assert relocked(text, {"tiny": LOCK}) == f"{text}    {block}"


def test_several_locks_are_written_at_once():
    text = "models:\n  a:\n    title: x\n  b:\n    title: y\n"
    after = relocked(text, {"b": LOCK, "a": LOCK})
    assert after == f"models:\n  a:\n    title: x\n    {BLOCK}  b:\n    title: y\n    {BLOCK}"


def test_a_number_that_nobody_could_count_is_null():
    text = "models:\n  tiny:\n    title: x\n"
    after = relocked(text, {"tiny": replace(LOCK, macs_ptflops=None)})
    assert "      macs_ptflops: null\n" in after


def test_a_model_that_is_not_written_out_is_refused():
    text = "x: &x {tiny: {title: x}}\nmodels: {<<: *x}\n"
    with pytest.raises(BenchError) as caught:
        relocked(text, {"tiny": LOCK})
    assert str(caught.value) == (
        "model 'tiny' has no block in the text of its registry. Write it out under 'models', so "
        "that its lock has a place."
    )

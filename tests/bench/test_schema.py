from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from bench.errors import BenchError
from bench.schema import plain, read


@dataclass(frozen=True, slots=True)
class Inner:
    rule: Literal["a", "b"]
    rate: float = 1.0


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int
    inner: Inner
    pair: tuple[int, int] = (1, 2)
    many: tuple[str, ...] = ()
    maybe: int | None = None
    args: dict[str, Any] = field(default_factory=dict)
    flag: bool = False


GOOD: dict[str, Any] = {"name": "n", "count": 3, "inner": {"rule": "a"}}


def test_a_record_survives_the_way_to_plain_data_and_back():
    record = Outer("n", 3, Inner("b", 0.5), (4, 5), ("x", "y"), 7, {"k": [1, None]}, True)
    assert read(Outer, plain(record), "block") == record


def test_defaults_fill_what_is_left_out():
    assert read(Outer, GOOD, "block") == Outer("n", 3, Inner("a"))


def test_a_whole_number_serves_as_a_number():
    assert read(Inner, {"rule": "a", "rate": 2}, "block").rate == 2.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"nam": 1},
            "block has the unknown key 'nam'; expected name, count, inner, pair, many, maybe, "
            "args, flag.",
        ),
        ({"count": "3"}, "block: key 'count' is '3'; expected a whole number."),
        ({"count": True}, "block: key 'count' is True; expected a whole number."),
        ({"inner": {"rule": "c"}}, "block: key 'inner': key 'rule' is 'c'; expected one of a, b."),
        (
            {"inner": {"rule": "a", "rate": "1e-4"}},
            "block: key 'inner': key 'rate' is '1e-4'; expected a number. In YAML a power of ten "
            "needs a dot, as in 1.0e-4.",
        ),
        ({"pair": [1]}, "block: key 'pair' has 1 items; expected 2."),
        ({"many": "x"}, "block: key 'many' is 'x'; expected a list."),
        ({"maybe": "x"}, "block: key 'maybe' is 'x'; expected a whole number."),
        ({"flag": 1}, "block: key 'flag' is 1; expected true or false."),
        ({"args": 3}, "block: key 'args' is 3; expected keys and values."),
    ],
)
def test_a_wrong_key_is_named_with_what_was_expected(change, message):
    with pytest.raises(BenchError) as caught:
        read(Outer, {**GOOD, **change}, "block")
    assert str(caught.value) == message


def test_a_missing_key_is_named():
    with pytest.raises(BenchError) as caught:
        read(Inner, {"rate": 1.0}, "recipe 'x'")
    assert str(caught.value) == "recipe 'x' lacks the key 'rule'; expected rule, rate."


def test_a_block_that_is_no_mapping_is_refused():
    with pytest.raises(BenchError) as caught:
        read(Inner, [1], "recipe 'x'")
    assert str(caught.value) == "recipe 'x' is [1]; expected keys and values."

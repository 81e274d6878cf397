"""A json is cut at the fields that are its own, and nothing of it is lost."""

import json

import pytest

from bench.index import cutting
from bench.index.cutting import UnusualError, cut, tight

RECORD = {
    "beside": {"epochs.csv": "b"},
    "created": "2026-01-01",
    "csv_sha256": "c",
    "environment": {"packages": {"seed": "no field of ours"}},
    "epochs": [],
    "request": {"classes": ["sad"], "fold": {"index": 1}, "folds": 3, "seed": 7, "synthetic": True},
    "schema": 1,
    "seconds": {"test": 1.5},
    "selected_epoch": 0,
    "sha256": "s",
    "unread": [],
}


def written(record):
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("without", [(), ("beside",), ("unread",), ("beside", "unread")])
def test_shared_and_own_text_are_the_whole_in_turn(without):
    record = {key: value for key, value in RECORD.items() if key not in without}
    shared, own = cut(written(record))
    whole = "".join(part for pair in zip(shared, (*own.values(), ""), strict=True) for part in pair)
    assert whole == written(record)
    assert tight(whole) == json.dumps(record, sort_keys=True, separators=(",", ":"))
    assert tight(own["fold"]) == '"fold":{"index":1},'
    assert tight(own["seed"]) == '"seed":7,'


def test_folds_that_differ_in_their_own_fields_share_the_rest():
    request = {**RECORD["request"], "fold": {"index": 2}, "seed": 8}
    other = {**RECORD, "request": request, "created": "2027", "seconds": {"test": 2}, "sha256": "t"}
    assert cut(written(other))[0] == cut(written(RECORD))[0]
    assert cut(written({**RECORD, "schema": 2}))[0] != cut(written(RECORD))[0]


@pytest.mark.parametrize("without", [(), ("beside",), ("environment",), ("unread",)])
@pytest.mark.parametrize("before", [(), ("beside",), ("environment",), ("unread",)])
def test_a_guess_at_what_is_shared_changes_nothing(without, before):
    own = {"created": "2027-12-31", "epochs": [{"epoch": 0}], "csv_sha256": "longer"}
    text, other = (
        written({key: value for key, value in record.items() if key not in left_out})
        for record, left_out in ((RECORD, without), ({**RECORD, **own}, before))
    )
    guess = cut(other)[0]
    found, fields = cut(text, guess)
    assert (found, fields) == cut(text)
    assert all(one is two for one, two in zip(found, guess, strict=True)) or without != before


def test_a_guess_of_the_same_length_is_compared():
    others = ({"schema": 2}, {"environment": {"packages": {"seed": "no field of hers"}}})
    for other in others:
        assert cut(written(RECORD), cut(written({**RECORD, **other}))[0]) == cut(written(RECORD))


@pytest.mark.parametrize("text", ["{}", written({**RECORD, "created": 'a": b'})])
def test_what_cannot_be_cut_safely_is_not(text):
    with pytest.raises(UnusualError):
        cut(text)


def test_epochs_are_counted_where_each_has_its_fields():
    epoch = '{"epoch":0,"loss":NaN,"lr":1e-05,"seconds":7.0,"validation":null}'
    assert cutting.epochs('"epochs":[],') == 0
    assert cutting.epochs(f'"epochs":[{epoch},{epoch}],') == 2
    with pytest.raises(UnusualError):
        cutting.epochs('"epochs":[{"epoch":0}],')


@pytest.mark.parametrize("found", ["{}", '{"test":1.25}', '{"test":0,"train":-1.5e-07}'])
def test_seconds_are_numbers_by_name(found):
    assert (
        cutting.seconds(f'"seconds":{found},')
        == found
        == json.dumps(json.loads(found), separators=(",", ":"))
    )


@pytest.mark.parametrize(
    "found",
    ["[]", '{"test":"1"}', '{"test":null}', '{"test":1"train":2}', '{"test":1,}', '{"a":01}'],
)
def test_seconds_that_are_something_else_are_left_to_others(found):
    with pytest.raises(UnusualError):
        cutting.seconds(f'"seconds":{found},')

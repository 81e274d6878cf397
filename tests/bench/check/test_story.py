"""The whole gate over our registry and over one's own."""

from dataclasses import replace

import pytest

from bench.check import Refused, check, update
from bench.check.drift import Drift
from bench.errors import BenchError
from bench.registry import load

BLOCK = """
  {name}:
    <<: *tiny
    args: {args}
"""

UNLOCKED = "no number is locked; `bench check --update` adds them"


@pytest.mark.slow  # the command does the same, by default
def test_our_registry_is_as_it_is_locked_and_as_the_paper_prints():
    report = check(load())
    assert report.clean
    models = load().models.values()
    assert report.counted == tuple(m.name for m in models if m.kind != "classical")
    assert set(report.counted) - set(report.shaped) == {"c3d-table8"}
    assert [(p.table, p.system, p.frames, p.number, p.printed) for p in report.printed] == [
        ("Table 8", "C3D", None, "params M", "79.99"),
        ("Table 8", "C3D", None, "MACs G", "326.41"),
        ("Table 8", "C3D-LSTM", None, "params M", "110.24"),
        ("Table 8", "C3D-LSTM", None, "MACs G", "282.26"),
        ("Table 8", "CEFLNet", None, "params M", "12.83"),
        ("Table 8", "CEFLNet", None, "MACs G", "63.80"),
        ("Table 9", "CEFLNet", 2, "MACs G", "25.52"),
        ("Table 9", "CEFLNet", 5, "MACs G", "63.80"),
        ("Table 9", "CEFLNet", 10, "MACs G", "127.59"),
        ("Table 9", "CEFLNet", 15, "MACs G", "191.39"),
    ]


def test_entries_without_locks_are_findings(own):
    report = check(load([own]), ["tiny", "wide"])
    assert not report.clean
    assert report.drifts == tuple(Drift(n, "lock", None, None, UNLOCKED) for n in ("tiny", "wide"))
    assert report.shaped == ("tiny", "wide")


def test_an_entry_that_fails_is_a_finding_and_the_others_are_still_checked(own):
    more = {
        "refused": "{depth: 9}",
        "short": "{fault: shape}",
        "hungry": "{fault: memory}",
    }
    blocks = "".join(BLOCK.format(name=name, args=args) for name, args in more.items())
    own.write_text(own.read_text() + blocks)
    report = check(load([own]), [*more, "tiny"])
    assert [refused.model for refused in report.refused] == ["refused", "short", "hungry"]
    assert report.refused[1] == Refused(
        "short",
        "model 'short' gives outputs of shape (2, 6) for two videos of 4 frames; expected (2, 7). "
        "Check factory and args of its block.",
    )
    assert report.refused[0].reason.startswith(
        "model 'refused': tiny_fer.network:Tiny refuses its arguments: "
    )
    assert report.counted == ("short", "tiny")
    assert report.shaped == ("tiny",)


def test_a_bug_in_a_network_is_a_finding_too(own, tmp_path):
    (own.parent / "buggy_net.py").write_text(
        "from torch import nn\n\n\nclass Buggy(nn.Module):\n"
        "    def __init__(self, num_classes):\n        super().__init__()\n\n"
        "    def forward(self, video):\n        return {}['logits']\n"
    )
    block = BLOCK.format(name="buggy", args="{}") + "    factory: buggy_net:Buggy\n"
    own.write_text(own.read_text() + block)
    report = check(load([own]), ["buggy"])
    ((name, reason),) = ((one.model, one.reason) for one in report.refused)
    assert name == "buggy"
    assert reason.startswith("model 'buggy': the network cannot answer a video of shape")
    assert "KeyError: 'logits'" in reason
    assert not report.clean


def test_a_network_of_all_frames_is_counted_at_its_locked_length(own):
    text = own.read_text().replace("{rule: uniform, frames: 4}", "{rule: all}")
    lock = (
        "    complexity: {classes: 7, input: [3, 4, 32, 32], params: 455, macs: 98360, "
        'macs_ptflops: 100415, counter: ""}\n'
    )
    own.write_text(text.replace("      size: 32\n", f"      size: 32\n{lock}"))
    report = check(load([own]), ["tiny"])
    assert (report.drifts, report.refused) == ((), ())


def test_another_version_of_a_counter_is_a_note_and_no_failure(own):
    update([own], ["tiny", "wide"])
    now = load([own]).models["tiny"].complexity.counter
    own.write_text(own.read_text().replace(now, "torch 2.6.0, ptflops 0.7.5"))
    report = check(load([own]), ["tiny", "wide"])
    assert report.clean
    assert report.notes == (
        f"tiny, wide: locked with torch 2.6.0, ptflops 0.7.5, counted with {now}",
    )


def test_a_lock_without_its_modules_is_a_note(own):
    update([own], ["tiny", "wide"])
    file = own.with_suffix(".lock.csv")
    rows = file.read_text().splitlines(keepends=True)
    file.write_text("".join(row for row in rows if not row.startswith("wide,")))
    report = check(load([own]), ["tiny", "wide"])
    assert report.clean
    assert report.notes == ("registry.lock.csv lacks wide; `bench check --update` writes it",)


def test_an_unknown_model_is_refused():
    with pytest.raises(BenchError, match=r"unknown model 'fam'\. Did you mean 'fan'\?"):
        check(load(), ["fam"])


def test_what_is_no_network_is_not_counted(own):
    registry = load([own])
    models = {"tiny": replace(registry.models["tiny"], kind="classical")}
    report = check(replace(registry, models=models))
    assert report.clean
    assert report.counted == ()
    assert report.notes == ("left out: tiny: fitted once, without a network to count or time",)


def test_a_network_whose_library_is_not_installed_is_left_out_and_named(own, monkeypatch):
    registry = load([own])
    models = {"tiny": replace(registry.models["tiny"], needs="timm")}
    monkeypatch.setattr("bench.extras.find_spec", lambda _: None)
    report = check(replace(registry, models=models))
    assert report.clean
    assert report.notes == (
        'left out: tiny: timm is not installed, which `pip install "video-fer-bench[timm]"` adds',
    )


def test_a_network_whose_library_is_not_installed_is_missed_where_it_is_named(own, monkeypatch):
    registry = load([own])
    models = {"tiny": replace(registry.models["tiny"], needs="timm")}
    monkeypatch.setattr("bench.extras.find_spec", lambda _: None)
    with pytest.raises(BenchError, match="model 'tiny' needs timm, which is not installed"):
        check(replace(registry, models=models), ["tiny"])

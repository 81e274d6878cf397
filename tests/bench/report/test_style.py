"""The style sheet: every text stands out from what is behind it, in light, in dark and on paper."""

import re
from pathlib import Path

import pytest

import bench.report

SHEET = (Path(bench.report.__file__).parent / "assets" / "site.css").read_text()
AA = 4.5
"""Contrast of small text to its ground, level AA of WCAG 2.2, success criterion 1.4.3."""

TEXTS = (
    ("ink", "paper"),
    ("ink", "wash"),
    ("ink", "bar"),
    ("soft", "paper"),
    ("soft", "wash"),
    ("link", "paper"),
    ("link", "wash"),
    ("badge", "badge-wash"),
)


def colours(scheme):
    """Variables of the root in light, in dark and on paper; later ones replace earlier ones."""
    light, dark, paper = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    told = {"light": [light], "dark": [light, dark], "paper": [light, paper]}[scheme]
    found = dict(re.findall(r"--([\w-]+): ([^;]+);", "".join(told)))
    return {name: channels(value) for name, value in found.items() if "rgb(" not in value}


def channels(value):
    if not value.startswith("#"):
        return tuple(int(part) for part in value.split())
    digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
    return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))


def contrast(a, b):
    def light(colour):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (part / 255 for part in colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(a), light(b)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_gives():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
def test_texts_stand_out_from_their_grounds(scheme):
    found = colours(scheme)
    weak = {pair: round(contrast(*(found[name] for name in pair)), 2) for pair in TEXTS}
    assert {pair: value for pair, value in weak.items() if value < AA} == {}


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
def test_counts_stand_out_from_every_shade_of_a_confusion(scheme):
    found = colours(scheme)
    shades = {int(n): float(v) for n, v in re.findall(r"\.s(\d+) \{ --v: ([\d.]+)", SHEET)}
    assert shades == {n: n / 10 for n in range(1, 11)}
    assert ".matrix .s7 { color: #000; }" in SHEET
    assert ".matrix :is(.s8, .s9, .s10) { color: var(--deep-ink); }" in SHEET
    for tenth, share in {0: 0.0, **shades}.items():
        ground = [
            share * deep + (1 - share) * paper
            for deep, paper in zip(found["deep"], found["paper"], strict=True)
        ]
        ink = found["pale-ink"] if tenth < 7 else (0, 0, 0) if tenth == 7 else found["deep-ink"]
        assert contrast(ink, ground) >= AA, tenth

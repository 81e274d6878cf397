"""The rules of `bench.imports` hold for our own packages."""

from bench.imports import breaches


def test_every_import_points_the_way_the_rules_say():
    assert breaches() == []

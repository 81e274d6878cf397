"""Names of points keep clear of one another, and near their points."""

import random
from itertools import combinations
from math import log

import pytest

from bench.report.beside import HEIGHT, WIDTH, Point, spots
from bench.report.drawing import PADDING

PLAIN = {
    "FAN": Point(5.4, 71.8, 63.5, 80.2),
    "CEFLNet, 1 clip*": Point(9.1, 92.9, 92.9, 92.9),
    "ResNet-18 @ middle frame": Point(29.02, 90.87, 86.2, 95.6),
    "CNN-LSTM": Point(29.03, 90.08, 84.6, 95.5),
    "DRAN (own reading)": Point(29.02, 85.71, 80.1, 91.3),
    "ResNet-18": Point(29.02, 79.37, 67.7, 91.1),
    "CEFLNet, 3 clips*": Point(27.2, 78.57, 78.57, 78.57),
    "CEFLNet (+SAL+LRL)": Point(63.52, 90.08, 84.9, 95.2),
    "CEFLNet (+SAL)": Point(63.51, 88.89, 84.1, 93.7),
    "CEFLNet": Point(63.52, 66.67, 48.3, 85.0),
}
HARD = {
    "CEFLNet": Point(63.52, 57.14, 34.4, 79.9),
    "CNN-LSTM": Point(29.03, 50.79, 42.4, 59.2),
    "CNN-LSTM @ shuffled frames": Point(29.03, 50.0, 41.7, 58.3),
    "ResNet-18": Point(29.02, 35.71, 31.6, 39.8),
    "CNN-LSTM @ middle frame": Point(29.03, 34.13, 23.3, 44.9),
    "FAN": Point(5.44, 34.13, 27.2, 41.0),
    "ResNet-18 @ middle frame": Point(29.02, 30.16, 25.4, 34.9),
    "CEFLNet @ middle frame": Point(63.52, 23.81, 19.7, 27.9),
    "ResNet-18 @ masked face": Point(29.02, 8.73, 6.0, 11.5),
}


def pixel(point, named):
    """Where bokeh draws a point: 5 % of what is drawn lie free beside it, 15 % above and below."""
    across = [log(p.x) for p in named.values()]
    down = [end for p in named.values() for end in (p.low, p.high)]
    right = ((log(point.x) - min(across)) / (max(across) - min(across)) + 0.05) / 1.1
    up = ((point.y - min(down)) / (max(down) - min(down)) + 0.15) / 1.3
    return WIDTH * right, HEIGHT * (1 - up)


def boxes(named):
    """Left, top, right and bottom of each name."""
    found = {}
    places = zip(named.items(), spots([*named.values()], [*named], PADDING), strict=True)
    for (name, point), spot in places:
        x, y = pixel(point, named)
        length = 6.5 * len(name)
        start = x + spot.x - (length if spot.side == "right" else 0)
        found[name] = start, y + spot.y - 7, start + length, y + spot.y + 7
    return found


def overlap(one, other):
    return all(max(one[n], other[n]) < min(one[n + 2], other[n + 2]) - 1e-6 for n in (0, 1))


@pytest.mark.parametrize("named", [PLAIN, HARD], ids=["plain", "hard"])
def test_a_crowd_is_legible(named):
    found = boxes(named)
    assert [pair for pair in combinations(found, 2) if overlap(*map(found.get, pair))] == []
    assert all(left >= 0 and right <= WIDTH for left, _, right, _ in found.values())
    for point in named.values():
        x, y = pixel(point, named)
        _, low = pixel(point._replace(y=point.low), named)
        _, high = pixel(point._replace(y=point.high), named)
        for name, box in found.items():
            assert not overlap(box, (x - 5, y - 5, x + 5, y + 5)), name
            assert not overlap(box, (x, high, x + 0.1, low)), name


def test_names_stand_beside_their_points_where_there_is_room():
    far = {"one": (1.0, 10.0), "two": (10.0, 50.0), "three": (100.0, 90.0)}
    found = spots([Point(x, y, y, y) for x, y in far.values()], [*far], PADDING)
    assert [(spot.side, spot.y) for spot in found] == [("left", 0), ("left", 0), ("right", 0)]


def test_where_there_is_no_room_names_stay_beside_their_points():
    draws = random.Random(0)
    points = [Point(draws.choice((1.0, 1.01)), 0.5, 0.4, 0.6) for _ in range(12)]
    found = spots(points, ["a long name of a system"] * 12, PADDING)
    assert all(abs(spot.x) == 9 and abs(spot.y) <= 3 * 14 for spot in found)
    assert len({(spot.side, spot.y) for spot in found}) > 3
    assert [spot.y for spot in spots(points[:1], ["alone"], PADDING)] == [0]

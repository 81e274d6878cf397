"""Names of points keep clear of one another, and near their points."""

import random

from bench.report.beside import HEIGHT, WIDTH, spots

CROWD = {
    "FAN": (5.4, 71.8),
    "CEFLNet, 1 clip*": (9.1, 92.9),
    "ResNet-18 @ middle frame": (29.02, 90.87),
    "CNN-LSTM": (29.03, 90.08),
    "DRAN (own reading)": (29.02, 85.71),
    "ResNet-18": (29.02, 79.37),
    "CEFLNet, 3 clips*": (27.2, 78.57),
    "CEFLNet (+SAL+LRL)": (63.5, 90.08),
    "CEFLNet (+SAL)": (63.5, 88.89),
    "CEFLNet": (63.5, 66.67),
}


def boxes(named):
    """Rows of letters, by the corners that a reader sees: left, top, right, bottom."""
    found = []
    for (x, y), spot, name in zip(
        named.values(), spots([*named.values()], [*named]), named, strict=True
    ):
        left, top = pixel(x, y, named)
        length = 6.5 * len(name)
        start = left + spot.x - (length if spot.side == "right" else 0)
        found.append((start, top + spot.y - 7, start + length, top + spot.y + 7))
    return found


def pixel(x, y, named):
    from math import log

    across = [log(a) for a, _ in named.values()]
    down = [b for _, b in named.values()]
    right = 0.1 + 0.8 * (log(x) - min(across)) / (max(across) - min(across))
    up = 0.1 + 0.8 * (y - min(down)) / (max(down) - min(down))
    return WIDTH * right, HEIGHT * (1 - up)


def overlap(one, other):
    return max(one[0], other[0]) < min(one[2], other[2]) and max(one[1], other[1]) < min(
        one[3], other[3]
    )


def test_a_crowd_is_legible():
    found = boxes(CROWD)
    assert not [(a, b) for a in range(len(found)) for b in range(a) if overlap(found[a], found[b])]
    assert all(left >= 0 and right <= WIDTH for left, _, right, _ in found)
    points = [pixel(*place, CROWD) for place in CROWD.values()]
    covered = [
        (name, n)
        for name, box in zip(CROWD, found, strict=True)
        for n, (x, y) in enumerate(points)
        if overlap(box, (x - 5, y - 5, x + 5, y + 5))
    ]
    assert covered == []


def test_names_stay_near_their_points_and_far_ones_stay_beside_them():
    far = {"one": (1.0, 10.0), "two": (10.0, 50.0), "three": (100.0, 90.0)}
    found = spots([*far.values()], [*far])
    assert [spot.y for spot in found] == [0, 0, 0]
    assert [spot.side for spot in found] == ["left", "left", "right"]
    assert all(abs(spot.y) <= 3 * 14 for spot in spots([*CROWD.values()], [*CROWD]))


def test_any_heap_has_a_place_for_each_name():
    draws = random.Random(0)
    for count in (1, 2, 12):
        points = [(draws.choice((1.0, 2.0)), draws.choice((0.5, 0.5, 0.9))) for _ in range(count)]
        assert len(spots(points, ["a long name of a system"] * count)) == count

import matplotlib.pyplot as plt
import pytest
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from bench.figures.names import put_names

POINTS = [(29.0, 90.1), (29.0, 85.7), (29.0, 79.4), (63.5, 88.9), (63.5, 90.1)]
NAMES = ["CNN-LSTM", "DRAN (own reading)", "ResNet-18", "CEFLNet (+SAL)", "CEFLNet (+SAL+LRL)"]


@pytest.fixture
def axes():
    figure, axes = plt.subplots(figsize=(2.6, 2.0), dpi=300)
    axes.set(xscale="log", xlim=(2.5, 140), ylim=(59, 98))
    yield axes
    plt.close(figure)


def drawn(axes) -> tuple[dict[str, Bbox], list[Path]]:
    """Where each name stands, and the lines that lead to names, in pixels."""
    renderer = axes.figure.canvas.get_renderer()
    boxes = {t.get_text(): t.get_window_extent(renderer) for t in axes.texts if t.get_text()}
    scale = axes.figure.dpi / 72
    lines: list[Path] = []
    for text in axes.texts:
        if not text.get_text():
            x, y = axes.transData.transform(text.xy)
            dx, dy = text.get_position()
            lines.append(Path([(x, y), (x + dx * scale, y + dy * scale)]))
    return boxes, lines


def test_no_name_covers_another_or_a_point(axes):
    put_names(axes, POINTS, NAMES)
    boxes, _ = drawn(axes)
    assert boxes.keys() == {*NAMES}
    for name, box in boxes.items():
        assert not any(box.contains(*axes.transData.transform(point)) for point in POINTS)
        assert not any(box.overlaps(other) for its, other in boxes.items() if its != name)


def test_no_line_leads_over_the_point_of_another(axes):
    put_names(axes, POINTS, NAMES)
    _, lines = drawn(axes)
    assert lines  # one name at least has no room beside its point
    for line in lines:
        crossed = [
            (x, y)
            for x, y in map(tuple, axes.transData.transform(POINTS))
            if line.intersects_bbox(Bbox([(x - 5, y - 5), (x + 5, y + 5)]))
        ]
        assert crossed == [tuple(line.vertices[0])]


def test_a_point_without_a_name_stays_free(axes):
    put_names(axes, POINTS, ["", *NAMES[1:]])
    boxes, _ = drawn(axes)
    assert boxes.keys() == {*NAMES[1:]}
    assert not any(box.contains(*axes.transData.transform(POINTS[0])) for box in boxes.values())

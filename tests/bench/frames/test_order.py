from collections import Counter

from bench.frames.order import EpochOrder

LABELS = (0,) * 7 + (1,) * 2 + (2,) * 3


def items(order, epoch=0):
    order.epoch = epoch
    return list(order)


def test_an_epoch_shows_each_video_once():
    assert sorted(items(EpochOrder(LABELS, 12, seed=0))) == list(range(12))


def test_an_epoch_is_a_function_of_seed_and_epoch():
    one, other = EpochOrder(LABELS, 9, seed=1), EpochOrder(LABELS, 9, seed=1)
    items(one, 5)
    assert items(one, 2) == items(other, 2)
    assert items(one, 3) != items(one, 2)
    assert items(EpochOrder(LABELS, 9, seed=2), 2) != items(one, 2)


def test_the_order_is_the_one_that_stored_results_saw():
    assert items(EpochOrder((0,) * 6, 4, seed=3), 2) == [4, 0, 1, 2]


def test_a_balanced_epoch_shows_each_class_equally_often():
    order = EpochOrder(LABELS, 12, seed=0, balanced=True)
    shown = items(order)
    assert len(shown) == len(order) == 12
    assert Counter(LABELS[item % 12] for item in shown) == {0: 4, 1: 4, 2: 4}


def test_what_cannot_be_divided_is_drawn():
    order = EpochOrder(LABELS, 10, seed=0, balanced=True)
    more = set()
    for epoch in range(20):
        counts = Counter(LABELS[item % 12] for item in items(order, epoch))
        assert sorted(counts.values()) == [3, 3, 4]
        more.add(max(counts, key=lambda label: counts[label]))
    assert more == {0, 1, 2}


def test_rare_videos_repeat_in_turn_as_items_of_their_own():
    shown = items(EpochOrder(LABELS, 12, seed=0, balanced=True))
    assert len(set(shown)) == 12
    rare = Counter(item % 12 for item in shown if LABELS[item % 12] == 1)
    assert rare == {7: 2, 8: 2}
    assert {item // 12 for item in shown if item % 12 == 7} == {0, 1}


def test_a_balanced_epoch_is_a_function_of_seed_and_epoch():
    one, other = (EpochOrder(LABELS, 12, seed=1, balanced=True) for _ in range(2))
    items(one, 5)
    assert items(one, 2) == items(other, 2)
    assert items(one, 3) != items(one, 2)


def test_classes_are_mixed_within_a_balanced_epoch():
    labels = [LABELS[item % 12] for item in items(EpochOrder(LABELS, 12, seed=0, balanced=True))]
    assert labels != sorted(labels)

from bench.statistics import holm


def test_the_smallest_p_is_multiplied_by_the_number_of_tests():
    assert holm([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06]


def test_a_later_p_is_never_smaller_than_an_earlier_one_and_none_exceeds_one():
    assert holm([0.02, 0.021, 0.9]) == [0.06, 0.06, 0.9]
    assert holm([0.6, 0.5]) == [1.0, 1.0]


def test_what_could_not_be_tested_does_not_count():
    assert holm([None, 0.04, None]) == [None, 0.04, None]
    assert holm([]) == []

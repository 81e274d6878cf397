import pytest

from bench.verdicts import equals_printed, of_interval, verdict


@pytest.mark.parametrize(
    ("measured", "printed"),
    [
        (12.828807, "12.83"),
        (63.799063525, "63.80"),
        (282.262068230, "282.26"),
        (1.005, "1.00"),
        (0.995, "1.00"),
        (1.005, "1.01"),
        (18.4, "18"),
        (-2.5, "-2"),
    ],
)
def test_half_a_unit_of_the_last_digit_is_equal(measured, printed):
    assert equals_printed(measured, printed)
    assert verdict(measured, printed) == "equal"


@pytest.mark.parametrize(
    ("measured", "printed", "said"),
    [
        (63.515309952, "63.80", "-0.28 (-0.4 %)"),
        (1.0051, "1.00", "+0.01 (+0.5 %)"),
        (1.0051, "1.000", "+0.005 (+0.5 %)"),
        (91.0, "89.50", "+1.50 (+1.7 %)"),
        (326.43, "326.41", "+0.02 (<0.1 %)"),
        (325.819203584, "326.41", "-0.59 (-0.2 %)"),
        (12, "18", "-6 (-33.3 %)"),
        (0.2, "0.0", "+0.2"),
    ],
)
def test_more_than_half_a_unit_is_told_in_the_printed_digits(measured, printed, said):
    assert not equals_printed(measured, printed)
    assert verdict(measured, printed) == said


def test_a_trailing_zero_is_a_digit():
    assert equals_printed(63.84, "63.8")
    assert not equals_printed(63.84, "63.80")


def test_nothing_measured_is_no_difference():
    assert verdict(None, "63.80") == "not counted"


@pytest.mark.parametrize(
    ("interval", "printed", "said"),
    [
        ((84.0, 86.0), "85.33", "within"),
        ((85.335, 90.0), "85.33", "within"),
        ((85.336, 90.0), "85.33", "above"),
        ((70.0, 85.325), "85.33", "within"),
        ((70.0, 85.324), "85.33", "below"),
        ((85.4, 90.0), "85", "within"),
        ((85.6, 90.0), "85", "above"),
        (None, "85", "no interval"),
    ],
)
def test_an_interval_is_set_beside_the_number_as_printed(interval, printed, said):
    assert of_interval(interval, printed) == said

from bench.measurement.load import Cores, cores, foreign, parse

STAT = "cpu  100 20 30 4000 50 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 12\n"


def test_the_first_line_is_the_sum_of_all_cores_and_guests_are_in_user_already():
    assert parse(STAT, 100, own=1.5) == Cores(all=42.21, idle=40.5, own=1.5)


def test_foreign_is_what_neither_idled_nor_was_ours():
    before, after = Cores(100.0, 50.0, 10.0), Cores(108.0, 53.0, 13.0)
    assert foreign([after - before]) == 0.25


def test_stolen_time_is_foreign():
    before, after = "cpu 0 0 0 0 0 0 0 0 0 0\n", "cpu 0 0 0 300 0 0 0 100 0 0\n"
    assert foreign([parse(after, 100, 0.0) - parse(before, 100, 0.0)]) == 0.25


def test_turns_are_weighed_by_their_time():
    spans = [Cores(1.0, 0.0, 0.0), Cores(3.0, 0.0, 3.0)]
    assert foreign(spans) == 0.25


def test_ticks_that_are_coarser_than_our_own_clock_give_no_negative_share():
    assert foreign([Cores(1.0, 0.5, 0.75)]) == 0.0


def test_no_time_is_no_share():
    assert foreign([]) is None
    assert foreign([Cores(0.0, 0.0, 0.25)]) is None


def test_this_process_is_seen_where_the_system_shows_its_cores():
    before = cores()
    sum(range(10_000))
    after = cores()
    assert (before is None) == (after is None)
    if before and after:
        assert after.own > before.own
        assert after.all >= before.all > 0

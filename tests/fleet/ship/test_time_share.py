from tests.support.waiting import wait_until
from zigtui.fleet.ship.time_share import TimeShare


def test_work_that_comes_seldom_does_not_wait_and_more_of_it_does() -> None:
    time_share = TimeShare(1e-6, 1.0)
    assert time_share.has_time
    time_share.take(0.4)
    time_share.take(0.4)
    assert time_share.has_time
    time_share.take(0.4)
    assert not time_share.has_time


def test_work_goes_on_when_what_it_took_is_its_share_of_the_time() -> None:
    time_share = TimeShare(0.1, 0.0)
    time_share.take(0.001)
    wait_until(lambda: time_share.has_time)

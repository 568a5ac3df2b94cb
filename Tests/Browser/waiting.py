"""Waits for what must come true, with a deadline. Nothing in these tests sleeps for a fixed time and hopes."""
import time
from typing import Callable, TypeVar

Value = TypeVar("Value")
PAUSE_SECONDS = 0.05


def eventually(condition: Callable[[], Value], what: str, within: float = 15, while_waiting: Callable[[], None] | None = None) -> Value:
    """What `condition` gives as soon as it gives something true. An AssertionError of its own counts as not yet."""
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what} (last: {last!r})")
        (while_waiting or (lambda: time.sleep(PAUSE_SECONDS)))()


def equals(read: Callable[[], Value], wanted: Value, what: str, within: float = 15) -> None:
    """Waits until `read` gives `wanted`, and says what it gave instead."""
    def matches() -> bool:
        found = read()
        assert found == wanted, f"{found!r} is not {wanted!r}"
        return True
    eventually(matches, what, within)

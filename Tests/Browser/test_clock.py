"""Devices whose clock is an hour off."""
import pytest
from device import Device
from playwright.sync_api import expect

HOUR = 3_600_000


def shifted(milliseconds: int) -> str:
    """The device's clock, ahead or behind, in every page."""
    return f"""(() => {{
        const Right = Date, off = {milliseconds};
        globalThis.Date = class Date extends Right {{
            constructor(...given) {{ given.length ? super(...given) : super(Right.now() + off); }}
            static now() {{ return Right.now() + off; }}
        }};
    }})();"""


@pytest.fixture(params=[HOUR, -HOUR], ids=["ahead", "behind"])
def clocks(request, open_device, device, person, groceries) -> tuple[Device, Device]:
    """Two devices of a person with the list open: one whose clock is wrong, and one whose clock is right."""
    wrong = open_device(person, f"/list/{groceries}", init=shifted(request.param), name="wrong clock")
    assert abs(wrong.page.evaluate("Date.now()") - device.page.evaluate("Date.now()") - request.param) < 60_000
    device.open_list(groceries)
    for one in wrong, device:
        one.wait_names("milk", "bread", "apples")
        one.wait_saved()
    return wrong, device


def test_edits_of_a_device_whose_clock_is_an_hour_off_arrive(clocks, person, groceries):
    """On the server and on a device with a right clock; and a later edit of that device wins over the earlier one of the wrong clock."""
    wrong, device = clocks
    wrong.add("coffee")
    wrong.rename("milk", "oat milk")
    wrong.check("bread")
    wrong.wait_saved()
    device.wait_names("oat milk", "bread", "apples", "coffee")
    device.wait_checked("bread")

    device.rename("oat milk", "goat milk")
    device.check("coffee")
    device.wait_saved()
    for one in wrong, device:
        one.wait_names("goat milk", "bread", "apples", "coffee")
        one.wait_checked("coffee")
    assert person.item(groceries, "goat milk")

    # And the other way round again.
    wrong.rename("goat milk", "soy milk")
    wrong.wait_saved()
    device.wait_names("soy milk", "bread", "apples", "coffee")


def test_edits_made_without_a_network_by_a_wrong_clock_do_not_win_over_later_ones(clocks):
    """Both rename offline, the right clock later: its name stands, whichever way the other clock is wrong."""
    wrong, device = clocks
    for one in wrong, device:
        one.go_offline()
    wrong.rename("milk", "oat milk")
    wrong.add("coffee")
    wrong.go_online()
    wrong.wait_saved()
    wrong.go_offline()
    device.rename("milk", "goat milk")
    device.go_online()
    device.wait_saved()
    wrong.go_online()
    for one in wrong, device:
        one.wait_names("goat milk", "bread", "apples", "coffee")
    expect(wrong.name_button("coffee")).to_be_visible()


def test_a_later_edit_made_without_a_network_by_a_wrong_clock_stands(clocks):
    """What the server said of the time is remembered: the right clock edits first, the wrong one after it, offline."""
    wrong, device = clocks
    wrong.go_offline()
    wrong.page.reload()
    device.rename("milk", "goat milk")
    device.wait_saved()
    wrong.rename("milk", "oat milk")
    wrong.go_online()
    wrong.wait_saved()
    for one in wrong, device:
        one.wait_names("oat milk", "bread", "apples")

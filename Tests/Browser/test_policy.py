"""How often a device syncs: with every change, every so many minutes by its clock, or by hand; and what it says of it."""
import re
from typing import Callable

import pytest
from device import Device
from playwright.sync_api import Locator, expect
from waiting import equals

MINUTE = 60_000


@pytest.fixture
def clocked(open_device, person, groceries) -> Device:
    """A device whose clock the test may turn on, with the list on its screen."""
    device = open_device(None, name="laptop")
    device.page.clock.install()
    device.person = person
    device.open("/")
    device.log_in()
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_live()
    return device


@pytest.fixture
def sent(clocked) -> Callable[[], int]:
    """How many exchanges the device has asked the server for."""
    requests = []
    clocked.page.on("request", lambda request: requests.append(request) if request.url.endswith("/v1/sync") else None)

    def count() -> int:
        clocked.page.evaluate("0")  # what the browser has told before is heard now
        return len(requests)
    return count


def sync_dialog(device: Device) -> Locator:
    device.sync_button().click()
    dialog = device.page.get_by_role("dialog", name="Sync")
    expect(dialog).to_be_visible()
    return dialog


def choose(device: Device, label: str) -> None:
    """And waits until what the choice itself brings about is over."""
    dialog = sync_dialog(device)
    dialog.get_by_label("Sync this device").select_option(label=label)
    expect(dialog.get_by_text("Changes by others appear with the next sync")).to_be_visible()
    expect(dialog.get_by_role("button", name="Sync now")).to_be_enabled()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def add(device: Device, name: str) -> None:
    device.add_box().fill(name)
    device.add_box().press("Enter")
    expect(device.name_button(name)).to_be_visible()


@pytest.mark.parametrize("minutes, label", [(5, "Every 5 minutes"), (120, "Every 120 minutes")])
def test_with_so_many_minutes_an_edit_leaves_when_they_have_passed_and_not_before(clocked, sent, person, groceries, minutes, label):
    """By the device's clock; and with the same exchange come the changes that others made meanwhile."""
    choose(clocked, label)
    equals(clocked.sync_button().inner_text, "Saved", "the choice has been synced with")
    before = sent()
    add(clocked, "coffee")
    person.add(groceries, "tea")
    clocked.page.clock.run_for(minutes * MINUTE - 30_000)
    clocked.wait_sync("1 change waiting")
    assert sent() == before
    assert person.names(groceries) == ["milk", "bread", "apples", "tea"]
    assert sorted(clocked.names()) == ["apples", "bread", "coffee", "milk"]
    clocked.page.clock.run_for(31_000)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the edit has left")
    expect(clocked.name_button("tea")).to_be_visible()
    assert sent() > before


def test_the_minutes_go_on_after_each_exchange_and_hold_after_a_reload(clocked, person, groceries):
    """The second edit leaves with the second exchange; opened again, the device keeps to what was chosen."""
    choose(clocked, "Every 5 minutes")
    for name in "coffee", "tea":
        add(clocked, name)
        assert name not in person.names(groceries)
        clocked.page.clock.run_for(5 * MINUTE)
        equals(lambda: person.names(groceries)[-1], name, "the edit has left")
    clocked.page.reload()
    expect(clocked.name_button("coffee")).to_be_visible()
    clocked.wait_saved()
    expect(sync_dialog(clocked).get_by_label("Sync this device")).to_have_value("5")
    clocked.page.keyboard.press("Escape")
    add(clocked, "rice")
    clocked.wait_sync("1 change waiting")
    clocked.page.clock.run_for(5 * MINUTE)
    equals(lambda: person.names(groceries)[-1], "rice", "the edit has left")


def test_by_hand_nothing_leaves_until_it_is_asked_for(clocked, sent, person, groceries):
    """Not in a day, nor with a reload; Sync now brings all, both ways."""
    choose(clocked, "Only by hand")
    before = sent()
    add(clocked, "coffee")
    person.add(groceries, "tea")
    clocked.page.clock.run_for(24 * 60 * MINUTE)
    clocked.wait_sync("1 change waiting")
    clocked.page.reload()
    expect(clocked.name_button("coffee")).to_be_visible()
    clocked.page.clock.run_for(60 * MINUTE)
    clocked.wait_sync("1 change waiting")
    assert sent() == before
    assert person.names(groceries) == ["milk", "bread", "apples", "tea"]
    dialog = sync_dialog(clocked)
    expect(dialog.get_by_text(re.compile("^Changes on this device only: .?1"))).to_be_visible()
    dialog.get_by_role("button", name="Sync now").click()
    expect(dialog.get_by_text("No changes are on this device only")).to_be_visible()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has both")
    dialog.get_by_role("button", name="Close").click()
    expect(clocked.name_button("tea")).to_be_visible()


def test_with_each_change_an_edit_leaves_at_once_and_others_edits_come(clocked, sent, person, groceries):
    """Chosen again after by hand: what waited goes, and nothing waits any more, without any time passing."""
    choose(clocked, "Only by hand")
    add(clocked, "coffee")
    before = sent()
    sync_dialog(clocked).get_by_label("Sync this device").select_option(label="On every change, live")
    equals(lambda: person.names(groceries)[-1], "coffee", "what waited has left")
    assert sent() > before
    expect(clocked.page.get_by_role("dialog", name="Sync").get_by_text("Changes by others appear at once")).to_be_visible()
    clocked.page.keyboard.press("Escape")
    add(clocked, "tea")
    equals(lambda: person.names(groceries)[-1], "tea", "it has left at once")
    person.add(groceries, "rice")
    expect(clocked.name_button("rice")).to_be_visible()


def test_the_dialog_tells_when_it_was_synced_last_and_where_everything_is(clocked, person, groceries):
    """On how many copies; how many changes are here only, and since when."""
    dialog = sync_dialog(clocked)
    for told in ("Everything here is on the server too.", "No changes are on this device only", "Everything is saved on at least 2 of 3 copies",
                 "Changes by others appear at once"):
        expect(dialog.get_by_text(told, exact=True)).to_be_visible()
    expect(dialog.get_by_text(re.compile("^Last synced: .*now"))).to_be_visible()
    clocked.page.keyboard.press("Escape")
    choose(clocked, "Only by hand")
    add(clocked, "coffee")
    add(clocked, "tea")
    clocked.page.clock.run_for(10 * MINUTE)
    dialog = sync_dialog(clocked)
    expect(dialog.get_by_text("Your changes are safe on this device until the next sync.")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^Changes on this device only: .?2.? .oldest: .?10 min ago"))).to_be_visible()
    expect(dialog.get_by_text("All else is saved on at least 2 of 3 copies")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^Last synced: .?10 min ago"))).to_be_visible()
    dialog.get_by_role("button", name="Sync now").click()
    expect(dialog.get_by_text("Everything is saved on at least 2 of 3 copies")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^Last synced: .*now"))).to_be_visible()
    assert person.names(groceries)[-2:] == ["coffee", "tea"]

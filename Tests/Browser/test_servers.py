"""Servers that are gone: edits go on, the app says how things are, and everything arrives when they are back."""
import signal

import profile_copy as profile
import pytest
from playwright.sync_api import expect
from waiting import equals, eventually


@pytest.fixture
def stack(own_stack):
    yield own_stack
    own_stack.mend()


@pytest.fixture
def at_work(device, groceries):
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    device.expects_no_server()
    device.expects(r"status of 503", r"status of 500", r"status of 502")
    return device


def test_edits_while_the_server_is_gone_all_arrive_when_it_is_back(at_work, second_device, stack, person, groceries):
    """The gateway ends; edits go on over a reload; it starts again at its port: all of it arrives by itself, here and on a second device."""
    second_device.expects_no_server()
    second_device.open_list(groceries)
    stack.kill("gateway", signal.SIGTERM)
    at_work.add("coffee")
    at_work.check("milk")
    at_work.wait_sync("Offline.*")
    at_work.page.reload()
    at_work.wait_names("milk", "bread", "apples", "coffee")
    at_work.rename("bread", "rye bread")
    at_work.add("tea")
    second_device.add("salt")
    at_work.wait_sync("Offline · 4 waiting")

    stack.mend()
    equals(lambda: sorted(person.names(groceries)), ["apples", "coffee", "milk", "rye bread", "salt", "tea"], "the server has all", within=40)
    for one in at_work, second_device:
        one.wait_names("milk", "rye bread", "apples", "coffee", "tea", "salt")
        one.wait_saved()
        one.wait_checked("milk")
        equals(lambda: profile.operations(one.page, person.user), [], "the outbox is empty")


def test_a_dead_shard_is_not_noticed(at_work, stack, person, groceries):
    """Two of three copies are enough: edits are acknowledged as ever."""
    stack.kill(stack.homes(groceries)[0])
    at_work.add("coffee", "tea")
    at_work.check("milk")
    at_work.wait_saved()
    equals(lambda: profile.operations(at_work.page, person.user), [], "all of it was acknowledged")
    assert sorted(person.names(groceries)) == ["apples", "bread", "coffee", "milk", "tea"]


def test_with_two_of_three_copies_dead_edits_are_kept_and_said_to_be_unconfirmed(at_work, stack, person, groceries):
    """Never “saved” of what is not; the edits stay on the device, over a reload, and are confirmed when a copy is back."""
    for service in stack.homes(groceries)[:2]:
        stack.kill(service)
    at_work.add("coffee")
    at_work.check("milk")
    at_work.wait_sync("Not confirmed yet", within=30)
    at_work.sync_button().click()
    dialog = at_work.page.get_by_role("dialog", name="Sync")
    expect(dialog.get_by_text("This device keeps your changes and sends them again.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    assert len(profile.operations(at_work.page, person.user)) == 2
    at_work.page.reload()
    at_work.wait_names("milk", "bread", "apples", "coffee")
    at_work.wait_checked("milk")

    stack.mend()
    at_work.wait_saved(within=60)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it", within=30)
    equals(lambda: profile.operations(at_work.page, person.user), [], "the outbox is empty")


def test_a_bridge_that_dies_costs_nothing_but_liveness(at_work, stack, person, groceries):
    """Syncing goes on; with the bridge back, others' changes appear by themselves again."""
    at_work.wait_live()
    stack.kill("bridge")
    at_work.add("coffee")
    at_work.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it")
    stack.mend()
    person.add(groceries, "tea")
    at_work.wait_names("milk", "bread", "apples", "coffee", "tea", within=40)
    eventually(lambda: at_work.wait_live() is None, "live again")

"""The first story: with bad reception, nothing that was ticked off comes back."""
import json
import time

import profile_copy as profile
from playwright.sync_api import expect
from waiting import equals, eventually


def test_edits_without_a_network_survive_a_reload_and_all_arrive(device, second_device, person, groceries):
    """Ticked off, added, renamed and removed offline; reloaded offline; after the return nothing comes back and everything is on the server."""
    device.open_list(groceries)
    second_device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.go_offline()
    device.check("milk")
    device.add("coffee")
    device.rename("bread", "rye bread")
    device.take("apples")
    device.wait_sync("Offline · 4 waiting")

    device.page.reload()
    device.wait_names("rye bread", "coffee", "apples", "milk")
    device.wait_checked("milk")
    expect(device.row("apples")).to_contain_text("1")
    device.wait_sync("Offline · 4 waiting")

    # Meanwhile somebody edits where there is a network.
    second_device.add("tea")
    device.go_online()
    device.wait_saved()
    device.wait_names("rye bread", "coffee", "apples", "tea", "milk")
    assert device.is_checked("milk")
    second_device.wait_checked("milk")
    second_device.wait_names("rye bread", "coffee", "apples", "tea", "milk")
    equals(lambda: sorted(person.names(groceries)), ["apples", "coffee", "milk", "rye bread", "tea"], "the server has all")
    assert person.item(groceries, "milk")["checked"]
    assert person.item(groceries, "apples")["quantity"]["acquired"] == 1
    equals(lambda: profile.operations(device.page, person.user), [], "the outbox is empty")


def test_the_app_never_says_saved_while_an_edit_waits(device, person, groceries):
    """The server takes requests and does not answer; edits follow one another faster than the words settle."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    device.page.route("**/v1/sync", lambda _: None)
    began, count = time.monotonic(), 0
    while time.monotonic() - began < 3:
        device.add(f"item {count}")
        count += 1
        says = device.sync_button().inner_text()
        assert says != "Saved" or time.monotonic() - began < 1, f"it says {says} though {profile.waiting(device.page)} changes wait"
    assert profile.waiting(device.page) == count
    device.page.unroute_all()
    device.page.reload()
    device.wait_saved()
    assert len(person.names(groceries)) == 3 + count


def test_twenty_lists_made_without_a_network_all_arrive_whole(device, person):
    """More than a request has room for: a new list's beginning is never cut in two."""
    page = device.page
    device.wait_saved()
    device.go_offline()
    made = {f"List {number:02}": [f"item {number:02}.{item:02}" for item in range(20)] for number in range(20)}
    page.locator("header").get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import")
    dialog.get_by_label("Or paste text").fill(json.dumps({"lists": [{"name": name, "items": items} for name, items in made.items()]}))
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_be_hidden()
    device.go_online()
    device.wait_saved(within=60)
    assert profile.table(page, person.user, "aside") == []
    stored = {name: person.names(list_id) for name, list_id in person.lists().items()}
    assert stored == made


def test_a_list_that_the_bridge_heard_of_before_the_server_is_followed_all_the_same(device, person):
    """Live connects before the new list is pushed, and is refused it: what others do in it appears at once after the push."""
    page = device.page
    device.wait_saved()
    device.go_offline()
    tools = device.create_list("Tools")
    page.reload()
    page.route("**/v1/sync", lambda route: route.abort())
    with page.expect_websocket() as socket:
        device.go_online()
    with socket.value.expect_event("framereceived", lambda frame: "forbidden" in str(frame)):
        pass
    page.unroute_all()
    device.wait_saved()
    person.add(tools, "saw")
    device.wait_names("saw", within=10)


def test_the_page_of_a_network_that_wants_a_login_is_no_answer(device, person, groceries):
    """It says 200 to everything: the app takes it for no network, and goes on when the server answers."""
    device.open_list(groceries)
    device.wait_saved()
    device.page.route("**/v1/sync", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our train</h1>"))
    device.add("coffee")
    device.wait_sync("Offline.*")
    expect(device.page.get_by_role("alert")).to_have_count(0)
    device.page.unroute_all()
    device.wait_saved()
    assert "coffee" in person.names(groceries)


# The last thing that an exchange reads is what was set aside.
EDIT_AT_THE_END_OF_AN_EXCHANGE = """
const getAll = IDBObjectStore.prototype.getAll;
IDBObjectStore.prototype.getAll = function (...given) {
    if (this.name === "aside" && globalThis.editAtTheEnd) {
        globalThis.editAtTheEnd = false;
        queueMicrotask(() => document.querySelector("[data-item] [role=checkbox]").click());
    }
    return getAll.apply(this, given);
};
"""


def test_an_edit_at_the_very_end_of_an_exchange_does_not_wait_for_another(open_device, person, groceries):
    """It comes after the exchange has looked for more to send, and before it is over."""
    device = open_device(person, f"/list/{groceries}", init=EDIT_AT_THE_END_OF_AN_EXCHANGE)
    device.wait_names("milk", "bread", "apples")
    device.wait_live()
    device.wait_saved()
    device.page.evaluate("globalThis.editAtTheEnd = true")
    device.sync_button().click()
    device.page.get_by_role("dialog").get_by_role("button", name="Sync now").click()
    device.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    device.wait_checked("milk")
    device.wait_saved(within=5)
    assert person.item(groceries, "milk")["checked"]


def test_a_device_that_loses_the_network_while_it_syncs_says_that_it_is_offline(device, groceries):
    """The answer that is still on its way does not make it say that all is well."""
    device.open_list(groceries)
    device.wait_saved()
    held = []
    device.page.route("**/v1/sync", lambda route: held.append(route))
    device.add("coffee")
    eventually(lambda: held, "it syncs", while_waiting=lambda: device.page.wait_for_timeout(20))
    answer = held[0].fetch()
    device.go_offline()
    held[0].fulfill(response=answer)
    device.wait_sync("Offline")

"""Browsers that keep nothing, and disks that are full: the app says so plainly, and nothing is shown as saved that is not."""
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from waiting import equals

REFUSE_BY_THROWING = """
for (const storage of ["sessionStorage", "localStorage"]) {
    Object.defineProperty(globalThis, storage, { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });
}
IDBFactory.prototype.open = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
"""
REFUSE_BY_ERROR = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function () {
    const request = open.call(this, "refused");
    Object.defineProperty(request, "onsuccess", { set() {} });
    Object.defineProperty(request, "onupgradeneeded", { set() {} });
    Object.defineProperty(request, "error", { get: () => new DOMException("Internal error opening backing store.", "UnknownError") });
    Object.defineProperty(request, "onerror", { set(handler) { queueMicrotask(() => handler(new Event("error"))); } });
    return request;
};
"""
# As browsers do it: the call fails; the transaction is undone while calls wait; all calls succeed and the commit fails (chromium).
FULL = """
const full = () => new DOMException("Encountered full disk.", "QuotaExceededError");
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
    const { transaction, name } = this;
    const undo = () => {
        Object.defineProperty(transaction, "error", { get: full });
        transaction.abort();
    };
    if (globalThis.fullAt === "call" && name === "operation") throw full();
    if (globalThis.roomFor !== undefined && name === "operation" && --globalThis.roomFor < 0) throw full();
    const request = put.apply(this, given);
    if (globalThis.fullAt === "wait" && name === "operation") undo();
    if (globalThis.fullAt === "commit" && name === "device") request.addEventListener("success", undo);
    return request;
};
"""


@pytest.mark.parametrize("refusal", [REFUSE_BY_THROWING, REFUSE_BY_ERROR], ids=["throws", "fails"])
def test_a_browser_that_keeps_nothing_works_says_what_is_at_risk_and_offers_an_export(open_device, person, groceries, refusal):
    """Edits reach the server from memory; a banner says that they are lost with the tab, and hands out everything as a file."""
    device = open_device(person, init=refusal)
    page = device.page
    expect(page.get_by_text("This browser keeps nothing.")).to_be_visible()
    expect(page.get_by_text("Your changes are lost when you close this tab.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Groceries").click()
    device.wait_names("milk", "bread", "apples")
    device.add("coffee")
    device.check("milk")
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it")
    person.add(groceries, "tea")
    device.wait_names("milk", "bread", "apples", "coffee", "tea")

    device.go_offline()
    device.add("salt")
    page.get_by_role("button", name="Export everything").click()
    with page.expect_download() as download:
        page.get_by_role("dialog", name="Export").get_by_role("button", name="Download").click()
    names = re.findall(r'"name": "(.*?)"', Path(download.value.path()).read_text())
    assert {"Groceries", "milk", "coffee", "tea", "salt"} <= set(names)


def test_two_tabs_that_keep_nothing_both_reach_the_server(open_device, person, groceries):
    """Each is a replica of its own in memory: neither waits for the other's turn to sync."""
    device = open_device(person, f"/list/{groceries}", init=REFUSE_BY_THROWING)
    second = device.new_tab(f"/list/{groceries}")
    first, device.page = device.page, second
    device.log_in()
    device.wait_names("milk", "bread", "apples", page=second)
    device.add("tea", page=second)
    device.add("coffee", page=first)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has both")
    for page in first, second:
        device.wait_names("milk", "bread", "apples", "coffee", "tea", page=page)
        device.wait_saved(page)


@pytest.mark.parametrize("at", ["call", "wait", "commit"])
def test_an_edit_that_the_disk_has_no_room_for_is_not_shown_as_saved(open_device, person, groceries, at):
    """Nothing of it is in the list, a message says so and offers an export, what was typed is still in the box; with room again it works."""
    device = open_device(person, f"/list/{groceries}", init=FULL)
    page = device.page
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()

    page.evaluate("at => { globalThis.fullAt = at; }", at)
    device.add_box().fill("coffee")
    device.add_box().press("Enter")
    notices = page.get_by_role("region", name="Notifications")
    expect(notices.get_by_text("The storage of this device is full: the change was not kept.")).to_be_visible()
    expect(page.get_by_text("Your last change was not kept.")).to_be_visible()
    expect(device.add_box()).to_have_value("coffee")
    expect(page.get_by_role("option", name="coffee")).to_have_count(0)
    device.wait_names("milk", "bread", "apples")
    device.add_box().blur()
    device.checkbox("milk").click()
    equals(lambda: device.is_checked("milk"), False, "milk stays open")
    page.get_by_role("button", name="Export everything").first.click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()

    page.evaluate("() => { globalThis.fullAt = null; }")
    device.add_box().press("Enter")
    device.wait_names("milk", "bread", "apples", "coffee")
    expect(page.get_by_text("Your last change was not kept.")).to_have_count(0)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it")


def test_what_the_disk_had_no_room_to_take_back_is_taken_back_later(open_device, person, groceries):
    """Undo fails and is still offered, for the same step."""
    device = open_device(person, f"/list/{groceries}", init=FULL)
    page = device.page
    device.add("coffee")
    device.add("tea")
    device.wait_saved()
    page.evaluate("() => { globalThis.fullAt = 'call'; }")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("The storage of this device is full: the change was not kept.")).to_be_visible()
    page.evaluate("() => { globalThis.fullAt = null; }")
    page.keyboard.press("Control+z")
    device.wait_names("milk", "bread", "apples", "coffee")


def test_what_was_typed_into_an_item_or_a_lists_name_stays_when_the_disk_has_no_room_for_it(open_device, person, groceries):
    """Both are open again with what was typed; with room again it is kept."""
    device = open_device(person, f"/list/{groceries}", init=FULL)
    page = device.page
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    page.evaluate("() => { globalThis.fullAt = 'call'; }")
    with device.editor("milk") as form:
        form.get_by_role("textbox", name="Note", exact=True).fill("the fresh one")
        form.get_by_label("Name", exact=True).press("Enter")
        expect(form.get_by_role("textbox", name="Note", exact=True)).to_have_value("the fresh one")
        expect(page.get_by_text("The storage of this device is full: the change was not kept.").first).to_be_visible()
        page.evaluate("() => { globalThis.fullAt = null; }")
        form.get_by_label("Name", exact=True).press("Enter")
    expect(device.row("milk")).to_contain_text("the fresh one")

    page.evaluate("() => { globalThis.fullAt = 'call'; }")
    page.get_by_role("heading", level=1, name="Groceries").get_by_role("button").click()
    name = page.get_by_role("heading", level=1).get_by_role("textbox")
    name.fill("Food")
    name.press("Enter")
    expect(page.get_by_text("The storage of this device is full: the change was not kept.").first).to_be_visible()
    expect(name).to_have_value("Food")
    page.evaluate("() => { globalThis.fullAt = null; }")
    name.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Food")).to_be_visible()
    equals(lambda: list(person.lists()), ["Food"], "the server has the name")
    equals(lambda: person.item(groceries, "milk")["note"], "the fresh one", "the server has the note")


def test_an_import_of_several_lists_makes_all_or_none(device, person):
    """The third one has a name that is too long."""
    page = device.page
    lists = [{"name": name, "items": ["saw"]} for name in ("One", "Two", "x" * 501)]
    page.locator("header").get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import")
    dialog.get_by_label("Or paste text").fill(json.dumps({"lists": lists}))
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("region", name="Notifications")).to_contain_text("too long")
    expect(dialog).to_be_visible()
    device.open()
    device.wait_saved()
    assert person.lists() == {}
    expect(page.get_by_role("main").get_by_text("One", exact=True)).to_have_count(0)


def test_an_import_into_a_new_list_that_the_disk_has_no_room_for_makes_no_list(open_device, person, groceries):
    """There is room for the list and not for all of its items: then the list is not there either, and the text is not lost."""
    device = open_device(person, init=FULL)
    page = device.page
    device.wait_saved()
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog", name="Import")
    dialog.get_by_label("Or paste text").fill("nails\nhammer\nsaw")
    dialog.get_by_label("Name of the list").fill("Tools")
    page.evaluate("() => { globalThis.roomFor = 4; }")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The storage of this device is full: the change was not kept.")).to_be_visible()
    expect(dialog.get_by_label("Or paste text")).to_have_value("nails\nhammer\nsaw")
    page.evaluate("() => { delete globalThis.roomFor; }")
    dialog.get_by_role("button", name="Cancel").click()
    lists = page.get_by_role("main").get_by_role("link")
    expect(lists.filter(has_text="Groceries")).to_be_visible()
    expect(lists.filter(has_text="Tools")).to_have_count(0)


def test_an_import_beyond_the_browsers_own_quota_is_refused_whole_and_its_text_is_not_lost(open_device, person, groceries):
    """The real limit, without our hand in the calls: nothing of it is in the list, the text is still there, small edits go on."""
    device = open_device(None)
    device.context.new_cdp_session(device.page).send("Storage.overrideQuotaForOrigin", {"origin": device.url, "quotaSize": 2_000_000})
    device.person = person
    device.log_in().open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    page = device.page
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="Import into this list").click()
    dialog = page.get_by_role("dialog", name="Import")
    text = "\n".join(f"item {number} {'of a long name ' * 30}" for number in range(1_000))
    dialog.get_by_label("Choose or drop a file").set_input_files({"name": "items.txt", "mimeType": "text/plain", "buffer": text.encode()})
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The storage of this device is full: the change was not kept.")).to_be_visible()
    expect(dialog.get_by_label("Or paste text")).to_have_value(text)
    dialog.get_by_role("button", name="Cancel").click()
    device.wait_names("milk", "bread", "apples")
    device.add("coffee")
    expect(page.get_by_text("Your last change was not kept.")).to_have_count(0)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has the small edit alone")


def test_when_the_browser_has_thrown_the_data_away_the_app_says_so_and_a_login_brings_it_back(device, person, groceries):
    """Evicted, or cleared by the person, while the app is open: no edit is shown as kept; what had been synced comes back."""
    device.open_list(groceries)
    device.add("coffee")
    device.wait_saved()
    page = device.page
    device.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": device.url, "storageTypes": "indexeddb,cache_storage,service_workers,local_storage"})
    expect(page.get_by_text("This browser has removed your lists from this device.")).to_be_visible()
    expect(page.get_by_role("button", name="Export everything")).to_be_visible()
    device.add_box().fill("tea")
    device.add_box().press("Enter")
    expect(page.get_by_role("region", name="Notifications").get_by_text("This browser has removed your lists")).to_be_visible()
    expect(device.add_box()).to_have_value("tea")
    device.wait_names("milk", "bread", "apples", "coffee")
    page.reload()
    device.log_in().open_list(groceries)
    device.wait_names("milk", "bread", "apples", "coffee")
    device.add("tea")
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has all")

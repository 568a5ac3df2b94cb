"""Who changed what: told in words, for the list and for one item, and the way back to what was."""
import re

import pytest
from device import words
from playwright.sync_api import Locator, expect
from waiting import equals


@pytest.fixture
def told(device, person, other, groceries):
    """The list after a few changes by two people; the device shows it."""
    other.join(person.invite(groceries))
    milk = person.item(groceries, "milk")["id"]
    person.edit(groceries, milk, name="oat milk")
    person.edit(groceries, milk, note="the fresh one")
    other.edit(groceries, milk, note="any")
    other.edit(groceries, milk, category="Fridge")
    other.edit(groceries, person.item(groceries, "apples")["id"], target=5)
    person.edit(groceries, person.item(groceries, "bread")["id"], checked=True)
    device.open_list(groceries)
    device.wait_names("oat milk", "bread", "apples")
    device.wait_saved()
    return device


def history(device) -> Locator:
    device.page.get_by_role("button", name="More for this list").click()
    device.page.get_by_role("menuitem", name="History").click()
    dialog = device.page.get_by_role("dialog", name="History")
    expect(dialog.locator(".change").first).to_be_visible()
    return dialog


def change(dialog: Locator, text: str) -> Locator:
    return dialog.locator(".change").filter(has_text=words(text))


def test_the_history_of_a_list_tells_who_did_what(told, person, other):
    """Newest first, by name; what an item was added with goes without saying."""
    dialog = history(told)
    for who, what in (
        (person, "checked off “bread”"), (other, "changed the amount of “apples” from 3 to 5"), (other, "moved “oat milk” to “Fridge”"),
        (other, "changed the note of “oat milk” to “any”"), (person, "renamed “milk” to “oat milk”"), (other, "joined the list: Can edit"),
        (person, "made a link: Can edit"), (person, "added “apples”"), (person, "made the list “Groceries”"),
    ):
        expect(change(dialog, what)).to_have_count(1)
        expect(change(dialog, what)).to_contain_text(who.username)
    told_times = dialog.locator(".change time").evaluate_all("times => times.map((time) => time.dateTime)")
    assert told_times == sorted(told_times, reverse=True)
    expect(dialog.locator(".change")).to_have_count(12)


@pytest.mark.parametrize("what, field, before", [
    ("renamed “milk” to “oat milk”", "name", "milk"),
    ("changed the note of “oat milk” to “any”", "note", "the fresh one"),
    ("moved “oat milk” to “Fridge”", "category", None),
    ("changed the amount of “apples” from 3 to 5", "target", 3),
    ("checked off “bread”", "checked", False),
])
def test_what_was_before_is_restored(told, person, groceries, what, field, before):
    """As an edit of one's own, which can be undone."""
    name = re.findall("“(.*?)”", what)[-1 if field == "name" else 0]
    dialog = history(told)
    change(dialog, what).get_by_role("button", name="Restore what was before").click()
    expect(dialog).to_have_count(0)

    def held():
        item = next(item for item in person.items(groceries) if item["name"] in (name, before))
        return item["quantity"]["target"] if field == "target" else item.get(field)
    equals(held, before, f"{field} is as it was")


def test_the_history_of_an_item_tells_of_it_alone_and_an_item_that_was_removed_comes_back(told, person, groceries):
    """From the item's editor; a removed one is added again from the list's history."""
    with told.editor("oat milk") as form:
        form.get_by_role("button", name="History of this item").click()
    dialog = told.page.get_by_role("dialog", name=re.compile("^History of .*oat milk"))
    expect(change(dialog, "added “milk”")).to_have_count(1)
    expect(change(dialog, "bread")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    told.page.keyboard.press("Escape")
    told.remove("apples")
    told.wait_saved()
    change(history(told), "removed “apples”").get_by_role("button", name="Restore what was before").click()
    told.wait_names("oat milk", "bread", "apples")
    told.wait_saved()
    assert person.item(groceries, "apples")["quantity"]["target"] == 5


def test_offline_the_history_says_why_it_is_not_there(told):
    """And loads when it is asked for again with a network."""
    told.go_offline()
    told.page.get_by_role("button", name="More for this list").click()
    told.page.get_by_role("menuitem", name="History").click()
    dialog = told.page.get_by_role("dialog", name="History")
    expect(dialog.get_by_text("The history is kept on the server.")).to_be_visible()
    told.go_online()
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.locator(".change").first).to_be_visible()

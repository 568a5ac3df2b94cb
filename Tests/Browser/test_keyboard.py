"""Everything a person does, with no pointer: keys alone from registration to settings."""
import re

import pytest
from device import words
from playwright.sync_api import Page, expect
from waiting import equals

FOCUSED = """() => {
    const element = document.activeElement;
    return element.ariaLabel ?? [...element.labels ?? []].map((label) => label.textContent).join(" ") + element.textContent;
}"""
PRESSES_MAX = 80


def focused(page: Page) -> str:
    """What the control that has the focus is called."""
    return re.sub("[\u2066-\u2069]", "", page.evaluate(FOCUSED)).strip()


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Presses Tab until the control of that name has the focus."""
    passed = []
    for _ in range(PRESSES_MAX):
        if re.fullmatch(name, focused(page)):
            return
        passed.append(focused(page)[:40])
        page.keyboard.press(key)
    raise AssertionError(f"{key} never reaches {name!r}: {passed}")


def type_items(page: Page, *lines: str) -> None:
    page.keyboard.press("a")
    before = page.locator(".item").count()
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(before + len(lines))
    page.keyboard.press("Escape")


@pytest.fixture
def typed(device, groceries):
    """The list with milk, bread and apples; the focus is on its first row."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.page.keyboard.press("a")
    device.page.keyboard.press("Escape")
    equals(lambda: focused(device.page), "milk", "the first row has the focus")
    return device


def test_from_registration_to_the_first_items(open_device, person):
    """A name and a password, a list, items with amounts, one checked: nothing is pressed with a pointer."""
    device = open_device(None)
    page = device.page
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(person.username.replace("anna", "keys"))
    page.keyboard.press("Tab")
    page.keyboard.type("a password of theirs")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What do you need?")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("dialog").get_by_label("Name of the list")).to_be_focused()
    page.keyboard.type("Weekly shopping")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Weekly shopping")).to_be_focused()
    type_items(page, "2 kg apples", "milk", "bread")
    device.wait_names("apples", "milk", "bread")
    expect(page.get_by_role("group", name="Amount of apples")).to_contain_text("2 kg")
    page.keyboard.press("ArrowDown")
    equals(lambda: focused(page), "milk", "the arrow goes to the next row")
    page.keyboard.press("Space")
    device.wait_checked("milk")


def test_a_list_is_there_from_the_empty_dashboard_by_tab_and_enter(device):
    """Without knowing any shortcut: Tab reaches the button, Enter presses it, Escape gives up."""
    page = device.page
    tab_to(page, "Make your first list")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    equals(lambda: focused(page), "Make your first list", "the focus comes back to where it was")
    page.keyboard.press("Enter")
    page.keyboard.type("Trip")
    tab_to(page, "Create")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Trip")).to_be_visible()


def test_an_item_is_edited_counted_and_removed_and_all_is_undone(typed):
    """`e` edits, + and − count, Delete removes; Ctrl-Z takes back step by step, Ctrl-Shift-Z does again."""
    page = typed.page
    page.keyboard.press("e")
    expect(page.get_by_role("form", name="Edit milk").get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("oat milk")
    page.keyboard.press("Enter")
    typed.wait_names("oat milk", "bread", "apples")
    equals(lambda: focused(page), "oat milk", "the focus is on the row again")
    page.keyboard.press("End")
    page.keyboard.press("+")
    expect(page.get_by_role("group", name="Amount of apples")).to_contain_text(words("1 of 3"))
    page.keyboard.press("Delete")
    typed.wait_names("oat milk", "bread")
    equals(lambda: focused(page), "bread", "the row before has the focus")
    page.keyboard.press("Control+z")
    typed.wait_names("oat milk", "bread", "apples")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("group", name="Amount of apples")).to_contain_text("3")
    page.keyboard.press("Control+z")
    typed.wait_names("milk", "bread", "apples")
    page.keyboard.press("Control+Shift+z")
    typed.wait_names("oat milk", "bread", "apples")


def test_rows_are_put_in_another_order(typed, person, groceries):
    """Alt with arrows moves at once; Space on a handle picks a row up, and Escape puts it back."""
    page = typed.page
    page.keyboard.press("Alt+ArrowDown")
    equals(lambda: typed.names(), ["bread", "milk", "apples"], "milk is second")
    equals(lambda: focused(page), "milk", "the focus went with it")
    tab_to(page, "Move milk")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    equals(lambda: typed.names(), ["bread", "apples", "milk"], "milk is held at the end")
    page.keyboard.press("Escape")
    equals(lambda: typed.names(), ["bread", "milk", "apples"], "it is back")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    equals(lambda: typed.names(), ["milk", "bread", "apples"], "it is dropped at the beginning")
    equals(lambda: person.names(groceries), ["milk", "bread", "apples"], "and on the server")


def test_several_are_selected_and_get_a_category(typed):
    """Shift with arrows selects on the way; the toolbar is reached by Tab, and one step of undo takes all back."""
    page = typed.page
    page.keyboard.press("Shift+ArrowDown")
    toolbar = page.get_by_role("toolbar", name="Selected items")
    expect(toolbar).to_contain_text("2 selected")
    tab_to(page, "Move to a category")
    page.keyboard.press("Enter")
    page.keyboard.type("Breakfast")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Breakfast")).to_be_visible()
    expect(toolbar).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", level=2, name="Breakfast")).to_have_count(0)


def test_suggestions_are_chosen_by_arrows(typed):
    """Removed things are offered again with what is known of them; Escape closes the offers first, then leaves the box."""
    page = typed.page
    type_items(page, "chocolate")
    typed.wait_names("milk", "bread", "apples", "chocolate")
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    typed.wait_names("milk", "bread", "apples")
    page.keyboard.press("a")
    page.keyboard.type("choc")
    option = page.get_by_role("option", name="chocolate")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)
    expect(typed.add_box()).to_have_value("choc")


def test_the_list_is_searched_and_renamed(typed):
    """`/` searches and Escape ends it; the title is a button that opens a field."""
    page = typed.page
    page.keyboard.press("/")
    page.keyboard.type("bre")
    equals(lambda: typed.names(), ["bread"], "only what was sought is shown")
    page.keyboard.press("Escape")
    equals(lambda: len(typed.names()), 3, "all are shown again")
    tab_to(page, "Groceries", "Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Market")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Market")).to_be_visible()


def test_the_list_is_shared(typed):
    """The dialog is reached, a role chosen, a link made, and the focus comes back."""
    page = typed.page
    tab_to(page, "Share", "Shift+Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog).to_be_visible()
    tab_to(page, "Whoever opens it.*")
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_text("Sees everything, changes nothing")).to_be_visible()
    tab_to(page, "Make a link")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    tab_to(page, "Copy link")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    equals(lambda: focused(page), "Share", "the focus is back on the button")


def test_menus_and_settings(typed, person):
    """Menus by arrows and first letters; the theme is chosen by arrows."""
    page = typed.page
    tab_to(page, "More for this list", "Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Select several")).to_be_focused()
    page.keyboard.press("h")
    expect(page.get_by_role("menuitem", name="History")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Move to trash")).to_be_focused()
    page.keyboard.press("Escape")
    equals(lambda: focused(page), "More for this list", "the focus is back on the button")
    tab_to(page, f"{person.username}: account and more", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Settings")).to_be_focused()
    tab_to(page, "System")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("html[data-theme=dark]")).to_be_visible()


def test_the_keys_are_told_and_the_skip_link_leads_to_the_content(typed):
    """`?` lists them; the first Tab of a page offers to skip to the content."""
    page = typed.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Move the item up or down")).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(typed.rows().first).to_be_visible()
    page.keyboard.press("Tab")
    equals(lambda: focused(page), "Skip to content", "it comes first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_what_was_done_to_a_list_is_told_in_its_words_and_taken_back(device, person):
    """Pinned and unpinned, archived and taken out, in the trash and restored: each toast says that, and its button undoes it."""
    list_id = person.create_list("Party")
    page = device.page
    device.open_list(list_id)
    device.wait_saved()
    toast = page.get_by_role("region", name="Notifications")

    def do(command: str, told: str, taken_back: str) -> None:
        device.open_list(list_id)
        page.get_by_role("button", name="More for this list").press("Enter")
        page.get_by_role("menuitem", name=command, exact=True).press("Enter")
        expect(toast.get_by_text(told, exact=True)).to_be_visible()
        toast.get_by_role("button", name="Undo").press("Enter")
        expect(toast.get_by_text(taken_back, exact=True)).to_be_visible()
        toast.get_by_role("button", name="Redo").press("Enter")
        expect(toast.get_by_text(f"Redone: {told}", exact=True)).to_be_visible()

    do("Pin", "Pinned Party", "Undone: Pinned Party")
    do("Unpin", "Unpinned Party", "Undone: Unpinned Party")
    do("Archive", "Archived Party", "Undone: Archived Party")
    do("Take out of the archive", "Took Party out of the archive", "Undone: Took Party out of the archive")
    do("Move to trash", "Moved Party to the trash", "Undone: Moved Party to the trash")
    do("Restore", "Restored Party", "Undone: Restored Party")

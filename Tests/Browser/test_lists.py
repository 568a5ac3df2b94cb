"""Whole lists: pinned, archived, thrown away and restored, copied, made from templates, renamed; and how far each is."""
import re

import pytest
from device import Device, words
from playwright.sync_api import Locator, expect
from waiting import equals


def card(device: Device, name: str) -> Locator:
    """The list as the dashboard shows it."""
    return device.page.get_by_role("main").get_by_role("listitem").filter(has=device.page.get_by_role("link", name=name, exact=True))


def shown(device: Device) -> list[str]:
    """The names of the lists in the section that is open, in their order."""
    return device.page.get_by_role("main").get_by_role("listitem").get_by_role("link").all_text_contents()


def open_section(device: Device, name: str) -> None:
    device.open("/")
    tab = device.page.get_by_role("navigation", name="Kinds of lists").get_by_role("link", name=re.compile(f"^{name}"))
    tab.click()
    expect(device.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def choose_of(device: Device, name: str, command: str) -> None:
    """From the menu of the list's card."""
    card(device, name).get_by_role("button", name=re.compile("^Actions for ")).click()
    device.page.get_by_role("menuitem", name=command, exact=True).click()


def give_name(device: Device, dialog: str, name: str | None, action: str = "Create") -> str:
    """In the dialog that asks for one; None: takes what it proposes. Returns the name."""
    frame = device.page.get_by_role("dialog", name=dialog)
    field = frame.get_by_label("Name of the list")
    if name is not None:
        field.fill(name)
    given = field.input_value()
    frame.get_by_role("button", name=action, exact=True).click()
    expect(frame).to_be_hidden()
    return given


@pytest.fixture
def begun(person, groceries) -> str:
    """The groceries half way: milk is ticked off, one of three apples is taken, and bread has a category and a note."""
    ids = {item["name"]: item["id"] for item in person.items(groceries)}
    person.edit(groceries, ids["milk"], checked=True)
    person.edit(groceries, ids["apples"], acquire=1)
    person.edit(groceries, ids["bread"], category="Bakery", note="the dark one")
    return groceries


HALF_WAY = [
    ("milk", True, None, None, None, None, None), ("bread", False, None, None, None, "Bakery", "the dark one"),
    ("apples", False, 3, 1, None, None, None),
]
UNTOUCHED = [
    ("milk", False, None, None, None, None, None), ("bread", False, None, None, None, "Bakery", "the dark one"),
    ("apples", False, 3, 0, None, None, None),
]


# Where a list lies


def test_a_pinned_list_comes_first_on_all_of_the_persons_devices_and_on_nobody_elses(device, second_device, other_device, person, other):
    """Before lists that were used later; and where it was once it is unpinned."""
    old = person.create_list("Old")
    other.join(person.invite(old))
    for owner in person, other:
        owner.create_list("New")
    for one in device, second_device, other_device:
        equals(lambda: shown(one), ["New", "Old"], "the one that was used last is first")
    choose_of(device, "Old", "Pin")
    for one in device, second_device:
        equals(lambda: shown(one), ["Old", "New"], f"it is first on {one.name}")
        expect(card(one, "Old").get_by_text("Pinned")).to_have_count(1)
    device.wait_saved()
    other_device.page.reload()
    equals(lambda: shown(other_device), ["New", "Old"], "the other person has not pinned it")
    choose_of(second_device, "Old", "Unpin")
    for one in device, second_device:
        equals(lambda: shown(one), ["New", "Old"], f"it is where it was on {one.name}")


def test_an_archived_list_lies_in_the_archive_until_it_is_taken_out(device, second_device, other_device, person, other, groceries):
    """On the person's devices; whoever shares it has it where it was."""
    other.join(person.invite(groceries))
    person.create_list("Party")
    for one in device, second_device:
        equals(lambda: sorted(shown(one)), ["Groceries", "Party"], "both are in use")
    choose_of(device, "Groceries", "Archive")
    sidebar = device.page.get_by_role("navigation", name="Lists", exact=True)
    expect(sidebar.get_by_role("link", name=re.compile("Party"))).to_be_visible()
    expect(sidebar.get_by_role("link", name=re.compile("Groceries"))).to_have_count(0)
    for one in device, second_device:
        equals(lambda: shown(one), ["Party"], f"{one.name} has the other one alone")
        open_section(one, "Archive")
        equals(lambda: shown(one), ["Groceries"], f"{one.name} has it in the archive")
    device.wait_saved()
    assert person.read(groceries)["trashed"] is False
    other_device.page.reload()
    equals(lambda: shown(other_device), ["Groceries"], "the other person has it as before")

    choose_of(second_device, "Groceries", "Take out of the archive")
    for one in device, second_device:
        equals(lambda: shown(one), [], f"the archive of {one.name} is empty")
        open_section(one, "Lists")
        equals(lambda: sorted(shown(one)), ["Groceries", "Party"], f"both are in use on {one.name} again")


def test_a_list_in_the_trash_is_not_in_use_and_cannot_be_changed_until_it_is_restored(device, person, groceries):
    """The server says so too; restored it is as it was, and goes on."""
    person.create_list("Party")
    equals(lambda: sorted(shown(device)), ["Groceries", "Party"], "both are in use")
    choose_of(device, "Groceries", "Move to trash")
    equals(lambda: shown(device), ["Party"], "it is gone from the lists")
    equals(lambda: person.read(groceries)["trashed"], True, "the server has it in the trash")
    device.open(f"/list/{groceries}")
    expect(device.page.get_by_text("This list is in the trash.")).to_be_visible()
    expect(device.name_button("milk")).to_be_visible()
    expect(device.add_box()).to_have_count(0)
    expect(device.checkbox("milk")).to_have_count(0)

    open_section(device, "Trash")
    equals(lambda: shown(device), ["Groceries"], "it is in the trash")
    card(device, "Groceries").get_by_role("button", name="Restore", exact=True).click()
    equals(lambda: shown(device), [], "the trash is empty")
    equals(lambda: person.read(groceries)["trashed"], False, "the server has it in use")
    open_section(device, "Lists")
    card(device, "Groceries").get_by_role("link").click()
    device.add("coffee")
    device.wait_names("milk", "bread", "apples", "coffee")
    equals(lambda: person.names(groceries), ["milk", "bread", "apples", "coffee"], "it is used again")


def test_a_shared_list_goes_to_the_trash_for_everyone_after_a_question(device, other_device, person, other, groceries):
    """Given up it stays; answered it goes, and comes back for both."""
    other.join(person.invite(groceries))
    for one in device, other_device:
        equals(lambda: shown(one), ["Groceries"], f"{one.name} has it")
        one.wait_live()
    expect(card(device, "Groceries").get_by_text("2 people")).to_have_count(1)
    question = device.page.get_by_role("dialog", name=words("Move “Groceries” to the trash?"))
    choose_of(device, "Groceries", "Move to trash")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert shown(device) == ["Groceries"]
    choose_of(device, "Groceries", "Move to trash")
    question.get_by_role("button", name="Move to trash").click()
    for one in device, other_device:
        equals(lambda: shown(one), [], f"it is gone from the lists of {one.name}")
    open_section(device, "Trash")
    card(device, "Groceries").get_by_role("button", name="Restore", exact=True).click()
    equals(lambda: shown(other_device), ["Groceries"], "the other person has it again")


# Lists from lists


@pytest.mark.parametrize("keeps", [False, True], ids=["without progress", "with progress"])
def test_a_list_is_duplicated(device, person, begun, keeps):
    """All items in their order with all that belongs to them; ticked off and taken only if that is asked for. The first stays as it is."""
    device.open_list(begun)
    device.wait_names("milk", "bread", "apples")
    device.choose("Duplicate")
    dialog = device.page.get_by_role("dialog", name="Duplicate")
    keep = dialog.get_by_role("checkbox", name="Keep what is ticked off")
    expect(keep).not_to_be_checked()
    keep.set_checked(keeps)
    assert give_name(device, "Duplicate", None) == "Groceries (copy)"
    expect(device.page.get_by_role("heading", level=1, name="Groceries (copy)")).to_be_visible()
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    copy = person.lists()["Groceries (copy)"]
    assert device.page.url.endswith(copy)
    assert person.facts(copy) == (HALF_WAY if keeps else UNTOUCHED)
    device.check("bread")
    device.wait_saved()
    assert person.item(copy, "bread")["checked"]
    assert person.facts(begun) == HALF_WAY


def test_a_list_is_saved_as_a_template_and_lists_are_made_from_it(device, second_device, person, begun):
    """The template lies among the templates, with nothing ticked off; a list made from it is one of its own."""
    device.open_list(begun)
    device.wait_names("milk", "bread", "apples")
    device.choose("Save as template")
    give_name(device, "Save as template", "Weekly")
    expect(device.page.get_by_role("heading", level=1, name="Weekly")).to_be_visible()
    device.wait_saved()
    for one in device, second_device:
        open_section(one, "Templates")
        equals(lambda: shown(one), ["Weekly"], f"{one.name} has it among the templates")
        open_section(one, "Lists")
        equals(lambda: shown(one), ["Groceries"], f"{one.name} has the list where it was")

    open_section(second_device, "Templates")
    card(second_device, "Weekly").get_by_role("button", name="Use template").click()
    assert give_name(second_device, "Use template", None) == "Weekly"
    second_device.wait_names("milk", "bread", "apples")
    made = second_device.page.url.rsplit("/", 1)[1]
    second_device.check("milk")
    second_device.wait_saved()
    template = next(found["id"] for found in person.call("GET", "/lists")["lists"] if found["name"] == "Weekly" and found["id"] != made)
    assert person.facts(template) == UNTOUCHED
    assert person.facts(made) == [("milk", True, *UNTOUCHED[0][2:]), *UNTOUCHED[1:]]
    open_section(second_device, "Lists")
    equals(lambda: sorted(shown(second_device)), ["Groceries", "Weekly"], "the new one is in use")


def test_a_new_list_starts_with_a_template(device, person, begun):
    """Chosen in the dialog of a new list; and a template becomes a list itself."""
    device.open_list(begun)
    device.choose("Save as template")
    give_name(device, "Save as template", "Weekly")
    device.page.get_by_role("button", name="New list").click()
    device.page.get_by_role("dialog", name="New list").get_by_label("Start with").select_option(label="Weekly")
    give_name(device, "New list", "Saturday")
    expect(device.page.get_by_role("heading", level=1, name="Saturday")).to_be_visible()
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    assert person.facts(person.lists()["Saturday"]) == UNTOUCHED

    open_section(device, "Templates")
    choose_of(device, "Weekly", "Make it a normal list")
    equals(lambda: shown(device), [], "there is no template any more")
    open_section(device, "Lists")
    equals(lambda: sorted(shown(device)), ["Groceries", "Saturday", "Weekly"], "it is in use")


def test_a_list_is_renamed_for_everyone(device, other_device, person, other, groceries):
    """From the dashboard; a name with nothing in it is refused in words."""
    other.join(person.invite(groceries))
    for one in device, other_device:
        equals(lambda: shown(one), ["Groceries"], f"{one.name} has it")
    choose_of(device, "Groceries", "Rename")
    dialog = device.page.get_by_role("dialog", name="Rename")
    expect(dialog.get_by_label("Name of the list")).to_have_value("Groceries")
    dialog.get_by_label("Name of the list").fill("  ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Enter a name.")).to_be_visible()
    give_name(device, "Rename", "Market", "Save")
    for one in device, other_device:
        equals(lambda: shown(one), ["Market"], f"{one.name} shows the new name")
    equals(lambda: list(person.lists()), ["Market"], "the server has it")
    device.page.reload()
    equals(lambda: shown(device), ["Market"], "it is still so")


# How far a list is


def test_the_dashboard_tells_how_far_a_list_is_and_follows_another_person_live(device, person, other, groceries):
    """What is to go and how much is done, with each check, each addition and each removal."""
    other.join(person.invite(groceries))
    ids = {item["name"]: item["id"] for item in person.items(groceries)}
    equals(lambda: shown(device), ["Groceries"], "the list is there")
    device.wait_live()

    def tells(told: str, done: int, count: int) -> None:
        expect(card(device, "Groceries").get_by_text(told, exact=True)).to_be_visible()
        bar = card(device, "Groceries").get_by_role("progressbar", name=words(f"{done} of {count} done"))
        expect(bar).to_have_attribute("aria-valuenow", str(done))
    tells("3 to go", 0, 3)
    other.edit(groceries, ids["milk"], checked=True)
    tells("2 to go", 1, 3)
    other.edit(groceries, ids["bread"], checked=True)
    other.edit(groceries, ids["apples"], checked=True)
    tells("All done", 3, 3)
    other.edit(groceries, ids["milk"], checked=False)
    tells("1 to go", 2, 3)
    other.add(groceries, "coffee")
    tells("2 to go", 2, 4)
    for item in person.items(groceries):
        other.remove(groceries, item["id"])
    tells("Nothing on it yet", 0, 0)


def test_lists_are_found_by_a_part_of_their_name(device, person):
    """As soon as there are more than a few, whatever the case; Escape shows all again."""
    names = ["Groceries", "Party", "Trip to the sea", "Tools", "Books", "Garden", "Sea food"]
    for name in names:
        person.create_list(name)
    equals(lambda: sorted(shown(device)), sorted(names), "all are there")
    search = device.page.get_by_role("searchbox", name="Search lists")
    search.fill("SEA")
    equals(lambda: sorted(shown(device)), ["Sea food", "Trip to the sea"], "those with the word")
    search.fill("mountain")
    expect(device.page.get_by_role("heading", name="No list of that name here")).to_be_visible()
    search.press("Escape")
    equals(lambda: sorted(shown(device)), sorted(names), "all are shown again")


# How lists arrive

SLOW_NOTES = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...rest) {
    const request = put.call(this, value, ...rest);
    if (this.name !== "device") return request;
    const isNoted = value.syncedAt !== globalThis.syncedAt;
    globalThis.syncedAt = value.syncedAt;
    if (globalThis.holds && isNoted) {
        globalThis.isNoting = true;
        const wait = () => { if (globalThis.holds) this.count().onsuccess = wait; };
        wait();
    }
    return request;
};
"""


def test_a_list_that_appears_while_the_end_of_an_exchange_is_noted_is_fetched(open_device, person, other, groceries):
    """The first of an account, joined elsewhere in just that moment: it comes without anything else being done."""
    token = person.invite(groceries)
    device = open_device(None, init=SLOW_NOTES)
    heard = []
    device.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    device.person = other
    device.log_in()
    device.wait_live()
    device.page.evaluate("globalThis.holds = true")
    device.sync_button().click()
    device.page.get_by_role("dialog", name="Sync").get_by_role("button", name="Sync now").click()
    equals(lambda: device.page.evaluate("globalThis.isNoting ?? false"), True, "the end of the exchange is being noted")
    other.join(token)
    equals(lambda: device.page.evaluate("0") == 0 and any(groceries in frame for frame in heard), True, "the device hears of the list")
    device.page.evaluate("globalThis.holds = false")
    device.page.get_by_role("dialog", name="Sync").get_by_role("button", name="Close").click()
    equals(lambda: shown(device), ["Groceries"], "the list is there", within=5)

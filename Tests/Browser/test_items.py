"""Items: typed with amounts, offered again, counted, grouped, ordered, cleared, selected and found."""
import pytest
from device import Device, words
from playwright.sync_api import Locator, expect
from waiting import equals


@pytest.fixture
def shopping(device, groceries) -> Device:
    """The device with milk, bread and three apples on its screen."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    return device


def undo(device: Device, told: str) -> None:
    """In the toast that tells what was done."""
    toast = device.page.get_by_role("region", name="Notifications")
    expect(toast.get_by_text(words(told))).to_be_visible()
    toast.get_by_role("button", name="Undo", exact=True).click()
    expect(toast.get_by_text(words(f"Undone: {told}"))).to_be_visible()


def set_category(device: Device, name: str, category: str) -> None:
    with device.editor(name) as form:
        field = form.get_by_role("combobox", name="Category")
        field.fill(category)
        field.press("Enter")
    expect(device.name_button(name)).to_be_visible()


def groups(device: Device) -> list[str]:
    """The names above the groups of items, from top to bottom."""
    return device.page.get_by_role("main").get_by_role("list").get_by_role("heading", level=2).all_text_contents()


def order_by(device: Device, words: str) -> None:
    device.page.get_by_role("radiogroup", name="Order").get_by_text(words, exact=True).click()


def checked(person, list_id: str) -> set[str]:
    return {item["name"] for item in person.items(list_id) if item["checked"]}


# What is typed


@pytest.mark.parametrize("line, name, target, unit", [
    ("2 kg apples", "apples", 2, "kg"), ("3 × coffee", "coffee", 3, None), ("eggs x6", "eggs", 6, None), ("flour 500 g", "flour", 500, "g"),
    ("1 l of milk", "milk", 1, "l"), ("7up", "7up", None, None),
])
def test_an_amount_that_is_typed_with_a_name_is_understood(device, person, line, name, target, unit):
    """The server has the name, the amount and the unit each in its place."""
    list_id = person.create_list("Groceries")
    device.open_list(list_id)
    device.add_box().fill(line)
    device.add_box().press("Enter")
    expect(device.name_button(name)).to_be_visible()
    device.wait_saved()
    item, = person.items(list_id)
    assert (item["name"], item.get("quantity", {}).get("target"), item["unit"]) == (name, target, unit)


def test_an_amount_that_was_understood_is_kept_in_the_name_when_its_mark_is_pressed(device, person):
    """For names that begin with a number."""
    list_id = person.create_list("Groceries")
    device.open_list(list_id)
    device.add_box().fill("2 kg apples")
    device.page.get_by_role("button", name=words("Understood as 2 kg.")).click()
    device.page.get_by_role("button", name="Add", exact=True).click()
    expect(device.name_button("2 kg apples")).to_be_visible()
    device.wait_saved()
    item, = person.items(list_id)
    assert (item["name"], "quantity" in item, item["unit"]) == ("2 kg apples", False, None)


def test_pasted_lines_are_items_each_and_many_of_them_are_asked_about(device, person):
    """With amounts and boxes understood; in their order; and one step takes them all back."""
    list_id = person.create_list("Groceries")
    device.open_list(list_id)
    paste = """(input, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }"""
    device.add_box().evaluate(paste, "- 2 kg apples\n[x] bread\n\n3. milk")
    device.wait_names("apples", "bread", "milk")
    device.wait_saved()
    assert [(item["name"], item["checked"], item["unit"]) for item in person.items(list_id)] == [
        ("apples", False, "kg"), ("bread", True, None), ("milk", False, None)]
    undo(device, "Added 3 items")
    equals(lambda: person.items(list_id), [], "the server has none of them")

    many = [f"part {number:02}" for number in range(25)]
    device.add_box().evaluate(paste, "\n".join(many))
    question = device.page.get_by_role("dialog", name=words("Add 25 items?"))
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert device.names() == []
    device.add_box().evaluate(paste, "\n".join(many))
    question.get_by_role("button", name="Add", exact=True).click()
    equals(lambda: person.names(list_id), many, "the server has all, in their order")


@pytest.mark.parametrize("way", ["keyboard", "click", "its whole name"])
def test_what_was_used_before_is_offered_with_its_category_and_taken(shopping, person, groceries, way):
    """On another list, where it had a category and a unit; what is taken has them too."""
    shopping.open_list(person.create_list("Party"))
    shopping.add_box().fill("2 bars chocolate")
    shopping.add_box().press("Enter")
    set_category(shopping, "chocolate", "Sweets")
    shopping.wait_saved()
    shopping.open_list(groceries)
    shopping.wait_names("milk", "bread", "apples")
    box = shopping.add_box()
    box.press_sequentially("3 choc" if way != "its whole name" else "3 Chocolate")
    option = shopping.page.get_by_role("option", name="chocolate")
    expect(option).to_contain_text("Sweets")
    if way == "keyboard":
        box.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        box.press("Enter")
    elif way == "click":
        option.click()
    else:
        box.press("Enter")
    expect(box).to_have_value("")
    name = "Chocolate" if way == "its whole name" else "chocolate"
    expect(shopping.name_button(name)).to_be_visible()
    shopping.wait_saved()
    item = person.item(groceries, name)
    assert (item["category"], item["quantity"]["target"], item["unit"]) == ("Sweets", 3, "bars")
    box.press_sequentially("choc")
    expect(box).to_have_value("choc")
    expect(option).to_have_count(0)


# What belongs to an item


def test_one_of_three_is_taken(shopping, person, groceries):
    """And put back; what somebody else takes is counted with it; no more than there are to take, no less than none."""
    shopping.wait_live()
    amount = shopping.page.get_by_role("group", name="Amount of apples")
    less, more = (amount.get_by_role("button", name=name) for name in ("One less", "One more"))
    expect(less).to_be_disabled()

    def taken(count: int) -> None:
        expect(amount).to_contain_text(words(f"{count} of 3") if count else "3")
        wanted = {"target": 3, "acquired": count, "remaining": 3 - count}
        equals(lambda: person.item(groceries, "apples")["quantity"], wanted, "the server has it")
    shopping.take("apples")
    taken(1)
    person.edit(groceries, person.item(groceries, "apples")["id"], acquire=1)
    taken(2)
    more.click()
    taken(3)
    expect(more).to_be_disabled()
    less.click()
    taken(2)
    assert not person.item(groceries, "apples")["checked"]


def test_all_that_belongs_to_an_item_is_set_in_its_form(shopping, person, groceries):
    """Name, amount, unit, category and note, saved together; emptied fields are gone; giving up changes nothing."""
    with shopping.editor("bread") as form:
        for label, text in ("Name", "rye bread"), ("Amount", "2"):
            form.get_by_label(label, exact=True).fill(text)
        for label, text in ("Unit", "loaves"), ("Category", "Bakery"):
            form.get_by_role("combobox", name=label).fill(text)
        form.get_by_role("textbox", name="Note").fill("the dark one")
        form.get_by_role("button", name="Save", exact=True).click()
    expect(shopping.row("rye bread")).to_contain_text("the dark one")
    shopping.wait_saved()

    def held() -> tuple:
        item = person.item(groceries, "rye bread")
        return item.get("quantity", {}).get("target"), item["unit"], item["category"], item["note"]
    assert held() == (2, "loaves", "Bakery", "the dark one")
    with shopping.editor("rye bread") as form:
        form.get_by_label("Name", exact=True).fill("something else")
        form.get_by_role("textbox", name="Note").fill("something else")
        form.get_by_role("button", name="Cancel", exact=True).click()
    expect(shopping.name_button("rye bread")).to_be_visible()
    with shopping.editor("rye bread") as form:
        form.get_by_role("combobox", name="Category").fill("")
        for label in "Amount", "Note":
            form.get_by_role("textbox", name=label).fill("")
        form.get_by_role("button", name="Save", exact=True).click()
    equals(held, (0, "loaves", None, None), "the server has the emptied fields so; an amount of none is 0")
    for gone in "2", "loaves", "Bakery", "the dark one":
        expect(shopping.row("rye bread")).not_to_contain_text(gone)


def test_a_category_set_in_the_form_groups_the_items(shopping, person, groceries):
    """Under its name, the others below; offered for the next item, and the group is gone with its last one."""
    assert groups(shopping) == []
    set_category(shopping, "apples", "Fruit")
    equals(lambda: groups(shopping), ["Fruit", "Other"], "there is a group")
    assert shopping.names() == ["apples", "milk", "bread"]
    equals(lambda: person.item(groceries, "apples")["category"], "Fruit", "the server has it")
    with shopping.editor("milk") as form:
        form.get_by_role("combobox", name="Category").press_sequentially("fr")
        form.get_by_role("option", name="Fruit").click()
        form.get_by_role("button", name="Save", exact=True).click()
    equals(lambda: shopping.names(), ["milk", "apples", "bread"], "it has joined the group, in hand order")
    equals(lambda: person.item(groceries, "milk")["category"], "Fruit", "the server has it")
    for name in "apples", "milk":
        set_category(shopping, name, "")
    equals(lambda: groups(shopping), [], "there are no groups")
    assert shopping.names() == ["milk", "bread", "apples"]
    equals(lambda: person.item(groceries, "milk")["category"], None, "the server has it")


def test_a_list_is_shown_by_category_or_in_the_order_made_by_hand(device, person):
    """Categories by their names and what has none last; chosen for this list, and still so after a reload."""
    list_id = person.create_list("Market")
    for name, category in ("pears", "Fruit"), ("soap", None), ("bread", "Bakery"), ("apples", "Fruit"):
        person.add(list_id, name, **({"category": category} if category else {}))
    by_hand = ["pears", "soap", "bread", "apples"]
    device.open_list(list_id)
    equals(lambda: device.names(), ["bread", "pears", "apples", "soap"], "by category")
    assert groups(device) == ["Bakery", "Fruit", "Other"]
    order_by(device, "My order")
    equals(lambda: device.names(), by_hand, "by hand")
    assert groups(device) == []
    expect(device.row("pears")).to_contain_text("Fruit")
    device.page.reload()
    equals(lambda: device.names(), by_hand, "by hand still")
    order_by(device, "By category")
    equals(lambda: groups(device), ["Bakery", "Fruit", "Other"], "by category again")
    assert person.names(list_id) == by_hand


# Many at once


def test_what_is_completed_is_cleared_and_comes_back_with_undo(shopping, person, groceries):
    """Those alone, from the server too; undone they are where they were, and still ticked off."""
    completed = shopping.page.get_by_role("button", name="2 completed")
    for name in "milk", "apples":
        shopping.check(name)
    expect(completed).to_be_visible()
    shopping.page.get_by_role("main").get_by_role("button", name="Clear completed").click()
    expect(completed).to_have_count(0)
    equals(lambda: person.names(groceries), ["bread"], "the server has the other one alone")
    undo(shopping, "Cleared 2 items")
    expect(completed).to_be_visible()
    equals(lambda: person.names(groceries), ["milk", "bread", "apples"], "the server has all again")
    equals(lambda: checked(person, groceries), {"milk", "apples"}, "they are ticked off")
    assert person.item(groceries, "apples")["quantity"]["target"] == 3


def test_all_are_unchecked_and_one_undo_checks_them_again(shopping, person, groceries):
    """From the list's menu, which offers it only when something is completed."""
    menu = shopping.page.get_by_role("button", name="More for this list")
    menu.click()
    for command in "Uncheck all", "Clear completed":
        expect(shopping.page.get_by_role("menuitem", name=command)).to_be_disabled()
    shopping.page.keyboard.press("Escape")
    for name in "milk", "bread":
        shopping.check(name)
    equals(lambda: checked(person, groceries), {"milk", "bread"}, "the server has them ticked off")
    shopping.choose("Uncheck all")
    equals(lambda: checked(person, groceries), set(), "the server has all open")
    equals(lambda: shopping.names(), ["milk", "bread", "apples"], "they are where they were")
    undo(shopping, "Put back 2 items")
    equals(lambda: checked(person, groceries), {"milk", "bread"}, "ticked off again")


def select(device: Device, *names: str) -> Locator:
    device.choose("Select several")
    toolbar = device.page.get_by_role("toolbar", name="Selected items")
    expect(toolbar).to_contain_text(words("0 selected"))
    for name in names:
        device.page.get_by_role("checkbox", name=words(f"Select {name}")).click()
    expect(toolbar).to_contain_text(words(f"{len(names)} selected"))
    return toolbar


def test_several_are_selected_and_checked_and_one_undo_takes_it_back(shopping, person, groceries):
    """Those alone; the selection is over then."""
    toolbar = select(shopping, "milk", "apples")
    toolbar.get_by_role("button", name="Check off").click()
    expect(toolbar).to_have_count(0)
    equals(lambda: checked(person, groceries), {"milk", "apples"}, "the server has both ticked off")
    undo(shopping, "Ticked off 2 items")
    equals(lambda: checked(person, groceries), set(), "the server has both open")


def test_several_are_selected_and_removed_and_one_undo_brings_them_back(shopping, person, groceries):
    """All but one that was selected and let go again, by a click on its name."""
    toolbar = select(shopping, "milk")
    toolbar.get_by_role("button", name="Select all").click()
    expect(toolbar).to_contain_text(words("3 selected"))
    shopping.name_button("bread").click()
    expect(toolbar).to_contain_text(words("2 selected"))
    toolbar.get_by_role("button", name="Remove").click()
    expect(toolbar).to_have_count(0)
    shopping.wait_names("bread")
    equals(lambda: person.names(groceries), ["bread"], "the server has one")
    undo(shopping, "Removed 2 items")
    shopping.wait_names("milk", "bread", "apples")
    equals(lambda: person.names(groceries), ["milk", "bread", "apples"], "the server has all, in their order")
    assert person.item(groceries, "apples")["quantity"]["target"] == 3


def test_a_range_is_selected_by_shift_and_gets_a_category_in_one_step(shopping, person, groceries):
    """Clicks with Ctrl and Shift select where nothing was selected yet."""
    shopping.name_button("milk").click(modifiers=["Control"])
    shopping.name_button("apples").click(modifiers=["Shift"])
    toolbar = shopping.page.get_by_role("toolbar", name="Selected items")
    expect(toolbar).to_contain_text(words("3 selected"))
    toolbar.get_by_role("button", name="Move to a category").click()
    dialog = shopping.page.get_by_role("dialog", name="Move to a category")
    dialog.get_by_role("combobox", name="Category").fill("Breakfast")
    dialog.get_by_role("button", name="Move", exact=True).click()
    equals(lambda: groups(shopping), ["Breakfast"], "all are in the group")
    equals(lambda: [item["category"] for item in person.items(groceries)], ["Breakfast"] * 3, "the server has it")
    undo(shopping, "Changed 3 items")
    equals(lambda: [item["category"] for item in person.items(groceries)], [None] * 3, "none has one")


# What is sought


def test_items_are_found_by_name_note_and_category_whatever_case_and_accents(device, person):
    """Completed ones too, without opening their section; with nothing found the screen says so."""
    list_id = person.create_list("Market")
    person.add(list_id, "Açúcar", category="Baking")
    person.add(list_id, "flour", note="for the cake")
    person.edit(list_id, person.add(list_id, "cake tin")["id"], checked=True)
    person.add(list_id, "soap")
    device.open_list(list_id)
    equals(lambda: sorted(device.names()), ["Açúcar", "flour", "soap"], "the completed one lies in its section")
    device.page.get_by_role("button", name="Find in this list").click()
    search = device.page.get_by_role("searchbox", name="Find in this list")
    for sought, found in ("ACUCAR", ["Açúcar"]), ("baking", ["Açúcar"]), ("cake", ["cake tin", "flour"]), ("soapy", []):
        search.fill(sought)
        equals(lambda: sorted(device.names()), found, f"{sought} is found")
    expect(device.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    device.page.get_by_role("button", name="End the search").click()
    equals(lambda: sorted(device.names()), ["Açúcar", "flour", "soap"], "all are shown again")

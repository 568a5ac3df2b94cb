"""The second story: two devices of one person change the same things without having seen each other's changes."""
import pytest
from device import words
from playwright.sync_api import expect
from waiting import equals, eventually


@pytest.fixture
def both(device, second_device, groceries):
    """Two devices with the list open, both offline."""
    for one in device, second_device:
        one.open_list(groceries)
        one.wait_names("milk", "bread", "apples")
        one.wait_saved()
        one.go_offline()
    return device, second_device


def come_back(*devices):
    """One after the other, so that the last edit is also the one that arrives last."""
    for one in devices:
        one.go_online()
        one.wait_saved()


def test_the_same_item_renamed_on_both_converges_and_offers_the_other_name(both, person, groceries):
    """Both devices and the server show the later name; a note offers the other one, and choosing it settles it on both."""
    laptop, phone = both
    laptop.rename("milk", "oat milk")
    phone.rename("milk", "goat milk")
    come_back(laptop, phone)
    for one in both:
        one.wait_names("goat milk", "bread", "apples")
        note = one.row("goat milk").get_by_text("On another device you wrote")
        expect(note).to_contain_text("goat milk")
        expect(note).to_contain_text("oat milk")
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "goat milk"], "the server has the later name")

    laptop.row("goat milk").get_by_role("button", name=words("Use “oat milk”")).click()
    for one in both:
        one.wait_names("oat milk", "bread", "apples")
        expect(one.page.get_by_text("On another device you wrote")).to_have_count(0)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "oat milk"], "the server has the chosen name")


def test_keeping_the_name_that_stands_settles_it_on_both(both):
    """The note goes on both devices, the name stays."""
    laptop, phone = both
    laptop.rename("bread", "rye")
    phone.rename("bread", "spelt")
    come_back(laptop, phone)
    for one in both:
        expect(one.row("spelt").get_by_role("button", name=words("Keep “spelt”"))).to_be_visible()
    phone.row("spelt").get_by_role("button", name=words("Keep “spelt”")).click()
    for one in both:
        expect(one.page.get_by_role("button", name=words("Keep “spelt”"))).to_have_count(0)
        one.wait_names("milk", "spelt", "apples")


def test_a_check_on_one_and_a_rename_on_the_other_both_survive(both, person, groceries):
    """They touch different fields: no conflict, both hold."""
    laptop, phone = both
    laptop.check("milk")
    phone.rename("milk", "oat milk")
    come_back(laptop, phone)
    for one in both:
        one.wait_checked("oat milk")
        expect(one.page.get_by_text("On another device you wrote")).to_have_count(0)
    assert person.item(groceries, "oat milk")["checked"]


def test_ticked_off_in_the_shop_stays_ticked_off_though_edited_at_home(both, person, groceries):
    """An older edit of the same item that arrives later does not bring it back."""
    laptop, phone = both
    laptop.rename("bread", "rye bread")
    phone.check("bread")
    come_back(phone, laptop)
    for one in both:
        one.wait_checked("rye bread")
    assert person.item(groceries, "rye bread")["checked"]


@pytest.mark.parametrize("first", ["removal", "edit"])
def test_an_edit_made_at_the_same_time_as_a_removal_keeps_the_whole_item(both, person, groceries, first):
    """Whichever of the two arrives first: the item stays, with all its fields."""
    laptop, phone = both
    laptop.remove("apples")
    with phone.editor("apples") as form:
        form.get_by_label("Note", exact=True).fill("the red ones")
        form.get_by_role("button", name="Save", exact=True).click()
    expect(phone.row("apples")).to_contain_text("the red ones")
    come_back(*((laptop, phone) if first == "removal" else (phone, laptop)))
    for one in both:
        one.wait_names("milk", "bread", "apples")
        expect(one.row("apples")).to_contain_text("the red ones")
        expect(one.row("apples")).to_contain_text("3")
    kept = eventually(lambda: person.item(groceries, "apples"), "the server keeps it")
    assert (kept["note"], kept["quantity"]["target"]) == ("the red ones", 3)


def test_two_that_take_one_of_three_each_leave_one(both, person, groceries):
    """What is taken adds up."""
    for one in both:
        one.take("apples")
    come_back(*both)
    for one in both:
        expect(one.row("apples")).to_contain_text(words("2 of 3"))
    equals(lambda: person.item(groceries, "apples")["quantity"]["remaining"], 1, "one is left")


def test_items_added_and_moved_on_both_are_each_there_once_in_one_order(both, person, groceries):
    """Both devices and the server agree on the order."""
    laptop, phone = both
    laptop.add("salt", "pepper")
    phone.add("rice", "beans")
    come_back(laptop, phone)
    laptop.wait_names("milk", "bread", "apples", "salt", "pepper", "rice", "beans")
    equals(lambda: person.names(groceries), laptop.names(), "the server has the order of the laptop")
    equals(phone.names, laptop.names(), "the phone has the order of the laptop")

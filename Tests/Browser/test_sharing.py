"""The third story: changes by another person."""
import re
from urllib.parse import urlsplit

from device import words
from playwright.sync_api import expect
from waiting import equals, eventually


def test_a_link_made_in_the_app_lets_another_person_in_and_edits_go_both_ways_live(device, other_device, person, other, groceries):
    """Make a link with a role; open it; join; each sees what the other does, and who did it."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.page.get_by_role("button", name="Share", exact=True).click()
    dialog = device.page.get_by_role("dialog", name="Share")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Link", exact=True).input_value()
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()

    other_device.page.goto(link)
    expect(other_device.page.get_by_role("heading", name="You are invited to a list")).to_be_visible()
    other_device.page.get_by_role("button", name="Join the list").click()
    other_device.wait_names("milk", "bread", "apples")
    assert urlsplit(other_device.page.url).path == f"/list/{groceries}"
    expect(dialog.get_by_label(words(f"Role of {other.username}"))).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).click()

    other_device.check("milk")
    device.wait_checked("milk")
    device.add("coffee")
    other_device.wait_names("milk", "bread", "apples", "coffee")
    other_device.rename("bread", "baguette")
    device.wait_names("milk", "baguette", "apples", "coffee")
    expect(device.row("baguette")).to_contain_text(other.username[:5])
    equals(lambda: person.item(groceries, "milk")["checked"], True, "the server has the check")


def test_a_list_that_appears_while_the_app_is_open_is_there_with_its_items_at_once(device, person, other):
    """Made on another device, or joined there: its items come when its name comes, and not with some later exchange."""
    device.wait_live()
    mine = person.create_list("Tools")
    person.add(mine, "saw")
    theirs = other.create_list("Party")
    other.add(theirs, "balloons")
    person.join(other.invite(theirs))
    lists = device.page.get_by_role("main")
    for name, item in ("Tools", "saw"), ("Party", "balloons"):
        lists.get_by_role("link", name=name).click()
        device.wait_names(item, within=3)
        device.page.get_by_role("link", name="All lists").click()


def test_a_person_without_an_account_comes_from_the_link_to_the_list(open_device, person, groceries):
    """The link leads to registration, and then to the invitation it is about."""
    token = person.invite(groceries, "viewer")
    guest = open_device(None, f"/join/{token}", name="guest")
    guest.page.get_by_label("User name").fill(person.username.replace("anna", "carl"))
    guest.page.get_by_label("Password", exact=True).fill("a password of theirs")
    guest.page.get_by_role("button", name="Create account").click()
    guest.page.get_by_role("button", name="Join the list").click()
    guest.wait_names("milk", "bread", "apples")
    expect(guest.page.get_by_text("You can look at this list.")).to_be_visible()
    expect(guest.add_box()).to_have_count(0)


def test_who_has_the_list_open_is_seen_by_the_others(shared, person, other):
    """By name, in each tab, and no longer once they have left it, or once nothing comes live any more."""
    laptop, others = shared
    present = laptop.page.get_by_role("img", name=re.compile(f"{other.username}.* has this list open"))
    expect(present).to_be_visible()
    expect(others.page.get_by_role("img", name=re.compile(f"{person.username}.* has this list open"))).to_be_visible()
    second = laptop.new_tab(urlsplit(laptop.page.url).path)
    expect(second.get_by_role("img", name=re.compile(f"{other.username}.* has this list open"))).to_be_visible()
    second.close()
    laptop.page.bring_to_front()
    others.page.get_by_role("link", name="All lists").click()
    expect(present).to_have_count(0)
    others.page.go_back()
    expect(present).to_be_visible()
    laptop.sync_button().click()
    laptop.page.get_by_label("Sync this device").select_option(label="Only by hand")
    expect(present).to_have_count(0)


def test_what_another_removes_is_said_with_their_name(shared, other):
    """There is no row left to mark."""
    laptop, others = shared
    others.remove("bread")
    expect(laptop.page.get_by_role("region", name="Notifications").get_by_text(f"{other.username}: Removed bread")).to_be_visible()
    laptop.wait_names("milk", "apples")


def test_two_people_who_rename_the_same_item_see_whose_name_stands(shared):
    """The note names the other person, and what each of the two wrote."""
    laptop, others = shared
    for one in shared:
        one.go_offline()
    laptop.rename("milk", "oat milk")
    others.rename("milk", "goat milk")
    for one in shared:
        one.go_online()
        one.wait_saved()
    laptop.wait_names("goat milk", "bread", "apples")
    expect(laptop.row("goat milk")).to_contain_text(re.compile("bert-.*stands. You wrote .*oat milk"))
    expect(others.row("goat milk")).to_contain_text(re.compile("Your .*goat milk.* stands. .*anna-.* wrote .*oat milk"))
    others.row("goat milk").get_by_role("button", name=words("Use “oat milk”")).click()
    for one in shared:
        one.wait_names("oat milk", "bread", "apples")


def test_the_later_edits_of_a_person_whose_role_was_revoked_are_set_aside_and_shown(shared, person, other, groceries):
    """Made offline before they knew; they do not reach the list, and their author sees each of them."""
    laptop, others = shared
    others.go_offline()
    others.rename("bread", "baguette")
    others.check("milk")
    others.take("apples")
    laptop.page.get_by_role("button", name="Share", exact=True).click()
    dialog = laptop.page.get_by_role("dialog", name="Share")
    dialog.get_by_role("button", name=re.compile(f"^Remove .*{other.username}")).click()
    laptop.page.get_by_role("dialog", name=re.compile("^Remove .* from this list")).get_by_role("button", name="Remove", exact=True).click()
    eventually(lambda: other.is_refused(groceries), "the server knows the other person no more")

    others.go_online()
    page = others.page
    expect(page.get_by_text(words("Changes that could not be shared: 3"))).to_be_visible(timeout=20_000)
    others.wait_saved()
    expect(page.get_by_role("main").get_by_text("You can no longer change this list")).to_be_visible()
    page.get_by_role("button", name="Details").click()
    sync = page.get_by_role("dialog", name="Sync")
    expect(sync.get_by_role("listitem").filter(has_text="Name: baguette")).to_be_visible()
    expect(sync.get_by_role("listitem").filter(has_text=words("checked off “milk”"))).to_be_visible()
    expect(sync.get_by_role("listitem").filter(has_text="Amount: +1")).to_be_visible()
    page.reload()
    expect(page.get_by_text(words("Changes that could not be shared: 3"))).to_be_visible()
    expect(page.get_by_role("main").get_by_text("You can no longer change this list")).to_be_visible()
    assert sorted(person.names(groceries)) == ["apples", "bread", "milk"]
    assert not person.item(groceries, "milk")["checked"]


def test_what_the_server_refuses_takes_nothing_else_with_it(shared, person, other, groceries):
    """An owner without a network trashes the list between other edits, and is an editor meanwhile: only the trashing is set aside."""
    person.call("PUT", f"/lists/{groceries}/members/{other.user}", {"role": "owner"})
    _, others = shared
    more = others.page.get_by_role("button", name="More for this list")
    more.click()
    expect(others.page.get_by_role("menuitem", name="Move to trash")).to_be_visible()
    others.page.keyboard.press("Escape")
    others.wait_saved()
    others.go_offline()
    person.call("PUT", f"/lists/{groceries}/members/{other.user}", {"role": "editor"})
    others.check("milk")
    others.add("coffee", "tea")
    more.click()
    others.page.get_by_role("menuitem", name="Move to trash").click()
    others.page.get_by_role("dialog").get_by_role("button", name="Move to trash").click()
    notices = others.page.get_by_role("region", name="Notifications")
    notices.get_by_role("button", name="Undo").click()
    expect(notices.get_by_text("Undone: ")).to_be_visible()
    others.open_list(groceries)
    others.rename("bread", "baguette")
    others.wait_sync("Offline · 6 waiting")
    others.go_online()
    expect(others.page.get_by_text(words("Changes that could not be shared: 2"))).to_be_visible(timeout=20_000)
    others.wait_saved()
    wanted = ["apples", "baguette", "coffee", "milk", "tea"]
    equals(lambda: sorted(person.names(groceries)), wanted, "the server has the rest")
    assert person.item(groceries, "milk")["checked"]
    others.wait_names(*wanted)
    others.wait_checked("milk")



def test_an_invitation_that_was_revoked_lets_nobody_in(device, other_device, groceries):
    """It says so, and offers no second try."""
    other_device.expects(r"status of 404", r"status of 410")
    device.open_list(groceries)
    device.page.get_by_role("button", name="Share", exact=True).click()
    dialog = device.page.get_by_role("dialog", name="Share")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Link", exact=True).input_value()
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(dialog.get_by_role("button", name="Revoke", exact=True)).to_have_count(0)
    other_device.page.goto(link)
    other_device.page.get_by_role("button", name="Join the list").click()
    expect(other_device.page.get_by_role("alert")).to_contain_text("Ask for a new one")
    expect(other_device.page.get_by_role("button", name="Join the list")).to_have_count(0)

"""Those who share a list: links with a role and an end, roles that change, people who are removed or leave, and how the list looks to them."""
import re
from datetime import datetime, timedelta, timezone

import pytest
from api import Refused
from device import Device, words
from playwright.sync_api import Locator, expect
from waiting import equals, eventually


def share(device: Device) -> Locator:
    device.page.get_by_role("button", name="Share", exact=True).click()
    dialog = device.page.get_by_role("dialog", name="Share")
    expect(dialog).to_be_visible()
    return dialog


def role_of(dialog: Locator, person) -> Locator:
    return dialog.get_by_label(words(f"Role of {person.username}"))


def confirm(device: Device, title: str, action: str) -> None:
    device.page.get_by_role("dialog", name=words(title)).get_by_role("button", name=action, exact=True).click()


def roles(person, list_id: str) -> dict[str, str]:
    """User name → role, as the server has them."""
    return {member["username"]: member["role"] for member in person.call("GET", f"/lists/{list_id}/members")["members"]}


# Links


@pytest.mark.parametrize("role, label, lasts, days", [
    ("viewer", "Can view", "1 day", 1), ("editor", "Can edit", "1 week", 7), ("owner", "Owner", "1 month", 30),
])
def test_a_link_has_the_role_and_the_end_that_were_chosen(device, person, other, groceries, role, label, lasts, days):
    """The server's invitation has both; whoever opens the link gets that role."""
    device.open_list(groceries)
    dialog = share(device)
    dialog.get_by_label("Whoever opens it").select_option(label=label)
    dialog.get_by_label("Works for").select_option(label=lasts)
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Link", exact=True).input_value()
    expect(dialog.get_by_text(re.compile(f"^.?{label}.?, until .* It is shown only now"))).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has=device.page.get_by_role("button", name="Revoke"))).to_contain_text(label)
    invitation, = person.call("GET", f"/lists/{groceries}/members")["invitations"]
    assert invitation["role"] == role
    left = datetime.fromisoformat(invitation["expiresAt"].replace("Z", "+00:00")) - datetime.now(timezone.utc)
    assert timedelta(days=days) - timedelta(minutes=5) < left <= timedelta(days=days, minutes=1)
    other.join(link.rsplit("/", 1)[1])
    assert roles(person, groceries) == {person.username: "owner", other.username: role}


def test_a_person_who_comes_by_a_link_to_look_sees_and_changes_nothing(device, other_device, person, other, groceries):
    """No box to add, no boxes to tick, no handles; on every screen that tells it; and the server refuses too."""
    device.open_list(groceries)
    dialog = share(device)
    dialog.get_by_label("Whoever opens it").select_option(label="Can view")
    dialog.get_by_role("button", name="Make a link").click()
    other_device.page.goto(dialog.get_by_label("Link", exact=True).input_value())
    other_device.page.get_by_role("button", name="Join the list").click()
    other_device.wait_names("milk", "bread", "apples")
    assert_read_only(other_device)
    with pytest.raises(Refused, match="^403"):
        other.add(groceries, "beer")
    other_device.page.get_by_role("link", name="All lists").click()
    expect(other_device.page.get_by_role("main").get_by_text("View only")).to_be_visible()
    person.add(groceries, "coffee")
    other_device.open_list(groceries)
    other_device.wait_names("milk", "bread", "apples", "coffee")


def assert_read_only(device: Device) -> None:
    page = device.page
    expect(page.get_by_text("You can look at this list.")).to_be_visible()
    expect(device.add_box()).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Move "))).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("img", name="Open", exact=True)).to_have_count(3)
    expect(page.get_by_role("button", name="Share", exact=True)).to_have_count(0)


# Roles


def test_a_member_whose_role_is_changed_may_only_look_and_may_edit_again(shared, person, other, groceries):
    """Their open screen follows at once, and the server holds them to it."""
    laptop, others = shared
    dialog = share(laptop)
    expect(role_of(dialog, other)).to_have_value("editor")
    role_of(dialog, other).select_option(label="Can view")
    assert_read_only(others)
    equals(lambda: roles(person, groceries)[other.username], "viewer", "the server has the role")
    with pytest.raises(Refused, match="^403"):
        other.add(groceries, "beer")

    role_of(dialog, other).select_option(label="Can edit")
    expect(others.add_box()).to_be_visible()
    expect(others.page.get_by_text("You can look at this list.")).to_have_count(0)
    others.add("coffee")
    others.check("milk")
    others.wait_saved()
    assert person.names(groceries) == ["milk", "bread", "apples", "coffee"]
    dialog.get_by_role("button", name="Close", exact=True).click()
    laptop.wait_checked("milk")


def test_a_member_who_is_made_an_owner_may_invite_and_the_first_owner_may_leave(shared, person, other, groceries):
    """An owner alone cannot leave nor step back; with another one they can."""
    laptop, others = shared
    expect(others.page.get_by_role("button", name="Share", exact=True)).to_have_count(0)
    dialog = share(laptop)
    expect(role_of(dialog, person)).to_have_count(0)
    expect(dialog.get_by_role("button", name="Leave list")).to_have_count(0)
    role_of(dialog, other).select_option(label="Owner")
    expect(role_of(dialog, person)).to_have_value("owner")
    theirs = share(others)
    theirs.get_by_role("button", name="Make a link").click()
    expect(theirs.get_by_label("Link", exact=True)).to_have_value(re.compile("/join/"))

    dialog.get_by_role("button", name="Leave list").click()
    confirm(laptop, "Leave “Groceries”?", "Leave list")
    expect(laptop.page.get_by_role("heading", level=1, name="Lists")).to_be_visible()
    equals(lambda: roles(other, groceries), {other.username: "owner"}, "the server has the other one alone")
    expect(role_of(theirs, person)).to_have_count(0)


def test_an_owner_who_steps_back_to_editing_cannot_share_any_more(shared, person, other, groceries):
    """Where there is another owner."""
    laptop, _ = shared
    dialog = share(laptop)
    role_of(dialog, other).select_option(label="Owner")
    role_of(dialog, person).select_option(label="Can edit")
    expect(dialog.get_by_text("Only owners can invite others.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Make a link")).to_have_count(0)
    expect(dialog.get_by_role("button", name=re.compile("^Remove "))).to_have_count(0)
    equals(lambda: roles(other, groceries), {person.username: "editor", other.username: "owner"}, "the server has both roles")
    dialog.get_by_role("button", name="Close", exact=True).click()
    laptop.add("coffee")
    equals(lambda: other.names(groceries)[-1], "coffee", "they still edit")


# Ends


def test_a_member_who_is_removed_has_the_list_no_more(shared, person, other, groceries):
    """After a question, which can be given up; their open screen says so and takes no more edits, and the links are ended."""
    laptop, others = shared
    assert len(person.call("GET", f"/lists/{groceries}/members")["invitations"]) == 1
    dialog = share(laptop)
    remove = dialog.get_by_role("button", name=words(f"Remove {other.username}"))
    question = f"Remove {other.username} from this list?"
    remove.click()
    confirm(laptop, question, "Cancel")
    expect(role_of(dialog, other)).to_be_visible()
    assert other.username in roles(person, groceries)
    remove.click()
    confirm(laptop, question, "Remove")
    expect(role_of(dialog, other)).to_have_count(0)
    eventually(lambda: other.is_refused(groceries), "the server refuses them")
    assert roles(person, groceries) == {person.username: "owner"}
    expect(dialog.get_by_role("button", name="Revoke")).to_have_count(0)
    assert person.call("GET", f"/lists/{groceries}/members")["invitations"] == []
    expect(others.add_box()).to_have_count(0)
    expect(others.page.get_by_role("main").get_by_role("checkbox")).to_have_count(0)
    others.open("/")
    expect(others.page.get_by_role("heading", name="What do you need?")).to_be_visible()


def test_a_member_leaves_a_list(shared, person, other, groceries):
    """After a question; it is gone from all their devices, and the others see that they are gone."""
    laptop, others = shared
    others.choose("Leave list")
    confirm(others, "Leave “Groceries”?", "Cancel")
    assert other.username in roles(person, groceries)
    others.choose("Leave list")
    confirm(others, "Leave “Groceries”?", "Leave list")
    expect(others.page.get_by_role("heading", name="What do you need?")).to_be_visible()
    eventually(lambda: other.is_refused(groceries), "the server has them no more")
    assert roles(person, groceries) == {person.username: "owner"}
    assert other.lists() == {}
    expect(role_of(share(laptop), other)).to_have_count(0)
    others.page.reload()
    expect(others.page.get_by_role("heading", name="What do you need?")).to_be_visible()


def test_the_list_is_gone_from_the_other_devices_of_a_person_who_left(open_device, person, other, groceries):
    """Whether they have it open there or are among their lists."""
    other.join(person.invite(groceries))
    other.create_list("Tools")
    first, second = (open_device(other, name=name) for name in ("laptop", "phone"))
    for one in first, second:
        expect(one.page.get_by_role("main").get_by_role("link", name="Groceries")).to_be_visible()
        one.wait_live()
    first.page.get_by_role("main").get_by_role("button", name=words("Actions for Groceries")).click()
    first.page.get_by_role("menuitem", name="Leave list").click()
    confirm(first, "Leave “Groceries”?", "Leave list")
    for one in first, second:
        expect(one.page.get_by_role("main").get_by_role("link", name="Groceries")).to_have_count(0)
        expect(one.page.get_by_role("main").get_by_role("link", name="Tools")).to_be_visible()


# How others see it


def test_the_preview_shows_how_the_list_looks_to_a_viewer_and_to_an_editor(device, person, groceries):
    """All its items by category, what is done among them; a viewer has no handles and is told so; nothing in it can be pressed."""
    bread = person.item(groceries, "bread")["id"]
    person.edit(groceries, bread, category="Bakery", note="the dark one")
    person.edit(groceries, person.item(groceries, "milk")["id"], checked=True)
    device.open_list(groceries)
    dialog = share(device)
    choice = dialog.get_by_role("radiogroup", name="How others see it")

    def preview(label: str) -> Locator:
        choice.get_by_text(label, exact=True).click()
        shown = dialog.get_by_role("img", name=words(f"The list as somebody sees it who has the role: {label}"))
        expect(shown).to_be_visible()
        for text in "Groceries", "Bakery", "bread", "the dark one", "apples", "milk":
            expect(shown).to_contain_text(text)
        assert shown.evaluate("frame => frame.inert")
        return shown
    expect(choice.get_by_role("radio", name="Hidden")).to_be_checked()
    shown = preview("Can view")
    expect(shown).to_contain_text("You can look at this list.")
    expect(shown.locator("[data-handle], button.item-check")).to_have_count(0)
    expect(shown.locator("[data-checked]")).to_have_text(re.compile("milk"))
    shown = preview("Can edit")
    expect(shown).not_to_contain_text("You can look at this list.")
    expect(shown.locator("[data-handle]")).to_have_count(2)
    expect(shown.locator("button.item-check")).to_have_count(3)
    person.add(groceries, "coffee")
    expect(shown).to_contain_text("coffee")
    choice.get_by_text("Hidden", exact=True).click()
    expect(shown).to_have_count(0)

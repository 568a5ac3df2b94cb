"""Sessions that have ended, and accounts that share a browser: what is here stays open, only syncing waits."""
import profile_copy as profile
from playwright.sync_api import expect
from waiting import equals


def test_with_an_expired_session_lists_open_and_edits_wait_for_a_login(device, person, groceries):
    """Neither token is accepted any more: the lists open, edits are kept, a banner says why nothing syncs; after a login all of it arrives."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    device.expects(r"status of 401")
    profile.change_device_row(device.page, person.user, accessToken="expired", refreshToken="expired")
    device.page.reload()
    device.wait_sync("Not syncing")
    device.wait_names("milk", "bread", "apples")
    expect(device.page.get_by_text("Your session has ended. Your lists are here")).to_be_visible()
    device.add("coffee")
    device.check("milk")
    assert sorted(person.names(groceries)) == ["apples", "bread", "milk"]

    device.page.reload()
    device.wait_names("milk", "bread", "apples", "coffee")
    device.wait_checked("milk")
    device.page.get_by_role("link", name="Log in").click()
    expect(device.page.get_by_label("User name")).to_have_value(person.username)
    device.log_in()
    device.open_list(groceries)
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "all arrives")
    assert person.item(groceries, "milk")["checked"]
    person.add(groceries, "tea")
    device.wait_names("milk", "bread", "apples", "coffee", "tea")


def test_an_access_token_that_has_run_out_is_renewed_without_a_word(device, person, groceries):
    """The refresh token still holds: the person notices nothing."""
    device.open_list(groceries)
    device.wait_saved()
    device.expects(r"status of 401")
    profile.change_device_row(device.page, person.user, accessToken="expired")
    device.page.reload()
    device.add("coffee")
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "it arrives")
    assert profile.device_row(device.page, person.user)["accessToken"] != "expired"


def test_a_logout_with_unsent_changes_warns_and_keeps_them(device, person, groceries):
    """The dialog says how many; they are still there without a password, and are sent after the next login."""
    page = device.page
    device.open_list(groceries)
    device.wait_saved()
    device.go_offline()
    device.add("coffee")
    page.get_by_role("button", name="account and more").click()
    page.get_by_role("menuitem", name="Log out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Changes not sent yet:")).to_be_visible()
    dialog.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    page.get_by_role("button", name=person.username).click()
    expect(page.get_by_role("heading", level=1, name="Lists", exact=True)).to_be_visible()
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples", "coffee")
    device.wait_sync("Not syncing")
    device.go_online()
    page.get_by_role("link", name="Log in").click()
    device.log_in()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "it arrives after the login")


def test_several_accounts_on_one_device_stay_apart(device, person, other, groceries):
    """Another person logs in on the same browser: they see their lists alone; switching back needs no password."""
    page = device.page
    device.open_list(groceries)
    device.wait_saved()
    other.create_list("Tools")
    page.get_by_role("button", name="account and more").click()
    page.get_by_role("menuitem", name="Add an account").click()
    device.person = other
    device.log_in()
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Tools")).to_be_visible()
    expect(main.get_by_role("link", name="Groceries")).to_have_count(0)
    page.get_by_role("button", name="account and more").click()
    page.get_by_role("menuitem", name=f"Switch to {person.username}").click()
    expect(main.get_by_role("link", name="Groceries")).to_be_visible()
    expect(main.get_by_role("link", name="Tools")).to_have_count(0)


def test_forgetting_an_account_removes_its_data_from_the_device(device, person, groceries):
    """Nothing of it is in the browser afterwards; another tab that has it open says what has become of it."""
    page = device.page
    device.open_list(groceries)
    device.wait_saved()
    other_tab = device.new_tab(f"/list/{groceries}")
    device.wait_names("milk", "bread", "apples", page=other_tab)
    page.bring_to_front()
    page.get_by_role("button", name="account and more").click()
    page.get_by_role("menuitem", name="Log out").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="Remove my data from this device").check()
    dialog.get_by_role("button", name="Log out and remove").click()
    expect(page.get_by_label("User name")).to_be_visible()
    equals(lambda: page.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)"), ["larder"], "the person's data is gone")
    expect(page.get_by_text(person.username)).to_have_count(0)
    expect(other_tab.get_by_text("This browser has removed your lists from this device.")).to_be_visible()
    other_tab.reload()
    expect(other_tab.get_by_label("User name")).to_be_visible()


def test_two_tabs_keep_their_own_account_over_a_reload(device, person, other, groceries):
    """The second tab has another person's: the first one is still the first one's."""
    first = device.open_list(groceries).page
    second = device.new_tab("/login")
    device.page, device.person = second, other
    device.log_in()
    for page, somebody in (first, person), (second, other), (first, person):
        page.reload()
        expect(page.get_by_role("button", name=f"{somebody.username}: account and more")).to_be_visible()
    device.wait_names("milk", "bread", "apples", page=first)


def log_out(page) -> None:
    page.bring_to_front()
    page.get_by_role("button", name="account and more").click()
    page.get_by_role("menuitem", name="Log out").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_after_a_logout_in_one_tab_a_login_there_makes_both_sync_again(device, person, groceries):
    """The tab that was left open leads, and has had no session meanwhile."""
    first = device.open_list(groceries).page
    device.wait_saved()
    second = device.new_tab(f"/list/{groceries}")
    device.wait_names("milk", "bread", "apples", page=second)
    log_out(second)
    device.add("coffee", page=first)
    device.wait_sync("Not syncing", first)
    device.page = second
    second.bring_to_front()
    device.log_in().open_list(groceries)
    device.add("tea")
    for page in first, second:
        device.wait_saved(page)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has both")
    person.add(groceries, "rice")
    for page in first, second:
        expect(device.name_button("rice", page)).to_be_visible()


def test_a_tab_whose_session_has_ended_does_not_bring_its_account_back(device, person, other, groceries):
    """One tab has the first account open; the other logs out of it, and into another: that one opens from then on."""
    first = device.open_list(groceries).page
    device.wait_saved()
    second = device.new_tab()
    log_out(second)
    device.page, device.person = second, other
    device.log_in()
    device.wait_saved()
    first.bring_to_front()
    device.add("coffee", page=first)
    device.wait_sync("Not syncing", first)
    second.reload()
    expect(second.get_by_role("button", name=f"{other.username}: account and more")).to_be_visible()


def test_an_invitation_is_opened_again_after_the_login_that_it_asked_for(device, other, person):
    """The session has ended when the link is opened: join, log in, join."""
    party = other.create_list("Party")
    other.add(party, "balloons")
    token = other.invite(party)
    device.wait_saved()
    device.expects(r"status of 401")
    profile.change_device_row(device.page, person.user, accessToken="expired", refreshToken="expired")
    device.open(f"/join/{token}")
    device.page.get_by_role("link", name="Log in").click()
    device.log_in()
    device.page.get_by_role("button", name="Join the list").click()
    device.wait_names("balloons")

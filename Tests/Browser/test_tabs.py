"""Two tabs of one account: one syncs, both show, and nothing is lost or doubled when either ends."""
import profile_copy as profile
import pytest
from playwright.sync_api import expect
from waiting import equals, eventually


@pytest.fixture
def tabs(device, person, groceries):
    """Two tabs with the list open; the first leads."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    second = device.new_tab(f"/list/{groceries}")
    device.wait_names("milk", "bread", "apples", page=second)
    eventually(lambda: len(leaders(device, person)["waiting"]) == 1, "the second tab waits for its turn")
    return device.page, second


def leaders(device, person, page=None) -> dict:
    """Which tabs hold, and wait for, the lock of the one that syncs."""
    return (page or device.page).evaluate("""async (name) => {
        const { held, pending } = await navigator.locks.query();
        const of = (locks) => locks.filter((lock) => lock.name === name).map(({ clientId }) => clientId);
        return { leading: of(held), waiting: of(pending) };
    }""", f"larder-sync-{person.user}")


def test_one_tab_syncs_and_both_show_each_others_edits(device, tabs, person, groceries):
    """An edit in either is in the other at once, and on the server."""
    first, second = tabs
    assert len(leaders(device, person)["leading"]) == 1
    device.add("coffee", page=first)
    device.wait_names("milk", "bread", "apples", "coffee", page=second)
    device.add("tea", page=second)
    device.check("milk", page=second)
    device.wait_names("milk", "bread", "apples", "coffee", "tea", page=first)
    device.wait_checked("milk", page=first)
    for page in tabs:
        device.wait_saved(page)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has all")
    person.add(groceries, "rice")
    for page in tabs:
        expect(device.name_button("rice", page)).to_be_visible()


def test_a_leading_tab_that_nobody_looks_at_brings_the_other_what_others_do(device, tabs, person, groceries):
    """Browsers draw no frames in such a tab, so nothing may wait for one."""
    first, second = tabs
    device.wait_live()
    first.evaluate("() => { globalThis.requestAnimationFrame = () => 0; }")
    for name in "rice", "salt", "oil":
        person.add(groceries, name)
        expect(device.name_button(name, second)).to_be_visible(timeout=5_000)


def test_edits_without_a_network_in_both_tabs_are_shown_in_both(device, tabs, person, groceries):
    """No server is needed for two tabs to agree."""
    first, second = tabs
    device.go_offline()
    device.add("coffee", page=first)
    device.add("tea", page=second)
    device.rename("coffee", "strong coffee", page=second)
    for page in tabs:
        device.wait_names("milk", "bread", "apples", "strong coffee", "tea", page=page)
        device.wait_sync("Offline · 3 waiting", page)
    device.go_online()
    for page in tabs:
        device.wait_saved(page)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "milk", "strong coffee", "tea"], "the server has all")


@pytest.mark.parametrize("end", ["closed", "crashed"])
def test_when_the_tab_that_syncs_ends_in_the_middle_of_it_the_other_takes_over(device, tabs, person, groceries, end):
    """Its last edits arrive, none twice, and others' changes still appear in the tab that is left."""
    first, second = tabs
    for number in range(5):
        device.add(f"item {number}", page=first)
    if end == "closed":
        first.close()
    else:
        device.crash()
    device.page = second
    device.add("tea", page=second)
    wanted = ["milk", "bread", "apples", "tea", *(f"item {number}" for number in range(5))]
    device.wait_names(*wanted, page=second)
    device.wait_saved(second)
    equals(lambda: sorted(person.names(groceries)), sorted(wanted), "the server has each once")
    equals(lambda: profile.operations(second, person.user), [], "the outbox is empty")
    lock = leaders(device, person, second)
    assert (len(lock["leading"]), lock["waiting"]) == (1, [])
    person.add(groceries, "rice")
    expect(device.name_button("rice", second)).to_be_visible()


def test_edits_in_turns_in_both_tabs_while_syncing_are_neither_lost_nor_doubled(device, tabs, person, groceries):
    """Twenty quick edits in turns: the server, both tabs and the outbox agree, and the history tells of each once."""
    names = [f"item {number:02}" for number in range(20)]
    for number, name in enumerate(names):
        box = device.add_box(tabs[number % 2])
        box.fill(name)
        box.press("Enter")
    wanted = sorted([*names, "milk", "bread", "apples"])
    for page in tabs:
        equals(lambda: sorted(device.names(page)), wanted, "both tabs show each once")
        device.wait_saved(page)
    equals(lambda: sorted(person.names(groceries)), wanted, "the server has each once")
    equals(lambda: profile.operations(device.page, person.user), [], "the outbox is empty")
    added = [change["to"] for change in person.history(groceries) if change["field"] == "name" and change["from"] is None]
    assert sorted(name for name in added if str(name).startswith("item")) == names


def test_the_other_tab_goes_on_where_a_login_was_in_one(device, tabs, person, groceries):
    """Log out in neither: the session ends on the server, one tab logs in again, both sync."""
    first, second = tabs
    device.expects(r"status of 401")
    profile.change_device_row(first, person.user, accessToken="invalid", refreshToken="invalid")
    device.page = first
    first.reload()
    for page in tabs:
        device.add("coffee" if page is first else "tea", page=page)
        device.wait_sync("Not syncing", page)
    first.get_by_role("link", name="Log in").click()
    device.log_in()
    first.goto(f"{device.url}/list/{groceries}")
    for page in tabs:
        device.wait_saved(page)
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has all")


def by_hand(page) -> None:
    """Sync only when asked to."""
    page.bring_to_front()
    page.get_by_role("button", name="Sync: ").click()
    dialog = page.get_by_role("dialog", name="Sync")
    dialog.get_by_label("Sync this device").select_option(label="Only by hand")
    dialog.get_by_role("button", name="Close").click()


def test_a_device_that_syncs_by_hand_sends_nothing_until_it_is_asked_in_either_tab(device, tabs, person, groceries):
    """Edits wait and are counted in both tabs; Sync now in the tab that does not lead sends them."""
    first, second = tabs
    by_hand(first)
    device.add("coffee", page=first)
    device.add("tea", page=second)
    for page in tabs:
        device.wait_sync("2 changes waiting", page)
    assert sorted(person.names(groceries)) == ["apples", "bread", "milk"]
    second.bring_to_front()
    device.sync_button(second).click()
    second.get_by_role("dialog", name="Sync").get_by_role("button", name="Sync now").click()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "tea"], "the server has both")
    for page in tabs:
        device.wait_saved(page)


def test_a_tab_that_takes_over_in_the_middle_of_an_exchange_does_not_say_for_ever_that_it_syncs(device, tabs):
    """By hand, so that nothing else begins an exchange."""
    first, second = tabs
    by_hand(first)
    device.add("coffee", page=first)
    device.wait_sync("1 change waiting", second)
    first.route("**/v1/sync", lambda _: None)
    device.sync_button(first).click()
    first.get_by_role("dialog", name="Sync").get_by_role("button", name="Sync now").click()
    device.wait_sync("Syncing…", second)
    device.page = second
    first.close()
    device.wait_sync("1 change waiting", second)


def test_what_is_chosen_in_a_tab_that_does_not_lead_holds_for_all(device, tabs, person, groceries):
    """Only by hand, chosen in the second tab: nothing is sent; with each change again: all is."""
    first, second = tabs
    by_hand(second)
    device.add("coffee", page=first)
    for page in tabs:
        device.wait_sync("1 change waiting", page)
    assert sorted(person.names(groceries)) == ["apples", "bread", "milk"]
    device.sync_button(second).click()
    dialog = second.get_by_role("dialog", name="Sync")
    dialog.get_by_label("Sync this device").select_option(label="On every change, live")
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it")
    for page in tabs:
        device.wait_saved(page)

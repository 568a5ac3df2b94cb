"""Browser profiles that are cloned, or restored from an older copy: one dot never names two things, and no edit is lost."""
import profile_copy as profile
import pytest
from playwright.sync_api import expect
from profile_copy import Profile
from waiting import equals, eventually


@pytest.fixture
def at_home(device, groceries):
    """The profile that is copied: the list open, everything synced."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.add("coffee")
    device.wait_saved()
    return device


def replica(device) -> str:
    return profile.device_row(device.page, device.person.user)["replica"]


def dots(device) -> list[tuple[str, str, int]]:
    return [(row["document"], row["replica"], row["counter"]) for row in profile.operations(device.page, device.person.user)]


def settle(devices, person, list_id, *names: str) -> None:
    """Until the server and all of these devices show just these items, and nothing waits."""
    equals(lambda: sorted(person.names(list_id)), sorted(names), "the server has everything")
    for one in devices:
        one.wait_names(*names)
        one.wait_saved()
        equals(lambda: profile.operations(one.page, person.user), [], f"the outbox of {one.name} is empty")


def test_a_profile_and_its_clone_that_both_edit_without_a_network_lose_nothing(at_home, open_device, person, groceries):
    """Both mint under one id, so their items even have the same ids. The later to sync takes a new replica id, its items new ids."""
    before = replica(at_home)
    at_home.go_offline()
    clone = open_device(person, f"/list/{groceries}", profile=Profile.of(at_home.page), name="clone")
    clone.wait_names("milk", "bread", "apples", "coffee")
    clone.wait_saved()
    clone.go_offline()

    at_home.add("tea", "rice")
    at_home.check("milk")
    at_home.rename("tea", "green tea")
    clone.add("salt", "pepper")
    clone.rename("bread", "rye bread")
    clone.take("apples")
    clone.check("salt")
    assert replica(clone) == before
    assert set(dots(at_home)) & set(dots(clone)), "they have named different things alike"

    at_home.go_online()
    at_home.wait_saved()
    clone.go_online()
    settle([at_home, clone], person, groceries, "milk", "rye bread", "apples", "coffee", "green tea", "rice", "salt", "pepper")
    for one in at_home, clone:
        for name in "milk", "salt":
            one.wait_checked(name)
        assert not one.is_checked("green tea")
    assert person.item(groceries, "apples")["quantity"]["acquired"] == 1
    assert replica(at_home) == before
    assert replica(clone) != before

    # And they go on as two devices.
    at_home.add("beans")
    clone.add("lentils")
    everything = ["milk", "rye bread", "apples", "coffee", "green tea", "rice", "salt", "pepper", "beans", "lentils"]
    settle([at_home, clone], person, groceries, *everything)


def test_a_profile_and_its_clone_that_edit_at_the_same_time_live_lose_nothing(at_home, open_device, person, groceries):
    """Each sees the other's edits arrive under its own replica id, and still keeps its own."""
    clone = open_device(person, f"/list/{groceries}", profile=Profile.of(at_home.page), name="clone")
    clone.wait_names("milk", "bread", "apples", "coffee")
    clone.wait_live()
    names = ["milk", "bread", "apples", "coffee"]
    for number in range(6):
        at_home.add(f"home {number}")
        clone.add(f"clone {number}")
        names += [f"home {number}", f"clone {number}"]
    settle([at_home, clone], person, groceries, *names)
    assert replica(at_home) != replica(clone)


def test_a_clone_that_received_the_others_edits_live_and_then_edits_keeps_its_own(at_home, open_device, person, groceries):
    """What arrives under its own replica id must not make its next edit vanish."""
    clone = open_device(person, f"/list/{groceries}", profile=Profile.of(at_home.page), name="clone")
    clone.wait_names("milk", "bread", "apples", "coffee")
    clone.wait_live()
    at_home.add("tea")
    clone.wait_names("milk", "bread", "apples", "coffee", "tea")
    clone.go_offline()
    clone.add("salt")
    clone.rename("tea", "green tea")
    clone.go_online()
    settle([at_home, clone], person, groceries, "milk", "bread", "apples", "coffee", "green tea", "salt")


def test_a_profile_restored_from_an_older_copy_uses_no_counter_twice(at_home, open_device, person, groceries):
    """Copied; edited and synced; the copy restored: what it does next is minted under another id, and all of it is there."""
    before = replica(at_home)
    copy = Profile.of(at_home.page)
    at_home.add("tea", "rice")
    at_home.rename("bread", "rye bread")
    at_home.check("milk")
    at_home.wait_saved()
    equals(lambda: profile.operations(at_home.page, person.user), [], "all of it is on the server")
    at_home.go_offline()  # it is gone

    restored = open_device(person, f"/list/{groceries}", profile=copy, name="restored")
    restored.add("salt", "pepper")
    restored.rename("coffee", "strong coffee")
    settle([restored], person, groceries, "milk", "rye bread", "apples", "strong coffee", "tea", "rice", "salt", "pepper")
    restored.wait_checked("milk")
    assert replica(restored) != before

    at_home.go_online()
    settle([at_home, restored], person, groceries, "milk", "rye bread", "apples", "strong coffee", "tea", "rice", "salt", "pepper")


def test_a_profile_restored_with_unsent_edits_of_its_own_sends_each_once(at_home, open_device, person, groceries):
    """The copy holds edits that had been sent after it was made, and makes more without a network: nothing twice, nothing lost."""
    at_home.go_offline()
    at_home.add("tea")
    at_home.rename("bread", "rye bread")
    copy = Profile.of(at_home.page)
    at_home.add("rice")
    at_home.go_online()
    at_home.wait_saved()
    at_home.go_offline()

    restored = open_device(person, f"/list/{groceries}", profile=copy, name="restored", offline=False)
    restored.add("salt")
    settle([restored], person, groceries, "milk", "rye bread", "apples", "coffee", "tea", "rice", "salt")
    added = [change["to"] for change in person.history(groceries) if change["field"] == "name" and change["from"] is None]
    eventually(lambda: added.count("tea") == 1, "tea was added once")


def test_lists_made_by_a_profile_and_its_clone_are_all_there(at_home, open_device, person, groceries):
    """The shelf, which names the lists, is a document like any other."""
    at_home.go_offline()
    clone = open_device(person, "/", profile=Profile.of(at_home.page), name="clone")
    clone.wait_saved()
    clone.go_offline()
    at_home.page.get_by_role("link", name="All lists").click()
    at_home.create_list("Holiday")
    at_home.add("tent")
    clone.create_list("Party")
    clone.add("balloons")
    at_home.go_online()
    at_home.wait_saved()
    clone.go_online()
    clone.wait_saved()
    equals(lambda: sorted(person.lists()), ["Groceries", "Holiday", "Party"], "the server has all lists")
    for name, item in ("Holiday", "tent"), ("Party", "balloons"):
        equals(lambda: person.names(person.lists()[name]), [item], f"{name} is whole")
    for one in at_home, clone:
        for name in "Groceries", "Holiday", "Party":
            expect(one.page.get_by_role("navigation", name="Lists").get_by_role("link", name=name)).to_be_visible()


def test_a_clone_that_takes_a_new_id_because_of_one_list_keeps_its_items_in_another(at_home, open_device, person, groceries):
    """What it had made there under the old id must not be taken for what the other profile makes there later."""
    tools = person.create_list("Tools")
    person.add(tools, "saw")
    expect(at_home.page.get_by_role("link", name="Tools")).to_be_visible()
    at_home.page.get_by_role("link", name="Tools").click()
    at_home.wait_names("saw")
    at_home.wait_saved()
    at_home.go_offline()
    clone = open_device(person, f"/list/{groceries}", profile=Profile.of(at_home.page), name="clone")
    clone.wait_saved()
    clone.go_offline()
    at_home.go_online()
    at_home.open_list(groceries)
    at_home.add("tea")
    at_home.wait_saved()
    at_home.go_offline()

    clone.add("salt")
    clone.open_list(tools)
    clone.add("hammer")
    clone.go_online()
    clone.wait_saved()
    at_home.open_list(tools)
    at_home.add("pliers")
    at_home.go_online()
    settle([at_home, clone], person, tools, "saw", "hammer", "pliers")
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk", "salt", "tea"], "the other list is whole too")

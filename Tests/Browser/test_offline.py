"""The first story: with bad reception, nothing that was ticked off comes back."""
import profile_copy as profile
from playwright.sync_api import expect
from waiting import equals


def test_edits_without_a_network_survive_a_reload_and_all_arrive(device, second_device, person, groceries):
    """Ticked off, added, renamed and removed offline; reloaded offline; after the return nothing comes back and everything is on the server."""
    device.open_list(groceries)
    second_device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.go_offline()
    device.check("milk")
    device.add("coffee")
    device.rename("bread", "rye bread")
    device.take("apples")
    device.wait_sync("Offline · 4 waiting")

    device.page.reload()
    device.wait_names("rye bread", "coffee", "apples", "milk")
    device.wait_checked("milk")
    expect(device.row("apples")).to_contain_text("1")
    device.wait_sync("Offline · 4 waiting")

    # Meanwhile somebody edits where there is a network.
    second_device.add("tea")
    device.go_online()
    device.wait_saved()
    device.wait_names("rye bread", "coffee", "apples", "tea", "milk")
    assert device.is_checked("milk")
    second_device.wait_checked("milk")
    second_device.wait_names("rye bread", "coffee", "apples", "tea", "milk")
    equals(lambda: sorted(person.names(groceries)), ["apples", "coffee", "milk", "rye bread", "tea"], "the server has all")
    assert person.item(groceries, "milk")["checked"]
    assert person.item(groceries, "apples")["quantity"]["acquired"] == 1
    equals(lambda: profile.operations(device.page, person.user), [], "the outbox is empty")


def test_the_app_never_says_saved_while_an_edit_waits(device, person, groceries):
    """The server takes requests and does not answer; edits follow one another faster than the words settle."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    device.page.route("**/v1/sync", lambda _: None)
    for number in range(15):
        device.add(f"item {number}")
    assert profile.waiting(device.page) == 15
    device.wait_sync("Syncing…|.* changes? waiting", within=2)
    device.page.unroute_all()
    device.page.reload()
    device.wait_saved()
    assert len(person.names(groceries)) == 18

"""What is shown is on disk: pages that are reloaded, crash, or are killed with the whole browser."""
import os
import signal
from contextlib import suppress
from pathlib import Path

import profile_copy as profile
from conftest import CHROMIUM, DESKTOP
from device import Device, words
from playwright.sync_api import expect
from waiting import equals


def test_each_kind_of_edit_is_there_after_the_tab_crashed_as_soon_as_it_was_shown(device, person, groceries):
    """Offline, so that no server could bring it back: after each edit the tab's process is killed and the list opened again."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    device.go_offline()

    def after_a_crash() -> None:
        device.crash()
        device.reopen(f"/list/{groceries}")
        expect(device.add_box()).to_be_visible()

    device.add("coffee")
    after_a_crash()
    device.wait_names("milk", "bread", "apples", "coffee")

    device.check("milk")
    after_a_crash()
    device.wait_checked("milk")

    device.rename("bread", "rye bread")
    after_a_crash()
    device.wait_names("milk", "rye bread", "apples", "coffee")

    device.take("apples")
    expect(device.row("apples")).to_contain_text(words("1 of 3"))
    after_a_crash()
    expect(device.row("apples")).to_contain_text(words("1 of 3"))

    with device.editor("apples") as form:
        form.get_by_label("Note", exact=True).fill("the red ones")
        form.get_by_role("button", name="Save", exact=True).click()
    expect(device.row("apples")).to_contain_text("the red ones")
    after_a_crash()
    expect(device.row("apples")).to_contain_text("the red ones")

    device.checkbox("coffee").press("Alt+ArrowUp")
    order = ["rye bread", "coffee", "apples"]
    equals(lambda: device.names()[:3], order, "coffee has moved up")
    after_a_crash()
    equals(lambda: device.names()[:3], order, "the order is as it was")

    device.remove("coffee")
    after_a_crash()
    device.wait_names("milk", "rye bread", "apples")

    device.create_list("Holiday")
    device.crash()
    device.reopen("/")
    device.page.get_by_role("main").get_by_role("link", name="Holiday").click()
    expect(device.page.get_by_role("heading", level=1, name="Holiday")).to_be_visible()

    device.go_online()
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "milk", "rye bread"], "the server has the same")
    assert "Holiday" in person.lists()
    equals(lambda: profile.operations(device.page, person.user), [], "the outbox is empty")


def test_an_edit_is_on_disk_when_the_whole_browser_is_killed_right_after(playwright, stack, person, groceries, devices, tmp_path):
    """Offline; SIGKILL to the browser as soon as the row shows; the browser starts again from the same profile."""
    def start() -> Device:
        context = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=["--no-sandbox"], viewport=DESKTOP, locale="en-GB")
        devices.append(Device(context, stack.url, person, "laptop"))
        return devices[-1]

    laptop = start().open()
    laptop.log_in().open_list(groceries)
    laptop.wait_names("milk", "bread", "apples")
    laptop.wait_saved()
    laptop.go_offline()
    pid = _browser_of(tmp_path)
    laptop.add("coffee")
    os.kill(pid, signal.SIGKILL)

    devices.remove(laptop)
    laptop = start()
    laptop.expects_no_server()
    laptop.context.set_offline(True)
    laptop.open(f"/list/{groceries}")
    laptop.wait_names("milk", "bread", "apples", "coffee")
    laptop.wait_sync("Offline · 1 waiting")
    laptop.go_online()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "coffee", "milk"], "the server has it")


def _browser_of(folder: Path) -> int:
    """The id of the browser's first process, which has no type."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = command.read_bytes().split(b"\0")
            if f"--user-data-dir={folder}".encode() in words and not any(word.startswith(b"--type=") for word in words):
                return int(command.parent.name)
    raise AssertionError("no browser runs there")


def test_a_reload_while_typing_leaves_every_item_whole(device, person, groceries):
    """Half a name in the box for new items, then half a change in an item's form: what was not entered is not there, all else is."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.add_box().press_sequentially("half an it")
    device.page.reload()
    device.wait_names("milk", "bread", "apples")
    with device.editor("milk") as form:
        form.get_by_label("Name", exact=True).fill("half a na")
        device.page.reload()
    device.wait_names("milk", "bread", "apples")
    device.rename("milk", "oat milk")
    device.add("whole item")
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "bread", "oat milk", "whole item"], "the server has what was entered")


def test_what_is_typed_in_an_items_form_survives_changes_of_others_and_leaving_the_form(device, person, groceries):
    """Somebody removes the item meanwhile: the form says so, and adds it again. Leaving a form by other ways than Cancel keeps what was typed."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_live()
    with device.editor("milk") as form:
        form.get_by_label("Name", exact=True).fill("oat milk")
        person.remove(groceries, person.item(groceries, "milk")["id"])
        expect(form.get_by_text("Meanwhile it was removed.")).to_be_visible()
        form.get_by_role("button", name="Add again").click()
    device.wait_names("oat milk", "bread", "apples")
    with device.editor("bread") as form:
        form.get_by_label("Name", exact=True).fill("rye bread")
        device.page.get_by_role("link", name="All lists").click()
    equals(lambda: sorted(person.names(groceries)), ["apples", "oat milk", "rye bread"], "the server has both")


def test_undo_takes_back_every_kind_of_edit_and_redo_does_it_again(device, person, groceries):
    """Ctrl-Z back to the beginning, then the whole way forth."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.add("coffee")
    device.check("milk")
    device.rename("bread", "rye bread")
    device.take("apples")
    expect(device.row("apples")).to_contain_text(words("1 of 3"))
    device.remove("coffee")
    page = device.page
    for _ in range(5):
        page.keyboard.press("Control+z")
    device.wait_names("milk", "bread", "apples")
    equals(lambda: device.is_checked("milk"), False, "milk is open again")
    expect(device.row("apples")).not_to_contain_text("of")
    for _ in range(5):
        page.keyboard.press("Control+Shift+Z")
    device.wait_names("milk", "rye bread", "apples")
    device.wait_checked("milk")
    expect(device.row("apples")).to_contain_text(words("1 of 3"))
    device.wait_saved()
    equals(lambda: sorted(person.names(groceries)), ["apples", "milk", "rye bread"], "the server has the end of it")

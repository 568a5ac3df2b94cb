"""A new version of the app: tabs of the old one go on working and offer it."""
import re
import shutil

import pytest
from playwright.sync_api import expect
from stack import WEB_ROOT
from waiting import eventually


@pytest.fixture
def stack(own_stack):
    yield own_stack
    own_stack.serve(WEB_ROOT)


@pytest.fixture
def new_version(tmp_path):
    """A copy of the app as a later build would make it: the script says something else, under another name, and so does the worker."""
    folder = tmp_path / "webapp"
    shutil.copytree(WEB_ROOT, folder)
    for compressed in [*folder.rglob("*.gz"), *folder.rglob("*.br")]:
        compressed.unlink()
    script = next((folder / "assets").glob("main-*.js"))
    new = script.with_name("main-NEWVERSION.js")
    new.write_text(f"document.documentElement.dataset.version='new';{script.read_text()}")
    script.unlink()
    for name in "index.html", "sw.js":
        file = folder / name
        file.write_text(file.read_text().replace(script.name, new.name))
    worker = folder / "sw.js"
    text, count = re.subn(r'"[0-9a-f]{10}"', '"0123456789"', worker.read_text())
    assert count, "the worker names its version"
    worker.write_text(text)
    return folder


def expect_version(page, version: str) -> None:
    expect(page.locator("html[data-version=new]")).to_have_count(1 if version == "new" else 0)


def wait_installed(page) -> None:
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the service worker controls the page")


def offer_of(page):
    """The button of the notice that a new version is there, once the browser has looked."""
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    notice = page.get_by_role("region", name="Notifications").locator(".toast", has_text="A new version of Larder is ready")
    expect(notice).to_be_visible()
    return notice.get_by_role("button", name="Reload")


def test_an_old_tab_goes_on_after_an_update_and_offers_to_reload_into_it(device, stack, new_version, person, groceries):
    """Edits made in the old tab while the new version waits are in the new one after Reload; offline it opens as the new one too."""
    device.expects_no_server()
    page = device.page
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_saved()
    wait_installed(page)

    stack.serve(new_version)
    offer = offer_of(page)
    expect_version(page, "old")
    device.add("coffee")
    device.wait_saved(within=40)
    assert "coffee" in person.names(groceries)
    device.add("tea")
    offer.click()
    expect_version(page, "new")
    device.wait_names("milk", "bread", "apples", "coffee", "tea")

    device.go_offline()
    page.reload()
    device.wait_names("milk", "bread", "apples", "coffee", "tea")
    expect_version(page, "new")


def test_a_tab_that_stays_in_the_old_version_works_without_a_network_too(device, stack, new_version, groceries):
    """Nobody is forced: the old version stays whole until the person reloads into the new one."""
    device.expects_no_server()
    device.open_list(groceries)
    wait_installed(device.page)
    stack.serve(new_version)
    offer_of(device.page)
    device.go_offline()
    device.page.reload()
    device.wait_names("milk", "bread", "apples")
    expect_version(device.page, "old")
    device.add("coffee")


def test_a_tab_left_in_the_old_version_goes_on_beside_a_tab_in_the_new_one(device, stack, new_version, person, groceries):
    """One of two tabs reloads into the update: edits go both ways between them and to the server, and the old one reloads when it likes."""
    device.expects_no_server()
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    wait_installed(device.page)
    old, new = device.page, device.new_tab(f"/list/{groceries}")
    device.wait_names("milk", "bread", "apples", page=new)
    stack.serve(new_version)
    offer_of(new).click()
    expect_version(new, "new")
    expect_version(old, "old")
    device.add("coffee", page=old)
    device.add("tea", page=new)
    for page in old, new:
        device.wait_names("milk", "bread", "apples", "coffee", "tea", page=page)
        device.wait_saved(page, within=40)
    assert sorted(person.names(groceries)) == ["apples", "bread", "coffee", "milk", "tea"]
    old.reload()
    expect_version(old, "new")
    device.wait_names("milk", "bread", "apples", "coffee", "tea", page=old)

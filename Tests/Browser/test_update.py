"""A new version of the app: tabs of the old one go on working and offer it."""
import re
import shutil

import pytest
from playwright.sync_api import expect
from stack import WEB_ROOT
from waiting import equals, eventually


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
    text, count = re.subn(r'"larder-"\+"\w+"|"larder-\w{10}"', '"larder-0123456789"', worker.read_text())
    worker.write_text(text if count else re.sub(r'"[0-9a-f]{10}"', '"0123456789"', worker.read_text()))
    assert worker.read_text() != (WEB_ROOT / "sw.js").read_text()
    return folder


def version(device) -> str:
    return device.page.evaluate("document.documentElement.dataset.version ?? 'old'")


def test_an_old_tab_goes_on_after_an_update_and_offers_to_reload_into_it(device, stack, new_version, person, groceries):
    """Edits made in the old tab while the new version waits are in the new one after Reload; offline it opens as the new one too."""
    device.expects_no_server()
    page = device.page
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the service worker controls the page")
    device.wait_saved()

    stack.serve(new_version)
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    notices = page.get_by_role("region", name="Notifications")
    expect(notices.get_by_text("A new version of Larder is ready")).to_be_visible()
    assert version(device) == "old"
    device.add("coffee")
    device.wait_saved(within=40)
    assert "coffee" in person.names(groceries)
    device.add("tea")
    notices.get_by_role("button", name="Reload").click()
    equals(lambda: version(device), "new", "the new version is open")
    device.wait_names("milk", "bread", "apples", "coffee", "tea")

    device.go_offline()
    page.reload()
    device.wait_names("milk", "bread", "apples", "coffee", "tea")
    assert version(device) == "new"


def test_a_tab_that_stays_in_the_old_version_works_without_a_network_too(device, stack, new_version, groceries):
    """Nobody is forced: the old version stays whole until the person reloads into the new one."""
    device.expects_no_server()
    page = device.page
    device.open_list(groceries)
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the service worker controls the page")
    stack.serve(new_version)
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    expect(page.get_by_text("A new version of Larder is ready")).to_be_visible()
    device.go_offline()
    page.reload()
    device.wait_names("milk", "bread", "apples")
    assert version(device) == "old"
    device.add("coffee")


def test_the_apps_own_build_gives_every_change_another_version(tmp_path):
    """The build names what it makes by its content: `sw.js` of two different apps differs."""
    built = {path.name for path in (WEB_ROOT / "assets").glob("*.js")}
    page = (WEB_ROOT / "index.html").read_text()
    assert any(name in page for name in built)
    assert re.search(r'"[0-9a-f]{10}"', (WEB_ROOT / "sw.js").read_text())

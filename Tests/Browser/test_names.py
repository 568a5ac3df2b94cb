"""Names are text, whatever is in them."""
import pytest
from playwright.sync_api import expect
from waiting import equals

HOSTILE = {
    "an image with a handler": "<img src=x onerror=globalThis.hasRun=1>",
    "a script": "<script>globalThis.hasRun=1</script>",
    "an end of a script": "</script><svg onload=globalThis.hasRun=1>",
    "an address that runs": "javascript:globalThis.hasRun=1",
    "entities": "&lt;b&gt; &amp;amp; &#x202e;",
    "a template": "${globalThis.hasRun=1} {{globalThis.hasRun=1}} {name} {count}",
    "a turn of direction": "\u202egnp.elbaliava\u202c \u2067rtl",
    "an unclosed isolate": "\u2066\u2067\u2068 open",
    "five hundred faces": "🥕" * 500,
    "joined faces": "👩‍👩‍👧‍👦" * 100,
    "marks upon marks": "e" + "\u0301" * 400,
    "quotes": "\"'`\\ \u2028 end",
    "no spaces": "W" * 500,
}


@pytest.fixture
def hostile_list(person):
    """A list of an evil name with one item of each, made over HTTP, where nobody stopped anything."""
    list_id = person.create_list(HOSTILE["an image with a handler"])
    for name in HOSTILE.values():
        person.add(list_id, name, note=name[:200], category=HOSTILE["a script"])
    return list_id


def assert_harmless(device) -> None:
    page = device.page
    assert page.evaluate("globalThis.hasRun ?? null") is None
    assert page.evaluate("document.querySelectorAll('main img, main script, main [onerror], main [onload]').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out of the screen"


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["desktop", "phone"])
def test_hostile_names_are_shown_as_the_text_they_are(open_device, person, hostile_list, viewport):
    """On the list, in the editor, on the dashboard, in the history and in what can be undone; nothing runs, nothing breaks the layout."""
    device = open_device(person, f"/list/{hostile_list}", viewport=viewport)
    page = device.page
    expect(page.get_by_role("heading", level=1, name=HOSTILE["an image with a handler"])).to_be_visible()
    equals(lambda: device.rows().count(), len(HOSTILE), "all are shown")
    shown = {name.strip() for name in device.names()}
    assert shown == {name.strip() for name in person.names(hostile_list)}
    assert_harmless(device)

    device.checkbox(HOSTILE["an image with a handler"]).click()
    expect(page.get_by_role("region", name="Notifications").get_by_text(HOSTILE["an image with a handler"])).to_be_visible()
    page.keyboard.press("Control+z")
    device.name_button(HOSTILE["a script"]).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(HOSTILE["a script"])
    assert_harmless(device)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="History").click()
    expect(page.get_by_role("dialog").get_by_text(HOSTILE["a script"]).first).to_be_visible()
    assert_harmless(device)
    page.keyboard.press("Escape")
    device.open("/")
    expect(page.get_by_role("main").get_by_role("link", name=HOSTILE["an image with a handler"])).to_be_visible()
    assert_harmless(device)


def test_hostile_names_typed_in_the_app_reach_the_server_as_they_are(device, person, groceries):
    """Typed, not parsed as anything but text, and synced."""
    device.open_list(groceries)
    wanted = [HOSTILE["an image with a handler"], HOSTILE["a script"], HOSTILE["five hundred faces"]]
    for name in wanted:
        device.add_box().fill(name)
        device.add_box().press("Enter")
        expect(device.name_button(name)).to_be_visible()
    equals(lambda: sorted(person.names(groceries)), sorted([*wanted, "milk", "bread", "apples"]), "the server has them")
    assert_harmless(device)


def test_a_name_that_is_too_long_is_refused_in_words_and_kept_in_the_box(device, person, groceries):
    """501 characters are one too many."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.add_box().fill("x" * 501)
    device.add_box().press("Enter")
    expect(device.page.get_by_text("This text is too long.")).to_be_visible()
    expect(device.add_box()).to_have_value("x" * 501)
    device.wait_names("milk", "bread", "apples")

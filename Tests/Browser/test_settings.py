"""What is chosen for a device, what is taken out of it and brought into it, and what makes it an app of its own."""
import csv
import io
import json
from pathlib import Path

import pytest
from device import Device, words
from playwright.sync_api import Locator, Page, expect
from stack import ROOT
from waiting import equals, eventually

MESSAGES = {language: json.loads((ROOT / f"Services/WebApp/messages/{language}.json").read_text()) for language in ("en", "de", "pt", "ar")}

# Name, checked, target, acquired, unit, category, note.
ITEMS = [
    ("milk", True, None, None, None, "Fridge", None),
    ("apples", False, 3, 1, "kg", "Fruit", "red, not \"green\"\nand firm"),
    ("=SUM(A1), or so", False, None, None, None, None, None),
    ("Açúcar 🍬", False, 500, 0, "g", "Baking", None),
]


@pytest.fixture
def market(person) -> str:
    """A list with all that an item can have."""
    list_id = person.create_list("Market")
    for name, checked, target, acquired, unit, category, note in ITEMS:
        rest = {"target": target, "unit": unit, "category": category, "note": note}
        item = person.add(list_id, name, **{key: value for key, value in rest.items() if value is not None})
        if checked:
            person.edit(list_id, item["id"], checked=True)
        if acquired:
            person.edit(list_id, item["id"], acquire=acquired)
    assert person.facts(list_id) == ITEMS
    return list_id


# Looks


@pytest.mark.parametrize("language, direction", [("de", "ltr"), ("pt", "ltr"), ("ar", "rtl")])
def test_a_language_that_is_chosen_holds_at_once_and_after_a_reload(device, person, groceries, language, direction):
    """Words, direction and the page's own mark; on every screen; and back in English there is nothing left of it."""
    page, told = device.page, MESSAGES[language]

    def speaks(language: str, direction: str) -> None:
        expect(page.get_by_role("heading", level=1, name=MESSAGES[language]["settings.title"], exact=True)).to_be_visible()
        assert page.evaluate("[document.documentElement.lang.slice(0, 2), document.dir]") == [language, direction]
    device.open("/settings")
    speaks("en", "ltr")
    page.get_by_label("Language", exact=True).select_option(language)
    speaks(language, direction)
    page.reload()
    speaks(language, direction)
    page.goto(f"{device.url}/list/{groceries}")
    expect(page.get_by_role("combobox", name=told["list.addLabel"])).to_be_visible()
    expect(device.name_button("milk")).to_be_visible()
    device.open("/settings")
    page.get_by_label(told["settings.language"], exact=True).select_option("en")
    speaks("en", "ltr")


@pytest.mark.parametrize("chosen, system", [("Dark", "light"), ("Light", "dark")])
def test_a_theme_that_is_chosen_holds_against_the_system_after_a_reload(open_device, person, chosen, system):
    """And System follows the system again, as it changes."""
    device = open_device(person, "/settings", color_scheme=system)
    page = device.page
    device.open("/settings")

    def shines() -> str:
        return page.evaluate("""() => {
            const [light] = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number);
            return light < 128 ? "Dark" : "Light";
        }""")
    choice = page.get_by_role("radiogroup", name="Colours")
    assert shines().lower() == system
    choice.get_by_text(chosen, exact=True).click()
    equals(shines, chosen, "it holds at once")
    page.reload()
    expect(choice.get_by_role("radio", name=chosen)).to_be_checked()
    assert shines() == chosen
    choice.get_by_text("System", exact=True).click()
    equals(lambda: shines().lower(), system, "it is as the system is")
    page.emulate_media(color_scheme=chosen.lower())
    equals(shines, chosen, "it follows the system")


# Lists to files and back


def export(device: Device, form: str, list_id: str) -> Path:
    """From the list's menu."""
    device.open_list(list_id)
    device.choose("Export")
    return _download(device, device.page.get_by_role("dialog", name="Export"), form)


def _download(device: Device, dialog: Locator, form: str) -> Path:
    dialog.get_by_role("radio", name=form).check()
    with device.page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    expect(dialog).to_be_hidden()
    path = Path(download.value.path())
    return path.rename(path.with_name(download.value.suggested_filename))


def open_import(page: Page) -> Locator:
    page.get_by_role("main").get_by_role("button", name="Import", exact=True).first.click()
    return page.get_by_role("dialog", name="Import")


def test_a_list_exported_as_json_has_all_of_it_and_imported_again_makes_an_equal_list(device, person, market):
    """Names, checks, amounts, what was taken, units, categories and notes, in their order."""
    file = export(device, "JSON", market)
    assert file.name == "Market.json"
    told = json.loads(file.read_text())
    assert told["name"] == "Market"
    assert told["items"][1] == {"name": "apples", "checked": False, "quantity": {"target": 3, "acquired": 1}, "unit": "kg", "category": "Fruit",
                                "note": "red, not \"green\"\nand firm"}
    assert [item["name"] for item in told["items"]] == [name for name, *_ in ITEMS]

    device.open("/")
    dialog = open_import(device.page)
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_role("heading", name="4 items")).to_be_visible()
    dialog.get_by_label("Name of the list").fill("Market again")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(device.page.get_by_role("heading", level=1, name="Market again")).to_be_visible()
    device.wait_saved()
    assert person.facts(person.lists()["Market again"]) == ITEMS
    assert person.facts(market) == ITEMS


def test_a_list_exported_as_csv_has_a_line_for_each_item_and_comes_back_equal(device, person, market):
    """For a spreadsheet, which must take no name for a formula; read by another program as it is."""
    file = export(device, "CSV", market)
    assert file.name == "Market.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    assert [(row["name"], row["checked"], row["target"], row["acquired"], row["unit"], row["category"], row["note"]) for row in rows] == [
        ("milk", "true", "", "", "", "Fridge", ""), ("apples", "false", "3", "1", "kg", "Fruit", "red, not \"green\"\nand firm"),
        ("'=SUM(A1), or so", "false", "", "", "", "", ""), ("Açúcar 🍬", "false", "500", "0", "g", "Baking", ""),
    ]
    device.open("/")
    dialog = open_import(device.page)
    dialog.locator("input[type=file]").set_input_files({"name": "Again.csv", "mimeType": "text/csv", "buffer": file.read_bytes()})
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(device.page.get_by_role("heading", level=1, name="Again")).to_be_visible()
    device.wait_saved()
    assert person.facts(person.lists()["Again"]) == ITEMS


def test_a_list_exported_as_text_and_markdown_has_its_items_as_they_are_typed(device, market):
    """With boxes and amounts; Markdown by category, under the list's name."""
    file = export(device, "Text", market)
    assert (file.name, file.read_text().splitlines()) == ("Market.txt", [
        "[x] milk", "[ ] 3 kg apples", "    red, not \"green\"", "    and firm", "[ ] =SUM(A1), or so", "[ ] 500 g Açúcar 🍬"])
    file = export(device, "Markdown", market)
    assert (file.name, [line for line in file.read_text().splitlines() if line]) == ("Market.md", [
        "# Market", "- [ ] =SUM(A1), or so", "## Fridge", "- [x] milk", "## Fruit", "- [ ] 3 kg apples", "    red, not \"green\"", "    and firm",
        "## Baking", "- [ ] 500 g Açúcar 🍬"])


@pytest.mark.parametrize("form", ["Text", "Markdown"])
def test_an_exported_text_is_copied_pasted_and_makes_the_items_again(device, person, market, form):
    """By the clipboard; what was taken of an amount is not in it, and a plain text has no categories."""
    device.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = device.page
    device.open_list(market)
    device.choose("Export")
    dialog = page.get_by_role("dialog", name="Export")
    dialog.get_by_role("radio", name=form).check()
    dialog.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("region", name="Notifications").get_by_text("Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    device.open("/")
    dialog = open_import(page)
    dialog.get_by_label("Or paste text").fill(text)
    dialog.get_by_label("Name of the list").fill("Pasted")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Pasted")).to_be_visible()
    device.wait_saved()
    wanted = [(name, checked, target, 0 if target else None, unit, category if form == "Markdown" else None, note)
              for name, checked, target, _, unit, category, note in ITEMS]
    assert sorted(person.facts(person.lists()["Pasted"]), key=str) == sorted(wanted, key=str)


def test_everything_is_exported_and_an_account_that_imports_it_has_the_same_lists(device, other_device, person, other, market, groceries):
    """Templates too; from the settings of one to those of the other."""
    device.open("/settings")
    page = device.page
    expect(page.get_by_role("navigation", name="Lists", exact=True).get_by_role("link", name="Groceries")).to_be_visible()
    eventually(lambda: page.get_by_role("progressbar", name=words("3 to go")).count() == 2, "both lists are here with their items")
    page.get_by_role("button", name="Export everything").click()
    file = _download(device, page.get_by_role("dialog", name="Export everything"), "JSON")
    assert file.name == "Larder.json"

    other_device.open("/settings")
    dialog = open_import(other_device.page)
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_role("heading", name="7 items")).to_be_visible()
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_be_hidden()
    other_device.wait_saved()
    made = other.lists()
    assert sorted(made) == ["Groceries", "Market"]
    for name, list_id in ("Market", market), ("Groceries", groceries):
        assert other.facts(made[name]) == person.facts(list_id)


def test_a_file_is_imported_into_a_list_that_is_there(device, person, groceries):
    """Behind its items; a file with no items in it is refused in words."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.choose("Import into this list")
    dialog = device.page.get_by_role("dialog", name="Import")
    file = dialog.locator("input[type=file]")
    file.set_input_files({"name": "nothing.json", "mimeType": "application/json", "buffer": b"{\"items\": []}"})
    expect(dialog.get_by_role("alert")).to_have_text("There are no items in this.")
    expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    file.set_input_files({"name": "more.txt", "mimeType": "text/plain", "buffer": b"2 kg pears\n[x] tea\n"})
    dialog.get_by_role("button", name="Import", exact=True).click()
    device.wait_names("milk", "bread", "apples", "pears", "tea")
    equals(lambda: person.names(groceries), ["milk", "bread", "apples", "pears", "tea"], "the server has all")
    assert person.item(groceries, "tea")["checked"]
    assert person.item(groceries, "pears")["unit"] == "kg"


def test_an_imported_item_has_no_traces_of_what_it_has_not(device, person, groceries):
    """Nobody set an amount: the server has none, as of an item that was typed."""
    device.open_list(groceries)
    device.choose("Import into this list")
    dialog = device.page.get_by_role("dialog", name="Import")
    dialog.get_by_label("Or paste text").fill(json.dumps(["tea"]))
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(device.name_button("tea")).to_be_visible()
    device.wait_saved()
    assert "quantity" not in person.item(groceries, "tea")
    about_it = [change for change in person.history(groceries) if change["item"] and change["item"]["name"] == "tea"]
    assert {change["field"] for change in about_it} == {"name", "position"}


# An app of its own


def test_the_app_can_be_installed(device):
    """The browser finds nothing that would keep it from it, and the manifest says what it should."""
    session = device.context.new_cdp_session(device.page)
    device.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].startswith(device.url)
    told = json.loads(manifest["data"])
    assert (told["name"], told["display"], told["start_url"]) == ("Larder", "standalone", "/")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert device.page.evaluate("src => createImageBitmap ? fetch(src).then((answer) => answer.status) : 0", icon["src"]) == 200
    # A context of its own counts as incognito; nothing else is in the way.
    eventually(lambda: {error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]} <= {"in-incognito"},
               "nothing keeps it from being installed")


ASKED = """
globalThis.asked = 0;
if (navigator.storage) { // not before the app is opened
    Object.defineProperty(navigator.storage, "persisted", { value: async () => false });
    Object.defineProperty(navigator.storage, "persist", { value: async () => { globalThis.asked += 1; return globalThis.grants ?? false; } });
}
"""


def test_the_browser_is_asked_to_keep_the_lists_when_the_first_one_is_made(open_device, person):
    """Not before there is something to keep, and only once."""
    device = open_device(person, init=ASKED)
    device.page.reload()
    expect(device.page.get_by_role("heading", name="What do you need?")).to_be_visible()
    assert device.page.evaluate("asked") == 0
    device.create_list("Groceries")
    equals(lambda: device.page.evaluate("asked"), 1, "it was asked")
    device.create_list("Party")
    device.wait_saved()
    assert device.page.evaluate("asked") == 1


@pytest.mark.parametrize("grants, told", [("true", "Your lists are kept on this device for good."), ("false", "The browser did not agree.")])
def test_whether_the_browser_keeps_the_lists_is_told_and_asked_again_in_the_settings(open_device, person, grants, told):
    """In words, whatever it answers."""
    device = open_device(person, init=f"globalThis.grants = {grants};{ASKED}")
    device.open("/settings")
    expect(device.page.get_by_text("This browser may delete your lists from this device when space runs out.")).to_be_visible()
    device.page.get_by_role("button", name="Keep my data").click()
    expect(device.page.get_by_role("region", name="Notifications").get_by_text(told)).to_be_visible()
    assert device.page.evaluate("asked") == 1

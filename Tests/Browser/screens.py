"""Every screen and dialog of the app, with something in it: what tests of looks and of accessibility go through."""
import json
from dataclasses import dataclass
from typing import Iterator

from playwright.sync_api import Locator, Page, expect

from api import Person
from device import Device
from stack import ROOT
from waiting import eventually

# Name, category, note, amount.
SHOPPING = [
    ("Tomatoes", "Vegetables", None, None), ("Basil", "Vegetables", "a big bunch", None), ("Carrots", "Vegetables", None, 2),
    ("Oat milk", "Fridge", None, 3), ("Feta", "Fridge", "the soft one, from the counter", None), ("Spaghetti", "Dry goods", None, 500),
    ("Coffee", "Dry goods", None, None), ("<b>Toilet paper</b>", None, None, None),
]
ARABIC_SHOPPING = [
    ("طماطم", "خضار", None, None), ("ريحان", "خضار", "باقة كبيرة", None), ("جزر", "خضار", None, 2), ("حليب الشوفان", "الثلاجة", None, 3),
    ("جبن فيتا", "الثلاجة", "الطري من القسم الطازج", None), ("Spaghetti", "معكرونة", None, 500), ("قهوة", "معكرونة", None, None),
    ("ورق", None, None, None),
]


@dataclass
class Home:
    """A person's lists: one in use and shared, one that is done, an empty one, one to look at only, one that is a conflict away."""
    person: Person
    other: Person
    shopping: str
    done: str
    empty: str
    viewed: str


def furnish(person: Person, other: Person, items=SHOPPING) -> Home:
    shopping = person.create_list("Weekly shopping")
    for name, category, note, target in items:
        person.add(shopping, name, **{key: value for key, value in {"category": category, "note": note, "target": target}.items() if value})
    made = person.items(shopping)
    for item in made[1:3]:
        person.edit(shopping, item["id"], checked=True)
    person.edit(shopping, made[3]["id"], acquire=1)
    other.join(person.invite(shopping))
    done = person.create_list("Summer trip to the mountains and to the sea")
    for name in "Tent", "Stove":
        person.edit(done, person.add(done, name)["id"], checked=True)
    viewed = other.create_list("Party")
    other.add(viewed, "Balloons", target=20)
    person.join(other.invite(viewed, "viewer"))
    return Home(person, other, shopping, done, person.create_list("Dinner"), viewed)


class Tour:
    """Brings the app into one state after another, in whatever language it speaks."""

    def __init__(self, device: Device, home: Home, language: str = "en"):
        self.device, self.page, self.home = device, device.page, home
        self.words = json.loads((ROOT / f"Services/WebApp/messages/{language}.json").read_text())

    def button(self, key: str, inside: Page | Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("button", name=self.words[key], exact=True).first

    def open(self, path: str, sign: str) -> None:
        self.page.goto(self.device.url + path)
        expect(self.page.locator(sign).first).to_be_visible()

    def choose(self, menu: Locator, key: str) -> None:
        menu.click()
        self.page.get_by_role("menuitem", name=self.words[key], exact=True).click()

    @property
    def account(self) -> Locator:
        return self.page.locator(".sidebar, .top-bar").locator("[aria-haspopup=menu]")

    @property
    def list_menu(self) -> Locator:
        return self.button("list.menu")

    def close(self) -> None:
        """Escape closes offers first, then what they are in."""
        def is_closed() -> bool:
            self.page.keyboard.press("Escape")
            return self.page.locator("dialog, .menu").count() == 0
        eventually(is_closed, "dialogs and menus are closed")

    def everything(self) -> Iterator[str]:
        """Yields the name of each state while the app is in it."""
        for part in (self.dashboard, self.dialogs, self.settings, self.list, self.sharing, self.history, self.trouble):
            yield from part()

    def dashboard(self) -> Iterator[str]:
        page = self.page
        self.open("/", ".list-card")
        expect(page.locator(".list-card")).to_have_count(4)
        yield "dashboard"
        page.locator(".list-card [aria-haspopup=menu]").first.click()
        yield "menu of a list"
        self.close()
        for section in "templates", "archive", "trash":
            self.open(f"/?show={section}", ".empty")
            yield section
        self.open("/list/nothing", ".empty")
        yield "unknown address"
        self.open("/join/abcdef", ".join")
        yield "invitation"

    def dialogs(self) -> Iterator[str]:
        page = self.page
        self.open("/", ".list-card")
        self.button("create.title").click()
        self.button("create.action").click()
        yield "new list without a name"
        self.close()
        self.choose(self.account, "keys.title")
        yield "keys"
        self.close()
        self.choose(self.account, "import.title")
        page.get_by_role("textbox").first.fill("2 kg apples\n[x] bread\n" + "\n".join(f"thing {number}" for number in range(9)))
        yield "import"
        self.close()
        self.choose(self.account, "storage.export")
        yield "export"
        self.close()
        self.choose(self.account, "account.logOut")
        page.get_by_role("checkbox").check()
        yield "log out"
        self.close()

    def settings(self) -> Iterator[str]:
        self.open("/settings", ".settings")
        yield "settings"
        self.page.locator(".sync-badge").click()
        yield "sync"
        self.close()

    def list(self) -> Iterator[str]:
        page = self.page
        self.open(f"/list/{self.home.empty}", ".empty")
        yield "empty list"
        self.open(f"/list/{self.home.done}", ".completed-head")
        yield "list that is done"
        self.open(f"/list/{self.home.viewed}", ".item")
        yield "list to look at"
        self.open(f"/list/{self.home.shopping}", ".item")
        yield "list"
        page.locator(".completed-toggle").click()
        yield "list with the completed"
        page.locator(".completed-toggle").click()
        self.list_menu.click()
        yield "menu of the open list"
        self.close()
        box = page.get_by_role("combobox", name=self.words["list.addLabel"])
        box.fill("2 kg e")
        yield "adding"
        box.fill("")
        page.locator(".item-name").nth(1).click()
        page.locator("form.editor").wait_for()
        yield "editing"
        page.keyboard.press("Escape")
        self.button("list.filter").click()
        page.get_by_role("searchbox").fill("zzz")
        expect(page.locator(".empty")).to_be_visible()
        yield "nothing found"
        page.keyboard.press("Escape")
        self.choose(self.list_menu, "list.select")
        for place in 1, 3:
            page.locator(".item-name").nth(place).click()
        yield "selection"
        self.button("list.moveToCategory").click()
        yield "category of a selection"
        self.close()
        self.button("list.selectionEnd").click()

    def sharing(self) -> Iterator[str]:
        page = self.page
        self.open(f"/list/{self.home.shopping}", ".item")
        self.choose(self.list_menu, "lists.share")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        self.button("share.make", dialog).click()
        expect(dialog.locator(".qr")).to_be_visible()
        yield "share"
        dialog.get_by_text(self.words["role.viewer"], exact=True).last.click()
        dialog.locator(".dialog-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
        yield "share with a preview"
        dialog.locator(".people .icon-button").last.click()
        yield "question"
        page.keyboard.press("Escape")
        self.close()

    def history(self) -> Iterator[str]:
        page = self.page
        self.choose(self.list_menu, "history.title")
        expect(page.locator(".change").first).to_be_visible()
        yield "history"
        self.close()
        page.locator(".item-name").first.click()
        self.button("list.itemHistory").click()
        expect(page.locator(".change").first).to_be_visible()
        yield "history of an item"
        self.close()
        page.keyboard.press("Escape")

    def trouble(self) -> Iterator[str]:
        """Offline, a conflict, a server that confirms nothing, a session that has ended."""
        device, page, home = self.device, self.page, self.home
        self.open(f"/list/{home.shopping}", ".item")
        first = page.locator(".item-name").first.inner_text()
        theirs = next(item for item in home.other.items(home.shopping) if item["name"] == first)
        device.expects_no_server()
        device.context.set_offline(True)
        expect(page.locator(".sync-offline")).to_be_visible()
        page.locator(".item-name").first.click()
        form = page.locator("form.editor")
        form.get_by_role("textbox").first.fill("Something of mine")
        form.get_by_role("textbox").first.press("Enter")
        expect(page.locator(".item-pending")).to_be_visible()
        yield "offline"
        self.choose(self.list_menu, "history.title")
        expect(page.locator("dialog .empty")).to_be_visible()
        yield "history offline"
        self.close()
        home.other.edit(home.shopping, theirs["id"], name="Something of theirs")
        device.context.set_offline(False)
        expect(page.locator(".conflict")).to_be_visible()
        yield "conflict"
        device.expects(r"status of 503", r"status of 401")
        body = json.dumps({"error": {"code": "not_confirmed", "message": "Two of three shards did not answer.", "retryable": True}})
        page.route("**/v1/sync", lambda route: route.fulfill(status=503, content_type="application/json", body=body))
        page.locator(".item-check").first.click()
        expect(page.locator(".sync-unconfirmed")).to_be_visible()
        page.locator(".sync-badge").click()
        yield "not confirmed"
        self.close()
        ended = json.dumps({"error": {"code": "session_ended", "message": ""}})
        for path in "**/v1/sync", "**/v1/sessions/refresh":
            page.route(path, lambda route: route.fulfill(status=401, content_type="application/json", body=ended))
        page.reload()
        expect(page.locator(".sync-signed-out")).to_be_visible()
        yield "signed out"


def speak(device: Device, language: str) -> None:
    """Another language, as the settings choose it."""
    device.page.evaluate("language => localStorage.setItem('larder.language', language)", language)
    device.page.reload()
    expect(device.page.locator(f"html[lang={language}] .shell")).to_be_visible()

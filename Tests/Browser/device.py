"""A person's browser: a context of its own with the app open in it, used as a person would, by roles and names."""
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

import profile_copy
from api import Person
from waiting import eventually, equals

expect.set_options(timeout=15_000)

# Reported where no test looks otherwise: the console of the page.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
    console.error(`content security policy: ${violatedDirective} ${blockedURI} ${sourceFile}`));
"""


ISOLATES = "[\u2066-\u2069]"


def words(text: str) -> re.Pattern:
    """Matches the text where the app isolates names and numbers in it, which nobody sees."""
    return re.compile(f"{ISOLATES}*".join(re.escape(character) for character in text))


class Device:
    """One browser profile. `page` is the tab that is used unless another is named."""

    def __init__(self, context: BrowserContext, url: str, person: Person | None, name: str):
        self.context, self.url, self.person, self.name = context, url, person, name
        self.problems: list[str] = []
        self._expected: list[re.Pattern] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", lambda message: self._note(message.type, message.text) if message.type in ("error", "warning") else None)
        context.on("weberror", lambda error: self._note("uncaught", str(error.error)))
        self.page = context.new_page()

    # What must not happen

    def _note(self, kind: str, text: str) -> None:
        self.problems.append(f"{self.name}: {kind}: {text}")

    def expects(self, *patterns: str) -> None:
        """Messages in the console that belong to what the test does."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def expects_no_server(self) -> None:
        self.expects(r"net::ERR_", r"WebSocket connection to .* failed", r"WebSocket is closed before the connection")

    @property
    def unexpected(self) -> list[str]:
        return [problem for problem in self.problems if not any(pattern.search(problem) for pattern in self._expected)]

    # Going about

    def open(self, path: str = "/") -> "Device":
        self.page.goto(self.url + path)
        return self

    def log_in(self, password: str | None = None) -> "Device":
        """From the page that asks for a name and a password, whichever of its two forms it shows."""
        page, person = self.page, self.person
        expect(page.get_by_label("User name")).to_be_visible()
        if page.get_by_role("heading", name="Create your account").is_visible():
            page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
        page.get_by_label("User name").fill(person.username)
        page.get_by_label("Password", exact=True).fill(password or person.password)
        page.locator("form").get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_hidden()
        return self

    def open_list(self, list_id: str, page: Page | None = None) -> "Device":
        """By its address, and waits until its items can be seen."""
        page = page or self.page
        page.goto(f"{self.url}/list/{list_id}")
        expect(page.locator(".list-progress")).to_be_visible()
        return self

    def create_list(self, name: str) -> str:
        """As a person does it; returns the id that its address tells."""
        page = self.page
        page.get_by_role("button", name=re.compile("^(New list|Make your first list)$")).first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name of the list").fill(name)
        dialog.get_by_role("button", name="Create", exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        return urlsplit(page.url).path.removeprefix("/list/")

    def new_tab(self, path: str = "/") -> Page:
        page = self.context.new_page()
        page.goto(self.url + path)
        return page

    # The network

    def go_offline(self) -> None:
        self.expects_no_server()
        self.context.set_offline(True)
        self.wait_sync("Offline.*|Not syncing")

    def go_online(self) -> None:
        self.context.set_offline(False)

    def sync_button(self, page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("button", name=re.compile("^Sync: "))

    def wait_sync(self, words: str, page: Page | None = None, within: float = 15) -> None:
        """Until the app's own words on syncing match, the marks that isolate numbers in them left out."""
        def matches() -> bool:
            found = re.sub(ISOLATES, "", self.sync_button(page).inner_text(timeout=2_000))
            assert re.fullmatch(words, found), f"{found!r} does not match {words!r}"
            return True
        eventually(matches, f"{self.name} says how syncing goes", within)

    def wait_saved(self, page: Page | None = None, within: float = 20) -> None:
        """Until everything is on the server too, and the app says so."""
        equals(lambda: profile_copy.waiting(page or self.page), 0, f"nothing of {self.name} waits", within)
        self.wait_sync("Saved", page, within)

    def wait_live(self) -> None:
        """Until others' changes appear by themselves."""
        self.sync_button().click()
        dialog = self.page.get_by_role("dialog", name="Sync")
        expect(dialog.get_by_text("Changes by others appear at once")).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()

    # Items

    def add_box(self, page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("combobox", name="Add an item")

    def add(self, *names: str, page: Page | None = None) -> None:
        """Types them one after another and waits until each can be seen."""
        box = self.add_box(page)
        for name in names:
            box.fill(name)
            box.press("Enter")
            expect(self.name_button(name, page)).to_be_visible()

    def rows(self, page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("main").locator("[data-item]")

    def name_button(self, name: str, page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("main").locator(".item-name").filter(has_text=re.compile(rf"^{re.escape(name)}$"))

    def row(self, name: str, page: Page | None = None) -> Locator:
        inside = (page or self.page).locator(".item-name").filter(has_text=re.compile(rf"^{re.escape(name)}$"))
        return self.rows(page).filter(has=inside)

    def checkbox(self, name: str, page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("main").get_by_role("checkbox", name=re.compile(rf"^{re.escape(name)}(, .*)?$", re.S))

    def names(self, page: Page | None = None) -> list[str]:
        """Those in view, in their order."""
        return self.rows(page).locator(".item-name").all_text_contents()

    def wait_names(self, *names: str, page: Page | None = None, within: float = 15) -> None:
        """Until the list has just these, in whatever order, the completed ones among them."""
        def shown() -> list[str]:
            self.expand_completed(page)
            return sorted(self.names(page))
        equals(shown, sorted(names), f"{self.name} shows the items", within)

    def check(self, name: str, page: Page | None = None) -> None:
        self.checkbox(name, page).click()
        self.wait_checked(name, page)

    def wait_checked(self, name: str, page: Page | None = None) -> None:
        """Until it is ticked off, wherever it lies."""
        def is_checked() -> bool:
            self.expand_completed(page)
            return self.checkbox(name, page).get_attribute("aria-checked", timeout=1_000) == "true"
        eventually(lambda: _quietly(is_checked), f"{self.name} shows {name} ticked off")

    def is_checked(self, name: str, page: Page | None = None) -> bool:
        return self.checkbox(name, page).get_attribute("aria-checked") == "true"

    def expand_completed(self, page: Page | None = None) -> None:
        closed = (page or self.page).get_by_role("button", name=re.compile(r"^\d[\d.,]* completed$"), expanded=False)
        if closed.count() > 0:
            closed.click()

    @contextmanager
    def editor(self, name: str, page: Page | None = None):
        """The form in which an item is edited; Enter saves it."""
        self.name_button(name, page).click()
        form = (page or self.page).get_by_role("form", name=f"Edit {name}", exact=True)
        expect(form).to_be_visible()
        yield form

    def rename(self, name: str, new: str, page: Page | None = None) -> None:
        with self.editor(name, page) as form:
            field = form.get_by_label("Name", exact=True)
            field.fill(new)
            field.press("Enter")
        expect(self.name_button(new, page)).to_be_visible()

    def remove(self, name: str, page: Page | None = None) -> None:
        with self.editor(name, page) as form:
            form.get_by_role("button", name="Remove", exact=True).click()
        expect(self.name_button(name, page)).to_have_count(0)

    def take(self, name: str, page: Page | None = None) -> None:
        (page or self.page).get_by_role("group", name=f"Amount of {name}").get_by_role("button", name="One more").click()

    def choose(self, command: str) -> None:
        """From the menu of the list that is open."""
        self.page.get_by_role("button", name="More for this list").click()
        self.page.get_by_role("menuitem", name=command, exact=True).click()

    # Ends

    def crash(self) -> None:
        """The tab's process dies at once: nothing of it gets to run any more."""
        with self.page.expect_event("crash"):
            try:
                self.page.goto("chrome://crash")
            except Error:  # it never arrives
                pass
        self.page.close()

    def reopen(self, path: str) -> None:
        self.page = self.context.new_page()
        self.open(path)


def _quietly(condition) -> bool:
    """False while what is asked about cannot be found."""
    try:
        return condition()
    except Error as error:
        if "Timeout" not in str(error) and "strict mode" not in str(error):
            raise
        return False

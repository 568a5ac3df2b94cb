"""How it looks: pictures of every state are kept, and what can be said of them in numbers is held.

Pictures: .build/tests/browser/screenshots/<look>/<number> <state>.png
"""
import re

import pytest
from playwright.sync_api import Page, expect
from screens import ARABIC_SHOPPING, SHOPPING, Tour, furnish, speak
from stack import ROOT

PICTURES = ROOT / ".build" / "tests" / "browser" / "screenshots"
TOUCH = {"has_touch": True, "is_mobile": True}
PHONE = {"viewport": {"width": 390, "height": 844}, **TOUCH}
SMALL = {"viewport": {"width": 320, "height": 640}, **TOUCH}
TABLET = {"viewport": {"width": 768, "height": 1024}, **TOUCH}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
DARK = {"color_scheme": "dark"}

OVERFLOW = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [`${scrollWidth} of ${clientWidth}`, ...[...document.querySelectorAll("body *")].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return element.checkVisibility() && !element.closest(".sr-only, .skip") && (left < -1 || right > clientWidth + 1);
    }).map((element) => element.outerHTML.slice(0, 120))];
}"""

# From the middle of each control to its sides: what hits it, or its label, is a fingertip wide and high. Links in sentences are excepted.
TARGETS = """() => {
    const offers = document.querySelector(".combobox-options:not([hidden])")?.closest("form");
    const top = document.querySelector(".menu") ?? [...document.querySelectorAll("dialog[open]")].at(-1) ?? offers ?? document;
    const scrolled = [...document.querySelectorAll("*")].map((element) => [element, element.scrollTop, element.scrollLeft]);
    const hard = [];
    for (const element of top.querySelectorAll("button, a[href], input, select, textarea")) {
        if (!element.checkVisibility() || element.closest("[inert], .skip") || element.matches(".text-button")) continue;
        const labels = [...element.labels ?? []];
        const shown = labels.find((label) => label.contains(element)) ?? element;
        shown.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const box = shown.getBoundingClientRect();
        const isMine = (x, y) => {
            const hit = document.elementFromPoint(x, y);
            return hit !== null && (element.contains(hit) || labels.some((label) => label.contains(hit)));
        };
        const reach = (dx, dy) => {
            let far = 0;
            while (far < 44 && isMine(box.left + box.width / 2 + dx * far, box.top + box.height / 2 + dy * far)) far++;
            return far;
        };
        const wide = reach(-1, 0) + reach(1, 0), high = reach(0, -1) + reach(0, 1);
        const isCovered = wide === 0;
        if (!isCovered && (wide < 43 || high < 43)) hard.push(`${wide} × ${high} ${element.outerHTML.slice(0, 140)}`);
    }
    for (const [element, y, x] of scrolled) [element.scrollTop, element.scrollLeft] = [y, x];
    return hard;
}"""

SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
    for (const { value, sources, hadRecentInput } of list.getEntries()) {
        globalThis.shifts.push({ value, hadRecentInput, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 90) ?? String(node?.nodeName)) });
    }
}).observe({ type: "layout-shift", buffered: true });
"""


def picture(page: Page, look: str, number: int, state: str) -> None:
    folder = PICTURES / look
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{number:02} {state}.png")


@pytest.mark.parametrize("look, language, options, is_whole", [
    ("desktop", "en", DESKTOP, True), ("phone", "en", PHONE, True), ("phone-dark", "en", {**PHONE, **DARK}, False),
    ("desktop-dark-arabic", "ar", {**DESKTOP, **DARK}, False), ("phone-arabic", "ar", PHONE, False), ("small-german", "de", SMALL, False),
    ("tablet-portuguese", "pt", TABLET, False),
], ids=lambda value: value if isinstance(value, str) and len(value) > 2 else "")
def test_every_state_fits_its_screen_in_its_direction_and_colours(open_device, person, other, look, language, options, is_whole):
    """No state is wider than the screen; text runs as the language does; light is light and dark is dark; fingers find every control."""
    device = open_device(None, reduced_motion="reduce", **options)
    page = device.page
    picture(page, look, 0, "login")
    device.person = person
    device.log_in()
    expect(page.locator(".empty")).to_be_visible()
    picture(page, look, 1, "empty dashboard")
    home = furnish(person, other, ARABIC_SHOPPING if language == "ar" else SHOPPING)
    if language != "en":
        speak(device, language)
    tour = Tour(device, home, language)
    parts = tour.everything() if is_whole else (state for part in (tour.dashboard, tour.list, tour.sharing, tour.trouble) for state in part())
    problems = []
    for number, state in enumerate(parts, start=2):
        if state != "offline":  # nothing that was shown before lies over it
            page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.style.visibility = 'hidden')")
        picture(page, look, number, state)
        problems += [f"{state}: too wide: {found}" for found in page.evaluate(OVERFLOW)]
        if "has_touch" in options:
            problems += [f"{state}: hard to hit: {found}" for found in page.evaluate(TARGETS)]
        if page.evaluate("document.dir") != ("rtl" if language == "ar" else "ltr"):
            problems.append(f"{state}: wrong direction")
        lightness = page.evaluate("Math.max(...getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number))")
        if (lightness < 60) != ("color_scheme" in options):
            problems.append(f"{state}: wrong colours")
    assert not problems, "\n".join(dict.fromkeys(problems))


def test_a_chosen_theme_holds_whatever_the_system_says(device):
    """And the browser's own bars follow it."""
    page = device.page
    device.open("/settings")
    page.get_by_role("radio", name="Dark").check(force=True)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert set(page.evaluate("[...document.querySelectorAll('meta[name=theme-color]')].map((meta) => meta.content)")) == {"#14171a"}
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_items_are_added_and_checked(open_device, person, options):
    """Layout shifts of rows that were there: none, neither while the first items come nor while the box offers things."""
    list_id = person.create_list("Groceries")
    device = open_device(person, f"/list/{list_id}", init=SHIFTS, **options)
    page = device.page
    expect(page.locator(".empty")).to_be_visible()
    device.add("milk")
    page.evaluate("globalThis.shifts.length = 0")
    device.add("bread", "2 kg apples".replace("2 kg ", ""), "coffee")
    device.add_box().type("mi", delay=30)
    device.add_box().fill("")
    device.checkbox("bread").click()
    device.wait_saved()
    shifts = page.evaluate("globalThis.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.01, shifts


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_a_page_loads(open_device, person, other, options):
    """The dashboard and a list, from this device's own data: what is drawn stays where it is."""
    home = furnish(person, other)
    device = open_device(person, init=SHIFTS, **options)
    expect(device.page.locator(".list-card").first).to_be_visible()
    device.wait_saved()
    for path, sign in ("/", ".list-card"), (f"/list/{home.shopping}", ".item"), ("/settings", ".settings"):
        device.open(path)
        expect(device.page.locator(sign).first).to_be_visible()
        device.wait_saved()
        shifts = [shift for shift in device.page.evaluate("globalThis.shifts") if not shift["hadRecentInput"]]
        assert sum(shift["value"] for shift in shifts) < 0.01, (path, shifts)


def test_on_paper_there_is_the_list_alone(device, person, other):
    """Its name and all items with boxes to tick, in black on white; a picture and a PDF of it are kept."""
    home = furnish(person, other)
    device.open_list(home.shopping)
    expect(device.rows().first).to_be_visible()
    page = device.page
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator(".print-sheet")
    expect(sheet.get_by_role("heading", level=1)).to_have_text("Weekly shopping")
    expect(sheet.get_by_role("listitem")).to_have_count(len(SHOPPING))
    expect(sheet.get_by_text("<b>Toilet paper</b>")).to_be_visible()
    for gone in page.locator(".sidebar, .list-head, .add, .toasts").all():
        expect(gone).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    picture(page, "print", 0, "list")
    page.pdf(path=PICTURES / "print" / "list.pdf")


def test_empty_states_teach_and_their_examples_can_be_tried(device, person):
    """An empty list offers things to try; one press adds it with its amount, and the box is ready for the next."""
    list_id = person.create_list("Groceries")
    device.open_list(list_id)
    page = device.page
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.get_by_role("button", name="2 kg apples").click()
    device.wait_names("apples")
    expect(page.get_by_role("group", name="Amount of apples")).to_contain_text(re.compile("2.*kg"))
    expect(device.add_box()).to_be_focused()

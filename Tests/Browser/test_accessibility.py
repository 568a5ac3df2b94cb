"""Everybody can use it: axe-core finds nothing in any screen, every control has a name, the focus is seen, motion can be done without."""
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from screens import ARABIC_SHOPPING, SHOPPING, Tour, furnish, speak

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
CALM = {"reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Of roles that a person operates, those without a name.
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input, select, textarea, dialog, [role]")].filter((element) => {
    if (!element.checkVisibility() || element.closest("[inert], [aria-hidden=true]")) return false;
    const labels = [...element.labels ?? []].map((label) => label.textContent);
    const pointed = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    const own = element.matches("button, a, [role^=menuitem], [role=option], [role=checkbox]") ? element.textContent : "";
    const needsName = element.matches("button, a, input, select, textarea, dialog")
        || /^(img|progressbar|toolbar|radiogroup|menu|combobox)$/.test(element.role);
    return needsName && ![element.ariaLabel, own, ...labels, ...pointed].some((name) => name?.trim());
}).map((element) => element.outerHTML.slice(0, 200))"""


def violations(page) -> list[str]:
    found = AXE.run(page, options=RULES).response["violations"]
    # An open menu lies over all landmarks, in none of them.
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for rule in found for node in rule["nodes"]
            if not (rule["id"] == "region" and 'role="menu"' in node["html"])]


@pytest.mark.parametrize("look, language, options", [
    ("light", "en", {}), ("dark", "en", {"color_scheme": "dark", **PHONE}), ("Arabic", "ar", {}),
], ids=["light", "dark-phone", "arabic"])
def test_axe_finds_nothing_in_any_screen_or_dialog_and_every_control_has_a_name(open_device, person, other, look, language, options):
    """Nor anything without a name among what can be operated."""
    device = open_device(person, **CALM, **options)
    expect(device.page.locator(".empty")).to_be_visible()
    problems = [f"empty dashboard: {found}" for found in violations(device.page)]
    home = furnish(person, other, ARABIC_SHOPPING if language == "ar" else SHOPPING)
    if language != "en":
        speak(device, language)
    for state in Tour(device, home, language).everything():
        problems += [f"{state}: {found}" for found in violations(device.page)]
        problems += [f"{state}: no name: {found}" for found in device.page.evaluate(NAMELESS)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", **PHONE}], ids=["light", "dark-phone"])
def test_axe_finds_nothing_where_people_log_in(open_device, options):
    """Both forms, and what they say when something is missing."""
    page = open_device(None, **CALM, **options).page
    page.get_by_role("button", name="Create account", exact=True).click()
    expect(page.get_by_text("Enter your user name.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Log in", exact=True).click()
    assert violations(page) == []
    assert page.evaluate(NAMELESS) == []


def test_the_browsers_accessibility_tree_names_every_control(device, person, other):
    """As a screen reader is told of them: chromium's own tree, not the page's attributes."""
    home = furnish(person, other)
    device.open_list(home.shopping)
    expect(device.rows().first).to_be_visible()
    session = device.context.new_cdp_session(device.page)
    controls = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "menuitem", "progressbar", "dialog", "image"}
    for place in f"/list/{home.shopping}", "/", "/settings":
        device.open(place)
        expect(device.page.locator("h1")).to_be_visible()
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        shown = [node for node in nodes if not node["ignored"] and node["role"]["value"] in controls]
        assert len(shown) > 10, place
        nameless = [node["role"]["value"] for node in shown if not node.get("name", {}).get("value", "").strip()]
        assert nameless == [], place


def test_the_focus_is_seen_wherever_it_is(device, person, other):
    """Tab from control to control: each has an outline at least two pixels wide, or is drawn otherwise than before."""
    home = furnish(person, other)
    device.open_list(home.shopping)
    expect(device.rows().first).to_be_visible()
    page = device.page
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        look = page.evaluate("""() => {
            const element = document.activeElement;
            const of = (element, pseudo) => {
                const style = getComputedStyle(element, pseudo);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== "rgba(0, 0, 0, 0)";
            };
            const around = element.closest(".segment, .add");
            const bordered = around?.matches(".add") && getComputedStyle(around, "::before").boxShadow !== "none";
            return { what: element.outerHTML.slice(0, 120), body: element === document.body,
                     seen: of(element) || of(element, "::after") || (around ? of(around) || bordered : false) };
        }""")
        if look["body"]:
            break
        assert look["seen"], look["what"]
        seen.add(look["what"])
    assert len(seen) > 12


def test_nothing_moves_for_who_wants_no_motion(open_device, person, groceries):
    """No transition or animation lasts longer than a blink; a check moves rows at once."""
    device = open_device(person, f"/list/{groceries}", **CALM)
    device.wait_names("milk", "bread", "apples")
    page = device.page
    page.evaluate("""() => {
        globalThis.moved = [];
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (...given) { globalThis.moved.push(this.className); return animate.apply(this, given); };
    }""")
    device.check("milk")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    long = page.evaluate("""() => document.getAnimations().map((animation) => animation.effect.getComputedTiming())
        .filter(({ duration, iterations }) => duration > 1 || iterations > 1).length""")
    assert long == 0
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^1 completed$"))).to_be_visible()
    assert page.evaluate("globalThis.moved") == []


def test_what_happens_is_announced(device, groceries):
    """A toast is in a live region; moving a row by keyboard says where it is."""
    device.open_list(groceries)
    device.check("milk")
    expect(device.page.get_by_role("region", name="Notifications")).to_contain_text("Ticked off milk")
    assert device.page.get_by_role("region", name="Notifications").get_attribute("aria-live") == "polite"
    device.page.locator("[data-handle]").nth(1).focus()
    device.page.keyboard.press("Space")
    device.page.keyboard.press("ArrowUp")
    expect(device.page.get_by_role("status").filter(has_text="Position 1 of")).to_have_count(1)
    device.page.keyboard.press("Escape")
    expect(device.page.get_by_role("status").filter(has_text="Back where it was")).to_have_count(1)

"""Rows under a mouse and under fingers: dragged to another place, swiped to check and to remove, held to select."""
from typing import Callable

import pytest
from device import Device, words
from playwright.sync_api import Locator, expect
from waiting import equals, eventually

FINGERS = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STEPS = 12


class Finger:
    """One finger on the glass, from the driver of the screen on: the browser makes touch, pointer and scroll events of it."""

    def __init__(self, device: Device):
        self._session = device.context.new_cdp_session(device.page)
        self.x = self.y = 0.0

    def _dispatch(self, kind: str, *points: dict) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def press(self, x: float, y: float) -> None:
        self.x, self.y = x, y
        self._dispatch("touchStart", {"x": x, "y": y})

    def move(self, x: float = 0, y: float = 0) -> None:
        """By so much, on a straight way."""
        from_x, from_y = self.x, self.y
        for step in range(1, STEPS + 1):
            self.x, self.y = from_x + x * step / STEPS, from_y + y * step / STEPS
            self._dispatch("touchMove", {"x": self.x, "y": self.y})

    def lift(self) -> None:
        self._dispatch("touchEnd")


def middle(place: Locator) -> tuple[float, float]:
    place.click(trial=True)  # waits until it lies still
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def distance(device: Device, name: str, to: str) -> float:
    """Down from one row to the other."""
    return middle(device.row(to))[1] - middle(device.row(name))[1]


def handle(device: Device, name: str) -> Locator:
    return device.page.get_by_role("button", name=words(f"Move {name}"))


def changed_since(person, list_id: str, before: int) -> set[str]:
    """The items that the history tells of after its first so many changes."""
    return {change["item"]["name"] for change in person.history(list_id)[:-before]}


@pytest.fixture
def touched(open_device, person, groceries) -> Device:
    """A phone with milk, bread and three apples on its screen."""
    device = open_device(person, name="phone", **FINGERS)
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    return device


@pytest.fixture(params=["full motion", "reduced motion"])
def motion(request) -> dict:
    return {"reduced_motion": "reduce"} if request.param == "reduced motion" else {}


# With a mouse


def drag(device: Device, name: str, to: str, meanwhile: Callable[[], None] = lambda: None) -> None:
    """By the handle, a little beyond the row of the other."""
    mouse, by = device.page.mouse, distance(device, name, to)
    x, y = middle(handle(device, name))
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + by * 1.1, steps=STEPS)
    meanwhile()
    mouse.up()


def test_an_item_is_dragged_by_mouse_to_another_place(open_device, person, groceries, motion):
    """Up and down; the others make room while it is dragged; the server has the order, and one step of undo takes it back."""
    device = open_device(person, **motion)
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    drag(device, "apples", "milk", lambda: equals(lambda: device.names(), ["apples", "milk", "bread"], "the others make room"))
    equals(lambda: device.names(), ["apples", "milk", "bread"], "it lies where it was dropped")
    equals(lambda: person.names(groceries), ["apples", "milk", "bread"], "on the server too")
    drag(device, "apples", "milk")
    equals(lambda: person.names(groceries), ["milk", "apples", "bread"], "one place down")
    device.page.reload()
    equals(lambda: device.names(), ["milk", "apples", "bread"], "it is still there")
    drag(device, "milk", "bread")
    equals(lambda: person.names(groceries), ["apples", "bread", "milk"], "to the end")
    device.page.keyboard.press("Control+z")
    equals(lambda: person.names(groceries), ["milk", "apples", "bread"], "it is back")


def test_a_drag_that_is_given_up_changes_nothing(device, person, groceries):
    """Escape while the button is down: the item is where it was, on the server too, and letting go does nothing."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    before = len(person.history(groceries))

    def give_up() -> None:
        equals(lambda: device.names(), ["apples", "milk", "bread"], "it is dragged")
        device.page.keyboard.press("Escape")
        equals(lambda: device.names(), ["milk", "bread", "apples"], "it is where it was")
    drag(device, "apples", "milk", give_up)
    device.add("coffee")
    device.wait_saved()
    assert person.names(groceries) == ["milk", "bread", "apples", "coffee"]
    assert changed_since(person, groceries, before) == {"coffee"}


def test_an_item_that_is_dragged_into_another_group_has_its_category(device, person):
    """By category the place says the category; the server has both."""
    list_id = person.create_list("Market")
    for name, category in ("bread", "Bakery"), ("rolls", "Bakery"), ("pears", "Fruit"), ("grapes", "Fruit"):
        person.add(list_id, name, category=category)
    device.open_list(list_id)
    device.wait_names("bread", "rolls", "pears", "grapes")
    drag(device, "bread", "pears")
    equals(lambda: person.item(list_id, "bread")["category"], "Fruit", "it is in the other group")
    equals(lambda: person.names(list_id), ["rolls", "pears", "bread", "grapes"], "behind the one it was dropped on")
    equals(lambda: device.names(), ["rolls", "pears", "bread", "grapes"], "the screen says so")


def test_what_another_person_does_during_a_drag_does_not_end_it(device, person, groceries):
    """An item that is added and one that is renamed meanwhile: both are there, and the dragged one is where it was dropped."""
    device.open_list(groceries)
    device.wait_names("milk", "bread", "apples")
    device.wait_live()

    def others_edit() -> None:
        person.add(groceries, "coffee")
        person.edit(groceries, person.item(groceries, "bread")["id"], name="rye bread")
        expect(device.name_button("coffee")).to_be_visible()
        expect(device.name_button("rye bread")).to_be_visible()
    drag(device, "apples", "milk", others_edit)
    equals(lambda: person.names(groceries), ["apples", "milk", "rye bread", "coffee"], "the server has all of it")
    equals(lambda: device.names(), ["apples", "milk", "rye bread", "coffee"], "so does the screen")


# With a finger


def test_an_item_is_dragged_by_its_handle_with_a_finger(open_device, person, groceries, motion):
    """At once, without holding still, and the page does not scroll instead."""
    device = open_device(person, **FINGERS, **motion)
    for number in range(20):  # more than the screen has room for
        person.add(groceries, f"part {number:02}")
    device.open_list(groceries)
    equals(lambda: device.names()[:3], ["milk", "bread", "apples"], "the list is there")
    finger, by = Finger(device), distance(device, "milk", "apples")
    finger.press(*middle(handle(device, "milk")))
    finger.move(y=by * 1.1)
    equals(lambda: device.names()[:3], ["bread", "apples", "milk"], "the others make room")
    finger.lift()
    equals(lambda: person.names(groceries)[:4], ["bread", "apples", "milk", "part 00"], "the server has the order")
    assert device.page.evaluate("Math.max(scrollY, document.scrollingElement.scrollTop)") == 0


def test_an_item_is_dragged_anywhere_once_it_was_held(touched, person, groceries):
    """A finger that rests on a row for a moment picks it up."""
    finger, by = Finger(touched), distance(touched, "apples", "milk")
    finger.press(*middle(touched.name_button("apples")))
    expect(touched.page.locator(".item-held")).to_have_count(1)
    finger.move(y=by * 1.1)
    finger.lift()
    equals(lambda: person.names(groceries), ["apples", "milk", "bread"], "the server has the order")
    expect(touched.page.get_by_role("toolbar", name="Selected items")).to_have_count(0)
    expect(touched.page.get_by_role("form", name="Edit apples")).to_have_count(0)


def test_an_item_that_was_held_and_let_go_is_selected(touched):
    """And a tap on others selects them too."""
    finger = Finger(touched)
    finger.press(*middle(touched.name_button("bread")))
    expect(touched.page.locator(".item-held")).to_have_count(1)
    finger.lift()
    toolbar = touched.page.get_by_role("toolbar", name="Selected items")
    expect(toolbar).to_contain_text(words("1 selected"))
    touched.name_button("milk").tap()
    expect(toolbar).to_contain_text(words("2 selected"))
    expect(touched.page.get_by_role("checkbox", name=words("Select bread"))).to_be_checked()


@pytest.mark.parametrize("language, direction, way", [("en", "ltr", 180), ("ar", "rtl", -180)], ids=["left to right", "right to left"])
def test_a_swipe_along_the_line_checks_and_unchecks(open_device, person, groceries, language, direction, way):
    """To where lines end, which in Arabic is the left; the same way again unchecks."""
    device = open_device(person, name="phone", **FINGERS)
    device.page.evaluate("""([language, list]) => {
        localStorage.setItem("larder.language", language);
        localStorage.setItem(`larder.completed.${list}`, "expanded");
    }""", [language, groceries])
    device.open_list(groceries)
    finger = Finger(device)
    for wanted, order in (True, ["bread", "apples", "milk"]), (False, ["milk", "bread", "apples"]):
        finger.press(*middle(device.name_button("milk")))
        finger.move(x=way)
        finger.lift()
        equals(lambda: person.item(groceries, "milk")["checked"], wanted, "the server has it")
        equals(lambda: device.names(), order, "it lies where it belongs")
    assert device.page.evaluate("document.dir") == direction


def test_a_swipe_against_the_line_removes_and_undo_brings_back(touched, person, groceries):
    """From the server too; back it is where it was."""
    finger = Finger(touched)
    finger.press(*middle(touched.name_button("bread")))
    finger.move(x=-180)
    finger.lift()
    touched.wait_names("milk", "apples")
    equals(lambda: person.names(groceries), ["milk", "apples"], "the server has two")
    touched.page.get_by_role("region", name="Notifications").get_by_role("button", name="Undo", exact=True).tap()
    equals(lambda: person.names(groceries), ["milk", "bread", "apples"], "the server has all")
    equals(lambda: touched.names(), ["milk", "bread", "apples"], "the screen too")


def test_a_swipe_that_turns_back_does_nothing_and_is_no_tap(touched, person, groceries):
    """Neither checked nor removed, and no editor opens."""
    before = len(person.history(groceries))
    for way in 180, -180:
        finger = Finger(touched)
        finger.press(*middle(touched.name_button("bread")))
        finger.move(x=way)
        finger.move(x=-way)
        finger.lift()
        expect(touched.page.locator("[data-swipe]")).to_have_count(0)
    touched.add("coffee")
    touched.wait_saved()
    assert person.names(groceries) == ["milk", "bread", "apples", "coffee"]
    assert changed_since(person, groceries, before) == {"coffee"}
    expect(touched.page.get_by_role("form", name="Edit bread")).to_have_count(0)


def test_a_finger_that_moves_up_scrolls_the_list(touched, person, groceries):
    """Over the rows, and nothing is dragged, checked or removed by it."""
    for number in range(30):
        person.add(groceries, f"part {number:02}")
    expect(touched.name_button("part 10")).to_be_attached()
    order = person.names(groceries)
    before = len(person.history(groceries))
    top = touched.row("milk").bounding_box()["y"]
    finger = Finger(touched)
    finger.press(*middle(touched.name_button("apples")))
    finger.move(y=-150)
    finger.lift()
    eventually(lambda: touched.row("bread").count() == 0 or touched.row("bread").bounding_box()["y"] < top, "the list has scrolled")
    touched.add("coffee")
    touched.wait_saved()
    assert person.names(groceries) == [*order, "coffee"]
    assert changed_since(person, groceries, before) == {"coffee"}

"""One stack and one browser for all tests; people and their devices for each. What goes wrong in a page fails the test."""
import os
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import Callable

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from api import Person
from device import Device
from profile_copy import Profile
from stack import ROOT, Stack

CHROMIUM = os.environ.get("LARDER_TEST_CHROMIUM", "/usr/bin/chromium")
ARTEFACTS = ROOT / ".build" / "tests" / "browser"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


# The services and the browser


def pytest_configure(config: pytest.Config) -> None:
    # Stopping the run stops the stack: SIGTERM ends it as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))


@pytest.fixture(scope="session")
def shared_stack():
    """The stack of all tests that leave its services alone."""
    given = Stack.given()
    stack = given or Stack.start()
    yield stack
    if not given:
        stack.stop()


@pytest.fixture(scope="session")
def own_stack(shared_stack: Stack):
    """A stack whose services may be killed."""
    stack = shared_stack if shared_stack.is_own else Stack.start()
    yield stack
    if stack is not shared_stack:
        stack.stop()


@pytest.fixture
def stack(shared_stack: Stack) -> Stack:
    """The one that a test's people and devices use. Tests that kill services say that it is `own_stack`."""
    return shared_stack


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright):
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield running
    running.close()


# People and their devices

OpenDevice = Callable[..., Device]


@pytest.fixture
def devices() -> list[Device]:
    """All that the test has opened."""
    return []


@pytest.fixture
def register(stack: Stack) -> Callable[[str], Person]:
    """Makes a person, whose name begins as given."""
    return lambda name="anna": Person.register(stack.url, name)


@pytest.fixture
def open_device(stack: Stack, browser: Browser, devices: list[Device]) -> OpenDevice:
    """Opens the app in a profile of its own, and logs the person in.

    `init`: a script that runs before the app's own in every page. `profile`: what the browser kept before; then nobody logs in.
    Anything else is an option of the browser's context.
    """
    def open_one(person: Person | None, path: str = "/", *, init: str | None = None, profile: Profile | None = None,
                 log_in: bool = True, name: str | None = None, **options) -> Device:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        if profile:
            profile.restore_into(context, stack.url)
        if init:
            context.add_init_script(init)
        device = Device(context, stack.url, person, name or f"device {len(devices) + 1}")
        devices.append(device)
        device.open(path)
        if person and log_in and not profile:
            device.log_in()
        return device
    yield open_one
    for device in devices:
        with suppress(Error):  # a browser that was killed
            device.context.close()


@pytest.fixture
def person(register) -> Person:
    return register("anna")


@pytest.fixture
def device(open_device: OpenDevice, person: Person) -> Device:
    """The person's laptop, logged in."""
    return open_device(person, name="laptop")


@pytest.fixture
def second_device(open_device: OpenDevice, person: Person) -> Device:
    """The same person's phone."""
    return open_device(person, name="phone")


@pytest.fixture
def other(register) -> Person:
    return register("bert")


@pytest.fixture
def other_device(open_device: OpenDevice, other: Person) -> Device:
    """Another person's laptop."""
    return open_device(other, name="other's laptop")


@pytest.fixture
def groceries(person: Person) -> str:
    """The person's list, on the server already: milk, bread, and three apples of which none is taken."""
    list_id = person.create_list("Groceries")
    for name, target in ("milk", None), ("bread", None), ("apples", 3):
        person.add(list_id, name, **({"target": target} if target else {}))
    return list_id


@pytest.fixture
def shared(device, other_device, person, other, groceries) -> tuple[Device, Device]:
    """Both have the list open; the other one may edit it."""
    other.join(person.invite(groceries))
    for one in device, other_device:
        one.open_list(groceries)
        one.wait_names("milk", "bread", "apples")
        one.wait_live()
    return device, other_device


# What was measured, and what went wrong

MEASURED = pytest.StashKey[list]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes a figure for the end of the run. Figures of time are told, not held to: the machine may be busy."""
    return request.config.stash.setdefault(MEASURED, []).append


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for line in config.stash.get(MEASURED, []):
        terminalreporter.write_line(f"measured: {line}")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function):
    """After a test that passed: no page may have complained."""
    result = yield
    problems = [problem for device in pyfuncitem.funcargs.get("devices", []) for problem in device.unexpected]
    assert not problems, "pages complained:\n" + "\n".join(problems)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Keeps what the screens of a failed test look like."""
    report = yield
    if report.failed and call.when == "call":
        folder = ARTEFACTS / re.sub(r"\W+", "-", item.nodeid.split("::", 1)[-1])
        for device in item.funcargs.get("devices", []):
            _keep(device, folder)
        report.sections.append(("screens", str(folder)))
    return report


def _keep(device: Device, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", device.name)
    for index, page in enumerate(device.context.pages):
        try:
            page.screenshot(path=folder / f"{name}-{index}.png", timeout=5_000)
        except Error as error:  # a page that is gone has no looks
            device.problems.append(f"no screenshot of page {index}: {error}")
    (folder / f"{name}.log").write_text("\n".join(device.problems) + "\n")

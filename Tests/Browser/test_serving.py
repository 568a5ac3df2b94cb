"""What the gateway serves: types, caching, compression, policy, and how much a first visit downloads."""
import gzip
import re
import urllib.parse

import pytest
from api import ask
from playwright.sync_api import expect

TYPES = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".wasm": "application/wasm", ".json": "application/json",
    ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png",
}
POLICY = {
    "default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "style-src": "'self'", "img-src": "'self' data: blob:",
    "connect-src": "'self' ws: wss:", "manifest-src": "'self'", "worker-src": "'self'",
}
FIRST_VISIT_BYTES_MAX = 180 * 1024


@pytest.fixture
def fetched(stack):
    """What a path is answered with: status, headers, body."""
    def fetch(path: str, coding: str = "identity", **headers):
        return ask(stack.url, "GET", path, headers={"Accept-Encoding": coding, **headers})
    return fetch


@pytest.fixture
def assets(open_device) -> set[str]:
    """The paths that a first visit in English asks for by itself."""
    page = open_device(None).page
    expect(page.get_by_label("User name")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
    kept = page.evaluate("""async () => {
        const names = await caches.keys();
        const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
        return all.flat();
    }""")
    return {path for path in [*loaded, *kept] if not path.startswith("/v1/")} | {"/", "/sw.js"}


def test_every_asset_has_its_content_type_and_a_name_that_may_be_kept_for_ever(assets, fetched):
    """Named by their content: immutable for a year. What keeps its name: asked for again each time, by its tag."""
    assert {"/", "/sw.js", "/manifest.webmanifest"} <= assets
    for path in assets:
        status, headers, body = fetched(path)
        assert status == 200 and body, path
        kind = re.search(r"\.\w+$", path)
        assert headers["content-type"] == (TYPES[kind[0]] if kind else "text/html; charset=utf-8"), path
        if path.startswith("/assets/"):
            assert headers["cache-control"] == "public, max-age=31536000, immutable", path
            assert re.search(r"-[A-Za-z0-9]{8,}\.\w+$", path), path
        else:
            assert headers["cache-control"] == "no-cache", path
        tag = headers["etag"]
        status, _, body = fetched(path, **{"If-None-Match": tag})
        assert (status, body) == (304, b""), path


def test_every_asset_comes_compressed_and_unpacks_to_the_same_bytes(assets, fetched):
    """gzip and brotli as the build made them, and plain for who takes neither."""
    for path in assets:
        _, plain, body = fetched(path)
        assert "content-encoding" not in plain
        assert plain["vary"] == "Accept-Encoding", path
        _, headers, packed = fetched(path, "gzip")
        if headers.get("content-encoding") == "gzip":
            assert gzip.decompress(packed) == body, path
            _, headers, smaller = fetched(path, "gzip, br")
            assert headers["content-encoding"] == "br" and len(smaller) <= len(packed), path
        else:
            assert path.endswith((".svg", ".png", ".webmanifest")) or len(body) < 1_500, f"{path} is not compressed"


def test_a_first_visit_downloads_at_most_180_kilobytes(assets, fetched, measured):
    """The page, the styles, all scripts, the WebAssembly, one language, the worker and what it keeps: real answers, gzipped."""
    sizes = {path: len(fetched(path, "gzip")[2]) for path in assets}
    languages = [path for path in assets if path.endswith(".json")]
    assert len(languages) == 1, languages
    assert any(path.endswith(".wasm") for path in assets)
    total = sum(sizes.values())
    measured(f"first visit: {total} bytes gzipped in {len(sizes)} answers")
    assert total <= FIRST_VISIT_BYTES_MAX


def test_the_content_security_policy_allows_no_inline_script_and_nothing_from_elsewhere(assets, fetched):
    """On every answer; and the page has no inline script, style or handler that would need it."""
    for path in [*assets, "/list/0123456789abcdef0123456789abcdef", "/join/token", "/settings", "/login"]:
        _, headers, _ = fetched(path)
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert {name: policy.get(name) for name in POLICY} == POLICY, path
        assert "unsafe-inline" not in headers["content-security-policy"] and "'unsafe-eval'" not in headers["content-security-policy"]
        assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    page = fetched("/")[2].decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_an_inline_script_that_got_into_the_page_does_not_run(open_device):
    """The policy is enforced by the browser, not only sent."""
    device = open_device(None)
    device.expects("content security policy", "Content Security Policy")
    device.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.hasRun = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='globalThis.hasRun = true'>");
    }""")
    device.expects("status of 404")
    assert device.page.evaluate("new Promise((done) => setTimeout(() => done(globalThis.hasRun ?? false), 200))") is False
    assert device.problems, "the browser says so"


@pytest.mark.parametrize("path", ["/", "/login", "/settings", "/list/0123456789abcdef0123456789abcdef", "/join/abc"])
def test_the_apps_addresses_are_the_page_and_others_are_not(fetched, path):
    """A deep link loads; what is no address of the app is not answered with the page."""
    assert fetched(path)[2] == fetched("/")[2]
    for other in "/nothing", "/assets/nothing.js", "/v1/nothing", urllib.parse.quote("/list/../../etc/passwd", safe="/."):
        assert fetched(other)[0] == 404, other

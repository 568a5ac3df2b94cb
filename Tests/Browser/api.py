"""A client of the HTTP API: sees what the server holds, and acts as a person on some other device."""
import http.client
import json
import random
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PASSWORD = "correct horse battery"


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


def ask(url: str, method: str, path: str, body: object = None, headers: dict | None = None, source: str | None = None):
    """One request. `source`: the loopback address to come from, as if from another computer."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20, source_address=(source, 0) if source else None)
    try:
        sent = json.dumps(body).encode() if body is not None else None
        connection.request(method, path, sent, {**({"Content-Type": "application/json"} if sent else {}), **(headers or {})})
        answer = connection.getresponse()
        return answer.status, dict((name.lower(), value) for name, value in answer.getheaders()), answer.read()
    finally:
        connection.close()


@dataclass
class Person:
    """Somebody with an account, signed in to the API in a session of their own."""
    url: str
    username: str
    user: str
    token: str
    source: str = field(repr=False)
    password: str = PASSWORD

    @classmethod
    def register(cls, url: str, name: str) -> "Person":
        username = f"{name}-{uuid.uuid4().hex[:10]}"
        # Registrations are limited for each address.
        source = f"127.{random.randint(2, 250)}.{random.randint(1, 250)}.{random.randint(1, 250)}"
        status, _, answer = ask(url, "POST", "/v1/users", {"username": username, "password": PASSWORD}, source=source)
        assert status == 201, answer
        told = json.loads(answer)
        return cls(url, username, told["user"]["id"], told["accessToken"], source)

    def call(self, method: str, path: str, body: object = None):
        status, _, answer = ask(self.url, method, f"/v1{path}", body, {"Authorization": f"Bearer {self.token}"}, self.source)
        told = json.loads(answer) if answer else None
        if status >= 400:
            error = (told or {}).get("error", {})
            raise Refused(status, error.get("code", ""), error.get("message", ""))
        return told

    # What the server holds

    def lists(self) -> dict[str, str]:
        """Name → id, of all lists."""
        return {found["name"]: found["id"] for found in self.call("GET", "/lists")["lists"]}

    def read(self, list_id: str) -> dict:
        return self.call("GET", f"/lists/{list_id}")

    def items(self, list_id: str) -> list[dict]:
        return self.read(list_id)["items"]

    def names(self, list_id: str) -> list[str]:
        return [item["name"] for item in self.items(list_id)]

    def item(self, list_id: str, name: str) -> dict:
        found = [item for item in self.items(list_id) if item["name"] == name]
        assert len(found) == 1, f"{len(found)} items are called {name}"
        return found[0]

    def facts(self, list_id: str) -> list[tuple]:
        """What there is to each item, in hand order. An amount of 0 is none."""
        def amount(item: dict) -> tuple:
            quantity = item.get("quantity", {})
            return (quantity["target"], quantity["acquired"]) if quantity.get("target") else (None, None)
        return [(item["name"], item["checked"], *amount(item), item["unit"], item["category"], item["note"]) for item in self.items(list_id)]

    def history(self, list_id: str, limit: int = 1000) -> list[dict]:
        return self.call("GET", f"/lists/{list_id}/history?limit={limit}")["changes"]

    def is_refused(self, list_id: str) -> bool:
        """Whether they may not, or no longer, see the list."""
        try:
            self.read(list_id)
            return False
        except Refused as refusal:
            return refusal.status in (403, 404)

    # What they do

    def create_list(self, name: str) -> str:
        return self.call("POST", "/lists", {"name": name})["id"]

    def add(self, list_id: str, name: str, **rest) -> dict:
        return self.call("POST", f"/lists/{list_id}/items", {"name": name, **rest})

    def edit(self, list_id: str, item_id: str, **changes) -> dict:
        return self.call("PATCH", f"/lists/{list_id}/items/{item_id}", changes)

    def remove(self, list_id: str, item_id: str) -> None:
        self.call("DELETE", f"/lists/{list_id}/items/{item_id}")

    def invite(self, list_id: str, role: str = "editor") -> str:
        """The token of a link."""
        return self.call("POST", f"/lists/{list_id}/invitations", {"role": role})["token"]

    def join(self, token: str) -> None:
        self.call("POST", f"/invitations/{token}")

    def remove_member(self, list_id: str, user: str) -> None:
        self.call("DELETE", f"/lists/{list_id}/members/{user}")

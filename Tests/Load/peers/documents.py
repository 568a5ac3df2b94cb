"""Yjs (pycrdt) and Loro on the operations of a trace, as JSON for DocumentSection.swift.

    documents.py TRACE REPETITIONS

Both libraries are Rust called from Python. Loops are as short as Python allows: the bindings' own objects, updates encoded
before the clock starts, no garbage collection. What remains of Python is measured with calls that do nothing and taken off,
and so the times are the libraries' own, rather too low than too high.
"""

import gc
import json
import sys
from statistics import median
from time import perf_counter

import loro
import pycrdt

NO_UPDATE = b"\0\0"
FROM_NOTHING = b"\0"
# Whole lists are written and read so many times more often: see DocumentFigures.swift.
WHOLE_LISTS = 20


def microseconds(work, times=1):
    start = perf_counter()
    result = work()
    return (perf_counter() - start) * 1e6 / times, result


def repeated(work, repetitions, times=1, check=lambda result: True):
    taken = []
    for _ in range(repetitions):
        time, result = microseconds(work, times)
        assert check(result)
        taken.append(time)
    return median(taken)


def after_edits(document, edits):
    """Of encoding the whole list after each of them, which are not timed."""
    taken = []
    for edit in edits:
        document.edit([edit])
        taken.append(microseconds(document.encoded)[0])
    return median(taken)


def cost_of_calls(calls, repetitions, count=10_000):
    """Of a loop around calls that do nothing."""

    def loop():
        for _ in range(count):
            for call in calls:
                call()

    def bare():
        for _ in range(count):
            for _ in calls:
                pass

    inner = repeated(bare, repetitions, count) if len(calls) > 1 else 0
    return repeated(loop, repetitions, count) - inner


def python_objects(items, repetitions):
    """Of making the dictionaries in which Loro returns what it read."""
    values = [(each["name"], each["quantity"], True) for each in items]
    return repeated(lambda: [{"name": n, "quantity": q, "checked": c} for n, q, c in values], repetitions)


class Yjs:
    library = "Yjs"

    def __init__(self, bytes=None):
        self.document = pycrdt.Doc()
        self.raw = self.document._doc
        self.items = self.document.get("items", type=pycrdt.Array)
        self.updates = []
        self.observe = lambda event: self.updates.append(event.update)
        if bytes is not None:
            self.apply([bytes])

    def build(self, trace):
        for each in trace["items"]:
            self.items.append(pycrdt.Map({**each, "checked": False}))
        for edit in trace["edits"]:
            self.items[edit["item"]]["checked"] = edit["checked"]
        return self

    def prepared(self, count):
        self.maps = [self.items[index].integrated for index in range(count)]
        self.subscription = self.document.observe(self.observe)
        return self

    def edit(self, edits):
        begin, maps = self.raw.create_transaction, self.maps
        for index, checked in edits:
            transaction = begin()
            maps[index].insert(transaction, "checked", checked)
            transaction.commit()
            transaction.drop()
        return self.updates

    def apply(self, updates):
        begin, apply = self.raw.create_transaction, self.raw.apply_update
        for update in updates:
            transaction = begin()
            apply(transaction, update)
            transaction.commit()
            transaction.drop()
        return self

    def state(self):
        return self.document.get_state()

    def encoded(self):
        return self.document.get_update(FROM_NOTHING)

    def read(self):
        """As JSON, which it writes itself: fewer Python objects than its lists and maps."""
        return str(self.items)

    def overhead(self, repetitions):
        nothing, event = self.raw.client_id, type("Event", (), {"update": b""})()
        edit = cost_of_calls([nothing] * 4 + [lambda: self.observe(event)], repetitions)
        self.updates = []
        return edit, cost_of_calls([nothing] * 4, repetitions), 0

    def other_forms(self):
        return {}


class Loro:
    library = "Loro"

    def __init__(self, bytes=None):
        self.document = loro.LoroDoc()
        self.items = self.document.get_movable_list("items")
        self.updates = []
        self.observe = lambda update: self.updates.append(update) or True
        if bytes is not None:
            self.apply([bytes])

    def build(self, trace):
        maps = []
        for each in trace["items"]:
            item = self.items.push_container(loro.LoroMap())
            for key, value in {**each, "checked": False}.items():
                item.insert(key, value)
            self.document.commit()
            maps.append(item)
        for edit in trace["edits"]:
            maps[edit["item"]].insert("checked", edit["checked"])
            self.document.commit()
        return self

    def prepared(self, count):
        self.maps = [self.items.get(index).container for index in range(count)]
        self.subscription = self.document.subscribe_local_update(self.observe)
        return self

    def edit(self, edits):
        commit, maps = self.document.commit, self.maps
        for index, checked in edits:
            maps[index].insert("checked", checked)
            commit()
        return self.updates

    def apply(self, updates):
        apply = self.document.import_
        for update in updates:
            apply(update)
        return self

    def state(self):
        return self.document.oplog_vv.encode()

    def encoded(self):
        return self.document.export(loro.ExportMode.Snapshot())

    def read(self):
        return self.items.get_deep_value()

    def overhead(self, repetitions):
        nothing = self.document.is_detached
        edit = cost_of_calls([nothing] * 2 + [lambda: self.observe(b"")], repetitions)
        self.updates = []
        return edit, cost_of_calls([nothing], repetitions), 1

    def other_forms(self):
        modes = loro.ExportMode
        return {
            "as updates": self.document.export(modes.Updates(loro.VersionVector())),
            "without its history (shallow snapshot)": self.document.export(
                modes.ShallowSnapshot(self.document.oplog_frontiers)
            ),
        }


def figures(library, trace, repetitions):
    items, more = trace["items"], [(each["item"], each["checked"]) for each in trace["more"]]
    text = sum(len(each["name"].encode()) for each in items)
    base = library().build(trace)
    bytes = base.encoded()
    newcomer = library().prepared(0).build(trace)
    added = newcomer.updates[: len(items)]
    author = library(bytes).prepared(len(items))
    updates = list(author.edit(more))
    assert len(updates) == len(more)
    after = author.state()

    def edited():
        copy = library(bytes).prepared(len(items))
        return microseconds(lambda: copy.edit(more), len(more))[0]

    def applied():
        copy = library(bytes)
        copy.read()
        time, _ = microseconds(lambda: copy.apply(updates), len(updates))
        assert len(copy.state()) == len(after)
        return time

    edit_cost, apply_cost, reads_objects = base.overhead(repetitions)
    reading_cost = python_objects(items, repetitions) if reads_objects else 0
    beyond = lambda form: (len(form) - text) / len(items)
    return {
        "library": library.library,
        "itemBytes": beyond(bytes),
        "laterItemBytes": beyond(author.encoded()),
        "addedBytes": sum(map(len, added)) / len(items),
        "deltaBytes": sum(map(len, updates)) / len(updates),
        "edit": median(edited() for _ in range(repetitions)) - edit_cost,
        "apply": median(applied() for _ in range(repetitions)) - apply_cost,
        "encode": after_edits(library(bytes).prepared(len(items)), more[: repetitions * WHOLE_LISTS]),
        "encodeAgain": repeated(base.encoded, repetitions * WHOLE_LISTS),
        "decode": repeated(lambda: library(bytes), repetitions * WHOLE_LISTS),
        "load": repeated(lambda: library(bytes).read(), repetitions * WHOLE_LISTS) - reading_cost,
        "overhead": [edit_cost, apply_cost],
        "otherForms": {name: beyond(form) for name, form in base.other_forms().items()},
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        trace = json.load(file)
    gc.disable()
    print(json.dumps([figures(library, trace, int(sys.argv[2])) for library in (Yjs, Loro)]))


main()

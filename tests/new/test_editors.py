"""What editors are told of `phx-*` attributes."""

from __future__ import annotations

import json

from wirebird.check.events import BINDINGS, EVENTS
from wirebird.new import Project
from wirebird.new.editors import ATTRIBUTES


def test_editors_know_every_attribute_that_sends_an_event():
    assert frozenset(ATTRIBUTES) >= EVENTS
    assert frozenset(ATTRIBUTES) <= BINDINGS


def test_a_project_tells_its_editor_of_the_attributes():
    files = Project.named("shop").files()
    (place,) = json.loads(files[".vscode/settings.json"])["html.customData"]
    told = json.loads(files[place.removeprefix("./")])
    assert {each["name"] for each in told["globalAttributes"]} == set(ATTRIBUTES)
    (update,) = [each for each in told["globalAttributes"] if each["name"] == "phx-update"]
    assert {value["name"] for value in update["values"]} == {"stream", "ignore", "replace"}

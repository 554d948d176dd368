"""What editors are told of `phx-*` attributes: VS Code's custom data for HTML.

The rule: it names what people write, and says of each what it does. No braces: cookiecutter reads
it as a template.
"""

from __future__ import annotations

import json

_JS = "The name of an event, or commands of `js`."

ATTRIBUTES = {
    "phx-click": f"When it is clicked. {_JS}",
    "phx-click-away": f"When something else is clicked. {_JS}",
    "phx-change": f"When the form, or the input, changes. The form needs an id. {_JS}",
    "phx-submit": f"When the form is sent. {_JS}",
    "phx-focus": f"When it gains the focus. {_JS}",
    "phx-blur": f"When it loses the focus. {_JS}",
    "phx-keydown": f"When a key is pressed in it; see `phx-key`. {_JS}",
    "phx-keyup": f"When a key is released in it; see `phx-key`. {_JS}",
    "phx-window-focus": f"When the window gains the focus. {_JS}",
    "phx-window-blur": f"When the window loses the focus. {_JS}",
    "phx-window-keydown": f"When a key is pressed anywhere; see `phx-key`. {_JS}",
    "phx-window-keyup": f"When a key is released anywhere; see `phx-key`. {_JS}",
    "phx-viewport-top": f"When the first child scrolls into view. {_JS}",
    "phx-viewport-bottom": f"When the last child scrolls into view. {_JS}",
    "phx-mounted": "Commands that run when it comes.",
    "phx-remove": "Commands that run when it goes.",
    "phx-connected": "Commands that run when the connection is there.",
    "phx-disconnected": "Commands that run when the connection is lost.",
    "phx-auto-recover": "What takes the form after a lost connection: an event, or `ignore`.",
    "phx-target": "Where events go: `myself` of a live component, or a selector of some.",
    "phx-key": "The only key that counts, such as `Enter`.",
    "phx-debounce": "Milliseconds without another one before the event is sent; or `blur`.",
    "phx-throttle": "Milliseconds in which one event is sent at most.",
    "phx-disable-with": "What a button says while the form is on its way.",
    "phx-trigger-action": "Sends the form to its `action` over HTTP, once this is there.",
    "phx-drop-target": "Takes files that are dropped on it: the `ref` of an upload.",
    "phx-hook": "The hook of JavaScript that looks after it. It needs an id.",
    "phx-update": "How it is changed: see the values. It needs an id.",
    "phx-track-static": "Tells the page when this file has changed on the server.",
}

_VALUES = {
    "phx-update": {
        "stream": "Its children are a stream's.",
        "ignore": "What is in it is left to JavaScript.",
        "replace": "As the template says, which is the default.",
    },
    "phx-debounce": {"blur": "Waits until the focus goes."},
    "phx-auto-recover": {"ignore": "The form is not sent again."},
}


def html_data() -> str:
    """Return the custom data for HTML, which VS Code's `html.customData` names."""
    attributes = [
        {
            "name": name,
            "description": description,
            "values": [
                {"name": value, "description": meaning}
                for value, meaning in _VALUES.get(name, {}).items()
            ],
        }
        for name, description in ATTRIBUTES.items()
    ]
    return json.dumps({"version": 1.1, "globalAttributes": attributes}, indent=2) + "\n"

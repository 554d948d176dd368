"""What happens when a person uses an element: which events, for whom, with which payload.

The rule: as the JavaScript client does it, so that a handler gets in a test what it gets from a
browser. Commands that only change how a page looks do nothing here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from wirebird.testing.errors import ElementError
from wirebird.testing.forms import (
    CHECKABLE,
    CONTROLS,
    Control,
    Form,
    Values,
    form_of,
    is_disabled,
    kind_of,
    urlencode,
    value_of,
)
from wirebird.testing.html import LexborNode, ancestors, attribute, closest, opening_tag, select
from wirebird.testing.uploads import again, chosen_in, send_chosen

if TYPE_CHECKING:
    from wirebird.testing.asgi import Response
    from wirebird.testing.channel import Channel
    from wirebird.testing.view import View

Extra: TypeAlias = "Mapping[str, Any] | None"
Push: TypeAlias = "Callable[[Channel, str, int | None, dict[str, Any]], Awaitable[Any]]"
"""Sends an event to a view: its name, the component, the arguments of the command."""

_BINDING = re.compile("phx-(?!value-)|data-phx-link|href")
_CID = re.compile(r"0|[1-9]\d*")


async def click(view: View, node: LexborNode, value: Extra) -> View:
    """Click on an element."""
    bound = next((each for each in ancestors(node) if "phx-click" in each.attributes), None)
    if bound is not None:
        if is_disabled(bound):
            raise ElementError(f"{opening_tag(bound)} is disabled: nobody could use it")
        return await trigger(view, bound, "phx-click", "click", {}, value)
    link = next((each for each in ancestors(node) if each.tag == "a"), None)
    href = None if link is None else attribute(link, "href")
    if link is not None and href is not None:
        kind = attribute(link, "data-phx-link")
        if kind == "patch":
            return await view.patch(href)
        if kind == "redirect":
            return await view.navigate(href)
        return view.leave_for(href)
    if node.tag in CONTROLS and (form := form_of(node, view.page)) is not None:
        if kind_of(node) in ("submit", "image"):
            page = view.page
            if await send_chosen(view, form):
                node, form = again(page, node, view.page), again(page, form, view.page)
            return await _submit(view, form, Form(form, view.page), node, None)
        if kind_of(node) in CHECKABLE:
            return await change(view, node, None, None, None)
    raise _unbound(node, "phx-click")


async def press(view: View, node: LexborNode, binding: str, key: str, value: Extra) -> View:
    """Press or release a key, if it is one that the element wants."""
    wanted = attribute(node, "phx-key")
    if binding in node.attributes and wanted is not None and wanted.lower() != key.lower():
        return view
    kind = binding.rpartition("-")[2]
    return await trigger(view, node, binding, kind, {"key": key}, value)


async def trigger(
    view: View, node: LexborNode, binding: str, kind: str, data: Mapping[str, Any], value: Extra
) -> View:
    """Do what a binding says, as an event of some kind.

    Raises:
        ElementError: The element has no such binding.
    """

    async def push(owner: Channel, event: str, cid: int | None, args: dict[str, Any]) -> None:
        payload = {**data, **phx_values(node)}
        own = _value_at_click(node) if kind == "click" else value_of(node)
        if own is not None:
            payload["value"] = own
        payload |= {**_given(args), **(value or {})}
        await send(owner, kind, event, payload, cid)

    return await run(view, node, binding, push)


async def hook_event(view: View, node: LexborNode, event: str, payload: Any) -> Any:
    """Push an event as a hook does; return the reply."""
    owner = view.owner(node)
    await send(owner, "hook", event, {} if payload is None else payload, _component(node))
    return owner.reply


async def change(
    view: View, node: LexborNode, values: Any, field: str | None, value: Extra
) -> View:
    """Change a form's fields, or one input.

    Raises:
        ElementError: There is nothing bound, or a person could not enter that.
    """
    form_node = node if node.tag == "form" else form_of(node, view.page)
    if form_node is None:
        raise ElementError(f"{opening_tag(node)} needs a form around it for phx-change")
    source = node if "phx-change" in node.attributes else form_node
    if "phx-change" not in source.attributes:
        raise _unbound(node, "phx-change")
    form = Form(form_node, view.page)
    if node == form_node:
        given: Values = values or {}
        names = form.fill(given)
    else:
        given, names = _one(form, node, values)
    owner = view.owner(form_node)
    owner.typed.setdefault(form.id, {}).update(given)
    target = field or (names[-1] if names else form.first_name)
    owner.used |= {(form.id, name) for name in (*names, target)}
    used = {name for id, name in owner.used if id == form.id}
    encoded = form.encode(used, only=target if source != form_node else None)
    files = chosen_in(view, node)

    async def push(owner: Channel, event: str, cid: int | None, args: dict[str, Any]) -> None:
        more = {**_given(args), **(value or {})}
        meta = {"_target": target or "undefined", **phx_values(form_node), **more}
        await send(owner, "form", event, encoded, cid, {"meta": meta, "uploads": files})

    return await run(view, source, "phx-change", push)


async def submit(
    view: View, node: LexborNode, values: Values, submitter: str | None, value: Extra
) -> View:
    """Fill in a form and submit it.

    Raises:
        ElementError: It is no form with `phx-submit`, or a person could not enter that.
    """
    form = _filled(view, node, values)
    page = view.page
    if await send_chosen(view, node):
        node = again(page, node, view.page)
        form = _filled(view, node, values)
    button = form.submitter(submitter)
    return await _submit(view, node, form, None if button is None else button.node, value)


async def submit_action(
    view: View, node: LexborNode, values: Values, submitter: str | None
) -> Response:
    """Send a form over HTTP, as a browser does without the client, or with `phx-trigger-action`."""
    form = _filled(view, node, {**view.typed(node), **values})
    pairs = form.entries(form.submitter(submitter))
    action = attribute(node, "action") or view.url
    if (attribute(node, "method") or "get").lower() == "get":
        return await view.client.get(f"{action.partition('?')[0]}?{urlencode(pairs)}")
    return await view.client.request("POST", action, data=urlencode(pairs))


async def run(view: View, node: LexborNode, binding: str, push: Push) -> View:
    """Run the commands of a binding; an event's name is one push.

    Raises:
        ElementError: The element has no such binding.
    """
    bound = attribute(node, binding)
    if not bound:
        raise _unbound(node, binding)
    view.owner(node).check()
    for command, args in commands_of(bound):
        if view.redirected is not None:
            break
        if command == "push":
            for owner, cid in targets_of(view, node, args.get("target")):
                await push(owner, args.get("event") or bound, cid, args)
        elif command == "patch":
            view = await view.patch(args["href"])
        elif command == "navigate":
            return await view.navigate(args["href"])
        elif command == "exec":
            for each in _reached(view, node, args.get("to")):
                view = await run(view, each, args["attr"], push)
    return view


async def send(
    owner: Channel,
    kind: str,
    event: str,
    value: Any,
    cid: int | None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Send an event and wait until the page shows what came of it."""
    payload: dict[str, Any] = {"type": kind, "event": event, "value": value, **(more or {})}
    if cid is not None:
        payload["cid"] = cid
    await owner.push("event", payload)


def commands_of(binding: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the JS commands of a binding."""
    if not binding.startswith("["):
        return [("push", {"event": binding})]
    return [(kind, dict(args)) for kind, args in json.loads(binding)]


def targets(view: View, target: str | int) -> list[tuple[Channel, int | None]]:
    """Return who a target means: views, and the component in each.

    Args:
        view: The view that asks.
        target: A component's number or a selector.

    Raises:
        ElementError: There is nobody.
    """
    if isinstance(target, int) or _CID.fullmatch(target):
        cid = int(target)
        if not select(view.page, f'[data-phx-component="{cid}"]'):
            raise ElementError(f"there is no component {cid} on the page for phx-target")
        return [(view.channel, cid)]
    found = select(view.page, target)
    if not found:
        raise ElementError(f"nothing on the page matches the phx-target {target!r}")
    return [(view.owner(each), _component(each)) for each in found]


def phx_values(node: LexborNode) -> dict[str, str]:
    """Return the `phx-value-*` of an element."""
    return {
        name.removeprefix("phx-value-"): value or ""
        for name, value in node.attributes.items()
        if name.startswith("phx-value-")
    }


async def _submit(
    view: View, node: LexborNode, form: Form, button: LexborNode | None, value: Extra
) -> View:
    if "phx-submit" not in node.attributes:
        raise ElementError(
            f"{opening_tag(node)} has no phx-submit; send it to its action with submit_action"
        )
    owner = view.owner(node)
    owner.used |= {(form.id, each.name) for each in form.controls}
    encoded = form.encode((each.name for each in form.controls), form.control(button))

    async def push(owner: Channel, event: str, cid: int | None, args: dict[str, Any]) -> None:
        meta = {**phx_values(node), **_given(args), **(value or {})}
        await send(owner, "form", event, encoded, cid, {"meta": meta})

    return await run(view, node, "phx-submit", push)


def _filled(view: View, node: LexborNode, values: Values) -> Form:
    if node.tag != "form":
        raise ElementError(f"{opening_tag(node)} is no form")
    form = Form(node, view.page)
    form.fill(values)
    view.owner(node).typed.setdefault(form.id, {}).update(values)
    return form


def _one(form: Form, node: LexborNode, value: Any) -> tuple[Values, list[str]]:
    """Change one input, by hand or by a click; return what was changed."""
    control = cast(Control, form.control(node))
    if not control.name:
        raise ElementError(f"{opening_tag(node)} has no name: nothing of it would be sent")
    if control.kind == "radio":
        value = control.options[0]
    elif control.kind == "checkbox":
        checked = not control.values if value is None else bool(value)
        control.values = list(control.options) if checked else []
        of_name = [each for each in form.controls if each.name == control.name]
        chosen = [text for each in of_name if each.kind == "checkbox" for text in each.values]
        return {control.name: chosen}, [control.name]
    if value is None:
        return {}, [control.name]
    return {control.name: value}, form.fill({control.name: value})


def targets_of(
    view: View, node: LexborNode, target: str | int | None
) -> list[tuple[Channel, int | None]]:
    """Return who an element's events are for: `target`, its `phx-target`, or its view.

    Raises:
        ElementError: There is nobody.
    """
    wanted = attribute(node, "phx-target") if target is None else target
    if wanted is None or wanted == "":
        return [(view.owner(node), None)]
    if isinstance(wanted, int) or _CID.fullmatch(wanted):
        return [(view.owner(node), int(wanted))]
    return targets(view, wanted)


def _reached(view: View, node: LexborNode, to: Any) -> list[LexborNode]:
    """Return the elements that a command's `to` means."""
    if to is None:
        return [node]
    if isinstance(to, str):
        return select(view.page, to)
    kind, selector = next(iter(cast("dict[str, str]", to).items()))
    if kind == "inner":
        return [each for each in node.css(selector) if each != node]
    return [each for each in ancestors(node) if each.css_matches(selector)][:1]


def _component(node: LexborNode) -> int | None:
    component = closest(node, "data-phx-component")
    return None if component is None else int(attribute(component, "data-phx-component") or 0)


def _value_at_click(node: LexborNode) -> str | int | None:
    """Return the value that a click sends: a checkbox is checked or not by the click itself."""
    if kind_of(node) in CHECKABLE and node.tag == "input":
        value = attribute(node, "value")
        checked = "checked" in node.attributes and kind_of(node) == "checkbox"
        return None if checked else ("on" if value is None else value)
    return value_of(node)


def _given(args: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a push command adds."""
    return cast("dict[str, Any]", args.get("value") or {})


def _unbound(node: LexborNode, binding: str) -> ElementError:
    bindings = [name for name in node.attributes if _BINDING.match(name)]
    return ElementError(
        f"{opening_tag(node)} has no {binding}; its bindings: {', '.join(bindings) or 'none'}"
    )

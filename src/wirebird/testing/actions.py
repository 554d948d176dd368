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
    BUTTONS,
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
from wirebird.testing.html import (
    LexborNode,
    ancestors,
    attribute,
    closest,
    opening_tag,
    select,
)
from wirebird.testing.uploads import again, chosen_in, send_chosen

if TYPE_CHECKING:
    from wirebird.testing.asgi import Response
    from wirebird.testing.channel import ClientChannel
    from wirebird.testing.view import View

Extra: TypeAlias = "Mapping[str, Any] | None"
Push: TypeAlias = "Callable[[ClientChannel, str, int | None, dict[str, Any]], Awaitable[Any]]"
"""Sends an event to a view: its name, the component, the arguments of the command."""

_BINDING = re.compile("phx-(?!value-)|data-phx-link|href")
_CID = re.compile(r"0|[1-9]\d*")


async def click(view: View, node: LexborNode, value: Extra) -> View:
    """Click on an element.

    Raises:
        ElementError: Nothing would happen.
    """
    after = await _clicked(view, node, value)
    if after is None:
        raise _unbound(node, "phx-click")
    return after


async def _clicked(view: View, node: LexborNode, value: Extra) -> View | None:
    """Click on an element; return None if it is for nothing."""
    for each in view.tab.main.family():
        each.entered.focus = None
    bound = next((each for each in ancestors(node) if "phx-click" in each.attributes), None)
    if bound is not None:
        if is_disabled(bound):
            raise ElementError(f"{opening_tag(bound)} is disabled: nobody could use it")
        return await trigger(view, bound, "phx-click", "click", {}, value)
    link = next((each for each in ancestors(node) if each.tag == "a"), None)
    href = None if link is None else attribute(link, "href")
    if link is not None and href is not None:
        if attribute(link, "data-method") is not None:
            return await _follow_with_method(view, link)
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
            return await _submit(view, form, form_at(view, form), node, None)
        if kind_of(node) == "reset":
            return await _reset(view, form)
        if kind_of(node) in CHECKABLE:
            return await change(view, node, None, None, None)
    return None


async def _follow_with_method(view: View, link: LexborNode) -> View:
    """Send the form that a link with a `method` stands for, and go where the answer leads."""
    view.owner(link).check()
    to = attribute(link, "data-to") or attribute(link, "href") or view.url
    method = attribute(link, "data-method") or "get"
    if method == "get":
        return view.leave_for(to)
    token = attribute(link, "data-csrf")
    if token is None and to.startswith("/"):
        token = view.tab.csrf_token
    fields = {} if token is None else {"_csrf_token": token}
    response = await view.client.post(to, {**fields, "_method": method})
    return view.leave_for(response.headers.get("location", to))


async def dispatch(view: View, node: LexborNode, event: str) -> View:
    """Let an element have a DOM event, as `js.dispatch` does; most are for scripts only."""
    if event == "click":
        return await _clicked(view, node, None) or view
    if event == "submit" and "phx-submit" in node.attributes:
        return await submit(view, node, {}, None, None, button=False)
    if event in ("change", "input") and node.tag in CONTROLS:
        form_node = form_of(node, view.page)
        if any(each is not None and "phx-change" in each.attributes for each in (node, form_node)):
            return await _send_input(view, node)
    return view


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

    async def push(owner: ClientChannel, event: str, cid: int | None, args: dict[str, Any]) -> None:
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
    if kind_of(node) in BUTTONS:
        raise ElementError(f"{opening_tag(node)} is a button: click it")
    source = node if "phx-change" in node.attributes else form_node
    if "phx-change" not in source.attributes:
        raise _unbound(node, "phx-change")
    form = form_at(view, form_node)
    if node == form_node:
        names = form.fill(values or {})
        target = field or (names[-1] if names else form.first_name)
    else:
        names = [target := _change_one(form, node, values)]
    entered = view.owner(form_node).entered
    entered.put(form, target)
    entered.use(form, (*names, target))
    await _send_change(view, form, source, target, value, files=chosen_in(view, node))
    return view


async def recover(view: View, old: Form, used: set[str], node: LexborNode) -> None:
    """Send what was in a form to the view that has joined anew, as the client does."""
    view.owner(node).entered.use(old, used)
    binding = "phx-auto-recover" if attribute(node, "phx-auto-recover") else "phx-change"
    fields = [
        each for each in old.controls if each.name and "phx-change" not in each.node.attributes
    ]
    if fields:
        shown = (each for each in fields if each.kind != "hidden")
        target = next(shown, fields[0]).name
        await _send_change(view, old, node, target, None, binding)


async def _send_change(
    view: View,
    form: Form,
    source: LexborNode,
    target: str,
    value: Extra,
    binding: str = "phx-change",
    button: Control | None = None,
    files: Mapping[str, Any] | None = None,
) -> None:
    """Send a form, or the one input that has the binding."""
    used = view.owner(source).entered.used(form.key)
    only = target if source.tag != "form" else None
    encoded = form.encode(used, button, only=only)

    async def push(owner: ClientChannel, event: str, cid: int | None, args: dict[str, Any]) -> None:
        more = {**_given(args), **(value or {})}
        meta = {"_target": target or "undefined", **phx_values(form.node), **more}
        await send(owner, "form", event, encoded, cid, {"meta": meta, "uploads": files or {}})

    await run(view, source, binding, push)


async def _send_input(view: View, node: LexborNode) -> View:
    """Send the change of an input as it is; of a button, with its name and value."""
    form_node = form_of(node, view.page)
    if form_node is None:
        raise ElementError(f"{opening_tag(node)} needs a form around it for phx-change")
    form = form_at(view, form_node)
    control = cast(Control, form.control(node))
    source = node if "phx-change" in node.attributes else form_node
    view.owner(form_node).entered.use(form, [control.name])
    button = control if node.tag == "button" else None
    files = chosen_in(view, node)
    await _send_change(view, form, source, control.name, None, button=button, files=files)
    return view


async def submit(
    view: View,
    node: LexborNode,
    values: Values,
    submitter: str | None,
    value: Extra,
    *,
    button: bool = True,
) -> View:
    """Fill in a form and submit it, with a button unless a script does it.

    Raises:
        ElementError: It is no form with `phx-submit`, or a person could not enter that.
    """
    form = _filled(view, node, values)
    page = view.page
    if await send_chosen(view, node):
        node = again(page, node, view.page)
        form = _filled(view, node, values)
    used = form.submitter(submitter) if button else None
    return await _submit(view, node, form, None if used is None else used.node, value)


async def submit_action(
    view: View, node: LexborNode, values: Values, submitter: str | None
) -> Response:
    """Send a form over HTTP, as a browser does without the client."""
    form = _filled(view, node, values)
    return await _post(view, form, form.submitter(submitter))


async def trigger_action(view: View, node: LexborNode) -> Response:
    """Send a form over HTTP, as the client does for `phx-trigger-action`.

    Raises:
        ElementError: The form does not ask for it.
    """
    if "phx-trigger-action" not in node.attributes:
        raise ElementError(f"{opening_tag(node)} has no phx-trigger-action")
    form = form_at(view, node)
    return await _post(view, form, view.owner(node).entered.submitter(form))


async def _post(view: View, form: Form, button: Control | None) -> Response:
    encoded = urlencode(form.posted(button))
    action = attribute(form.node, "action") or view.url
    method = attribute(form.node, "method") or "get"
    if button is not None:
        action = attribute(button.node, "formaction") or action
        method = attribute(button.node, "formmethod") or method
    if method.lower() == "get":
        return await view.client.get(f"{action.partition('?')[0]}?{encoded}")
    return await view.client.request("POST", action, data=encoded)


def form_at(view: View, node: LexborNode) -> Form:
    """Return a form with what was entered in it."""
    form = Form(node, view.page)
    return Form(node, view.page, view.owner(node).entered.entries(form.key))


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
        elif command == "dispatch":
            for each in _reached(view, node, args.get("to")):
                view = await dispatch(view, each, args["event"])
        elif command == "exec":
            for each in _reached(view, node, args.get("to")):
                view = await run(view, each, args["attr"], push)
    return view


async def send(
    owner: ClientChannel,
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


def targets(view: View, target: str | int) -> list[tuple[ClientChannel, int | None]]:
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
    control = form.control(button)
    view.owner(node).entered.submitted(form, control)
    encoded = form.encode((each.name for each in form.controls), control)

    async def push(owner: ClientChannel, event: str, cid: int | None, args: dict[str, Any]) -> None:
        meta = {**phx_values(node), **_given(args), **(value or {})}
        await send(owner, "form", event, encoded, cid, {"meta": meta})

    return await run(view, node, "phx-submit", push)


async def _reset(view: View, node: LexborNode) -> View:
    """Reset a form, which sends a change of its reset button."""
    view.owner(node).entered.reset(form_at(view, node))
    form = form_at(view, node)
    button = next(each for each in form.controls if each.kind == "reset")
    source = button.node if "phx-change" in button.node.attributes else node
    return await _send_input(view, button.node) if "phx-change" in source.attributes else view


def _filled(view: View, node: LexborNode, values: Values) -> Form:
    if node.tag != "form":
        raise ElementError(f"{opening_tag(node)} is no form")
    form = form_at(view, node)
    names = form.fill(values)
    view.owner(node).entered.put(form, names[-1] if names else None)
    return form


def _change_one(form: Form, node: LexborNode, value: Any) -> str:
    """Change one input, by hand or by a click; return its name."""
    control = cast(Control, form.control(node))
    if control.kind == "radio":
        for each in form.controls:
            if each.kind == "radio" and each.name == control.name:
                each.values = list(each.options) if each is control else []
    elif control.kind == "checkbox":
        checked = not control.values if value is None else bool(value)
        control.values = list(control.options) if checked else []
    elif value is not None:
        form.enter([control], value)
    return control.name


def targets_of(
    view: View, node: LexborNode, target: str | int | None
) -> list[tuple[ClientChannel, int | None]]:
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

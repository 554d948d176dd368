"""The views that were recorded in the transcripts, as views of ours.

The rule: same paths, same events, same places of change; what a page of Phoenix shows with
`inspect`, these show with `inspect` too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.html.test_js import COMMANDS
from wirebird import LiveView, NotFound, Socket, Wirebird, event, info, js

BENCH_LAYOUT = "<main>{{ inner_content }}</main>"
LAYOUT = """<main>
  {% if flash.info %}<p id="flash-info" role="alert"
      phx-click="lv:clear-flash" phx-value-key="info">
    {{ flash.info }}
  </p>{% endif %}
  {% if flash.error %}<p id="flash-error" role="alert"
      phx-click="lv:clear-flash" phx-value-key="error">
    {{ flash.error }}
  </p>{% endif %}
  {{ inner_content }}
</main>"""


def inspect(value: Any) -> str:
    """Return a value as Elixir shows it."""
    if isinstance(value, dict):
        return "%{" + ", ".join(f'"{k}" => {inspect(value[k])}' for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inspect(item) for item in value) + "]"
    return f'"{value}"'


def link(kind: str, id: str, href: str, text: str, state: str = "push") -> str:
    attributes = f'data-phx-link="{kind}" data-phx-link-state="{state}"'
    return f'<a href="{href}" {attributes} id="{id}">{text}</a>'


@dataclass
class Count:
    count: int = 0


class CounterLive(LiveView[Count]):
    html = """
    <div>
      <h1>Count is {{ count }}</h1>
      <button phx-click="dec">-</button>
      <button phx-click="inc">+</button>
    </div>
    """

    @event
    async def inc(self) -> None:
        self.state.count += 1

    @event
    async def dec(self) -> None:
        self.state.count -= 1


@dataclass
class Row:
    id: int
    name: str
    value: int
    active: bool


@dataclass
class Table:
    title: str = "Table"
    rows: list[Row] = field(
        default_factory=lambda: [Row(n, f"Item {n}", n, n % 2 == 0) for n in range(1, 1001)]
    )


class TableLive(LiveView[Table]):
    html = """
    <h1>{{ title }}</h1>
    <table>
      <tbody>
        {% for row in rows %}<tr :key="{{ row.id }}" id="row-{{ row.id }}">
          <td>{{ row.id }}</td>
          <td>{{ row.name }}</td>
          <td>{{ row.value }}</td>
          <td>{{ "yes" if row.active else "no" }}</td>
        </tr>{% endfor %}
      </tbody>
    </table>
    """

    @event
    async def tick(self, i: int) -> None:
        next(row for row in self.state.rows if row.id == i).value += 1

    @event
    async def tick_all(self) -> None:
        for row in self.state.rows:
            row.value += 1

    @event
    async def reverse(self) -> None:
        self.state.rows.reverse()

    @event
    async def rename(self, title: str = "Renamed") -> None:
        self.state.title = title


@dataclass(frozen=True)
class Number:
    n: int


@dataclass
class N:
    n: int = 0


class BroadcastLive(LiveView[N]):
    html = "<p>{{ n }}</p>"

    async def mount(self) -> None:
        await self.socket.subscribe("bench")

    @event
    async def go(self, n: int) -> None:
        await self.socket.broadcast("bench", Number(n))

    @info
    async def on_number(self, number: Number) -> None:
        self.state.n = number.n


@dataclass
class Item:
    id: int
    v: int


EVENTS = [
    "insert_middle",
    "prepend",
    "append",
    "delete_middle",
    "delete_last",
    "reverse",
    "swap",
    "update",
    "move_and_update",
    "clear",
    "refill",
    "x",
]


@dataclass
class Keyed:
    items: list[Item] = field(default_factory=lambda: [Item(i, i * 10) for i in range(1, 6)])
    x: int = 0
    events: list[str] = field(default_factory=lambda: EVENTS)


class KeyedLive(LiveView[Keyed]):
    html = """
    <ol id="keyed">
      {% for i in items %}<li :key="{{ i.id }}" id="k{{ i.id }}">{{ i.v }}-{{ x }}</li>{% endfor %}
    </ol>
    <ol id="indexed">
      {% for i in items %}<li>{{ i.v }}</li>{% endfor %}
    </ol>
    {% for e in events %}<button phx-click="{{ e }}">{{ e }}</button>{% endfor %}
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        items = self.state.items
        match event:
            case "insert_middle":
                items.insert(2, Item(100, 1000))
            case "prepend":
                items.insert(0, Item(0, 0))
            case "append":
                items.append(Item(6, 60))
            case "delete_middle":
                del items[2]
            case "delete_last":
                del items[-1]
            case "reverse":
                items.reverse()
            case "swap":
                items[:2] = [items[1], items[0]]
            case "update":
                items[1].v += 1
            case "move_and_update":
                first = items.pop(0)
                first.v += 1
                items.append(first)
            case "clear":
                items.clear()
            case "refill":
                items[:] = [Item(1, 1), Item(2, 2)]
            case _:
                self.state.x += 1


@dataclass
class Part:
    id: int
    t: str


@dataclass
class Group:
    id: int
    name: str
    items: list[Part]


@dataclass
class Groups:
    groups: list[Group] = field(
        default_factory=lambda: [
            Group(1, "A", [Part(1, "a1"), Part(2, "a2")]),
            Group(2, "B", [Part(3, "b1")]),
            Group(3, "C", []),
        ]
    )


class NestedLive(LiveView[Groups]):
    html = """
    {% for g in groups %}<section :key="{{ g.id }}" id="g-{{ g.id }}">
      <h2>{{ g.name }}</h2>
      <ul>
        {% for i in g.items %}<li :key="{{ i.id }}">{{ i.t }} in {{ g.name }}</li>{% endfor %}
      </ul>
    </section>{% endfor %}
    <button phx-click="inner">inner</button>
    <button phx-click="outer">outer</button>
    <button phx-click="add_item">add_item</button>
    <button phx-click="add_group">add_group</button>
    <button phx-click="empty">empty</button>
    <button phx-click="fill">fill</button>
    """

    @event
    async def inner(self) -> None:
        self.state.groups[0].items[1].t += "!"

    @event
    async def outer(self) -> None:
        self.state.groups[0].name += "'"

    @event
    async def add_item(self) -> None:
        self.state.groups[2].items.append(Part(9, "c1"))

    @event
    async def add_group(self) -> None:
        self.state.groups.append(Group(4, "D", [Part(7, "d1"), Part(8, "d2")]))

    @event
    async def empty(self) -> None:
        self.state.groups.clear()

    @event
    async def fill(self) -> None:
        self.state.groups = [Group(5, "E", [Part(5, "e1")])]


@dataclass
class Cond:
    on: bool = False
    n: int = 0
    kind: str = "text"
    raw: str = "<b>&\"'</b>"
    nothing: str | None = None


class CondLive(LiveView[Cond]):
    html = """
    <div id="ifelse">
      {% if on %}
        <p>on {{ n }}</p>
      {% else %}
        <span>off {{ n }}</span>
      {% endif %}
    </div>
    {% if on %}<div id="if-attr">only when on {{ n }}</div>{% endif %}
    <div id="case">
      {% if kind == "text" %}
          text {{ n }}
      {% elif kind == "list" %}

          {% for x in range(1, n + 1) %}<i>{{ x }}</i>{% endfor %}

      {% endif %}
    </div>
    <div id="expr">{{ "yes" if on else "no" }}</div>
    <div id="esc">{{ raw }}{{ "<em>raw</em>"|safe }}{{ nothing or "" }}{{ 1.5 }}{{ "atom" }}</div>
    <button phx-click="toggle">toggle</button>
    <button phx-click="n">n</button>
    <button phx-click="list">list</button>
    <button phx-click="none">none</button>
    <button phx-click="noop">noop</button>
    <button phx-click="same">same</button>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        match event:
            case "toggle":
                self.state.on = not self.state.on
            case "n":
                self.state.n += 1
            case "list" | "none":
                self.state.kind = event
            case _:
                self.state.n = int(str(self.state.n))


@dataclass
class Last:
    last: str = ""


class EventsLive(LiveView[Last]):
    html = """
    <pre id="last">{{ last }}</pre>
    <button id="click" phx-click="click" phx-value-foo="bar" phx-value-n="1"
      value="val">click</button>
    <div id="away" phx-click-away="away">away</div>
    <input id="key" phx-keydown="keydown" phx-keyup="keyup" phx-key="a"
      phx-value-x="y" phx-focus="focus" phx-blur="blur">
    <form id="form" phx-change="change" phx-submit="submit">
      <input type="text" name="user[name]" id="name" value="">
      <input type="hidden" name="user[tags][]" value="">
      <input type="checkbox" name="user[tags][]" value="a" id="tag-a">
      <input type="checkbox" name="user[tags][]" value="b" id="tag-b">
      <select name="user[sel]" id="sel"><option>1</option><option>2</option></select>
      <button id="save" name="action" value="save">save</button>
    </form>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.last = f"{event} {inspect(payload)}"


@dataclass
class Recovered:
    name: str = ""
    validated: int = 0


class RecoverLive(LiveView[Recovered]):
    html = """
    <form id="f" phx-change="validate" phx-submit="save">
      <input id="name" type="text" name="name" value="{{ name }}">
      <input type="hidden" name="token" value="t">
    </form>
    <form id="g" phx-change="validate" phx-auto-recover="recover_wizard">
      <input id="step" type="text" name="step" value="">
    </form>
    <p id="v">{{ validated }} {{ name }}</p>
    """

    @event
    async def validate(self, payload: dict[str, Any]) -> None:
        self.state.name = payload.get("name", self.state.name)
        self.state.validated += 1

    @event
    async def recover_wizard(self, payload: dict[str, Any]) -> None:
        self.state.name = f"recovered {inspect(payload)}"

    @event
    async def save(self) -> None: ...


class PushEventLive(LiveView[N]):
    html = """
    <p id="hook" phx-hook="Echo">{{ n }}</p>
    <button id="one" phx-click="one">one</button>
    <button id="two" phx-click="two">two</button>
    <button id="info" phx-click="info">info</button>
    <button id="js" phx-click="js">js</button>
    """

    async def mount(self) -> None:
        self.socket.push_event("hello", {"from": "mount"})

    async def handle_event(self, event: str, payload: Any) -> Any:
        push = self.socket.push_event
        match event:
            case "one":
                push("pong", {"a": 1, "b": [True, None, "x"]})
            case "two":
                self.state.n += 1
                push("pong", {"n": 1})
                push("other")
            case "info":
                self.socket.send("later")
            case "js":
                push("js", {"cmd": js.toggle(to="#hook")})
            case _:
                return {"echo": payload}
        return None

    async def handle_info(self, message: str) -> None:
        self.socket.push_event("pong", {"from": "info"})


class ReplyLive(LiveView[N]):
    html = """
    <p id="hook" phx-hook="Echo" phx-update="ignore">click me</p>
    <p>{{ n }}</p>
    <button id="with_change" phx-click="with_change">with_change</button>
    <button id="empty" phx-click="empty">empty</button>
    """

    @event
    async def echo(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"got": payload, "at": "server"}

    @event
    async def with_change(self) -> dict[str, Any]:
        self.state.n += 1
        return {"n": self.state.n}

    @event
    async def empty(self) -> dict[str, Any]:
        return {}


class InfoLive(LiveView[N]):
    html = """
    <p>{{ n }}</p>
    <button id="later" phx-click="later">later</button>
    """

    @event
    async def later(self) -> None:
        self.socket.send_after("tick", 0.01)

    async def handle_info(self, message: str) -> None:
        self.state.n += 1


class TitleLive(LiveView[N]):
    html = """
    <p>{{ n }}</p>
    <button id="title" phx-click="title">title only</button>
    <button id="both" phx-click="both">both</button>
    """

    async def mount(self) -> None:
        self.socket.page_title = "First"

    @event
    async def title(self) -> None:
        self.socket.page_title = "Second <&>"

    @event
    async def both(self) -> None:
        self.socket.page_title = "Third"
        self.state.n += 1


@dataclass
class Patched:
    params: str = ""
    uri: str = ""


class PatchLive(LiveView[Patched]):
    html = (
        """
    <p id="params">{{ params }}</p>
    <p id="uri">{{ uri }}</p>
    <p id="action">{{ ":" ~ live_action }}</p>
    <button id="patch" phx-click="patch">push_patch</button>
    <button id="replace" phx-click="replace">push_patch replace</button>
    """
        + link("patch", "link", "/t/patch?p=link", "link patch")
        + link("patch", "linkr", "/t/patch/7?p=link2", "link patch replace", "replace")
    )

    async def handle_params(self, params: dict[str, Any], url: str) -> None:
        self.state = Patched(inspect(params), url)
        self.socket.page_title = f"p{params['p']}"

    @event
    async def patch(self) -> None:
        self.socket.push_patch("/t/patch?p=1")

    @event
    async def replace(self) -> None:
        self.socket.push_patch("/t/patch?p=2", replace=True)


@dataclass
class P:
    p: str = ""


class MountPatchLive(LiveView[P]):
    html = "<p>{{ p }}</p>"

    async def handle_params(self, params: dict[str, Any]) -> None:
        if self.socket.connected and "done" not in params:
            self.socket.push_patch("/t/mountpatch?done=1")
        else:
            self.state.p = inspect(params)


class NavALive(LiveView):
    html = """
    <h1>A</h1>
    <button id="push" phx-click="push">push_navigate</button>
    <button id="replace" phx-click="replace">push_navigate replace</button>
    <button id="other" phx-click="other">push_navigate to another live_session</button>
    <button id="redirect" phx-click="redirect">redirect</button>
    <button id="external" phx-click="external">external</button>
    <button id="flash" phx-click="flash">flash+navigate</button>
    <button id="flashr" phx-click="flashr">flash+redirect</button>
    <button id="reply" phx-click="reply">change, event + navigate</button>
    """ + link("redirect", "link", "/t/nav/b?x=1", "link")

    async def mount(self) -> None:
        self.socket.page_title = "Nav A"

    async def handle_event(self, event: str, payload: Any) -> None:
        socket = self.socket
        match event:
            case "push":
                socket.push_navigate("/t/nav/b")
            case "replace":
                socket.push_navigate("/t/nav/b", replace=True)
            case "other":
                socket.push_navigate("/bench/counter")
            case "redirect":
                socket.redirect("/t/nav/b?redirected=1")
            case "external":
                socket.redirect(external="http://127.0.0.1:4010/health")
            case "flash":
                socket.put_flash("info", "carried")
                socket.push_navigate("/t/nav/b")
            case "flashr":
                socket.put_flash("error", "carried by cookie")
                socket.redirect("/t/nav/b")
            case _:
                socket.page_title = "going"
                socket.push_event("bye", {})
                socket.push_navigate("/t/nav/b")


class NavBLive(LiveView[P]):
    html = "<h1>B {{ p }}</h1>" + link("redirect", "back", "/t/nav/a", "back")

    async def mount(self, params: dict[str, Any]) -> None:
        self.socket.page_title = "Nav B"
        self.state.p = inspect(params)


class FlashLive(LiveView):
    html = """
    <button id="info" phx-click="info">info</button>
    <button id="error" phx-click="error">error</button>
    <button id="clear" phx-click="clear">clear</button>
    """

    @event
    async def info(self) -> None:
        self.socket.put_flash("info", "Saved!")

    @event
    async def error(self) -> None:
        self.socket.put_flash("error", "Failed")

    @event
    async def clear(self) -> None:
        self.socket.clear_flash()


class SecretLive(LiveView):
    html = "<p>secret</p>"


class MountNavLive(LiveView):
    html = "<p>bye</p>"

    async def mount(self) -> None:
        if self.socket.connected:
            self.socket.push_navigate("/t/nav/b")


class CrashLive(LiveView[N]):
    html = """
    <p>{{ n }}</p>
    <button id="inc" phx-click="inc">inc</button>
    <button id="boom" phx-click="boom">boom</button>
    <button id="unknown" phx-click="no_clause">no clause</button>
    <button id="exit" phx-click="exit">exit</button>
    <button id="stop" phx-click="stop">shutdown</button>
    """

    async def mount(self, mount: str = "") -> None:
        if self.socket.connected and mount == "raise":
            raise RuntimeError("mount boom")
        if self.socket.connected and mount == "404":
            raise NotFound("no such thing")

    @event
    async def inc(self) -> None:
        self.state.n += 1

    @event
    async def boom(self) -> None:
        raise RuntimeError("event boom")

    @event
    async def no_clause(self) -> None:
        raise LookupError("no clause")

    @event("exit", "stop")
    async def exit(self) -> None:
        raise SystemExit


@dataclass
class Commands:
    n: int = 0
    commands: dict[str, Any] = field(default_factory=lambda: COMMANDS)


class JsLive(LiveView[Commands]):
    html = """
    <div id="here">{{ n }}</div>
    {% for name, command in commands.items() %}<button id="{{ name }}"
      phx-click="{{ command }}">{{ name }}</button>{% endfor %}
    <button id="dyn" phx-click="{{ js.push('inc', value={'n': n}) }}">dyn</button>
    <button id="mounted" phx-mounted="{{ js.add_class('m') }}"
      phx-remove="{{ js.hide(transition='out') }}">x</button>
    """

    async def handle_params(self) -> None:
        pass

    @event
    async def inc(self) -> None:
        self.state.n += 1


@dataclass
class Temporary:
    msg: str | None = "initial"
    n: int = 0


class TempLive(LiveView[Temporary]):
    html = """
    <p id="m">{{ msg }}</p>
    <p id="n">{{ n }}</p>
    <button phx-click="msg">msg</button>
    <button phx-click="n">n</button>
    """

    @event
    async def msg(self) -> None:
        self.state.msg = "again"

    @event
    async def n(self) -> None:
        self.state.n += 1


async def when_connected(socket: Socket) -> None:
    if socket.connected:
        socket.put_flash("error", "Not authorized")
        socket.redirect("/t/nav/b")


async def always(socket: Socket) -> None:
    socket.redirect("/t/nav/b")


def recorded_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    """Return an application with the recorded views at their paths."""

    async def health(_: Any) -> PlainTextResponse:
        return PlainTextResponse("OK")

    app = make_app(routes=[Route("/health", health)])
    bench = app.templates.inline(BENCH_LAYOUT, "bench_layout.html")
    flashes = app.templates.inline(LAYOUT, "layout.html")

    def layout(template: Any) -> Any:
        def around(socket: Socket, inner: Any) -> Any:
            return template.tree({"inner_content": inner, "flash": Flash(socket.flash)}, {})

        return around

    with app.live_session("bench", layout=layout(bench)) as live:
        live.live("/bench/counter", CounterLive)
        live.live("/bench/table", TableLive)
        live.live("/bench/broadcast", BroadcastLive)
    with app.live_session("t", layout=layout(flashes)) as live:
        live.live("/t/keyed", KeyedLive)
        live.live("/t/nested", NestedLive)
        live.live("/t/cond", CondLive)
        live.live("/t/events", EventsLive)
        live.live("/t/recover", RecoverLive)
        live.live("/t/push_event", PushEventLive)
        live.live("/t/reply", ReplyLive)
        live.live("/t/info", InfoLive)
        live.live("/t/title", TitleLive)
        live.live("/t/patch", PatchLive, action="index")
        live.live("/t/patch/{id}", PatchLive, action="show")
        live.live("/t/mountpatch", MountPatchLive)
        live.live("/t/nav/a", NavALive)
        live.live("/t/nav/b", NavBLive)
        live.live("/t/flash", FlashLive)
        live.live("/t/mountnav", MountNavLive)
        live.live("/t/crash", CrashLive)
        live.live("/t/js", JsLive)
        live.live("/t/temp", TempLive)
    with app.live_session("guarded", on_mount=[when_connected], layout=layout(flashes)) as live:
        live.live("/t/guarded", SecretLive)
    with app.live_session("guarded_http", on_mount=[always], layout=layout(flashes)) as live:
        live.live("/t/guarded_http", SecretLive)
    return app


class Flash(dict[str, str]):
    """The flash, whose kinds are there whether or not they have a message."""

    def __missing__(self, kind: str) -> str:
        return ""

"""PyView's side of the comparison: the views of `benchmarks/app.py`, as its users write them."""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from dataclasses import dataclass

from markupsafe import Markup
from pyview import LiveView, LiveViewSocket, PyView, Stream, defaultRootTemplate, is_connected
from pyview.template import LiveRender
from pyview.template.live_template import LiveTemplate
from pyview.vendor.ibis import Template
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.staticfiles import StaticFiles


class InlineView(LiveView):
    """A view whose template stands in the class, compiled once, as PyView does with files."""

    template: LiveTemplate

    def __init_subclass__(cls, html: str) -> None:
        cls.template = LiveTemplate(Template(html, template_id=cls.__name__))

    async def render(self, assigns, meta):
        return LiveRender(self.template, assigns, meta)


class CounterView(
    InlineView,
    html="""
    <div>
      <h1>Count is {{count}}</h1>
      <button phx-click="dec">-</button><button phx-click="inc">+</button>
    </div>
    """,
):
    async def mount(self, socket: LiveViewSocket, session):
        socket.context = {"count": 0}

    async def handle_event(self, event, payload, socket):
        socket.context["count"] += 1 if event == "inc" else -1


@dataclass
class Row:
    id: int
    name: str
    value: int
    active: bool


class TableView(
    InlineView,
    html="""
    <div>
      <h1>{{title}}</h1>
      <button phx-click="tick_all">all</button><button phx-click="reverse">rev</button>
      <table><tbody>
      {% for row in rows %}
        <tr id="row-{{row.id}}"><td>{{row.id}}</td><td>{{row.name}}</td>
          <td>{{row.value}}</td><td>{% if row.active %}yes{% else %}no{% endif %}</td></tr>
      {% endfor %}
      </tbody></table>
    </div>
    """,
):
    async def mount(self, socket: LiveViewSocket, session):
        rows = [Row(i, f"Item {i}", i, i % 2 == 0) for i in range(1000)]
        socket.context = {
            "title": "Table",
            "renames": 0,
            "rows": rows,
            "by_id": {row.id: row for row in rows},
        }

    async def handle_event(self, event, payload, socket):
        state = socket.context
        match event:
            case "tick":
                state["by_id"][int(payload["i"])].value += 1
            case "tick_all":
                for row in state["rows"]:
                    row.value += 1
            case "reverse":
                state["rows"].reverse()
            case "rename":
                state["renames"] += 1
                state["title"] = f"Table renamed {state['renames']}"


class BroadcastView(
    InlineView,
    html='<div><p>{{n}}</p><button phx-click="go" phx-value-n="1">go</button></div>',
):
    async def mount(self, socket: LiveViewSocket, session):
        socket.context = {"n": 0}
        if is_connected(socket):
            await socket.subscribe("bench")

    async def handle_event(self, event, payload, socket):
        await socket.broadcast("bench", int(payload["n"]))

    async def handle_info(self, event, socket):
        socket.context["n"] = event.payload


@dataclass
class Item:
    id: int
    text: str


class StreamView(
    InlineView,
    html="""
    <div>
      <button phx-click="push">push</button>
      <ul id="items" phx-update="stream">{% for dom_id, item in items %}
        <li id="{{dom_id}}">{{item.text}}</li>{% endfor %}</ul>
    </div>
    """,
):
    async def mount(self, socket: LiveViewSocket, session):
        items = [Item(i, f"item {i}") for i in range(10)]
        socket.context = {"items": Stream(items, name="items"), "next": 10}

    async def handle_event(self, event, payload, socket):
        number = socket.context["next"]
        socket.context["next"] = number + 1
        socket.context["items"].insert(Item(number, f"item {number}"), at=-1, limit=-100)


async def health(request):
    return PlainTextResponse("ok")


app = PyView()
app.rootTemplate = defaultRootTemplate(css=Markup(""))
app.routes.append(Route("/health", health))
app.mount("/static", StaticFiles(packages=[("pyview", "static")]), name="static")
for path, view in {
    "counter": CounterView,
    "table": TableView,
    "broadcast": BroadcastView,
    "stream": StreamView,
}.items():
    app.add_live_view(f"/bench/{path}", view)

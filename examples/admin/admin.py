"""An admin: who may come in and who may change things is said once, for all of its pages."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.admin.members import OFFICE, Entry, KeptMember, Member
from wirebird import (
    Form,
    Halt,
    LiveView,
    NotFound,
    Session,
    Socket,
    Stream,
    Transient,
    Wirebird,
    csrf_valid,
    event,
    info,
    js,
)

TOPIC = "admin"
Staff = Literal["owner", "auditor"]


@dataclass(frozen=True)
class Noted:
    """To all who are in: this was done, or refused."""

    entry: Entry


@dataclass
class Admin:
    form: Form[Member]
    staff: str = ""
    members: Transient[list[KeptMember]] = field(default_factory=list[KeptMember])
    edited: KeptMember | None = None
    log: Stream[Entry] = field(default_factory=lambda: Stream[Entry](limit=20))


class AdminView(LiveView[Admin]):
    """Does what its guards let pass, and says what it has done."""

    async def mount(self, staff: Annotated[Staff, Session()]) -> None:
        self.state.staff = staff
        self.socket.page_title = "Admin"
        await self.socket.subscribe(TOPIC)
        self.state.log.insert_many(reversed(OFFICE.log))
        self.list_members()

    async def handle_params(self, id: int | None = None) -> None:
        self.state.edited = None
        if id is not None:
            if id not in OFFICE.members:
                raise NotFound("there is no such member")
            self.state.edited = OFFICE.members[id].model_copy()
            self.state.form = Form(Member, self.state.edited)

    def list_members(self) -> None:
        self.state.members = [member.model_copy() for member in OFFICE.members.values()]

    @info
    async def on_noted(self, message: Noted) -> None:
        self.state.log.insert(message.entry, at=0)
        self.list_members()

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        member, edited = self.state.form.submit(payload), self.state.edited
        if member is None or edited is None:
            return
        before = edited.model_dump(include={*Member.model_fields})
        after = member.model_dump()
        changes = [f"{name} is “{value}”" for name, value in after.items() if value != before[name]]
        OFFICE.members[edited.id] = edited.model_copy(update=after)
        if changes:
            await note(self.socket, f"{edited.name}: {', '.join(changes)}")
        self.socket.push_patch("/admin")
        self.socket.push_event("js", {"cmd": js.focus(to=f"#edit-{edited.id}")})

    @event
    async def suspend(self, id: int) -> None:
        if member := OFFICE.members.get(id):
            member.suspended = not member.suspended
            await note(self.socket, f"{member.name}: {'suspended' if member.suspended else 'back'}")


async def note(socket: Socket, what: str) -> None:
    """Write down what somebody has done, and let all who are in see it."""
    await socket.broadcast(TOPIC, Noted(OFFICE.note(str(socket.session["staff"]), what)))


async def require_staff(socket: Socket, session: dict[str, Any]) -> None:
    """Let nobody in who has not come in by the door."""
    if "staff" not in session:
        socket.put_flash("error", "Come in by the door.")
        socket.redirect("/admin/door")


async def only_owners_change(socket: Socket) -> None:
    """Stop what an auditor may not do before the view hears of it, whatever the page shows."""

    async def check(event: str, _: Any, socket: Socket) -> Halt | None:
        if event not in ("save", "suspend") or socket.session["staff"] == "owner":
            return None
        socket.put_flash("error", "Auditors look, and change nothing.")
        await note(socket, f"was kept from “{event}”")
        return Halt()

    socket.attach_hook("only-owners-change", "handle_event", check)


class DoorView(LiveView):
    """Where one says who one is; the example of signing in asks for proof of it."""

    template, styles = "door.html", ["admin.css"]

    async def mount(self) -> None:
        self.socket.page_title = "Door"


async def come_in(request: Request) -> Response:
    async with request.form() as form:
        if not csrf_valid(request, form.get("_csrf_token")):
            raise HTTPException(403)
    staff = request.path_params["staff"]
    if staff not in get_args(Staff):
        raise HTTPException(404)
    request.session["staff"] = staff
    return RedirectResponse("/admin", 303)


def add_to(app: Wirebird) -> None:
    """Serve the admin behind its guards, and the door before them."""
    with app.live_session("admin-door") as pages:
        pages.live("/admin/door", DoorView)
    with app.live_session("admin", on_mount=[require_staff, only_owners_change]) as pages:
        pages.live("/admin", AdminView)
        pages.live("/admin/members/{id:int}", AdminView)
    app.add_route("/admin/door/{staff}", come_in, methods=["POST"])

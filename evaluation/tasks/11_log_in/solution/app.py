import hmac
from typing import Annotated, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from wirebird import LiveView, Session, Socket, Wirebird, csrf_valid


class LogInView(LiveView):
    html = """
    <form id="log-in" action="/enter" method="post">
      <input type="hidden" name="_csrf_token" value="{{ csrf_token }}">
      <input name="name" aria-label="Name" autocomplete="username">
      <input name="password" type="password" aria-label="Password" autocomplete="current-password">
      <button>Log in</button>
    </form>
    """


class SecretView(LiveView):
    html = "<h1>Hello, {{ user }}</h1>"

    async def mount(self, user: Annotated[str, Session("user")]) -> None:
        self.state.user = user


async def require_user(socket: Socket, session: dict[str, Any]) -> None:
    if "user" not in session:
        socket.redirect("/log-in")


async def enter(request: Request) -> RedirectResponse:
    async with request.form() as form:
        if not csrf_valid(request, form.get("_csrf_token")):
            raise HTTPException(403)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
    if name != "ada" or not hmac.compare_digest(password.encode(), b"engine"):
        return RedirectResponse("/log-in", 303)
    request.session.clear()
    request.session["user"] = name
    return RedirectResponse("/secret", 303)


app = Wirebird(routes=[Route("/enter", enter, methods=["POST"])])
app.live("/log-in", LogInView)
with app.live_session("members", on_mount=[require_user]) as members:
    members.live("/secret", SecretView)

"""The registration, as somebody fills it in."""

from datetime import date

from examples.registration.registration import RegistrationView
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", RegistrationView)

GOOD = {
    "registration[username]": "kestrel",
    "registration[email]": "kestrel@example.org",
    "registration[birthday]": "1990-02-03",
    "registration[password]": "long enough",
    "registration[password_again]": "long enough",
    "registration[plan]": "Tree",
    "registration[terms]": True,
}


def errors(view: View) -> list[str]:
    return [error.text for error in view.all(".wb-error")]


async def test_a_field_is_spoken_of_once_it_was_used() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#registration_password", "short")
        assert errors(view) == ["Please use 8 or more characters."]
        await view.change("#registration_password", "long enough")
        await view.change("#registration_password_again", "other")
        assert errors(view) == ["The passwords differ."]
        await view.change("#registration_password_again", "long enough")
        young = date.today().replace(year=date.today().year - 5, day=1)
        await view.change("#registration_birthday", young.isoformat())
        assert errors(view) == ["Members are 16 or older."]


async def test_what_is_sent_too_early_shows_all_and_leads_to_the_first() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#registration")
        assert len(errors(view)) == 6
        assert (await view.pushed("js"))["cmd"] == [["focus", {"to": "#registration_username"}]]


async def test_a_name_that_is_taken_is_refused_and_another_one_is_a_member() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#registration", GOOD | {"registration[username]": "wren"})
        assert errors(view) == ["wren is taken already."]
        await view.submit("#registration", GOOD)
        assert view.text("h1") == "Welcome, kestrel"
        told = [fact.text for fact in view.all(".membership dd")]
        assert told == ["kestrel@example.org", "3 February 1990", "safe with you", "Tree", "never"]
        await view.click("#again")
        assert view.element("#registration_username").value == ""

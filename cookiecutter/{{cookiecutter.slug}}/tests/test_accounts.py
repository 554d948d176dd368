{% if cookiecutter.auth %}
"""Accounts, from signing up to logging out everywhere."""

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from wirebird.testing import LiveClient, Redirected, Response

from {{ cookiecutter.package }} import mailer
from {{ cookiecutter.package }}.accounts import attempts, passwords
from {{ cookiecutter.package }}.accounts.tables import Token, User
from {{ cookiecutter.package }}.app import app
from {{ cookiecutter.package }}.database import open_session

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget attempts of other tests, and hash in less time."""
    attempts.of_an_address.clear()
    attempts.at_an_account.clear()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", quick)
    monkeypatch.setattr(passwords, "of_nobody", quick.hash("nobody"))


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[mailer.Letter]:
    sent: asyncio.Queue[mailer.Letter] = asyncio.Queue()
    monkeypatch.setattr(mailer, "deliver", sent.put)
    return sent


async def sign_up(client: LiveClient, email: str = "ada@example.com") -> Response:
    view = await client.live("/sign-up")
    await view.submit(
        "#sign_up_form", {"sign_up_form[email]": email, "sign_up_form[password]": PASSWORD}
    )
    return await view.follow_trigger_action("#enter")


async def try_log_in(client: LiveClient, email: str, password: str) -> str:
    """Try to log in, and return what is wrong."""
    view = await client.live("/log-in")
    fields = {"log_in_form[email]": email, "log_in_form[password]": password}
    await view.submit("#log_in_form", fields)
    if view.has("#enter"):
        await view.follow_trigger_action("#enter")
        return ""
    return view.text(".wb-error")


async def test_who_signs_up_is_logged_in(client: LiveClient) -> None:
    assert (await sign_up(client)).headers["location"] == "/account"
    assert "ada@example.com" in (await client.live("/account")).html


async def test_an_address_has_one_account(client: LiveClient) -> None:
    await sign_up(client)
    view = await client.live("/sign-up")
    again = {"sign_up_form[email]": "ADA@example.com", "sign_up_form[password]": PASSWORD}
    await view.submit("#sign_up_form", again)
    assert view.text(".wb-error") == "This address has an account already."


async def test_strangers_are_sent_to_log_in_and_come_back(client: LiveClient) -> None:
    with pytest.raises(Redirected) as caught:
        await client.live("/account?tab=1")
    assert caught.value.to == "/log-in?to=%2Faccount%3Ftab%3D1"


async def test_a_wrong_password_and_an_unknown_address_get_one_answer(client: LiveClient) -> None:
    await sign_up(client)
    wrong = await try_log_in(client, "ada@example.com", "wrong")
    assert wrong == await try_log_in(client, "bob@example.com", PASSWORD) != ""


async def test_attempts_are_limited(client: LiveClient) -> None:
    for _ in range(10):
        await try_log_in(client, "mallory@example.com", "wrong")
    said = await try_log_in(client, "mallory@example.com", "wrong")
    assert said == "Too many attempts: wait ten minutes."


async def test_a_login_is_kept_as_a_hash_and_ends_in_time(client: LiveClient) -> None:
    await sign_up(client)
    async with open_session.begin() as database:
        token = await database.scalar(select(Token))
        assert token is not None
        assert len(token.digest) == 32
        await database.execute(update(Token).values(expires=0))
    with pytest.raises(Redirected):
        await client.live("/account")


async def test_only_who_wants_it_is_remembered_when_the_browser_is_closed(
    client: LiveClient,
) -> None:
    assert "max-age" not in (await sign_up(client)).headers["set-cookie"].lower()
    view = await client.live("/log-in")
    fields: dict[str, object] = {
        "log_in_form[email]": "ada@example.com",
        "log_in_form[password]": PASSWORD,
        "log_in_form[remember]": True,
    }
    await view.submit("#log_in_form", fields)
    entered = await view.follow_trigger_action("#enter")
    assert "max-age" in entered.headers["set-cookie"].lower()


async def test_after_logging_in_nobody_is_sent_to_another_site(client: LiveClient) -> None:
    await sign_up(client)
    for to in ("https://example.com", "//example.com", "/\\example.com", "/\t/example.com"):
        view = await client.live(f"/log-in?to={to.replace(chr(9), '%09')}")
        fields = {"log_in_form[email]": "ada@example.com", "log_in_form[password]": PASSWORD}
        await view.submit("#log_in_form", fields)
        assert (await view.follow_trigger_action("#enter")).headers["location"] == "/"


async def test_without_the_page_s_token_nothing_is_posted(client: LiveClient) -> None:
    await sign_up(client)
    for path in ("/enter", "/log-out", "/log-out-everywhere"):
        assert (await client.post(path, {"_csrf_token": "wrong"})).status == 403
    assert await client.live("/account")


async def test_a_ticket_is_good_once(client: LiveClient) -> None:
    view = await client.live("/sign-up")
    fields = {"sign_up_form[email]": "ada@example.com", "sign_up_form[password]": PASSWORD}
    await view.submit("#sign_up_form", fields)
    assert (await view.follow_trigger_action("#enter")).headers["location"] == "/account"
    async with open_session.begin() as database:
        assert await database.scalar(select(Token).where(Token.purpose == "ticket")) is None


async def test_logging_out_everywhere_ends_the_logins_of_other_devices(client: LiveClient) -> None:
    await sign_up(client)
    async with LiveClient(app) as other:
        await try_log_in(other, "ada@example.com", PASSWORD)
        page = await client.live("/account")
        await page.click("a", text="Log out everywhere")
        with pytest.raises(Redirected):
            await other.live("/account")
    with pytest.raises(Redirected):
        await client.live("/account")


async def test_a_forgotten_password_is_changed_once_and_ends_all_logins(
    client: LiveClient, letters: asyncio.Queue[mailer.Letter]
) -> None:
    await sign_up(client)
    async with LiveClient(app) as other:
        view = await other.live("/forgot-password")
        await view.submit("#forgotten_form", {"forgotten_form[email]": "ada@example.com"})
        letter = await letters.get()
        path = next(word for word in letter.text.split() if "/reset-password/" in word)
        path = path[path.index("/reset-password/") :]
        view = await other.live(path)
        await view.submit("#reset_form", {"reset_form[password]": "another long password"})
        await view.assert_redirect("/log-in")
        assert await try_log_in(other, "ada@example.com", "another long password") == ""
        with pytest.raises(Redirected):
            await other.live(path)
    with pytest.raises(Redirected):
        await client.live("/account")


async def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    client: LiveClient, letters: asyncio.Queue[mailer.Letter]
) -> None:
    view = await client.live("/forgot-password")
    await view.submit("#forgotten_form", {"forgotten_form[email]": "nobody@example.com"})
    assert "on its way" in view.text("#asked")
    assert letters.empty()


async def test_passwords_are_kept_as_argon2_hashes(client: LiveClient) -> None:
    await sign_up(client)
    async with open_session.begin() as database:
        user = await database.scalar(select(User))
        assert user is not None
        assert user.password_hash.startswith("$argon2id$")
{% endif %}

"""The form says what is wrong, keeps what was typed, and lets in who is right."""

from app import app

from wirebird.testing import LiveClient

RIGHT = {"sign_up[name]": "grace", "sign_up[password]": "12345678", "sign_up[age]": "30"}


async def test_errors_are_shown_where_somebody_has_been() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert not view.has(".wb-error")
        await view.change("#sign_up", {"sign_up[name]": "a"})
        assert len(view.all(".wb-error")) == 1
        await view.submit("#sign_up", {"sign_up[name]": "grace", "sign_up[age]": "17"})
        assert len(view.all(".wb-error")) == 2
        assert view.element("[name='sign_up[name]']").value == "grace"


async def test_a_taken_name_is_refused_and_another_one_is_welcome() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#sign_up", {**RIGHT, "sign_up[name]": "ada"})
        assert view.text(".wb-error") == "This name is taken."
        await view.submit("#sign_up", RIGHT)
        assert view.text("h1") == "Welcome, grace"
        assert not view.has("#sign_up")

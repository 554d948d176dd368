"""The first page as its visitors meet it, without a browser."""

{% if cookiecutter.database %}
import pytest
from wirebird.testing import EventRefused, LiveClient
{% else %}
from wirebird.testing import LiveClient
{% endif %}


async def test_greets_whoever_is_named(client: LiveClient) -> None:
    view = await client.live("/")
    assert view.text("h1") == "Hello, world!"
    await view.submit("#greeting", {"name": "Ada"})
    assert view.text("h1") == "Hello, Ada!"


{% if cookiecutter.database %}
async def test_shows_who_was_greeted_before(client: LiveClient) -> None:
    first = await client.live("/")
    for name in ("Ada", "Grace"):
        await first.submit("#greeting", {"name": name})
    later = await client.live("/")
    assert [row.text for row in later.all("#greetings li")] == ["Grace", "Ada"]


async def test_a_greeting_has_a_name(client: LiveClient) -> None:
    view = await client.live("/")
    with pytest.raises(EventRefused):
        await view.submit("#greeting", {"name": "  "})
{% else %}
async def test_counts_greetings(client: LiveClient) -> None:
    view = await client.live("/")
    assert not view.has("#greetings")
    await view.submit("#greeting", {"name": "Ada"})
    assert view.text("#greetings") == "Greeted 1 time."
    await view.submit("#greeting", {"name": "Grace"})
    assert view.text("#greetings") == "Greeted 2 times."
{% endif %}

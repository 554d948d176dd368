"""Files are listed, refused or counted."""

from app import app

from wirebird.testing import LiveClient


async def test_lines_are_counted() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.file_input("#upload", "notes", [("a.txt", b"one\ntwo\n"), ("b.txt", b"one\n")])
        assert "a.txt" in view.text("#upload")
        await view.submit("#upload")
        await view.until(lambda view: len(view.all("#received li")) == 2)
        assert [item.text for item in view.all("#received li")] == [
            "a.txt: 2 lines",
            "b.txt: 1 lines",
        ]


async def test_what_may_not_come_says_why() -> None:
    async with LiveClient(app) as client:
        for file in (("a.png", b"x"), ("long.txt", b"x" * 1001)):
            view = await client.live("/")
            await view.file_input("#upload", "notes", [file])
            assert view.has("#upload .error")

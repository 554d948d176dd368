"""The tree in a t-string, as a visitor opens its folders and reads its files."""

from examples.file_tree_tstring.file_tree_tstring import FilesTStringView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", FilesTStringView)


async def test_a_folder_is_read_when_it_is_opened_and_a_file_has_a_url() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert not view.has("[role=treeitem]", "differ.py")
        await view.click("[role=treeitem]", text="html")
        await view.click("[role=treeitem]", text="differ.py")
        assert view.has("pre", "def ")
        await view.click("#file-html")
        assert not view.has("[role=treeitem]", "differ.py")

        shared = await client.live(view.patched[-1])
        assert shared.text("[aria-current=page]") == "differ.py"
        assert (await client.get("/?file=../pyproject.toml")).status == 404

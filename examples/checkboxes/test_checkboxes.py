"""The checkboxes, as two visitors check them."""

from examples.checkboxes.checkboxes import CheckboxesView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", CheckboxesView)


async def test_a_box_that_one_checks_is_checked_for_all() -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        await mine.click("#box-7")
        await yours.until(lambda view: "checked" in view.element("#box-7").attributes)
        assert yours.text("#checked") == "1"
        await yours.click("#box-7")
        await mine.until(lambda view: "checked" not in view.element("#box-7").attributes)
        assert mine.text("#checked") == "0"

"""The shared counter, as two visitors use it."""

from examples.shared_counter.shared_counter import SharedCounterView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", SharedCounterView)


async def test_what_one_counts_the_other_sees() -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        before = int(yours.text("#count"))
        await mine.click("[aria-label='One more']")
        await yours.until(lambda view: int(view.text("#count")) == before + 1)

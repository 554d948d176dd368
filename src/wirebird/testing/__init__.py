"""Tests of live views, in memory: no browser, no port, the real wire.

```python
from wirebird.testing import LiveClient


async def test_counts():
    async with LiveClient(app) as client:
        view = await client.live("/?count=5")
        await view.click("button", text="+")
        assert view.text("h1") == "Count is 6"
```

It needs the extra `testing`: `pip install 'wirebird[testing]'`.
"""

from wirebird.testing.asgi import Response as Response
from wirebird.testing.channel import Redirection as Redirection
from wirebird.testing.client import LiveClient as LiveClient
from wirebird.testing.components import render_component as render_component
from wirebird.testing.element import Element as Element
from wirebird.testing.errors import ElementError as ElementError
from wirebird.testing.errors import EventRefused as EventRefused
from wirebird.testing.errors import HtmlError as HtmlError
from wirebird.testing.errors import JoinRefused as JoinRefused
from wirebird.testing.errors import LiveTestError as LiveTestError
from wirebird.testing.errors import NotLive as NotLive
from wirebird.testing.errors import Redirected as Redirected
from wirebird.testing.errors import TimedOut as TimedOut
from wirebird.testing.errors import UploadRefused as UploadRefused
from wirebird.testing.errors import ViewCrashed as ViewCrashed
from wirebird.testing.files import File as File
from wirebird.testing.uploads import FileInput as FileInput
from wirebird.testing.view import View as View

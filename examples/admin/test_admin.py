"""The admin, as an owner and an auditor use it at once."""

import pytest

from examples.admin import admin
from examples.admin.members import Office
from wirebird import Wirebird
from wirebird.testing import LiveClient, Redirected, View

app = Wirebird(secret_key="known to all, as it is for tests")
admin.add_to(app)


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setattr(admin, "OFFICE", office)
    return office


def log(view: View) -> list[str]:
    return [line.text.split(maxsplit=1)[1] for line in view.all("#log li")]


async def test_an_owner_edits_and_an_auditor_sees_it_and_is_kept_from_it(office: Office) -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        for client, button in ((here, "owner"), (there, "auditor")):
            door = await client.live("/admin/door")
            await door.click("a", text=f"Come in as {button}")
        owner, auditor = await here.live("/admin"), await there.live("/admin")
        await owner.click("[aria-label='Edit Dunlin']")
        assert owner.patched == ["/admin/members/2"]
        await owner.change("#member", {"member[email]": "nowhere"})
        assert owner.has(".wb-error")
        await owner.submit("#member", {"member[email]": "dunlin@example.com"})
        await owner.assert_patch("/admin")
        said = "owner Dunlin: email is “dunlin@example.com”"
        await auditor.until(lambda view: log(view) == [said])
        await auditor.click("[aria-label='Suspend Lapwing']")
        assert auditor.flash == {"error": "Auditors look, and change nothing."}
        assert not office.members[5].suspended
        await owner.until(lambda view: log(view) == ["auditor was kept from “suspend”", said])


async def test_nobody_comes_in_but_by_the_door() -> None:
    async with LiveClient(app) as client:
        with pytest.raises(Redirected) as caught:
            await client.live("/admin")
        assert caught.value.to == "/admin/door"
        assert (await client.post("/admin/door/owner", {})).status == 403

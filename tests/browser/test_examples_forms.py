"""The examples with forms, as a visitor uses them: registration, inventory and invoice."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.gallery import HERE
from examples.invoice.invoice import InvoiceView
from examples.plants import nursery, plants
from examples.plants.nursery import Nursery, Plant
from examples.registration.registration import RegistrationView
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import Frames, connected, visit
from wirebird import Wirebird

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Nursery:
    kept = Nursery(most=4)
    for name, price in (("Fern", "7.50"), ("Peony", "18.50"), ("Sage", "3.80")):
        kept.add(Plant.model_validate({"name": name, "price": price, "stock": 3}))
    monkeypatch.setattr(plants, "NURSERY", kept)
    return kept


@pytest.fixture
def url(kept: Nursery, make_app: MakeApp, serve: Serve) -> str:
    styles = [HERE / "gallery.css"]
    app = make_app(templates=HERE, layout="gallery_layout.html", styles=styles)
    app.live("/registration", RegistrationView)
    app.live("/invoice", InvoiceView)
    plants.add_to(app)
    return serve(app)


async def fill(page: Page, form: str, **values: str) -> None:
    for name, value in values.items():
        await page.fill(f"#{form}_{name}", value)
        await page.locator(f"#{form}_{name}").blur()


# Registration

GOOD = {
    "username": "kestrel",
    "email": "kestrel@example.org",
    "birthday": "1990-02-03",
    "password": "long enough",
    "password_again": "long enough",
}


async def test_a_registration_speaks_of_a_field_once_it_was_used(page: Page, url: str) -> None:
    await visit(page, url + "/registration")
    wrong = page.locator(".wb-error")
    await fill(page, "registration", password="short")
    await expect(wrong).to_have_text(["Please use 8 or more characters."])
    await fill(page, "registration", password="long enough", password_again="other")
    await expect(wrong).to_have_text(["The passwords differ."])
    await fill(page, "registration", password="other one", password_again="other one")
    await expect(wrong).to_have_count(0)
    await expect(page.locator("#registration_username")).to_have_attribute("maxlength", "20")
    young = date.today().replace(year=date.today().year - 5, day=1)
    await fill(page, "registration", birthday=young.isoformat())
    await expect(wrong).to_have_text(["Members are 16 or older."])


async def test_a_registration_that_is_sent_too_early_shows_all_and_leads_to_the_first(
    page: Page, url: str
) -> None:
    await visit(page, url + "/registration")
    await expect_no_faults(page, "an empty form")
    await page.get_by_role("button", name="Register").click()
    await expect(page.locator("#registration_username")).to_be_focused()
    await expect(page.locator(".wb-error")).to_have_count(6)
    await expect(page.get_by_text("Please tick this box.")).to_be_visible()
    await expect_no_faults(page, "a form with errors")


async def test_a_registration_is_refused_by_the_server_and_then_accepted(
    page: Page, url: str
) -> None:
    await visit(page, url + "/registration")
    await fill(page, "registration", **GOOD | {"username": "wren"})
    await page.get_by_label("I accept the terms").check()
    await page.get_by_role("button", name="Register").click()
    await expect(page.locator(".wb-error")).to_have_text(["wren is taken already."])
    await expect(page.locator("#registration_username")).to_be_focused()
    await fill(page, "registration", username="kestrel")
    await expect(page.locator(".wb-error")).to_have_count(0)
    await page.get_by_label("Tree").check()
    await page.get_by_role("button", name="Register").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, kestrel")
    told = page.locator(".membership dd")
    await expect(told).to_have_text(
        ["kestrel@example.org", "3 February 1990", "safe with you", "Tree", "never"]
    )
    await expect_no_faults(page, "the summary")
    await page.get_by_role("button", name="Register somebody else").click()
    await expect(page.locator("#registration_username")).to_have_value("")


# Plants


async def test_a_plant_is_added_in_a_window_with_a_url(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(other_page, url + "/plants")
    await visit(page, url + "/plants")
    await expect_no_faults(page, "the plants")
    await page.get_by_role("link", name="New plant").click()
    await expect(page).to_have_url(url + "/plants/new")
    await expect(page.locator("#plant_name")).to_be_focused()
    await fill(page, "plant", name="Lavender", price="0")
    await expect(page.locator(".wb-error")).to_have_text(["This must be greater than 0."])
    await expect_no_faults(page, "the form in a window")
    await page.fill("#plant_price", "5.20")
    await page.get_by_role("button", name="Save").click()
    await expect(page).to_have_url(url + "/plants")
    await expect(page.get_by_text("Lavender is new here.")).to_be_visible()
    await expect(page.locator("#plant-modal")).to_have_count(0)
    for each in (page, other_page):
        names = each.locator("#plants strong")
        await expect(names).to_have_text(["Fern", "Lavender", "Peony", "Sage"])
    await page.get_by_role("link", name="New plant").click()
    await fill(page, "plant", name="Rose", price="9")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".wb-error")).to_have_text(
        ["The nursery is full: delete a plant first."]
    )


async def test_a_plant_is_found_and_edited_and_the_url_tells(page: Page, url: str) -> None:
    await visit(page, url + "/plants")
    await page.fill("[name=q]", "EO")
    await expect(page.locator("#plants strong")).to_have_text(["Peony"])
    await expect(page).to_have_url(url + "/plants?q=EO")
    await page.get_by_role("link", name="Edit Peony").click()
    await expect(page).to_have_url(url + "/plants/2/edit?q=EO")
    await page.reload()
    await connected(page)
    await expect(page.locator("#plant_price")).to_have_value("18.50")
    await fill(page, "plant", name="Peonies", stock="12")
    await page.go_back()
    await expect(page.locator("#plant-modal")).to_have_count(0)
    await expect(page.locator("#plants strong")).to_have_text(["Peony"])
    await page.go_forward()
    await fill(page, "plant", stock="12")
    await page.get_by_role("button", name="Save").click()
    await expect(page).to_have_url(url + "/plants?q=EO")
    await expect(page.locator("#plants td").nth(3)).to_have_text("12")
    await page.fill("[name=q]", "none such")
    await expect(page.get_by_text("No plant is called so.")).to_be_visible()
    assert (await page.request.get(url + "/plants/77/edit")).status == 404


async def test_a_plant_is_deleted_after_a_question(page: Page, url: str, kept: Nursery) -> None:
    await visit(page, url + "/plants")
    await page.get_by_role("button", name="Delete Sage").click()
    question = page.get_by_role("alertdialog", name="Delete Sage?")
    await expect(question).to_be_visible()
    await question.get_by_role("button", name="Cancel").click()
    await expect(question).to_have_count(0)
    assert kept.get(3) is not None
    await page.get_by_role("button", name="Delete Sage").click()
    await question.get_by_role("button", name="Delete").click()
    await expect(page.locator("#plants strong")).to_have_text(["Fern", "Peony"])
    await expect(page.get_by_text("Sage is deleted.")).to_be_visible()
    assert kept.get(3) is None


async def test_a_form_cannot_choose_which_plant_it_is(page: Page, url: str, kept: Nursery) -> None:
    await visit(page, url + "/plants/1/edit")
    await page.evaluate(
        """document.querySelector("#plant").insertAdjacentHTML(
             "beforeend", '<input name="plant[id]" value="3">')"""
    )
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Fern is saved.")).to_be_visible()
    assert [plant.id for plant in kept.find("")] == [1, 2, 3]


def test_the_nursery_begins_with_plants() -> None:
    assert [plant.name for plant in nursery.NURSERY.find("fern")] == ["Male fern"]


# Invoice


async def texts(page: Page) -> list[str]:
    return await page.evaluate(
        "[...document.querySelectorAll('.line input[id$=_text]')].map(each => each.value)"
    )


async def test_an_invoice_counts_while_it_is_typed(page: Page, url: str) -> None:
    await visit(page, url + "/invoice")
    await expect_no_faults(page, "the invoice")
    totals = page.locator(".totals dd")
    await expect(totals).to_have_text(["€ 356.00", "€ 53.20", "€ 4.50", "€ 413.70"])
    await page.fill("#invoice_lines_0_quantity", "1")
    await expect(totals).to_have_text(["€ 146.00", "€ 11.20", "€ 4.50", "€ 161.70"])
    await page.select_option("#invoice_lines_0_tax", "0")
    await expect(totals.last).to_have_text("€ 153.30")
    await page.fill("#invoice_lines_1_price", "7.505")
    await page.press("#invoice_lines_1_price", "Tab")
    await expect(page.locator(".wb-error")).to_have_text(
        "Please use no more than 2 decimal places."
    )
    await expect(page.locator("#invoice_lines_1 output")).to_have_text("–")
    await expect(totals.first).to_have_text("€ 56.00")


async def test_an_invoice_s_lines_come_go_and_move_with_what_was_typed(
    page: Page, url: str
) -> None:
    await visit(page, url + "/invoice")
    await page.get_by_role("button", name="Add a line").click()
    await page.fill("#invoice_lines_3_text", "Ladder")
    await page.click("#invoice_lines_3_up")
    await expect(page.locator(".line").nth(2)).to_have_attribute("id", "invoice_lines_3")
    await expect(page.locator("#invoice_lines_3_up")).to_be_focused()
    await page.get_by_role("button", name="Remove line 1").click()
    await expect(page.locator(".line")).to_have_count(3)
    assert await texts(page) == ["Compost, bags", "Ladder", "Hooks for the espalier"]
    await page.get_by_role("button", name="Issue").click()
    await expect(page.locator("#invoice_lines_3_price")).to_be_focused()
    await page.fill("#invoice_lines_3_price", "80")
    await page.get_by_role("button", name="Issue").click()
    await expect(page.get_by_text("are due from Hilltop Orchard.")).to_be_visible()
    await page.get_by_role("button", name="Empty").click()
    await page.get_by_role("button", name="Issue").click()
    await expect(page.locator(".wb-error")).to_have_text("This needs 1 or more.")


async def test_in_an_invoice_of_200_lines_only_what_changed_comes_back(
    page: Page, url: str
) -> None:
    frames = Frames(page)
    await visit(page, url + "/invoice")
    await page.get_by_role("button", name="200 lines").click()
    await expect(page.locator(".line")).to_have_count(200)
    await page.focus("#invoice_lines_100_price")
    frames.received.clear()
    await page.fill("#invoice_lines_100_price", "1000000")
    await expect(page.locator("#invoice_lines_100 output")).to_have_text("€ 6,000,000.00")
    (answer,) = [frame for frame in frames.received if frame[3] == "phx_reply"]
    assert len(json.dumps(answer)) < 2_000

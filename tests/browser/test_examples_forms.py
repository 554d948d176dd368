"""The examples with forms, as a visitor uses them: registration, inventory and invoice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.gallery import HERE
from examples.invoice.invoice import InvoiceView
from examples.plants import plants
from examples.plants.nursery import Nursery, Plant
from examples.registration.registration import RegistrationView
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import Frames, visit
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


# Plants


async def test_a_plant_is_added_in_a_window_and_the_focus_goes_with_it(
    page: Page, url: str
) -> None:
    await visit(page, url + "/plants")
    await page.get_by_role("link", name="New plant").click()
    await expect(page.locator("#plant_name")).to_be_focused()
    await fill(page, "plant", name="Lavender", price="0")
    await expect(page.locator(".wb-error")).to_have_text(["This must be greater than 0."])
    await expect_no_faults(page, "the form in a window")
    await page.fill("#plant_price", "5.20")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#plant-modal")).to_have_count(0)
    await page.get_by_role("button", name="Delete Fern").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Delete Lavender")).to_be_focused()


# Invoice


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

"""The first page in a real browser."""

from playwright.async_api import Page, expect


async def test_greets_whoever_is_named(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_visible()
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Greet").click()
    await expect(page.get_by_role("heading")).to_have_text("Hello, Ada!")

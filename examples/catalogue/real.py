"""Whole small applications."""

from examples.admin import admin
from examples.catalogue.example import Example
from examples.shop import shop
from examples.sign_in import sign_in

EXAMPLES = [
    Example(
        "/sign-in",
        "Sign in",
        "By a password or by another site; out everywhere.",
        sign_in.SignInView,
        "security",
        ("password", "oauth", "session", "guard"),
        add_to=sign_in.add_to,
    ),
    Example(
        "/shop",
        "Shop",
        "Its basket survives the page, the line and the server.",
        shop.ShopView,
        "surviving",
        ("basket", "checkout", "durable", "sqlite"),
        wide=True,
        add_to=shop.add_to,
    ),
    Example(
        "/admin/door",
        "Admin",
        "Guards, a table to edit, and a log of what was done.",
        admin.AdminView,
        "security",
        ("guard", "hook", "audit", "modal"),
        wide=True,
        add_to=admin.add_to,
    ),
]

"""The cookies of a test's visitor, as a browser keeps them."""

from __future__ import annotations

import pytest

from wirebird.testing.asgi import Cookies


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("a=1", "a=1"),
        ("a=1; Path=/; HttpOnly; Secure; SameSite=None; Partitioned", "a=1"),
        ("cart[size]=2; Path=/", "cart[size]=2"),
        ("__Host-a=x=y==; Max-Age=60", "__Host-a=x=y=="),
        ('a="b c"; expires=Thu, 01 Jan 2099 00:00:00 GMT', 'a="b c"'),
        ("old=; Max-Age=0", ""),
        ("old=x; expires=Thu, 01 Jan 1970 00:00:00 GMT", ""),
        ("old=x; expires=Fri, 01 Jan 2021 00:00:00 GMT", ""),
        ("old=x; Max-Age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT", "old=x"),
        ("a=1; Max-Age=soon", "a=1"),
    ],
)
def test_a_cookie_is_kept_or_dropped_as_its_header_says(header: str, sent: str):
    cookies = Cookies({"old": "1"} if header.startswith("old") else {})
    cookies.take(header)
    assert cookies.header() == sent

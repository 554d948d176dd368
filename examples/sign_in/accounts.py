"""Who has an account, and the proof of it: passwords as argon2 hashes, tries that are counted."""

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

TRIES, A_WHILE = 5, 60.0  # so many in so many seconds
TICKET_IS_GOOD = 30.0  # seconds

HASHER = PasswordHasher()
# An application would have its database. The password is "three grey feathers".
OF_HERON = (
    "$argon2id$v=19$m=65536,t=3,p=4$jTH5C7HH+foGWndEAWq2Fw$"
    "Rl8clUdL1TW0ZkGjh0JhQ9cXIxOle0KNQxQEMuNrQlY"
)
OF_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$hqh8HsBQHjrifj5gJsHipQ$"
    "E07PVgkvNliTF4VNLjeFbmT1mFuK6wBJfwcX6gYuYro"
)
HASHES = {"heron": OF_HERON}
# A hash takes 64 MiB and a while: two at a time, and none of them in the event loop.
THREADS = ThreadPoolExecutor(2, "argon2")

tries: dict[str, deque[float]] = {}


@dataclass(frozen=True)
class Ticket:
    """That somebody has proved who they are; good for one request, and not for long."""

    name: str
    until: float


tickets: dict[str, Ticket] = {}


def may_try(name: str) -> bool:
    """Count a try, and tell whether it may be made. Names that nobody has count as one."""
    made = tries.setdefault(name if name in HASHES else "", deque(maxlen=TRIES))
    now = time.monotonic()
    if len(made) == TRIES and now - made[0] < A_WHILE:
        return False
    made.append(now)
    return True


async def is_right(name: str, password: str) -> bool:
    """Tell whether a password is right; for nobody's name that takes as long."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(THREADS, verify, HASHES.get(name), password)


def verify(known: str | None, password: str) -> bool:
    try:
        return HASHER.verify(known or OF_NOBODY, password) and known is not None
    except VerifyMismatchError:
        return False


def issue(name: str) -> str:
    """Return a ticket for the request that signs in: a view cannot set a cookie."""
    now = time.monotonic()
    for old in [secret for secret, ticket in tickets.items() if ticket.until < now]:
        del tickets[old]
    secret = token_urlsafe()
    tickets[secret] = Ticket(name, now + TICKET_IS_GOOD)
    return secret


def redeem(secret: str) -> str | None:
    """Return whose a ticket is, once."""
    ticket = tickets.pop(secret, None)
    return ticket.name if ticket and ticket.until >= time.monotonic() else None

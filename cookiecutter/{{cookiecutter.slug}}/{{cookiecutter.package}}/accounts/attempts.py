{% if cookiecutter.auth %}
"""`Attempts`: how often somebody may try, counted in this process."""

import time
from collections import deque

from wirebird import Socket

MOST_KEYS = 10_000


class Attempts:
    """Lets each key try a number of times in a span of seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._times: dict[str, deque[float]] = {}

    def allow(self, key: str) -> bool:
        """Count an attempt, and tell whether it may be made."""
        now = time.monotonic()
        if len(self._times) >= MOST_KEYS:
            kept = {k: times for k, times in self._times.items() if times[-1] > now - self.seconds}
            self._times = kept if len(kept) < MOST_KEYS else {}
        times = self._times.setdefault(key, deque(maxlen=self.most))
        if len(times) == self.most and times[0] > now - self.seconds:
            return False
        times.append(now)
        return True

    def clear(self) -> None:
        """Forget all attempts."""
        self._times.clear()


of_an_address = Attempts(50, 600)
at_an_account = Attempts(10, 600)


def may_try(socket: Socket, email: str) -> bool:
    """Tell whether a visitor may try once more: so often at one account, so often in all."""
    peer = socket.connect_info.peer
    address = peer[0] if peer else ""
    return of_an_address.allow(address) and at_an_account.allow(f"{address} {email}")
{% endif %}

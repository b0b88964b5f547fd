"""How much of something may happen within some seconds: for each visitor, and for all together."""

import ipaddress
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable


def visitor(address: str | None) -> str:
    """Whom an address stands for: an IPv6 connection owns 2^64 addresses, so the network is counted."""
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(read, ipaddress.IPv6Address):
        return str(read.ipv4_mapped or ipaddress.ip_network((read, 64), strict=False))
    return str(read)


class RateLimit:
    """At most `most` for one key and `most_all` for all, within any `seconds`.

    By a clock that never jumps. Remembers only what happened within the window. For many threads.
    """

    def __init__(
        self, most: int, most_all: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.most_all, self.seconds = most, most_all, seconds
        self._clock, self._lock = clock, threading.Lock()
        self._past: deque[tuple[float, Hashable, int]] = deque()
        self._held: Counter[Hashable] = Counter()
        self._all = 0

    def wait(self, key: Hashable, amount: int = 1) -> float:
        """Seconds until so much fits; 0.0 where it fits now. inf for more than ever fits."""
        with self._lock:
            return self._wait(key, amount)

    def add(self, key: Hashable, amount: int = 1) -> None:
        """It happened."""
        with self._lock:
            self._add(key, amount)

    def take(self, key: Hashable, amount: int = 1) -> float:
        """As `wait`; where it fits now, it is added too."""
        with self._lock:
            left = self._wait(key, amount)
            if not left:
                self._add(key, amount)
            return left

    def _add(self, key: Hashable, amount: int) -> None:
        self._past.append((self._clock(), key, amount))
        self._held[key] += amount
        self._all += amount

    def _wait(self, key: Hashable, amount: int) -> float:
        now = self._clock()
        while self._past and now - self._past[0][0] >= self.seconds:
            _, who, gone = self._past.popleft()
            self._held[who] -= gone
            self._all -= gone
            if not self._held[who]:
                del self._held[who]
        if amount > min(self.most, self.most_all):
            return float("inf")
        held, everything = self._held[key], self._all
        if held + amount <= self.most and everything + amount <= self.most_all:
            return 0.0
        for at, who, gone in self._past:
            everything -= gone
            held -= gone if who == key else 0
            if held + amount <= self.most and everything + amount <= self.most_all:
                return at + self.seconds - now
        return self.seconds

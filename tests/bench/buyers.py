"""`python -m tests.bench.buyers SHOP SANDBOX SLUG COUNT`: so many buyers press "Pay" again and again, and wait.

Says "ready" when each has its form, then buys until it is ended, and prints how many answers were purchases, how many
"press again", and how many there were.
"""

import random
import signal
import sys
import threading
from collections import Counter

from tests.support.buying import open_form, post_form
from tests.support.sandbox import Sandbox

#: Within so many seconds all have pressed for the first time.
ARRIVAL = 2.0
#: Seconds until somebody who was told to press again does, at the least and at the most.
PAUSE = 1.0, 3.0


class Crowd:
    """Everybody who buys the album `slug`."""

    def __init__(self, shop: str, sandbox: Sandbox, slug: str, count: int) -> None:
        self._shop = shop
        self._sandbox = sandbox
        self._slug = slug
        self._done = threading.Event()
        self._ready = threading.Barrier(count + 1)
        self._threads = [threading.Thread(target=self._buy, args=(number,)) for number in range(count)]
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        """Until SIGTERM."""
        signal.signal(signal.SIGTERM, lambda *_: self._done.set())
        for thread in self._threads:
            thread.start()
        self._ready.wait()
        print("ready", flush=True)
        for thread in self._threads:
            thread.join()

    def _buy(self, number: int) -> None:
        cookies, fields = self._fill_in(number, 0)
        self._ready.wait()
        self._done.wait(random.uniform(0, ARRIVAL))
        while not self._done.is_set():
            answer = post_form(self._shop, self._slug, cookies, fields)
            self.answers[answer.status] += 1
            if answer.status == 303:
                cookies, fields = self._fill_in(number, sum(self.answers.values()))
            else:
                self._done.wait(random.uniform(*PAUSE))

    def _fill_in(self, number: int, before: int) -> tuple[str, dict[str, str]]:
        """The form of somebody who has not been here yet."""
        cookies, fields = open_form(self._shop, self._slug)
        email = f"buyer{number}-{before}@example.com"
        return cookies, {**fields, "email": email, "stripeToken": self._sandbox.token()}


if __name__ == "__main__":
    shop, sandbox, slug, count = sys.argv[1:]
    crowd = Crowd(shop, Sandbox(sandbox), slug, int(count))
    crowd.run()
    print(crowd.answers[303], crowd.answers[503], sum(crowd.answers.values()), flush=True)

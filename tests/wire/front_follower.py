# SPDX-License-Identifier: MIT
"""`daybook follow` behind a front, for as long as a test lasts."""
import re
from functools import partial

from daybook import BUILD
from follower import Follower
from running_copy import until

SECONDS = 120
# A sanitizer makes the programs so slow that a tenth of a load is as much work.
SANITIZED = BUILD.name == "asan"
FIGURES = ("`lines`", "stored", "duplicates", "dropped", "refused")
TROUBLE = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|Assertion.*failed|stack smashing")


class FrontFollower(Follower):
    """Follows the capture file of a front for an account while it is entered."""

    def __init__(self, account, front):
        super().__init__(account, account.slug, front.log)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        trouble = TROUBLE.search(self.said())
        self.close()
        assert not trouble, trouble[0]

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def rotated(self):
        """The files that were moved away and are still there."""
        return sorted(self.path.parent.glob(self.path.name + ".*"))

    def wait(self, count, seconds=SECONDS):
        """Until so many events are stored."""
        until(partial(self._has, count), seconds, f"{count} events stored")

    def _has(self, count):
        return self.account.count() >= count

    def figures(self):
        return {name.strip("`"): self.source(name) for name in FIGURES}

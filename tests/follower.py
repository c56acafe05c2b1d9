"""A client's copy of a meeting, kept by the rules of docs/live.md and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import applied

Fetch = Callable[[int], dict[str, Any]]


class Follower:
    """What one window holds.

    Args:
        fetch: `fetch(after)`: the answer of `GET …/events?after=`, or of `GET …/snapshot` where
            there are no events though the revision is larger.
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        # None: nothing yet, or no longer invited.
        self.objects: dict[str, Any] | None = None
        self.revision = 0
        # The revisions in the order in which they were taken; a snapshot begins it anew.
        self.taken: list[int] = []

    def answered(self, answer: dict[str, Any]) -> None:
        """Take the answer to `subscribe`."""
        if not answer["ok"]:
            assert answer["error"]["code"] == "not_found", answer
            self.objects, self.revision, self.taken = None, 0, []
        elif "snapshot" in answer:
            if self.objects is None or answer["revision"] >= self.revision:
                self.objects = answer["snapshot"]["objects"]
                self.revision = answer["snapshot"]["revision"]
                self.taken = []
        else:
            for event in answer["events"]:
                self.heard(event)

    def heard(self, event: dict[str, Any]) -> None:
        """The next event is applied, an old one ignored, before a later one the gap is filled."""
        if self.objects is None or event["revision"] <= self.revision:
            return
        if event["revision"] > self.revision + 1:
            self.told(event["revision"])
        else:
            self.objects = applied(self.objects, [event])
            self.revision = event["revision"]
            self.taken.append(self.revision)

    def told(self, revision: int) -> None:
        """The meeting is known to have come this far (`tick`)."""
        while self.objects is not None and self.revision < revision:
            before = self.revision
            answer = self._fetch(before)
            if "objects" in answer:  # they do not lead on: a snapshot instead
                self.answered({"ok": True, "snapshot": answer} | answer)
                return
            for event in answer["events"]:
                self.heard(event)
            assert self.revision > before, f"no event after {before}, {revision} was promised"

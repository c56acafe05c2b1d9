"""Plan against actual: what a briefing measures itself by."""

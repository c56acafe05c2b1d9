"""The live session: items and their clock, what is said, the console and the phone page."""

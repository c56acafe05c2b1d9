"""The meeting, who takes part in it, and the one door for changes."""

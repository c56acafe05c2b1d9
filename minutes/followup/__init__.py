"""What becomes of directives: read back, reported on, extended, passed on, checked, returned."""

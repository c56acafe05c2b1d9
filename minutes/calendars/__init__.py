"""Meetings and deadlines as a calendar: for its page, and for calendar programs (RFC 5545)."""

"""Units, people, accounts, sign-in."""

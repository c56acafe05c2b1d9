"""What a meeting leaves on paper: conclusions, directives, and the documents made of them.

The render worker imports from this package, so nothing is imported here.
"""

"""Plain Vietnamese directives, understood by rules (docs/directives.md): which units are told to
act, who supports them, and by when. Nothing here knows of requests or tables except `service`."""

"""The real server, started and killed hundreds of times: what costs seconds is done once.

Reads a line, starts `app.serve` in a process of its own and says its number; when that process has
ended, says `gone` and waits for the next line. The PDF worker starts when a document is asked for.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402

import app  # noqa: E402
import config  # noqa: E402
from minutes.render import Renderer  # noqa: E402

wait = monkey.get_original("os", "waitpid")
Renderer.start = lambda self: None
settings = config.load()
for _line in sys.stdin:
    number = os.fork()
    if number == 0:
        os.dup2(2, 1)  # what it prints belongs to the log
        app.serve(settings)
    print(number, flush=True)
    wait(number, 0)
    print("gone", flush=True)

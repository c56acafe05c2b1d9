"""The real server again and again: what costs seconds, loading the program, is done once.

Each line on stdin is an order as JSON (`tests.server.QuickServer`): the environment, the file for
what is printed, and the one for the exit code. Forks `app.serve` for it and says its number.
Documents are printed when they are asked for, not ahead.
"""

import gc

gc.disable()  # as app.py does

from gevent import monkey  # noqa: E402

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

import app  # noqa: E402
import config  # noqa: E402
from minutes.ahead import Ahead  # noqa: E402
from minutes.render import Renderer  # noqa: E402

# Nothing in the process that forks may wake gevent's loop: each server starts one of its own.
fork, wait = (monkey.get_original("os", name) for name in ("fork", "waitpid"))
on_signal = monkey.get_original("signal", "signal")
Renderer.start = Ahead.start = lambda self: None
# By number: where the exit code belongs.
running: dict[int, Path] = {}


def reap(*_signal: Any) -> None:
    for number in list(running):
        ended, status = wait(number, os.WNOHANG)
        if ended:
            code = running.pop(number)
            code.with_suffix(".new").write_text(str(os.waitstatus_to_exitcode(status)))
            code.with_suffix(".new").replace(code)


def become(order: dict[str, Any]) -> None:
    on_signal(signal.SIGCHLD, signal.SIG_DFL)
    gevent.reinit()
    os.environ.clear()
    os.environ.update(order["env"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    app.serve(config.load())


gc.freeze()
on_signal(signal.SIGCHLD, reap)
for line in sys.stdin:
    asked = json.loads(line)
    number = fork()
    if number == 0:
        become(asked)
        break
    running[number] = Path(asked["ended"])
    print(number, flush=True)
    reap()

"""The real server as `app.py` starts it, but for the PDF worker: that one starts when a document
is asked for, so that a machine that starts hundreds of servers is not busy with it."""

from gevent import monkey

monkey.patch_all()

import app  # noqa: E402
import config  # noqa: E402
from minutes.render import Renderer  # noqa: E402

Renderer.start = lambda self: None
app.serve(config.load())

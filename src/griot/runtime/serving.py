"""The web server alone."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from contextlib import suppress

from griot.runtime import arguments
from griot.runtime.postgres import database


def listener(host: str, port: int) -> socket.socket:
    """A socket bound to a port, 0 for any free one. Raises OSError where it is taken, or the host none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except (TypeError, UnicodeError) as error:  # a name with bytes that are no text, or too long
        raise OSError(errno.EINVAL, str(error)) from None
    return found


def run(name: str, said: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./griot serve", description="Run the web server alone.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=arguments.port, default=8000)
    parser.add_argument(
        "--fd", type=arguments.listening, help="serve on this listening socket, inherited from the parent"
    )
    options = parser.parse_args(said)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    os.environ.setdefault("GRIOT_PUBLIC_URL", f"http://{options.host}:{options.port}")
    # What a proxy says of whom it speaks for is believed from these addresses only.
    proxies = os.environ.get("GRIOT_PROXIES", "").replace(" ", "")
    if options.fd is None:
        try:
            door = listener(options.host, options.port)
        except OSError as error:
            print(f"griot: can't listen on {options.host}:{options.port}: {error}", file=sys.stderr)
            return 2
        options.fd = door.detach()
    with database():
        import uvicorn

        from griot.runtime.connections import CONNECTIONS, KEEP_ALIVE, Impatient
        from griot.runtime.ending import Ending

        config = uvicorn.Config(
            "griot.asgi:application",
            fd=options.fd,
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            http=Impatient,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE,
        )
        server = Ending(config)
        with suppress(KeyboardInterrupt):
            server.run()
    return 0 if server.started else 1

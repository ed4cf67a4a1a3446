"""Filling a compiled message for each recipient, against building MIME for each.

    ./griot bench sending

Prints one JSON object: messages a second of each way, and their ratio; 60 KB of HTML each.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

from griot.mailing.core.compiling import compile_message

TEXT, HTML = (
    "A line of text. " * 300 + "MARK",
    "<p>Some words of a digest, with a link.</p>\n" * 1400 + "MARK",
)


def rate(build, count: int) -> float:
    started = time.perf_counter()
    for n in range(count):
        build(n)
    return count / (time.perf_counter() - started)


def by_hand(n: int) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = (
        "desk@news.example",
        f"r{n}@news.example",
        "Morning digest",
    )
    message.set_content(TEXT.replace("MARK", f"https://news.example/u/{n}"))
    message.add_alternative(HTML.replace("MARK", f"https://news.example/u/{n}"), subtype="html")
    return message.as_bytes()


def main() -> None:
    compiled = compile_message(
        sender="desk@news.example",
        subject="Morning digest",
        text=TEXT,
        html=HTML,
        list_name="l",
        unsubscribe_mark="MARK",
        date=datetime.now(UTC),
    )
    built = rate(by_hand, 60)
    filled = rate(
        lambda n: compiled.for_recipient(
            f"r{n}@news.example", f"<{n}@news.example>", f"https://news.example/u/{n}"
        ),
        20_000,
    )
    print(
        json.dumps(
            {
                "built_per_second": round(built),
                "filled_per_second": round(filled),
                "filled_over_built": round(filled / built),
            }
        )
    )


main()

from __future__ import annotations

import sys
from typing import Any

from django.core.management import BaseCommand, CommandError

from griot.testimonies.core.media.vault import VaultError
from griot.testimonies.keeping import vault


class Command(BaseCommand):
    help = "Make a new key for the vault and encrypt every file for it. Interrupted, the next call goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        try:
            for _ in vault().rotate():
                count += 1
                if sys.stderr.isatty():
                    print(f"\r{count} files", end="", file=sys.stderr, flush=True)
        except (OSError, VaultError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"{count} files are encrypted for the new key in {vault().keys}; back it up, apart from the"
            " database."
        )

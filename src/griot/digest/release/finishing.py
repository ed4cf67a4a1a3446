"""What the end of Wagtail's workflow does here. Wagtail imports this while its own models are being
made: no imports.
"""

from __future__ import annotations


def keep_approved(workflow_state: object, user: object = None) -> None:
    """Nothing is published by approval: the issue is approved, and waits to be scheduled or sent."""

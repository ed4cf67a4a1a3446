"""The codes on tellers' receipts."""

from __future__ import annotations

from griot.testimonies.core.errors import Refused
from griot.testimonies.models.campaigns import token_hash

RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # told apart when read aloud
RECEIPT_LENGTH = 12


def plain_receipt(code: str) -> str:
    """A receipt's code as it is compared: dashes and small letters do not count."""
    return "".join(c for c in code.upper() if c.isalnum())


def receipt_hash(code: str) -> str:
    """What is kept of a code, ours or one that a phone made. Raises Refused for what could be guessed."""
    plain = plain_receipt(code)
    if len(plain) != RECEIPT_LENGTH or len(set(plain)) < 4 or set(plain) - set(RECEIPT_LETTERS):
        raise Refused(
            f"receipt: {RECEIPT_LENGTH} of the letters and figures {RECEIPT_LETTERS} are expected, chosen"
            " by chance"
        )
    return token_hash(plain)


def receipt_code(chance: bytes) -> str:
    """A code made of RECEIPT_LENGTH bytes or more, as it is written on a receipt."""
    code = "".join(RECEIPT_LETTERS[byte % len(RECEIPT_LETTERS)] for byte in chance[:RECEIPT_LENGTH])
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"

"""Canonical addresses: one article, one URL."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from courlan import extract_domain

MOST_ADDRESS = 2000  # bytes: what browsers, caches and an index of a database hold
MOST_HOST = 253  # RFC 1035 §2.3.4

# Parameters that follow a reader around and change nothing in the page. Families by prefix (Urchin/Google,
# Matomo, AT Internet, HubSpot), then single names. What is not here is a part of the address, also where some
# publishers count with it: with others "ref" or "source" is what tells two pieces apart.
_TRACKING_PREFIXES = ("utm_", "mtm_", "at_", "hsa_", "_hs", "vero_", "oly_", "wt_")
_TRACKING = frozenset(
    "pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid mc_cid mc_eid fbclid gclid dclid "
    "gbraid wbraid msclkid yclid ysclid igshid igsh twclid ttclid li_fat_id cmpid ocid ncid ftag smid "
    "smtyp ref_src ref_url xtor ito guccounter guce_referrer guce_referrer_sig maca ns_source ns_mchannel "
    "ns_campaign feature.embed __twitter_impression cn-track traffic_source intcmp s_cid sc_src "
    "mkt_tok icid".split()
)


def canonical_url(url: str, base: str = "") -> str:
    """`url` made absolute against `base`, without fragment, tracking parameters and default port.

    Returns "" for what is not an http(s) address, or none that a server could be asked for: of more than
    MOST_ADDRESS bytes, with a host's name of more than MOST_HOST, with halves of surrogate pairs.
    """
    if len(url) > 2 * MOST_ADDRESS:
        return ""
    try:
        parts = urlsplit(urljoin(base, url.strip().replace("\0", "")))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        parts.geturl().encode()
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not host or len(host) > MOST_HOST:
        return ""
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith(_TRACKING_PREFIXES)
    ]
    path = re.sub(r"/{2,}", "/", parts.path.rstrip()) or "/"
    address = urlunsplit((scheme, host, path, urlencode(kept), ""))
    return address if len(address.encode()) <= MOST_ADDRESS else ""


def site_of(url: str) -> str:
    """The domain under which an address's host was registered (bbc.co.uk), else the host; "" without one."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return (extract_domain(f"https://{host}/") or host) if host else ""

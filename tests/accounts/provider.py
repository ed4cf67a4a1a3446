"""An organisation's OpenID Connect provider on loopback: discovery, keys, authorisation code with PKCE,
tokens, user info.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from griot.demo.serving import Server

CLIENT, SECRET = "griot", "the client's secret"


class Provider:
    """Signs `who` in at once, whoever asks; refuses a code without its verifier."""

    def __init__(self) -> None:
        self.who: dict[str, Any] = {"sub": "1", "email": "", "email_verified": True}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
                if path == "/.well-known/openid-configuration":
                    self.say(
                        {
                            "issuer": provider.url,
                            "jwks_uri": f"{provider.url}/keys",
                            "userinfo_endpoint": f"{provider.url}/me",
                            "authorization_endpoint": f"{provider.url}/authorize",
                            "token_endpoint": f"{provider.url}/token",
                            "token_endpoint_auth_methods_supported": [
                                "client_secret_basic",
                                "client_secret_post",
                            ],
                        }
                    )
                elif path == "/keys":
                    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(provider.key.public_key()))
                    self.say({"keys": [{**key, "kid": "k", "use": "sig", "alg": "RS256"}]})
                elif path == "/me":
                    self.say(provider.who)
                else:
                    asked = {k: v[0] for k, v in query.items()}
                    provider.codes["a code"] = asked
                    self.send_response(302)
                    self.send_header(
                        "Location",
                        f"{asked['redirect_uri']}?{urlencode({'code': 'a code', 'state': asked['state']})}",
                    )
                    self.end_headers()

            def do_POST(self) -> None:
                sent = {
                    k: v[0]
                    for k, v in parse_qs(
                        self.rfile.read(int(self.headers["Content-Length"])).decode()
                    ).items()
                }
                asked = provider.codes.pop(sent["code"])
                basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
                is_client = (
                    sent.get("client_secret") == SECRET
                    or self.headers.get("Authorization") == f"Basic {basic}"
                )
                digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
                if (
                    not is_client
                    or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]
                ):
                    self.send_error(400)
                    return
                now = int(time.time())
                claims = {
                    "iss": provider.url,
                    "aud": CLIENT,
                    "iat": now,
                    "exp": now + 300,
                    "nonce": asked.get("nonce"),
                    **provider.who,
                }
                token = jwt.encode(claims, provider.key, "RS256", headers={"kid": "k"})
                self.say(
                    {"access_token": "a token", "token_type": "Bearer", "id_token": token, "expires_in": 300}
                )

            def say(self, what: Any) -> None:
                content = json.dumps(what).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to say."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

"""A small OpenID provider on loopback: it signs real ID tokens, checks PKCE and gives each code out once."""

from __future__ import annotations

import json
import secrets
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from authenticator import b64

CLIENT, SECRET = "countermark", "s3cret"
BACK = "https://marks.example.org/back"


@dataclass
class OpenProvider:
    """It holds what a browser did at it, and what it lies about when a test asks for it.

    Attributes:
        claims: instead of the right ones in the next tokens; None leaves one out.
        document: instead of what is right in its document.
    """

    key: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
    )
    shown: list = field(default_factory=list)
    claims: dict = field(default_factory=dict)
    document: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    now: object = None
    issuer: str = ""

    def browse(self, address, subject):
        """What a browser brings back after `subject` signed in at the address: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, BACK)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"subject": subject}
        return code, asked["state"]

    def token(self, form, authorization):
        """Status and body of the token endpoint."""
        self.asked.append(form)
        if b64decode(authorization.removeprefix("Basic ")).decode() != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        given = self.codes.pop(form.get("code", ""), None)  # once
        if (
            given is None
            or form.get("redirect_uri") != given["redirect_uri"]
            or _s256(form["code_verifier"]) != given["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "at",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.signed(given),
        }

    def signed(self, given):
        moment = int(self.now().timestamp())
        right = {
            "iss": self.issuer,
            "sub": given["subject"],
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": given["nonce"],
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def page(self, path):
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            at = self.issuer
            right = {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
            }
            return 200, right | self.document
        return 200, {"keys": [(self.shown[-1] if self.shown else self.key).as_dict(private=False)]}


class running:  # noqa: N801
    """A provider that answers while the block lasts."""

    def __init__(self, now):
        self.provider = OpenProvider(now=now)

    def __enter__(self):
        provider = self.provider

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                self.say(*provider.page(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self.say(*provider.token(form, self.headers.get("Authorization", "")))

            def say(self, status, content):
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", provider.issuer + "/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        provider.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()
        return provider

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _s256(verifier):
    from hashlib import sha256

    return b64(sha256(verifier.encode()).digest())

"""A provider of identities over Authlib's server: discovery, keys, the code flow with PKCE.

Everything that the protocol asks of a provider (codes that work once, the client's secret, the code
challenge, the token) is Authlib's. Whoever comes is the person that the file named USERS says, one
JSON object; nobody is asked for a password.

    provider.py PORT USERS CLIENT SECRET RS256|ES256 [HOST]
"""
import json, secrets, sys, time
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.jose import JsonWebKey
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request

port, users, client_id, client_secret, algorithm = sys.argv[1:6]
issuer = f"http://{sys.argv[6] if len(sys.argv) > 6 else '127.0.0.1'}:{port}"
key = (
    JsonWebKey.generate_key("RSA", 2048, {"kid": "first", "use": "sig"}, is_private=True)
    if algorithm == "RS256"
    else JsonWebKey.generate_key("EC", "P-256", {"kid": "first", "use": "sig"}, is_private=True)
)
codes = {}


class Client(ClientMixin):
    def get_client_id(self): return client_id
    def get_default_redirect_uri(self): return None
    def get_allowed_scope(self, scope): return scope
    def check_redirect_uri(self, uri): return uri.endswith("/sign-in/provider/back")
    def check_client_secret(self, secret): return secrets.compare_digest(secret, client_secret)
    def check_endpoint_auth_method(self, method, endpoint): return method == "client_secret_basic"
    def check_response_type(self, kind): return kind == "code"
    def check_grant_type(self, kind): return kind == "authorization_code"


class Code:
    def __init__(self, request):
        self.redirect_uri, self.scope = request.redirect_uri, request.scope
        self.nonce = request.data.get("nonce")
        self.code_challenge = request.data.get("code_challenge")
        self.code_challenge_method = request.data.get("code_challenge_method")
        self.user, self.auth_time = request.user, int(time.time())
    def get_redirect_uri(self): return self.redirect_uri
    def get_scope(self): return self.scope
    def get_nonce(self): return self.nonce
    def get_auth_time(self): return self.auth_time


class Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]
    def save_authorization_code(self, code, request): codes[code] = Code(request)
    def query_authorization_code(self, code, client): return codes.get(code)
    def delete_authorization_code(self, code):
        for name in [n for n, c in codes.items() if c is code]: del codes[name]
    def authenticate_user(self, code): return code.user


class Identity(OpenIDCode):
    def exists_nonce(self, nonce, request): return False
    def get_jwt_config(self, grant):
        return {"key": key.as_dict(is_private=True), "alg": algorithm, "iss": issuer, "exp": 300}
    def generate_user_info(self, user, scope): return UserInfo(user)


class Person(dict):
    def get_user_id(self): return self["sub"]


app = Flask("provider")
server = AuthorizationServer(
    app, query_client=lambda name: Client() if name == client_id else None,
    save_token=lambda token, request: None)
server.register_grant(Grant, [Identity(require_nonce=True), CodeChallenge(required=True)])


@app.get("/.well-known/openid-configuration")
def metadata():
    return jsonify(
        issuer=issuer, authorization_endpoint=issuer + "/authorize", token_endpoint=issuer + "/token",
        jwks_uri=issuer + "/keys", response_types_supported=["code"],
        subject_types_supported=["public"], id_token_signing_alg_values_supported=[algorithm],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["client_secret_basic"])


@app.get("/keys")
def keys():
    return jsonify(keys=[key.as_dict(is_private=False)])


@app.get("/authorize")
def authorize():
    with open(users, encoding="utf-8") as file: person = Person(json.load(file))
    server.get_consent_grant(end_user=person)
    return server.create_authorization_response(grant_user=person)


@app.post("/token")
def token():
    return server.create_token_response()


app.run(host="127.0.0.1", port=int(port))

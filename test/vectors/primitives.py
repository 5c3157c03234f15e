"""What the formats are made of, written from docs/encryption.md and nothing else."""

import base64
import functools
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwcrypto import jwk

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Refusal(Exception):
    """Something that is refused; its text is the reason."""


def must(condition, reason):
    if not condition:
        raise Refusal(reason)


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text, size=None):
    must(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text), "malformed")
    must(len(text) % 4 != 1, "malformed")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    must(b64u(data) == text and size in (None, len(data)), "malformed")
    return data


def sha256(data):
    return hashlib.sha256(data).digest()


def hkdf(ikm, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(ikm)


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("malformed") from error


def parse(text):
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refusal("malformed") from error
    must(isinstance(value, dict), "malformed")
    return value


def versioned(text):
    value = parse(text)
    version = value.get("v")
    must(not (is_number(version) and version > 1), "unsupported_version")
    must(version == 1, "malformed")
    return value


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_id(value):
    return is_number(value) and 0 < value < 2**53


def verify(key, domain, data, signature):
    public = Ed25519PublicKey.from_public_bytes(unb64u(key, 32))
    try:
        public.verify(unb64u(signature, 64), domain.encode() + b"\0" + data)
    except InvalidSignature as error:
        raise Refusal("bad_signature") from error


def open_aes(key, iv, sealed, aad=None, reason="undecryptable"):
    try:
        return AESGCM(key).decrypt(iv, sealed, aad)
    except (InvalidTag, ValueError) as error:
        raise Refusal(reason) from error


def base32(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def normal_base32(typed):
    text = re.sub(r"[\s-]", "", typed).upper().replace("O", "0")
    return re.sub("[IL]", "1", text)


def read_base32(typed, size, reason):
    """What a person typed, as bytes."""
    text = normal_base32(typed)
    must(len(text) == size * 8 // 5 and all(one in CROCKFORD for one in text), reason)
    number = 0
    for one in text:
        number = number * 32 + CROCKFORD.index(one)
    return number.to_bytes(size, "big")


def pad(data):
    return data + b"\x80" + bytes(-(len(data) + 1) % 64)


def unpad(padded):
    data = padded.rstrip(b"\0")[:-1]
    must(padded and pad(data) == padded, "malformed")
    return data


def spki(pem):
    key = serialization.load_pem_public_key(pem.encode())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)


@functools.cache
def private_jwk(pkcs8):
    key = serialization.load_der_private_key(unb64u(pkcs8), None)
    return jwk.JWK.from_pyca(key)

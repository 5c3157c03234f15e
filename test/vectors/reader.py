"""Reads what Confab encrypts, written from docs/encryption.md and nothing else."""

import hashlib
import hmac
import json
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwe as jose_jwe
from jwcrypto.common import JWException

from primitives import (
    Refusal,
    b64u,
    base32,
    hkdf,
    is_id,
    must,
    normal_base32,
    open_aes,
    pad,
    parse,
    private_jwk,
    read_base32,
    sha256,
    spki,
    unb64u,
    unpad,
    utf8,
    verify,
    versioned,
)

CHUNK = 1024 * 1024
TAG = 16


def read_device_list(user, text, signature):
    found = versioned(text)
    devices = found.get("devices")
    must(isinstance(devices, list) and len(devices) <= 20, "malformed")
    for field in ("device_id", "public_key", "signing_key"):
        must(len({one[field] for one in devices}) == len(devices), "malformed")
    must(is_id(found.get("version")) and is_id(found.get("user")), "malformed")
    must(found["user"] == user, "misplaced")
    verify(found["identity_key"], "device-list", text.encode(), signature)
    return found


def relate_lists(known, text):
    if known is None:
        return "first"
    if known == text:
        return "same"
    before, after = json.loads(known), json.loads(text)
    if before["identity_key"] != after["identity_key"]:
        return "new_identity"
    must(after["version"] >= before["version"], "list_rollback")
    must(after["version"] != before["version"], "list_forked")
    if after["version"] == before["version"] + 1:
        must(after["prev"] == b64u(sha256(known.encode())), "list_forked")
    return "newer"


class Log:
    """A membership log: who belongs to a chat, by signed entries."""

    def __init__(self, chat, signing_key):
        self.chat, self.signing_key = chat, signing_key
        self.heads, self.kind = [], None
        # user: (role, place of the entry that gave it), in the order in which they joined
        self.members = {}

    def take(self, text, sig):
        entry = versioned(text)
        must(entry["chat"] == self.chat, "misplaced")
        follows = entry["n"] == len(self.heads)
        must(follows and entry["prev"] == (self.heads[-1] if self.heads else None), "log_broken")
        verify(self.signing_key(entry["by"], entry["device"]), "member", text.encode(), sig)
        self.apply(entry)
        self.heads.append(b64u(sha256(text.encode())))

    def apply(self, entry):
        action, by = entry["action"], entry["by"]
        must((action == "create") == (not self.heads), "log_broken")
        if action == "create":
            return self.create(entry)
        must(by in self.members, "not_a_member")
        must(self.kind == "group", "not_allowed")
        members = dict(self.members)
        changes = {"add": self.add, "remove": self.remove, "leave": self.leave, "role": self.change}
        must(action in changes, "malformed")
        changes[action](members, by, self.role(by), entry)
        self.members = members
        return None

    def create(self, entry):
        roles = {one["user"]: one["role"] for one in entry["members"]}
        must(len(roles) == len(entry["members"]), "malformed")
        owners = [user for user, role in roles.items() if role == "owner"]
        if entry["kind"] == "direct":
            fits = entry["by"] in roles and len(roles) <= 2 and set(roles.values()) == {"member"}
        else:
            fits = owners == [entry["by"]]
        must(fits, "not_allowed")
        self.kind = entry["kind"]
        self.members = {user: (role, 0) for user, role in roles.items()}

    def role(self, user):
        roles = [role for role, _ in self.members.values()]
        if "owner" not in roles:
            admins = [(n, one) for one, (role, n) in self.members.items() if role == "admin"]
            heir = min(admins)[1] if admins else next(iter(self.members))
            if user == heir:
                return "owner"
        return self.members[user][0]

    def leave(self, members, by, _role, _entry):
        del members[by]

    def add(self, members, _by, role, entry):
        must(entry["user"] not in members and outranks(role, entry["role"]), "not_allowed")
        members[entry["user"]] = (entry["role"], entry["n"])

    def remove(self, members, by, role, entry):
        user = entry["user"]
        must(user in members and user != by and outranks(role, self.role(user)), "not_allowed")
        del members[user]

    def change(self, members, by, role, entry):
        user = entry["user"]
        must(role == "owner" and user in members and user != by, "not_allowed")
        members[user] = (entry["role"], entry["n"])
        if entry["role"] == "owner":
            members[by] = ("admin", entry["n"])


def outranks(role, other):
    return (role, other) in {("owner", "admin"), ("owner", "member"), ("admin", "member")}


def read_epoch(chat, posted, signing_key, members_at):
    """An epoch's header, after all checks that need no key."""
    jwe = posted["jwe"]
    must(all(one["header"]["alg"] == "RSA-OAEP-256" for one in jwe["recipients"]), "malformed")
    head = parse(utf8(unb64u(jwe["protected"])))
    fits = head.get("enc") == "A256GCM" and head.get("typ") == "epoch+jwe" and "zip" not in head
    must(fits, "unsupported_algorithm")
    header = versioned(utf8(unb64u(jwe["aad"])))
    must(header["chat"] == chat and header["epoch"] == posted["epoch"], "misplaced")
    parts = ("protected", "aad", "iv", "ciphertext", "tag")
    signed = ".".join(jwe[part] for part in parts).encode()
    verify(signing_key(header["from"], header["device"]), "epoch", signed, posted["sig"])
    must(header["from"] in members_at(header["log"]), "not_a_member")
    return header


def open_epoch(posted, kid, private_key):
    recipients = [one for one in posted["jwe"]["recipients"] if one["header"]["kid"] == kid]
    must(recipients, "missing_key")
    token = jose_jwe.JWE(algs=["RSA-OAEP-256", "A256GCM"])
    try:
        token.deserialize(json.dumps({**posted["jwe"], "recipients": recipients[:1]}))
        token.decrypt(private_jwk(private_key))
    except (JWException, ValueError) as error:
        raise Refusal("undecryptable") from error
    must(len(token.payload) == 32, "malformed")
    return token.payload


def open_before(chat, epoch, key, before):
    sealed = unb64u(before, 60)
    link = hkdf(key, b"", f"epoch-before-v1|{chat}|{epoch}")
    return open_aes(link, sealed[:12], sealed[12:])


class Inbox:
    """The messages of a chat, in the order of the checks."""

    def __init__(self, signing_key, members, epochs):
        self.signing_key, self.members, self.epochs = signing_key, members, epochs
        self.marks, self.versions = {}, {}

    def open(self, delivered, message_id=None):
        h, c, s = (delivered["envelope"][part] for part in "hcs")
        header = versioned(utf8(unb64u(h)))
        salt, iv = unb64u(header["salt"], 16), unb64u(header["iv"], 12)
        stands = header.get("edits", header["client_message_id"])
        must(header["chat"] == delivered["chat"], "misplaced")
        must(header["from"] == delivered["from"], "misplaced")
        must(stands == delivered["client_message_id"], "misplaced")
        must(("edits" in header) == delivered["is_edited"], "misplaced")
        verify(self.signing_key(header["from"], header["device"]), "msg", (h + c).encode(), s)
        must(header["from"] in self.members, "not_a_member")
        must(header["epoch"] in self.epochs, "missing_key")
        info = f"chat-msg-v1|{header['chat']}|{header['epoch']}|{header['device']}"
        key = hkdf(self.epochs[header["epoch"]], salt, info)
        body = parse(utf8(unpad(open_aes(key, iv, unb64u(c), h.encode()))))
        must(body.get("kind") in ("message", "reaction", "deletion"), "malformed")
        must(body["kind"] == "message" or "edits" not in header, "malformed")
        if message_id is not None:
            self.must_be_new(message_id, (header["device"], header["client_message_id"]), s)
        return body

    def must_be_new(self, message_id, mark, version):
        must(self.marks.setdefault(mark, message_id) == message_id, "replayed")
        versions = self.versions.setdefault(message_id, [])
        must(version not in versions[:-1], "replayed")
        if version not in versions:
            versions.append(version)


def open_file(sealed, key, prefix, size, expected):
    """A file's plain bytes, all chunks and the hash of their tags checked."""
    count = max(1, -(-size // CHUNK))
    plain, tags = [], []
    for n in range(count):
        end = min((n + 1) * (CHUNK + TAG), size + count * TAG)
        chunk = sealed[n * (CHUNK + TAG) : end]
        nonce = prefix + n.to_bytes(4, "big") + bytes([n == count - 1])
        plain.append(open_aes(key, nonce, chunk))
        tags.append(chunk[-TAG:])
    whole = b"".join(plain)
    must(len(whole) == size and sha256(b"".join(tags)) == expected, "undecryptable")
    return whole


def seal_file(plain, key, prefix):
    count = max(1, -(-len(plain) // CHUNK))
    for n in range(count):
        nonce = prefix + n.to_bytes(4, "big") + bytes([n == count - 1])
        yield AESGCM(key).encrypt(nonce, plain[n * CHUNK : (n + 1) * CHUNK], None)


def recovery_secret(typed):
    text = normal_base32(typed)
    must(len(text) == 36, "mistyped_key")
    secret = read_base32(text[:32], 20, "mistyped_key")
    must(text[32:] == base32(sha256(b"recovery-key\0" + secret))[:4], "mistyped_key")
    return secret


def passphrase_secret(passphrase):
    text = unicodedata.normalize("NFKC", passphrase)
    must(len(text) >= 12, "mistyped_key")
    return text.encode()


def backup_key(secret, head):
    return hash_secret_raw(secret, unb64u(head["salt"], 16), head["t"], head["m"], 1, 32, Type.ID)


def open_backup(user, secret, backup):
    head = versioned(utf8(unb64u(backup["head"])))
    must(head["kdf"] == "argon2id" and head["p"] == 1, "malformed")
    must(head["user"] == user, "misplaced")
    must(65536 <= head["m"] <= 1024 * 1024 and 3 <= head["t"] <= 20, "weak_backup")
    key = backup_key(secret, head)
    iv, sealed = unb64u(head["iv"], 12), unb64u(backup["c"])
    plain = open_aes(key, iv, sealed, backup["head"].encode(), "wrong_recovery_key")
    content = versioned(utf8(plain))
    must(content["user"] == user, "misplaced")
    return key, content


def approval_key(secret, user, device_id):
    return hkdf(secret, b"", f"approval|{user}|{device_id}")


def check_mac(key, data, mac):
    found = hmac.new(key, data, hashlib.sha256).digest()
    must(hmac.compare_digest(found, unb64u(mac)), "wrong_code")


def check_request(user, secret, request):
    key = approval_key(secret, user, request["device_id"])
    data = b"request\0" + spki(request["public_key"]) + unb64u(request["signing_key"], 32)
    check_mac(key, data, request["mac"])


def open_grant(user, secret, device_id, private_key, grant):
    check_mac(approval_key(secret, user, device_id), b"grant\0" + grant["jwe"].encode(), grant["mac"])
    token = jose_jwe.JWE(algs=["RSA-OAEP-256", "A256GCM"])
    try:
        token.deserialize(grant["jwe"])
        token.decrypt(private_jwk(private_key))
    except (JWException, ValueError) as error:
        raise Refusal("undecryptable") from error
    content = versioned(utf8(token.payload))
    must(content["user"] == user, "misplaced")
    return content


def safety_number(users):
    """The digits and the QR code's text for two users."""
    low, high = sorted(users, key=lambda one: one["user"])
    parts = [safety_part(one) for one in (low, high)]
    digits = "".join(sorted(digits_of(part) for part in parts))
    shown = " ".join(digits[at : at + 5] for at in range(0, 60, 5))
    qr = f"confab:safety:1:{low['user']}:{b64u(parts[0])}:{high['user']}:{b64u(parts[1])}"
    return shown, qr


def safety_part(one):
    salt = f"safety-number-v1|{one['user']}".encode()
    return hashlib.pbkdf2_hmac("sha512", unb64u(one["identity"], 32), salt, 100_000, 30)


def digits_of(part):
    groups = (int.from_bytes(part[at : at + 5], "big") for at in range(0, 30, 5))
    return "".join(f"{group % 100_000:05d}" for group in groups)

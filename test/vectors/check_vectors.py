"""Checks docs/vectors with a reader that shares no code with Confab. Prints what does not fit."""

import hashlib
import json
import sys
from pathlib import Path

import reader
from reader import Refusal, b64u, unb64u
from cryptography.hazmat.primitives import serialization

VECTORS = Path(__file__).resolve().parents[2] / "docs" / "vectors"
USED = set()


def load(name):
    USED.add(name)
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


KEYS = load("keys")
DEVICES = {
    (user["user"], device["device_id"]): device
    for user in KEYS["users"]
    for device in user["devices"]
}


class Tally:
    def __init__(self):
        self.checked, self.faults = 0, []

    def equal(self, what, found, expected):
        self.checked += 1
        if found != expected:
            self.faults.append(f"{what}: {str(found)[:200]} in place of {str(expected)[:200]}")

    def refused(self, what, reason, action):
        try:
            action()
        except Refusal as refusal:
            self.equal(what, str(refusal), reason)
        else:
            self.equal(what, "accepted", reason)


def signing_key(user, device):
    found = DEVICES.get((user, device))
    reader.must(found, "unknown_device")
    return found["signing_key"]


def device_of(device_id):
    return next(one for (_, found), one in DEVICES.items() if found == device_id)


def basics(tally):
    vectors = load("basics")
    for one in vectors["base64url"]:
        tally.equal("base64url", b64u(bytes.fromhex(one["hex"])), one["text"])
        tally.equal("base64url", unb64u(one["text"]).hex(), one["hex"])
    for text in vectors["base64url_refused"]:
        tally.refused(f"base64url {text!r}", "malformed", lambda text=text: unb64u(text))
    for one in vectors["base32"]:
        tally.equal("base32", reader.base32(unb64u(one["bytes"])), one["text"])
    typed = vectors["base32_typed"]
    tally.equal("typed", b64u(reader.read_base32(typed["typed"], 10, "")), typed["bytes"])
    for one in vectors["hkdf"]:
        key = reader.hkdf(unb64u(one["ikm"]), unb64u(one["salt"]), one["info"])
        tally.equal("hkdf", b64u(key), one["key"])
    for one in vectors["padding"]:
        plain, padded = unb64u(one["plain"]), unb64u(one["padded"])
        tally.equal("padding", (reader.pad(plain), reader.unpad(padded)), (padded, plain))
    for text in vectors["padding_refused"]:
        tally.refused("padding", "malformed", lambda text=text: reader.unpad(unb64u(text)))


def keys(tally):
    for user in KEYS["users"]:
        tally.equal("identity", public_of(user["identity"]["private"]), user["identity"]["public"])
        for device in user["devices"]:
            der = reader.spki(device["public_key"])
            tally.equal("kid", b64u(reader.sha256(der)), device["kid"])
            tally.equal("signing key", public_of(device["signing_private"]), device["signing_key"])
            private = serialization.load_der_private_key(unb64u(device["private_key"]), None)
            numbers = serialization.load_der_public_key(der).public_numbers()
            tally.equal("RSA key", private.public_key().public_numbers(), numbers)
            tally.equal("RSA exponent", numbers.e, 65537)


def public_of(pkcs8):
    public = serialization.load_der_private_key(unb64u(pkcs8), None).public_key()
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return b64u(public.public_bytes(*raw))


def device_lists(tally):
    vectors = load("device-lists")

    def relation(one):
        known = vectors["versions"][one["known"]]["text"] if one["known"] else None
        reader.read_device_list(one["user"], one["text"], one["signature"])
        return reader.relate_lists(known, one["text"])

    for one in vectors["accepted"]:
        tally.equal(f"list, {one['name']}", relation(one), one["relation"])
    for one in vectors["refused"]:
        tally.refused(f"list, {one['name']}", one["reason"], lambda one=one: relation(one))


def membership(tally):
    for vectors in load("membership")["logs"]:
        entries = vectors["log"]

        def log_of(count, chat=vectors["chat"], entries=entries):
            log = reader.Log(chat, signing_key)
            for one in entries[:count]:
                log.take(one["entry"], one["sig"])
            return log

        for n, members in enumerate(vectors["members"]):
            log = log_of(n + 1)
            found = [{"user": user, "role": role} for user, (role, _) in log.members.items()]
            tally.equal("members", found, members)
        tally.equal("heads", log_of(len(entries)).heads, vectors["heads"])
        for one in vectors["refused"]:
            log = log_of(one["after"])
            tally.refused(
                f"entry, {one['name']}",
                one["reason"],
                lambda one=one, log=log: log.take(one["entry"], one["sig"]),
            )


def epochs(tally):
    vectors = load("epochs")
    members = {one["user"] for one in load("membership")["logs"][0]["members"][0]}

    def members_at(head):
        reader.must(head == vectors["log"], "log_broken")
        return members

    held = {}
    for one in vectors["accepted"]:
        posted = one["posted"]
        header = reader.read_epoch(one["chat"], posted, signing_key, members_at)
        devices = "\n".join(sorted(one["devices"])).encode()
        tally.equal("epoch's devices", header["devices"], b64u(reader.sha256(devices)))
        tally.equal("epoch's recipients", len(posted["jwe"]["recipients"]), len(one["devices"]))
        for device_id in one["devices"]:
            device = device_of(device_id)
            key = reader.open_epoch(posted, device["kid"], device["private_key"])
            tally.equal("epoch", b64u(key), one["key"])
        held[posted["epoch"]] = unb64u(one["key"])
        tally.equal("epoch's share", "before" in header, header["share"])
        if header["share"]:
            place = one["chat"], posted["epoch"], held[posted["epoch"]]
            before = reader.open_before(*place, header["before"])
            tally.equal("epoch before", before, held[posted["epoch"] - 1])

    def whole(one):
        device = device_of(one["opener"])
        reader.read_epoch(one["chat"], one["posted"], signing_key, members_at)
        reader.open_epoch(one["posted"], device["kid"], device["private_key"])

    for one in vectors["refused"]:
        tally.refused(f"epoch, {one['name']}", one["reason"], lambda one=one: whole(one))
    for one in vectors["refused_links"]:
        place = one["chat"], one["epoch"], unb64u(one["key"]), one["before"]
        tally.refused(one["name"], one["reason"], lambda place=place: reader.open_before(*place))


def messages(tally):
    vectors = load("messages")
    epoch_keys = {vectors["epoch"]: unb64u(vectors["key"])}

    def inbox():
        return reader.Inbox(signing_key, vectors["members"], epoch_keys)

    for one in vectors["accepted"]:
        tally.equal(f"message, {one['name']}", inbox().open(one), one["body"])
    for one in vectors["refused"]:
        tally.refused(f"message, {one['name']}", one["reason"], lambda one=one: inbox().open(one))
    for sequence in vectors["sequences"]:
        box = inbox()
        for one in sequence["deliveries"]:
            try:
                box.open(one, one["id"])
                outcome = "accepted"
            except Refusal as refusal:
                outcome = str(refusal)
            tally.equal(f"messages, {sequence['name']}", outcome, one["outcome"])


def plain_file(size):
    digests = (hashlib.sha256(b"confab file" + n.to_bytes(4, "big")) for n in range(-(-size // 32)))
    return b"".join(one.digest() for one in digests)[:size]


def edited(chunks, one, secret):
    """The sealed bytes, size and hash after an edit of the vectors."""
    chunks, size, tags = list(chunks), secret["size"], unb64u(secret["hash"])
    if one["edit"] == "swap":
        chunks[:2] = [chunks[1], chunks[0]]
    if one["edit"] == "cut":
        chunks.pop()
    if one["edit"] == "flip":
        chunks[0] = bytes([chunks[0][0] ^ 1]) + chunks[0][1:]
    if one["edit"] == "shorten":
        size = one["size"]
    if one["edit"] == "hash":
        tags = bytes(32)
    return b"".join(chunks), unb64u(secret["key"]), unb64u(secret["prefix"]), size, tags


def files(tally):
    vectors = load("files")
    sealed = {}
    for one in vectors["files"]:
        plain = plain_file(one["size"])
        key, prefix = unb64u(one["key"]), unb64u(one["prefix"])
        chunks = sealed[one["name"]] = list(reader.seal_file(plain, key, prefix))
        whole = b"".join(chunks)
        tally.equal("sealed size", len(whole), one["sealed_size"])
        tally.equal("sealed file", b64u(reader.sha256(whole)), one["sealed_sha256"])
        ends = b64u(whole[:32]), b64u(whole[-32:])
        tally.equal("sealed ends", ends, (one["sealed_start"], one["sealed_end"]))
        tally.equal("tags", [b64u(chunk[-16:]) for chunk in chunks], one["tags"])
        opened = reader.open_file(whole, key, prefix, one["size"], unb64u(one["hash"]))
        tally.equal("file", opened, plain)
    secrets = {one["name"]: one for one in vectors["files"]}
    for one in vectors["refused"]:
        case = edited(sealed[one["of"]], one, secrets[one["of"]])
        what = f"file, {one['name']}"
        tally.refused(what, one["reason"], lambda case=case: reader.open_file(*case))


def backups(tally):
    vectors = load("backups")
    user = vectors["user"]
    for one in vectors["accepted"]:
        if "recovery_key" in one:
            secret = reader.recovery_secret(one["recovery_key"])
        else:
            secret = reader.passphrase_secret(one["passphrase"])
        tally.equal("recovery secret", b64u(secret), one["secret"])
        key, content = reader.open_backup(user, secret, one["backup"])
        tally.equal(f"backup, {one['name']}", (b64u(key), content), (one["key"], one["content"]))
    for one in vectors["refused"]:
        case = user, unb64u(one["secret"]), one["backup"]
        what = f"backup, {one['name']}"
        tally.refused(what, one["reason"], lambda case=case: reader.open_backup(*case))
    for typed in vectors["mistyped"]:
        tally.refused(typed, "mistyped_key", lambda typed=typed: reader.recovery_secret(typed))
    short = vectors["short_passphrase"]
    tally.refused("passphrase", "mistyped_key", lambda: reader.passphrase_secret(short))


def approval(tally):
    vectors = load("approval")
    user, device_id = vectors["user"], vectors["device_id"]
    secret = reader.read_base32(vectors["code"], 10, "wrong_code")
    tally.equal("code", b64u(secret), vectors["secret"])
    key = reader.approval_key(secret, user, device_id)
    tally.equal("code's key", b64u(key), vectors["mac_key"])
    qr = f"confab:approve:1:{user}:{device_id}:{reader.base32(secret)}"
    tally.equal("code's QR", qr, vectors["qr"])
    reader.check_request(user, secret, vectors["request"])
    private = device_of(device_id)["private_key"]

    def granted(grant):
        return reader.open_grant(user, secret, device_id, private, grant)

    tally.equal("grant", granted(vectors["grant"]), vectors["content"])
    for one in vectors["refused_requests"]:
        case = user, unb64u(one["secret"]) if "secret" in one else secret, one["request"]
        what = f"request, {one['name']}"
        tally.refused(what, one["reason"], lambda case=case: reader.check_request(*case))
    for one in vectors["refused_grants"]:
        what = f"grant, {one['name']}"
        tally.refused(what, one["reason"], lambda one=one: granted(one["grant"]))
    for typed in vectors["refused_codes"]:
        read = lambda typed=typed: reader.read_base32(typed, 10, "wrong_code")
        tally.refused("code", "wrong_code", read)


def safety_numbers(tally):
    for one in load("safety-numbers")["numbers"]:
        found = reader.safety_number(one["users"])
        tally.equal("safety number", found, (one["digits"], one["qr"]))


def main():
    tally = Tally()
    checks = (basics, keys, device_lists, membership, epochs, messages, files, backups, approval)
    for check in (*checks, safety_numbers):
        check(tally)
    unused = {path.stem for path in VECTORS.glob("*.json")} - USED
    tally.equal("files that are not checked", unused, set())
    print("\n".join([*tally.faults, f"{tally.checked} checked, {len(tally.faults)} wrong"]))
    return 1 if tally.faults else 0


sys.exit(main())

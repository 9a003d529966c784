"""Signs a release's manifest with Ed25519, so that a changed release is noticed even when its hashes were changed too.

The private key lies in the project folder, readable by the owner alone; the public key stands beside the releases as
``key.pub`` and can be handed to anyone who wants to verify.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sozialraum.errors import Fault, ReleaseError

PUBLIC_KEY = "key.pub"


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read the private key at ``path``, or make one that only the owner can read.

    Raises:
        ReleaseError: the file holds no key.
    """
    if path.exists():
        try:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except ValueError as error:
            advice = "restore it from a backup; with a new key nobody trusts the releases that follow"
            raise ReleaseError(Fault(path.name, what="the file holds no signing key", advice=advice)) from error
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    fresh = path.with_name(f"{path.name}.new")  # a process that is killed here leaves it to the next one
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(raw.hex())
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    return key


def demand_same_signer(path: Path, trusted: Path) -> None:
    """Refuse to sign with another key than the releases before: whoever trusts ``key.pub`` would not trust them.

    Args:
        path: the private key.
        trusted: the ``key.pub`` beside the releases; where there is none yet, every key is welcome.

    Raises:
        ReleaseError: the private key is missing, or is not the one that belongs to ``trusted``.
    """
    if not trusted.is_file():
        return
    if not path.exists():
        what = f"the signing key is missing; releases here are trusted by its public half, {trusted}"
    elif public_hex(signing_key(path)) != trusted.read_text(encoding="ascii", errors="replace").strip():
        what = f"this is not the signing key whose public half everyone trusts, {trusted}"
    else:
        return
    advice = (
        f"restore {path.name} from a backup; if it is lost for good, move {trusted.name} away, build, "
        f"and give the new {trusted.name} to everyone who verifies"
    )
    raise ReleaseError(Fault(path.name, what=what, advice=advice))


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key as hex."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(content: bytes, key: Ed25519PrivateKey) -> str:
    """Return the signature of ``content`` as hex."""
    return key.sign(content).hex()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Tell whether ``signature`` is that of ``content`` by the owner of ``public_key`` (both hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True

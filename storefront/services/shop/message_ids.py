"""What a mail is called: the same at every send, so that a mailbox shows it once (RFC 5322, 3.6.4)."""

import hashlib


def message_id(key: str, host: str) -> str:
    """The Message-ID of the mail with this key, of the shop at this host."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def spool_name(message_id: str) -> str:
    """The file's name of a message in the spool; a digest, so that no id can lead out of the folder."""
    return f"{hashlib.sha256(message_id.strip().encode()).hexdigest()[:40]}.eml"

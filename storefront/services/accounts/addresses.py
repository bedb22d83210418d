"""E-mail addresses, read in one place for every form of the shop."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


class BadEmail(ValueError):
    """No address; the message is for whoever typed it."""


def parse_email(text: str) -> str:
    """An address as it is kept and compared: "Ana@Example.com " -> "ana@example.com"; domains in ASCII (IDNA 2008).

    Raises BadEmail for what is no address (RFC 5322 without its comments and quotes), or one that cannot get mail.
    """
    if not text.strip():
        raise BadEmail("Enter your e-mail address")
    try:
        address = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        address = None
    if not address or len(address) > LONGEST:
        raise BadEmail("Enter an e-mail address like name@example.com")
    return address.lower()

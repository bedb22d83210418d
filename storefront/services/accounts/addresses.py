"""E-mail addresses, read in one place for every form of the shop."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254
EXAMPLE = "Enter an e-mail address like name@example.com"


class BadEmail(ValueError):
    """No address; the message is for whoever typed it."""


def parse_email(text: str) -> str:
    """An address as it is kept and compared: "Ana@Example.com " -> "ana@example.com"; domains in ASCII (IDNA 2008).

    Raises BadEmail for what is no address (RFC 5322 without its comments and quotes), or one that cannot get mail.
    """
    if not text.strip():
        raise BadEmail("Enter your e-mail address")
    if len(text) > 2 * LONGEST:  # reading it would take long, and it is none
        raise BadEmail(EXAMPLE)
    try:
        found = validate_email(text.strip(), strict=True, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        raise BadEmail(EXAMPLE) from None
    if not found.ascii_email or len(found.ascii_email) > LONGEST:
        raise BadEmail(EXAMPLE)
    return found.ascii_email.lower()

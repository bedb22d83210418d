"""Every page and form of the desk, with words that nobody means well: an answer in the shop's look, never a fault.

The addresses are Pyramid's own list and the forms those of the pages, so that what is added later is not forgotten.
"""

from itertools import cycle
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from webtest import Upload

from tests.functional.accounts.test_who_may import MAY, paths, takes_posts, views_of_the_desk
from tests.support.people import make_owner, sign_in

__all__ = ["paths"]  # a fixture

MARK = "<script>alert('evil')</script>"
#: As they stand in an address; those that no text is have been written with their bytes.
HOSTILE = [
    "%00",
    "%ed%a0%80",  # half of a pair: no UTF-8
    *map(
        quote,
        (
            f"'\"></title>{MARK}",
            "javascript:alert(1)",
            "=cmd|' /C calc'!A0",
            "x\r\nX-Evil: 1",
            "../../../../etc/passwd",
            "//evil.example/",
            "-1",
            "9" * 40,
            "1e999",
            "²",  # a digit, and no number
            "٣",  # a number that is not ours
            "0000-00-00",
            "0001-01-01",
            "9999-12-31",
            "%_\\*\"'()&|!:",
            "a" * 3_000,
            "\u202e\ufeff\U0001f600",
            "{{7*7}}",
        ),
    ),
]
#: What is asked of pages by no form and no link that they show here.
ASKED = {
    "admin": {"days"},
    "admin_purchases": {"before", "album"},
    "admin_purchases_csv": {"q", "state", "album", "since", "until", "currency", "least", "most", "sort"},
    "admin_customers": {"before"},
    "admin_disputes": {"before"},
    "admin_audit": {"before"},
    "admin_jobs": {"before"},
    "admin_mails": {"before", "to", "mail"},
    "admin_albums": {"page"},
    "admin_artists": {"page", "gone"},
    "admin_settings_accent": {"light", "dark"},
}
#: Whose forms a script makes, or that are not on any page while nothing has gone wrong; tried by name.
BY_NAME = {
    "admin_album_files": {"fresh"},
    "admin_jobs": {"again", "forget"},
    "admin_mails": {"again"},
    "admin_customer": {"end"},
    "admin_dispute_send": {"version"},
    "admin_artist_merge": {"into", "sure"},
    "admin_artist_delete": {"sure"},
    "admin_settings_person": {"role"},
    "admin_upload_file": {"a"},  # it takes no form
    "admin_upload_files": {"name", "size", "modified"},
}


@pytest.fixture
def owner(app, session, paths):
    make_owner(session)
    sign_in(app, "owner@example.com")
    return app


def pages(owner, paths):
    """(route, address, its HTML) of every page that the owner may look at."""
    for route, path in paths.items():
        if route.startswith("admin") and MAY[route][-1] == 200:
            answer = owner.get(path)
            if answer.content_type == "text/html":
                yield route, path, answer


def names_of(page, path):
    """What the forms and the links of a page ask of the same address."""
    fields = [field["name"] for field in page.html.select('form[method="get"] [name]')]
    links = [urlsplit(link["href"]) for link in page.html.select("main a[href]")]
    return {*fields, *(name for link in links if link.path == path for name, _ in parse_qsl(link.query, True)), "done"}


def check(answer, what):
    assert answer.status_int < 500, what
    assert MARK not in answer.text, what
    assert "X-Evil" not in answer.headers, what
    assert not answer.headers.get("Location", "").startswith(("//", "javascript:", "http://evil")), what
    assert answer.status_int < 400 or "<h1" in answer.text, what


def test_words_in_an_address(owner, paths):
    asked = {route: (path, names_of(page, path)) for route, path, page in pages(owner, paths)}
    for route, names in ASKED.items():
        asked[route] = (paths[route], asked.get(route, ("", set()))[1] | names)
    for route, (path, names) in asked.items():
        for words in HOSTILE:
            for name in names:
                check(owner.get(f"{path}?{name}={words}", status="*"), (route, name, words))


def forms_of(page):
    """Those that are sent, by whom: (action, {field: value}); each of its buttons is one."""
    for form in page.forms.values():
        if form.method.lower() != "post" or form.action == "/sign-out":
            continue
        fields = form.submit_fields()
        pressed = [(name, field.value_if_submitted() or field._value) for name, list_ in form.fields.items() if name
                   for field in list_ if field.tag == "button"]  # fmt: skip
        for button in pressed or [None]:
            yield form.action or page.request.path, dict([*fields, *([button] if button else [])])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_words_in_a_form(owner, paths):
    sent, hostile = set(), cycle(HOSTILE)
    for route, _path, page in list(pages(owner, paths)):
        for action, fields in forms_of(page):
            sent.add(action)
            for name in fields:
                if name == "csrf_token" or isinstance(fields[name], Upload):
                    continue
                words = next(hostile)
                body = "&".join(
                    f"{quote(other)}={words if other == name else quote(str(value))}" for other, value in fields.items()
                )
                check(owner.post(action, body, status="*"), (route, action, name, words))
    token = owner.get("/admin/audit").forms[0]["csrf_token"].value
    for route, names in BY_NAME.items():
        sent.add(paths[route])
        for name in names:
            for words in HOSTILE:
                body = f"csrf_token={token}&{name}={words}"
                check(owner.post(paths[route], body, status="*"), (route, name, words))
    posted = {view["route_name"] for view, _ in views_of_the_desk(owner) if takes_posts(view)}
    assert {route for route in posted if paths[route] not in sent} == set()

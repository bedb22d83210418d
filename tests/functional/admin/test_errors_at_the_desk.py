"""What goes wrong at the desk leads back to the desk."""

import pytest

from tests.support.people import make_customer, sign_in

NOBODYS = "/admin/purchases/" + "0" * 32


@pytest.mark.parametrize(
    "address", [NOBODYS, "/admin/nothing", "/admin/albums/nothing", "/admin/customers/no@example.com"]
)
def test_what_is_not_there(owner, address):
    page = owner.get(address, status=404)
    assert "what was here is gone" in page.text
    assert page.click("To the desk").html.h1.text == "Overview"


def test_what_is_too_large(owner):
    page = owner.post(NOBODYS, b"note=" + b"a" * 70_000, status=413)
    assert page.click("To the desk").html.h1.text == "Overview"


def test_a_form_that_is_too_old(owner):
    page = owner.post("/admin/jobs", {"csrf_token": "0" * 64, "again": "x"}, status=403)
    assert page.click("To the desk").html.h1.text == "Overview"


@pytest.mark.parametrize("address", ["/albums/nothing", "/administration"])
def test_elsewhere_it_leads_to_the_music(owner, address):
    assert owner.get(address, status=404).click("See all albums").html.h1.text == "Albums"


def test_a_customer_is_not_sent_to_the_desk(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    page = app.get(NOBODYS, status=403)
    assert page.html.select_one(".acts a")["href"].endswith("/library")

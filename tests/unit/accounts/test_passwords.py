"""Which passwords may be chosen, and how they are kept."""

import threading
import time

import pytest

from storefront.services.accounts import passwords
from storefront.services.accounts.passwords import (
    BadPassword,
    HashingBusy,
    check_password,
    common_passwords,
    hash_password,
    is_outdated,
    verify_password,
    waiting_room,
)

WORDS = ["Harbour Lights Records", "mara.quist@example.com"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "x7#kq2!p",
        "        spaces        ",
        "пароль-из-слов",
        "波のあいだの灯台が好き",
        "👩‍🚀🌊🕯️📻🎻🪕🐚⚓",
        "harbour at night, 4 boats",
        "a" * 63 + "b",
        "long " * 819,
    ],
)
def test_what_may_be_chosen(password):
    check_password(password, words=WORDS)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "password",
        "PassWord",
        "iloveyou1",
        "ｐａｓｓｗｏｒｄ",
        "harbourlights",
        "Harbour-Lights-Records-2026!",
        "maraquist99",
        "example.com",
        "long " * 820,
    ],
)
def test_what_may_not(password):
    with pytest.raises(BadPassword):
        check_password(password, words=WORDS)


def test_an_admins_is_longer():
    check_password("twelve chars", words=[])
    with pytest.raises(BadPassword, match="15"):
        check_password("twelve chars", words=[], shortest=15)


def test_the_list_is_long():
    assert len(common_passwords()) > 10_000
    assert "qwertyuiop" in common_passwords()


def test_it_is_argon2id_and_nothing_is_cut_off(dear_passwords):
    first, second = "x" * 99 + "1", "x" * 99 + "2"
    kept = hash_password(first)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not is_outdated(kept)
    assert verify_password(kept, first)
    assert not verify_password(kept, second)
    assert hash_password(first) != kept, "each has its own salt"


def test_the_same_characters_are_the_same_password_on_every_keyboard():
    assert verify_password(hash_password("Gru\u0308ße aus Köln"), "Grüße aus Ko\u0308ln")


def test_nobodys_password_takes_as_long_and_is_never_right(dear_passwords):
    kept = hash_password("nobody's")
    assert verify_password(kept, "nobody's")
    assert not verify_password(None, "nobody's")
    assert not verify_password("not a hash", "nobody's")
    assert min(_seconds(kept) for _ in range(5)) < 3 * min(_seconds(None) for _ in range(5))


def _seconds(stored):
    start = time.thread_time()
    verify_password(stored, "wrong")
    return time.thread_time() - start


def test_a_huge_one_costs_nothing():
    start = time.thread_time()
    assert not verify_password(hash_password("x"), "x" * 1_000_000)
    with pytest.raises(BadPassword):
        check_password("x" * 1_000_000, words=WORDS)
    assert time.thread_time() - start < 0.5


def test_four_wait_and_the_rest_are_turned_away():
    inside, leave = threading.Semaphore(0), threading.Event()

    def hold():
        with waiting_room():
            inside.release()
            leave.wait(60)

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
        assert inside.acquire(timeout=60)
    with pytest.raises(HashingBusy), waiting_room():
        pass
    leave.set()
    for thread in threads:
        thread.join()
    with waiting_room():
        pass


def test_two_are_hashed_at_once(monkeypatch):
    most, now, lock, both = [0], [0], threading.Lock(), threading.Barrier(2)

    class Watched:
        def hash(self, password):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            both.wait(5)
            with lock:
                now[0] -= 1
            return password

    monkeypatch.setattr(passwords, "_HASHER", Watched())
    threads = [threading.Thread(target=hash_password, args=["x"]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == [2]

"""What must be true when all is calm: asked of Stripe's ledger, of the mailboxes and of the bytes that were served.

I1 to I14, S1 to S4 and F0 to F11 are the names of the invariants in the runs' reports.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from storefront.services.shop.message_ids import message_id
from storefront.services.shop.posting import MOST_TRIES
from storefront.tasks import TASKS
from tests.faults.history import Word
from tests.faults.profiles import Profile
from tests.faults.world import World

Found = Iterator[tuple[str, str]]
Row = dict[str, Any]

HOST = "shop.test"
#: Refunds whose money did not reach the buyer.
FAILED = ("failed", "canceled")
#: Disputes that leave the money with the shop.
KEPT = ("won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed")
#: Flags that tell a person of something that may happen although everybody did right.
EXPECTED_FLAGS = {
    "refund_failed", "refund_refused", "refund_unanswered", "disputed", "inquiry", "fraud_warning", "bought_twice",
}  # fmt: skip
#: What comes again by itself may fail now and then.
PERIODIC = {name for name, task in TASKS.items() if task.every is not None}
SECRETS = re.compile(r"ctoken_[A-Za-z0-9]{8,}|_secret_[A-Za-z0-9]{8,}|\b[rs]k_(?:test|live)_\w+|\b4[0-9]{15}\b")


def check(world: World, profile: Profile) -> list[tuple[str, str]]:
    """(invariant, what is wrong) of everything that is."""
    facts = Facts(world)
    found = [wrong for rule in RULES for wrong in rule(facts)]
    return [(name, what) for name, what in found if name not in profile.not_held]


@dataclass
class Facts:
    """Both sides, as rows."""

    world: World

    def table(self, name: str, order: str = "rowid") -> list[Row]:
        cursor = self.world.disk.own.execute(f"SELECT * FROM {name} ORDER BY {order}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    @cached_property
    def ledger(self) -> dict[str, list[Row]]:
        return self.world.sandbox.ledger()

    @cached_property
    def purchases(self) -> list[Row]:
        return self.table("album_purchase")

    @cached_property
    def refunds(self) -> list[Row]:
        return self.table("refund")

    @cached_property
    def entries(self) -> list[Row]:
        return self.table("ledger_entry")

    @cached_property
    def by_id(self) -> dict[str, Row]:
        return {purchase["public_id"]: purchase for purchase in self.purchases}

    @cached_property
    def charged(self) -> list[Row]:
        """Charges that took money, in the shop."""
        strays = self.world.history.strays
        charges = [charge for charge in self.ledger["charges"] if charge["status"] == "succeeded"]
        return [charge for charge in charges if charge["payment_intent"] not in strays]

    @cached_property
    def intents(self) -> dict[str, Row]:
        return {intent["id"]: intent for intent in self.ledger["payment_intents"]}

    def order_of(self, charge: Row) -> str:
        """The purchase that a charge is for, as Stripe knows it."""
        return str(self.intents[charge["payment_intent"]]["metadata"].get("order", ""))

    @cached_property
    def paid_by_card(self) -> set[str]:
        """Names on the cards that were charged."""
        return {charge["billing_details"]["name"] for charge in self.charged}

    @cached_property
    def posted_for(self) -> dict[str, str]:
        """Name on a card -> the purchase that it was to pay."""
        token_of = {self.world.history.digest(token.id): token.name for token in self.world.history.tokens.values()}
        names = {row["id"]: row["public_id"] for row in self.purchases}
        return {token_of[row["token_hash"]]: names[row["purchase_id"]] for row in self.table("payment_attempt")}


def one_purchase_for_each_charge(facts: Facts) -> Found:
    for charge in facts.charged:
        owners = [row for row in facts.purchases if row["stripe_charge_id"] == charge["id"]]
        states = [row["state"] for row in owners]
        if states != ["paid"]:
            row = facts.by_id.get(facts.order_of(charge))
            yield "I1", f"{charge['id']} took money for {states or (row and row['state'])}"
        if charge["amount_refunded"] > charge["amount"]:
            yield "S3", f"{charge['id']} gave more back than it took"


def one_charge_for_each_purchase(facts: Facts) -> Found:
    charges = {charge["id"]: charge for charge in facts.charged}
    for row in facts.purchases:
        if row["state"] != "paid" or row["channel"] != "stripe":
            continue
        charge = charges.get(row["stripe_charge_id"])
        if charge is None:
            yield "I2", f"{row['public_id']} is paid by no charge"
        elif (charge["amount"], charge["currency"]) != (row["amount"], row["currency"]):
            yield "I2", f"{row['public_id']} says {row['amount']}, Stripe {charge['amount']} {charge['currency']}"
        elif facts.order_of(charge) != row["public_id"]:
            yield "I2", f"{row['public_id']} is paid by the charge of another purchase"


def nobody_pays_twice(facts: Facts) -> Found:
    """Who is asked of the intents: what the shop wrote there before it took any money."""
    kept: dict[tuple[str, str], list[str]] = defaultdict(list)
    for charge in facts.charged:
        row = facts.by_id.get(facts.order_of(charge))
        owed = row is not None and "refund_failed" in row["flags"]  # its buyer may have bought it again since
        if charge["amount_refunded"] == charge["amount"] or owed:
            continue
        metadata = facts.intents[charge["payment_intent"]]["metadata"]
        for buyer in {metadata.get("buyer_key"), metadata.get("account")} - {None}:
            kept[str(buyer), metadata["album"]].append(charge["id"])
    for (buyer, _), charges in kept.items():
        told = all("bought_twice" in row["flags"] for row in facts.purchases if row["stripe_charge_id"] == charges[-1])
        if len(charges) > 1 and not (facts.world.rewinds and told):
            yield "I3", f"{buyer[:16]}... paid {len(charges)} times for one album"


def strays_are_told(facts: Facts) -> Found:
    """What was charged past the shop pays for nothing, and a person is told."""
    subjects = " ".join(mail["key"] for mail in facts.table("mail"))
    for payment, order in facts.world.history.strays.items():
        [charge] = [charge for charge in facts.ledger["charges"] if charge["payment_intent"] == payment]
        row = facts.by_id.get(order)
        if any(row["stripe_charge_id"] == charge["id"] for row in facts.purchases):
            yield "S1", f"{charge['amount']} that was charged past the shop paid for an album"
        if not (row and "payment_differs" in row["flags"]) and charge["id"] not in subjects:
            yield "F0", f"nobody was told of the stray charge {charge['id']}, which names {order}"


def nothing_waits_for_ever(facts: Facts) -> Found:
    for row in facts.purchases:
        if row["state"] not in ("paid", "canceled"):
            yield "I4", f"{row['public_id']} is still {row['state']}"
        intent = facts.intents.get(row["stripe_payment_id"])
        if row["state"] == "canceled" and intent and intent["status"] != "canceled":
            yield "I4", f"{row['public_id']} is canceled, its payment {intent['status']}"
    for job in facts.table("job"):
        if job["failed"] is not None and job["kind"] not in PERIODIC:
            yield "I4", f"the job {job['kind']} was given up: {job['error'].splitlines()[-1:]}"


def nobody_was_told_wrong(facts: Facts) -> Found:
    for told in facts.world.history.told:
        if told.word is Word.NOT_CHARGED:
            for name in set(told.tokens) & facts.paid_by_card:
                if told.public_id in (None, facts.posted_for.get(name, told.public_id)):
                    yield "I5", f"{told.customer} was told 'not charged' of {name}"
        if told.word is Word.PAID and told.public_id is not None:
            row = facts.by_id.get(told.public_id)
            if row is None or row["state"] != "paid":
                yield "I5", f"{told.customer} was told 'paid', which is {row and row['state']}"
    yield from _mails_told_the_truth(facts)


def _mails_told_the_truth(facts: Facts) -> Found:
    """ "Not charged" of an attempt, by mail."""
    delivered = {mail.message_id for mail in facts.world.post.delivered}
    token_of = {facts.world.history.digest(token.id): token for token in facts.world.history.tokens.values()}
    names = {row["id"]: row["public_id"] for row in facts.purchases}
    for attempt in facts.table("payment_attempt"):
        key = f"not_charged:{names[attempt['purchase_id']]}:{attempt['number']}"
        token = token_of[attempt["token_hash"]]
        if message_id(key, HOST) in delivered and token.name in facts.paid_by_card:
            yield "I5", f"a mail said 'not charged' of {token.name}"


def refunds_are_mirrored(facts: Facts) -> Found:
    theirs = facts.ledger.get("refunds", [])
    rows = {row["stripe_refund_id"]: row for row in facts.refunds if row["stripe_refund_id"]}
    for refund in theirs:
        row = rows.pop(refund["id"], None)
        if row is None or (row["status"], row["amount"]) != (refund["status"], refund["amount"]):
            yield "I7", f"{refund['id']} is {refund['status']} at Stripe, {row and row['status']} here"
    if rows:
        yield "I7", f"refunds that Stripe does not know: {sorted(rows)}"
    for row in facts.refunds:
        if row["status"] == "requested":
            yield "I7", f"refund {row['public_id']} has no answer"
    for charge in facts.charged:
        given = sum(r["amount"] for r in theirs if r["charge"] == charge["id"] and r["status"] not in FAILED)
        for row in facts.purchases:
            if row["stripe_charge_id"] == charge["id"] and not row["refunded"] == charge["amount_refunded"] == given:
                yield "I7", f"{row['public_id']} says {row['refunded']} refunded, Stripe {given}"


def refunds_are_what_was_asked(facts: Facts) -> Found:
    for reference, amount in facts.world.history.wishes.items():
        row = next((row for row in facts.refunds if row["public_id"] == reference), None)
        made = [r for r in facts.ledger.get("refunds", []) if r["metadata"].get("refund") == reference]
        refused = row is not None and row["status"] == "refused"
        if len(made) > 1:
            yield "F10", f"the wish {reference} was fulfilled {len(made)} times"
        elif [r["amount"] for r in made] != [amount.amount] and not refused and not facts.world.rewinds:
            yield "F10", f"asked to give {amount.amount} back, Stripe gave {[r['amount'] for r in made]}"


def disputes_are_mirrored(facts: Facts) -> Found:
    theirs = {dispute["id"]: dispute["status"] for dispute in facts.ledger.get("disputes", [])}
    ours = {row["stripe_dispute_id"]: row["status"] for row in facts.table("dispute")}
    if theirs != ours:
        yield "I8", f"disputes at Stripe {theirs}, here {ours}"


def books_are_right(facts: Facts) -> Found:
    theirs = {entry["id"]: (entry["net"], entry["currency"]) for entry in facts.ledger["balance_transactions"]}
    ours = {row["stripe_id"]: (row["net"], row["currency"]) for row in facts.entries}
    if theirs != ours:
        missing = sorted(theirs.keys() - ours.keys())
        yield "I9", f"bookings that the books lack {missing}, or have besides {sorted(ours.keys() - theirs.keys())}"
    of_charge = {charge["id"]: charge for charge in facts.charged}
    for row in facts.purchases:
        entries = [entry for entry in facts.entries if entry["purchase_id"] == row["id"]]
        charge = of_charge.get(row["stripe_charge_id"])
        if charge and charge["balance_transaction"] and row["fee"] is None:
            yield "I9", f"{row['public_id']} does not know its fee"
        if any(entry["net"] != entry["amount"] - entry["fee"] for entry in entries):
            yield "S2", f"an entry of {row['public_id']} does not add up"


def sums_are_kept(facts: Facts) -> Found:
    """What the owner's overview is read from: by the ledger and by the purchases, to the cent."""
    booked: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in facts.entries:
        booked[row["currency"], row["type"]].update(count=1, amount=row["amount"], fee=row["fee"])
    kept: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    sold = 0
    for row in facts.table("total", order="begins"):
        if row["kind"] == "booked":
            kept[row["currency"], row["name"]].update({name: row[name] for name in ("count", "amount", "fee")})
        elif row["kind"] == "sold" and row["span"] == "day":
            sold += row["count"]
    if kept != booked:
        yield "S2", f"the sums of the ledger are {dict(kept)}, and it comes to {dict(booked)}"
    paid = sum(row["state"] == "paid" and row["channel"] != "import" for row in facts.purchases)
    if sold != paid:
        yield "F2", f"{sold} sales are counted, and {paid} were paid"
    yield from albums_sums_are_kept(facts, paid)


def albums_sums_are_kept(facts: Facts, paid: int) -> Found:
    """What the owner's list of albums is read from."""
    albums = facts.table("album_total", order="album_id")
    album_of = {row["id"]: row["album_id"] for row in facts.purchases}
    left: Counter[tuple[int, str]] = Counter()
    for row in facts.entries:
        if row["purchase_id"]:
            left[album_of[row["purchase_id"]], row["currency"]] += row["net"]
    if sum(row["sold"] for row in albums) != paid:
        yield "F2", f"the albums' sums are {albums}, and {paid} were paid"
    income = {(row["album_id"], row["currency"]): row["income"] for row in albums if row["income"]}
    if income != {key: net for key, net in left.items() if net}:
        yield "S2", f"the albums' sums are {albums}, and the ledger leaves {dict(left)}"


def receipts_arrive(facts: Facts) -> Found:
    arrived = Counter(mail.message_id for mail in facts.world.post.delivered)
    mails = {mail["key"]: mail for mail in facts.table("mail")}
    for row in facts.purchases:
        key = f"receipt:{row['public_id']}"
        mail = mails.get(key)
        if row["state"] != "paid":
            if mail:
                yield "I10", f"a receipt for {row['public_id']}, which is {row['state']}"
            continue
        if mail is None:
            if row["refund_requested"] < row["amount"]:
                yield "I10", f"no receipt for {row['public_id']}"
        elif not arrived[message_id(key, HOST)] and mail["tries"] < MOST_TRIES:
            yield "F4", f"the receipt of {row['public_id']} never arrived: {mail['error'] or mail['sent_at']}"
    receipts = Counter(mail["purchase_id"] for mail in mails.values() if mail["kind"] == "receipt")
    for purchase, count in receipts.items():
        if count > 1:
            yield "I10", f"{count} receipts for purchase number {purchase}"
    times = MOST_TRIES * (1 + facts.world.rewinds)
    for name, count in arrived.items():
        if count > times:
            yield "F7", f"{name} was sent {count} times"
    addresses = Counter(mail.to for mail in facts.world.post.delivered if " " in mail.to)
    if addresses:
        yield "I10", f"odd addresses: {addresses}"


def messages_are_handled(facts: Facts) -> Found:
    strays = set(facts.world.history.strays)
    strays |= {charge["id"] for charge in facts.ledger["charges"] if charge["payment_intent"] in strays}
    for event in facts.table("stripe_event"):
        unpaid = event["type"].startswith("payment_intent.") and not event["type"].endswith("succeeded")
        if event["done"] is None and not unpaid and event["object_id"] not in strays and not facts.world.rewinds:
            yield "I11", f"{event['type']} is undone: {event['error']}"


def music_goes_to_who_paid(facts: Facts) -> Found:
    history = facts.world.history
    for served in history.served:
        charges = [charge for charge in facts.charged if facts.order_of(charge) == served.public_id]
        payers = {history.tokens[charge["billing_details"]["name"]].customer for charge in charges}
        if not any(charge["created"] <= served.at for charge in charges):
            yield "S1", f"{served.customer} got music that nobody paid for"
        elif served.customer.removesuffix(" elsewhere") not in {payer.removesuffix(" elsewhere") for payer in payers}:
            yield "F11", f"{served.customer} got what {payers} paid for"
        if served.digest not in facts.world.published.values():
            yield "F3", "other bytes than were published"
        closed = history.closed.get(served.public_id)
        if closed is not None and closed < served.at:
            yield "I12", f"{served.customer} got music after the money was given back"


def access_follows_the_money(facts: Facts) -> Found:
    """Asks for every album once more, as its buyer."""
    disputes: dict[str, list[str]] = defaultdict(list)
    for dispute in facts.ledger.get("disputes", []):
        disputes[dispute["charge"]].append(dispute["status"])
    for charge in facts.charged:
        order = facts.order_of(charge)
        row = facts.by_id.get(order)
        if row is None:
            continue  # told by I1
        refunds = [r for r in facts.ledger.get("refunds", []) if r["charge"] == charge["id"]]
        owed = any(refund["status"] in FAILED for refund in refunds)
        given = charge["amount_refunded"] == charge["amount"]
        closed = given or any(status not in KEPT for status in disputes[charge["id"]])
        opens = facts.world.opens(order)
        if opens and closed:
            yield "F5", f"{order} still opens, although {'refunded' if given else disputes[charge['id']]}"
        if not opens and not closed and not owed:
            yield "F3", f"{order} does not open although it is paid"


def keys_are_used_once(facts: Facts) -> Found:
    meant: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for request in facts.ledger["requests"]:
        if request["idempotency_key"]:
            meant[request["idempotency_key"]].add((request["path"], request["body_sha256"]))
    for key, uses in meant.items():
        if len(uses) > 1:
            yield "I13", f"one key for {len(uses)} different requests: {sorted(path for path, _ in uses)} ({len(key)})"


def nothing_secret_is_kept(facts: Facts) -> Found:
    for row in [*facts.table("job"), *facts.table("mail"), *facts.table("payment_attempt"), *facts.purchases]:
        for column, value in row.items():
            if isinstance(value, str) and (secret := SECRETS.search(value)):
                yield "I14", f"{column} holds {secret[0][:12]}..."
    for line in facts.world.log:
        if secret := SECRETS.search(line):
            yield "I14", f"the log holds {secret[0][:12]}...: {line[:60]}"


def nothing_else_is_wrong(facts: Facts) -> Found:
    for row in facts.purchases:
        odd = set(re.findall(r"\w+", row["flags"])) - EXPECTED_FLAGS
        if row["public_id"] in facts.world.history.strays.values():
            odd.discard("payment_differs")
        if facts.world.history.keys_changed:
            odd.discard("payment_unknown")
        if odd and not facts.world.rewinds:
            yield "F6", f"{row['public_id']} ({row['state']}) is flagged {sorted(odd)}"


RULES: tuple[Callable[[Facts], Found], ...] = (
    one_purchase_for_each_charge,
    one_charge_for_each_purchase,
    nobody_pays_twice,
    strays_are_told,
    nothing_waits_for_ever,
    nobody_was_told_wrong,
    refunds_are_mirrored,
    refunds_are_what_was_asked,
    disputes_are_mirrored,
    books_are_right,
    sums_are_kept,
    receipts_arrive,
    messages_are_handled,
    music_goes_to_who_paid,
    access_follows_the_money,
    keys_are_used_once,
    nothing_secret_is_kept,
    nothing_else_is_wrong,
)

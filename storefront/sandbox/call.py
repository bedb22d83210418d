"""One API request while it runs: what every endpoint is given."""

from dataclasses import dataclass, field

from . import cards, listeners
from .cards import Card
from .errors import Json, invalid, no_such
from .objects.event import event
from .settings import Settings
from .store import Store


@dataclass
class Call:
    """The request, inside its transaction."""

    store: Store
    settings: Settings
    now: int
    #: the sandbox's own address, without a slash at the end
    address: str
    #: checked parameters, and the ids in the path
    params: Json = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    #: the caller has the publishable key only
    public: bool = False
    request_id: str | None = None
    idempotency_key: str | None = None

    def find(self, kind: str, object_id: str, noun: str, param: str = "id") -> Json:
        """An object that the request names; 404 resource_missing if there is none."""
        found = self.store.find(kind, object_id)
        if found is None:
            raise no_such(noun, object_id, param)
        return found

    def card_of(self, method_id: str) -> Card:
        """The test card behind a PaymentMethod."""
        return cards.known_as(self.store.hidden(method_id)["card"])

    def allow(self, *names: str) -> None:
        """Refuses parameters that Stripe takes and the sandbox has no idea of, rather than passing over them."""
        for name in self.params:
            if name not in (*names, "expand"):
                raise invalid(f"The sandbox does not do what `{name}` asks for.", param=name)

    def emit(self, kind: str, subject: Json, previous: Json | None = None) -> None:
        """Record an event, and its deliveries to whoever listens."""
        interested = listeners.interested(self.store, self.settings, kind)
        made = self.store.insert(
            event(
                kind,
                subject,
                self.now,
                request_id=self.request_id,
                previous=previous,
                idempotency_key=self.idempotency_key,
                deliveries=len(interested),
            )
        )
        self.store.connection.executemany(
            "INSERT INTO delivery (event, endpoint, due) VALUES (?, ?, ?)",
            [(made["id"], name, self.now) for name in interested],
        )

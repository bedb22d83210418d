"""The proof that no money is lost: the shop's own services against the sandbox, in one process, from one seed.

Everything runs in one thread. What acts (customers, web requests, the worker's lanes, the bank, the network) is an
actor, and the scheduler switches from one to another only where the shop touches the outside: before and after a
commit, a call to Stripe, a mail, a file. Those places are numbered (places.py), and at each of them something may go
wrong (kinds.py). One integer decides everything, so a run that failed is run again exactly: `make faults SEED=n`.

    clock, scheduler, chance        when, who, and what goes wrong
    disk, network, post             the outside, with its faults
    world                           one shop on one machine, and Stripe
    people, doors                   who acts, and how they come in
    checker                         what must be true, asked of everybody but the shop
    runs, __main__                  a run of a seed; `python -m tests.faults`

The method is FoundationDB's and TigerBeetle's: https://apple.github.io/foundationdb/testing.html,
https://docs.tigerbeetle.com/concepts/safety/
"""

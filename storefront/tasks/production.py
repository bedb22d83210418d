"""Jobs that make the files of an edition."""

from storefront.jobs import Task

TASKS: dict[str, Task] = {}

"""How parts of the plugin get into the emulator."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType
from typing import Any

from ministack.services.cloudformation import provisioners

Response = tuple[int, dict[str, str], bytes]
Handle = Callable[..., Awaitable[Response]]
Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]


def around(holder: ModuleType | type, name: str, replacement: Callable[..., Any]) -> None:
    """Replace a function of the emulator by one that gets the original as its first argument."""
    original = getattr(holder, name)
    if isinstance(holder, type):

        def method(self: Any, *args: Any, **keywords: Any) -> Any:
            return replacement(partial(original, self), *args, **keywords)

        setattr(holder, name, method)
    else:
        setattr(holder, name, partial(replacement, original))


def resource_type(name: str, *, create: Create, delete: Callable[[str, dict[str, Any]], None]) -> None:
    """Teach CloudFormation a resource type; an update is a creation under the same name."""

    def update(physical_id: str, _old: Any, props: Any, stack: str, logical_id: str = "") -> Any:
        return create(logical_id or physical_id, props, stack)

    provisioners._RESOURCE_HANDLERS[name] = {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
    }


def after_creation(name: str, addition: Callable[[str, dict[str, Any]], None]) -> None:
    """Do ``addition(physical_id, props)`` when CloudFormation has made or changed a resource."""
    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update = handler["create"], handler["update"]

    def create_more(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        physical_id, attributes = create(logical_id, props, stack)
        addition(physical_id, props)
        return physical_id, attributes

    def update_more(physical_id: str, old: Any, props: dict[str, Any], stack: str, *more: Any) -> Any:
        physical_id, attributes = update(physical_id, old, props, stack, *more)
        addition(physical_id, props)
        return physical_id, attributes

    handler |= {"create": create_more, "update": update_more}


def newest_first(
    list_all: Callable[..., Response], application: str, holder: str, query: dict[str, Any], *, by: str
) -> Response:
    """Return a page of what is numbered, the highest number first, as AppConfig does."""
    everything = list_all(application, holder, {"max_results": 10_000})
    if everything[0] != 200:
        return everything
    items = sorted(body_of(everything)["Items"], key=lambda item: -item[by])
    start = int(query.get("next_token") or 0)
    end = start + int(query.get("max_results", 50))
    page = {"Items": items[start:end]} | ({"NextToken": str(end)} if end < len(items) else {})
    return everything[0], everything[1], json.dumps(page).encode()


def body_of(response: Response) -> Any:
    """Return what a service answered."""
    return json.loads(response[2])

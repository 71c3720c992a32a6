"""Hosted configuration versions that are written conditionally and keep their description.

MiniStack drops both headers, so two writers who agreed on the latest version would both succeed.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import appconfig

from tests.emulator.plugin.patching import Handle, Response, around, newest_first

_VERSIONS = "/hostedconfigurationversions"


def apply() -> None:
    around(appconfig, "handle_request", _handle)
    around(appconfig, "_list_hosted_configuration_versions", _list_newest_first)


async def _handle(handle: Handle, *request: Any) -> Response:
    method, path, *_ = request
    if method == "POST" and path.endswith(_VERSIONS):
        return await _create(handle, *request)
    response = await handle(*request)
    if method == "GET" and f"{_VERSIONS}/" in path and response[0] == 200:
        return response[0], response[1] | _description(response[1]), response[2]
    return response


async def _create(handle: Handle, *request: Any) -> Response:
    _, path, headers, *_ = request
    application, profile = path.split("/")[2], path.split("/")[4]
    latest = appconfig._latest_hosted_version_number(application, profile)
    expected = headers.get("latest-version-number")
    if expected is not None and int(expected) != latest:
        message = f"LatestVersionNumber {expected} does not match the latest version number {latest}."
        conflict: Response = appconfig._error(409, "ConflictException", message)
        return conflict
    response = await handle(*request)
    number = response[1].get("Version-Number")
    if number:
        record = appconfig._hosted_versions[f"{application}/{profile}/{number}"]
        record["Description"] = headers.get("description", "")
        return response[0], response[1] | _description(response[1]), response[2]
    return response


def _description(headers: dict[str, str]) -> dict[str, str]:
    key = "/".join(headers[name] for name in ("Application-Id", "Configuration-Profile-Id", "Version-Number"))
    text = appconfig._hosted_versions[key].get("Description", "")
    return {"Description": text} if text else {}


def _list_newest_first(
    list_versions: Callable[..., Response], application: str, profile: str, query: dict[str, Any]
) -> Response:
    """Return a page of versions; MiniStack has one page only and cuts off the newest."""
    return newest_first(list_versions, application, profile, query, by="VersionNumber")

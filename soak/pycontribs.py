"""`make pycontribs SUITE=DIR`: runs the tests of the client `jira` against a served world.

The suite is whoever runs this has, a checkout of github.com/pycontribs/jira: none comes with the
product. What of it is left out, and why, is told in `ELSEWHERE` and `OTHERWISE`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from mockkibana.seeds import parse_seed
from mockkibana.world import World
from soak import suites

IN_SCOPE = ("tests/resources", "tests/tests.py", "tests/test_client.py")
_AGILE = "boards, sprints and epics are not served"
_DESK = "a service desk is not served"
_BELOW = "asks for a Jira below /jira"
_INTERNET = "asks a server on the internet"
_AVATARS = "avatars cannot be changed"
_PROPERTIES = "application properties are not served"
ELSEWHERE: Mapping[str, str] = {
    "tests/resources/test_board.py": _AGILE,
    "tests/resources/test_epic.py": _AGILE,
    "tests/resources/test_sprint.py": _AGILE,
    "tests/resources/test_customer.py": _DESK,
    "tests/resources/test_request_type.py": _DESK,
    "tests/resources/test_service_desk.py": _DESK,
    "tests/resources/test_dashboard.py": "dashboards are not served",
    "tests/resources/test_pinned_comment.py": "comments cannot be pinned",
}
"""Files that are left out, and why."""
OTHERWISE: Mapping[str, str] = {
    "tests/resources/test_issue_type_scheme_associations.py": "every project has the one scheme",
    "tests/resources/test_issue.py::IssueTests::test_create_issues_one_failure": (
        "expects the words of Jira 8 where a hybrid has Cloud's"
    ),
    "tests/resources/test_issue.py::IssueTests::test_rank": _AGILE,
    "tests/resources/test_issue.py::IssueTests::test_update_label_with_proxy": _BELOW,
    "tests/resources/test_issue.py::IssueTests::test_delete_with_proxy": _BELOW,
    "tests/resources/test_user.py::UserTests::test_delete_user_avatar": _AVATARS,
    "tests/resources/test_user.py::UserTests::test_set_user_avatar": _AVATARS,
    "tests/resources/test_user.py::UserTests::test_user_avatars": _AVATARS,
    "tests/tests.py::ApplicationPropertiesTests": _PROPERTIES,
    "tests/tests.py::JiraShellTests": "looks for a command on the path",
    "tests/tests.py::OtherTests::test_session_invalid_login": _INTERNET,
    "tests/tests.py::SessionTests::test_session_with_no_logged_in_user_raises": _INTERNET,
    "tests/tests.py::WebsudoTests": "nobody needs to log in twice",
    "tests/test_client.py::test_templates": "project templates are not served",
    "tests/test_client.py::test_token_auth": "personal access tokens are not served",
    "tests/test_client.py::test_cookie_auth_retry": _INTERNET,
}
"""Tests that are left out, by how pytest names them, and why."""

_ADMIN, _USER = ("admin", "admin"), ("jira_user", "jira")
_SEED = {
    "version": 1,
    "jira": {
        "users": [{"name": _USER[0], "emailAddress": "jira_user@example.com"}],
        # Of the suite's own Jira.
        "fields": [{"name": "Flow", "allowedValues": [{"id": 10000, "value": "To Do"}]}],
    },
}


def run(suite: Path, options: tuple[str, ...]) -> int:
    """Run what is in scope of a checkout; return pytest's exit code, or 1 for a bug of ours."""

    def variables(url: str) -> dict[str, str]:
        return {
            "CI_JIRA_URL": f"{url}/_mock/jira",
            "CI_JIRA_ADMIN": _ADMIN[0],
            "CI_JIRA_ADMIN_PASSWORD": _ADMIN[1],
            "CI_JIRA_USER": _USER[0],
            "CI_JIRA_USER_PASSWORD": _USER[1],
            "CI_JIRA_ISSUE": "Task",
        }

    left_out = [f"--ignore={path}" for path in ELSEWHERE]
    left_out += [f"--deselect={name}" for name in OTHERWISE]
    arguments = (*suites.UNCONFIGURED, *IN_SCOPE, *left_out, *options)
    return suites.run(suite, World(seeds=[parse_seed(_SEED)]), variables, arguments)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("path", metavar="SUITE", default="")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(path: str, options: tuple[str, ...]) -> None:
    """Run the suite in the checkout SUITE; further OPTIONS are those of `pytest`."""
    if not path:
        raise click.UsageError("say where the suite is: make pycontribs SUITE=path/to/jira")
    if not Path(path, "tests", "tests.py").is_file():
        raise click.UsageError(f"SUITE is {path!r}, which is no checkout of pycontribs/jira")
    for name, reason in {**ELSEWHERE, **OTHERWISE}.items():
        click.echo(f"left out: {name}: {reason}")
    sys.exit(run(Path(path), options))


if __name__ == "__main__":
    main()

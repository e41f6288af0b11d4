"""The sentences that Jira Cloud and a Jira Server word differently: one table for each flavour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a flavour says; `{}` stands for what a request named."""

    bad_jql: str
    no_issue: str
    no_user: str
    no_user_named: str
    no_project: str
    bad_project: str
    may_not_create: str
    no_issue_type: str
    bad_issue_type: str
    bad_transition: str
    long_summary: str
    labels_no_array: str
    label_no_string: str
    priority_null: str | None  # None: it is no problem
    priority_no_object: str
    priority_without_name: str
    bad_priority_id: str
    bad_priority_name: str


ACCOUNT_ID_ONLY = (
    "'accountId' must be the only user identifying query parameter in GDPR strict mode."
)
"""What Cloud says to whoever names a user otherwise, in a query or in a body."""

_PRIORITY = "Specify the Priority (id or name) in the string format"
_LABELS = "Specify the value for labels in an array of strings"

CLOUD = Texts(
    bad_jql="Error in JQL Query: {}",
    no_issue="Issue does not exist or you do not have permission to see it.",
    no_user="Specified user does not exist or you do not have required permissions",
    no_user_named="The 'accountId' query parameter needs to be provided",
    no_project="Specify a valid project ID or key",
    bad_project="Specify a valid project ID or key",
    may_not_create="You cannot create issues in this project.",
    no_issue_type="Specify an issue type",
    bad_issue_type="Specify a valid issue type",
    bad_transition="Transition id '{}' is not valid for this issue.",
    long_summary="Summary can't exceed 255 characters.",
    labels_no_array=_LABELS,
    label_no_string=_LABELS,
    priority_null=_PRIORITY,
    priority_no_object=_PRIORITY,
    priority_without_name=_PRIORITY,
    # Guess: after the sentence on names, which people have met.
    bad_priority_id="Specify the Priority (id) in the string format",
    bad_priority_name="Specify the Priority (name) in the string format",
)
SERVER = Texts(
    bad_jql="Error in the JQL Query: {}",
    no_issue="Issue Does Not Exist",
    no_user="The user named '{}' does not exist",
    no_user_named="Either the 'username' or the 'key' query parameters need to be provided",
    no_project="project is required",
    bad_project="valid project is required",
    may_not_create="You do not have permission to create issues in this project.",
    no_issue_type="issue type is required",
    bad_issue_type="valid issue type is required",
    bad_transition=(
        "It seems that you have tried to perform a workflow operation ({}) that is not valid for "
        "the current state of this issue ({key}). The likely cause is that somebody has changed "
        "the issue recently, please look at the issue history for details."
    ),
    long_summary="Summary must be less than 255 characters.",
    labels_no_array="data was not an array",
    label_no_string="string expected at index {}",
    priority_null=None,
    priority_no_object="data was not an object",
    priority_without_name="Could not find valid 'id' or 'name' in priority object.",
    bad_priority_id="The priority selected is invalid.",
    bad_priority_name="Priority name '{}' is not valid",
)
TEXTS = {"hybrid": CLOUD, "cloud": CLOUD, "server": SERVER}
"""The tables by the setting `jira_flavour`: a hybrid, which takes what either takes, is worded as
Cloud."""

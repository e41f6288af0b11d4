"""The security of one world: users, roles, API keys, tokens, and authentication."""

from __future__ import annotations

from mockkibana.security.api_keys import ApiKeys
from mockkibana.security.authentication import Authentication
from mockkibana.security.roles import Roles
from mockkibana.security.tokens import Tokens
from mockkibana.security.users import ElasticsearchUsers
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


class Security:
    """Users, roles, API keys and tokens of a world; they can be filled while it is off, too."""

    def __init__(self, store: Store, installation: Installation) -> None:
        clock, ids = installation.clock, installation.ids
        self.clock = clock
        self.users = ElasticsearchUsers(store, ids)
        self.roles = Roles(store)
        self.api_keys = ApiKeys(store, clock, ids)
        self.tokens = Tokens(store, clock, ids)
        self.authentication = Authentication(
            store, installation, self.users, self.roles, self.api_keys, self.tokens
        )

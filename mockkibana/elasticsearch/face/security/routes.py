"""The routes of the APIs of security."""

from __future__ import annotations

from mockkibana.elasticsearch.face.rest_route import read_routes

ROUTES = read_routes(
    __package__,
    {
        "users": """
GET /_security/_authenticate authenticate -
GET /_security/user get cluster:admin/xpack/security/user/get
GET /_security/user/{username} get cluster:admin/xpack/security/user/get
PUT,POST+ /_security/user/{username} put cluster:admin/xpack/security/user/put
GET,POST+ /_security/_query/user query cluster:admin/xpack/security/user/query
DELETE /_security/user/{username} delete cluster:admin/xpack/security/user/delete
PUT,POST+ /_security/user/_password change_password -
PUT,POST+ /_security/user/{username}/_password change_password -
PUT,POST /_security/user/{username}/_enable enable cluster:admin/xpack/security/user/set_enabled
PUT,POST /_security/user/{username}/_disable disable cluster:admin/xpack/security/user/set_enabled
""",
        "roles": """
GET /_security/role get cluster:admin/xpack/security/role/get
POST+ /_security/role put_many cluster:admin/xpack/security/role/bulk_put
DELETE+ /_security/role delete_many cluster:admin/xpack/security/role/bulk_delete
GET,POST+ /_security/_query/role query cluster:admin/xpack/security/role/query
GET /_security/role/{name} get cluster:admin/xpack/security/role/get
PUT,POST+ /_security/role/{name} put cluster:admin/xpack/security/role/put
DELETE /_security/role/{name} delete cluster:admin/xpack/security/role/delete
""",
        "api_keys": """
PUT,POST+ /_security/api_key create -
GET /_security/api_key get -
DELETE+ /_security/api_key invalidate -
PUT+ /_security/api_key/{id} update -
POST+ /_security/api_key/_bulk_update update_many -
POST+ /_security/api_key/grant grant cluster:admin/xpack/security/api_key/grant
GET,POST+ /_security/_query/api_key query -
""",
        "tokens": """
POST+ /_security/oauth2/token create -
DELETE+ /_security/oauth2/token invalidate -
""",
        "privileges": """
GET,POST+ /_security/user/_has_privileges has_privileges -
GET,POST+ /_security/user/{username}/_has_privileges has_privileges -
GET /_security/user/_privileges list_privileges -
GET /_security/privilege/_builtin builtin cluster:admin/xpack/security/privilege/builtin/get
GET /_security/privilege application_privileges cluster:admin/xpack/security/privilege/get
GET /_security/privilege/{application} application_privileges \
cluster:admin/xpack/security/privilege/get
GET /_security/privilege/{application}/{name} application_privileges \
cluster:admin/xpack/security/privilege/get
""",
    },
)

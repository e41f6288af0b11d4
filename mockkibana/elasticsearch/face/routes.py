"""The routes of all APIs but the cat APIs and those of security."""

from __future__ import annotations

from mockkibana.elasticsearch.face.rest_route import read_routes

ROUTES = read_routes(
    __package__,
    {
        "cluster": """
GET,HEAD / info cluster:monitor/main
GET /_cluster/health health cluster:monitor/health
GET /_cluster/health/{index} health cluster:monitor/health
""",
        "documents": """
PUT,POST+ /{index}/_doc/{id} index_document indices:data/write/index
POST+ /{index}/_doc index_document indices:data/write/index
GET,HEAD /{index}/_doc/{id} get_document indices:data/read/get
DELETE /{index}/_doc/{id} delete_document indices:data/write/delete
PUT,POST+ /{index}/_create/{id} create_document indices:data/write/index
POST+ /{index}/_update/{id} update_document indices:data/write/update
GET,HEAD /{index}/_source/{id} get_source indices:data/read/get
""",
        "bulk": """
POST,PUT+ /_bulk bulk indices:data/write/bulk
POST,PUT+ /{index}/_bulk bulk indices:data/write/bulk
""",
        "multi_get": """
GET,POST+ /_mget get_documents indices:data/read/mget
GET,POST+ /{index}/_mget get_documents indices:data/read/mget
""",
        "indices": """
PUT+ /{index} create_index indices:admin/create
GET /{index} get_index indices:admin/get
HEAD /{index} index_exists indices:admin/get
DELETE /{index} delete_index indices:admin/delete
GET /_mapping get_mapping indices:admin/mappings/get
GET /{index}/_mapping get_mapping indices:admin/mappings/get
PUT,POST+ /{index}/_mapping put_mapping indices:admin/mapping/put
""",
        "aliases": """
POST+ /_aliases update_aliases indices:admin/aliases
PUT,POST+ /{index}/_alias/{name} put_alias indices:admin/aliases
PUT,POST+ /{index}/_aliases/{name} put_alias indices:admin/aliases
DELETE /{index}/_alias/{name} delete_alias indices:admin/aliases
DELETE /{index}/_aliases/{name} delete_alias indices:admin/aliases
GET /_alias get_aliases indices:admin/aliases/get
GET,HEAD /_alias/{name} get_aliases indices:admin/aliases/get
GET /{index}/_alias get_aliases indices:admin/aliases/get
GET,HEAD /{index}/_alias/{name} get_aliases indices:admin/aliases/get
""",
        "index_settings": """
GET /_settings get_settings indices:monitor/settings/get
GET /_settings/{name} get_settings indices:monitor/settings/get
GET /{index}/_settings get_settings indices:monitor/settings/get
GET /{index}/_settings/{name} get_settings indices:monitor/settings/get
PUT+ /_settings put_settings indices:admin/settings/update
PUT+ /{index}/_settings put_settings indices:admin/settings/update
PUT /{index}/_block/{block} add_block indices:admin/block/add
""",
        "index_maintenance": """
POST /{index}/_close close_indices indices:admin/close
POST /{index}/_open open_indices indices:admin/open
GET,POST /_flush maintain indices:admin/flush
GET,POST /{index}/_flush maintain indices:admin/flush
POST /_forcemerge maintain indices:admin/forcemerge
POST /{index}/_forcemerge maintain indices:admin/forcemerge
POST /_cache/clear maintain indices:admin/cache/clear
POST /{index}/_cache/clear maintain indices:admin/cache/clear
GET,POST /_refresh refresh indices:admin/refresh
GET,POST /{index}/_refresh refresh indices:admin/refresh
GET /_stats stats indices:monitor/stats
GET /{index}/_stats stats indices:monitor/stats
GET /_stats/{metric} stats indices:monitor/stats
GET /{index}/_stats/{metric} stats indices:monitor/stats
GET /_segments segments indices:monitor/segments
GET /{index}/_segments segments indices:monitor/segments
GET /_recovery recovery indices:monitor/recovery
GET /{index}/_recovery recovery indices:monitor/recovery
""",
        "field_mappings": """
GET /_mapping/field/{fields} get_field_mappings indices:admin/mappings/fields/get
GET /{index}/_mapping/field/{fields} get_field_mappings indices:admin/mappings/fields/get
""",
        "analyze": """
GET,POST+ /_analyze analyze indices:admin/analyze
GET,POST+ /{index}/_analyze analyze indices:admin/analyze
""",
        "resolving": """
GET /_resolve/index/{name} resolve_index indices:admin/resolve/index
""",
        "rollover": """
POST+ /{alias}/_rollover roll_over_target indices:admin/rollover
POST+ /{alias}/_rollover/{new_index} roll_over_target indices:admin/rollover
""",
        "templates": """
PUT,POST+ /_index_template/{name} put_composable indices:admin/index_template/put
GET /_index_template get_composable indices:admin/index_template/get
GET /_index_template/{name} get_composable indices:admin/index_template/get
HEAD /_index_template/{name} composable_exists indices:admin/index_template/get
DELETE /_index_template/{name} delete_composable indices:admin/index_template/delete
PUT,POST+ /_component_template/{name} put_component cluster:admin/component_template/put
GET /_component_template get_component cluster:admin/component_template/get
GET /_component_template/{name} get_component cluster:admin/component_template/get
HEAD /_component_template/{name} component_exists cluster:admin/component_template/get
DELETE /_component_template/{name} delete_component cluster:admin/component_template/delete
PUT,POST+ /_template/{name} put_legacy indices:admin/template/put
GET /_template get_legacy indices:admin/template/get
GET /_template/{name} get_legacy indices:admin/template/get
HEAD /_template/{name} get_legacy indices:admin/template/get
DELETE /_template/{name} delete_legacy indices:admin/template/delete
POST+ /_index_template/_simulate simulate_template indices:admin/index_template/simulate
POST+ /_index_template/_simulate/{name} simulate_template indices:admin/index_template/simulate
POST+ /_index_template/_simulate_index/{name} simulate_index \
indices:admin/index_template/simulate_index
""",
        "data_streams": """
PUT /_data_stream/{name} create_data_stream indices:admin/data_stream/create
DELETE /_data_stream/{name} delete_data_streams indices:admin/data_stream/delete
GET /_data_stream get_data_streams indices:admin/data_stream/get
GET /_data_stream/{name} get_data_streams indices:admin/data_stream/get
GET /_data_stream/_stats stats indices:monitor/data_stream/stats
GET /_data_stream/{name}/_stats stats indices:monitor/data_stream/stats
POST /_data_stream/_migrate/{name} migrate indices:admin/data_stream/migrate
POST+ /_data_stream/_modify modify indices:admin/data_stream/modify
PUT+ /_data_stream/{name}/_lifecycle put_lifecycle indices:admin/data_stream/lifecycle/put
GET /_data_stream/{name}/_lifecycle get_lifecycles indices:admin/data_stream/lifecycle/get
DELETE /_data_stream/{name}/_lifecycle delete_lifecycle indices:admin/data_stream/lifecycle/delete
GET /_lifecycle/stats lifecycle_stats cluster:monitor/data_stream/lifecycle/stats
GET /{index}/_lifecycle/explain explain_lifecycle indices:admin/data_stream/lifecycle/explain
""",
        "search": """
GET,POST+ /_search search_documents indices:data/read/search
GET,POST+ /{index}/_search search_documents indices:data/read/search
GET,POST+ /_count count_documents indices:data/read/search
GET,POST+ /{index}/_count count_documents indices:data/read/search
""",
        "multi_search": """
GET,POST+ /_msearch search_several indices:data/read/msearch
GET,POST+ /{index}/_msearch search_several indices:data/read/msearch
""",
        "scrolls": """
GET,POST+ /_search/scroll next_page indices:data/read/scroll
GET,POST+ /_search/scroll/{scroll_id} next_page indices:data/read/scroll
DELETE+ /_search/scroll clear indices:data/read/scroll/clear
DELETE+ /_search/scroll/{scroll_id} clear indices:data/read/scroll/clear
""",
        "points_in_time": """
POST+ /{index}/_pit open_point_in_time indices:data/read/open_point_in_time
DELETE+ /_pit close_point_in_time indices:data/read/close_point_in_time
""",
        "licenses": """
GET /_xpack xpack cluster:monitor/xpack/info
GET /_license get cluster:monitor/xpack/license/get
GET /_license/trial_status trial_status cluster:admin/xpack/license/trial_status
GET /_license/basic_status basic_status cluster:admin/xpack/license/basic_status
""",
        "cluster_state": """
GET /_cluster/settings get_settings cluster:monitor/settings
PUT+ /_cluster/settings put_settings cluster:admin/settings/update
GET /_cluster/state state cluster:monitor/state
GET /_cluster/state/{metric} state cluster:monitor/state
GET /_cluster/state/{metric}/{index} state cluster:monitor/state
""",
        "empty_lists": """
GET /_snapshot repositories.get cluster:admin/repository/get
GET /_snapshot/{repository} repositories.get cluster:admin/repository/get
DELETE /_snapshot/{repository} repositories.delete cluster:admin/repository/delete
GET /_slm/policy snapshot_policies.get cluster:admin/slm/get
GET /_slm/policy/{policy_id} snapshot_policies.get cluster:admin/slm/get
DELETE /_slm/policy/{policy_id} snapshot_policies.delete cluster:admin/slm/delete
GET /_logstash/pipeline logstash_pipelines.get cluster:admin/logstash/pipeline/get
GET /_logstash/pipeline/{id} logstash_pipelines.get cluster:admin/logstash/pipeline/get
GET /_enrich/policy enrich_policies.get cluster:admin/xpack/enrich/get
GET /_enrich/policy/{name} enrich_policies.get cluster:admin/xpack/enrich/get
GET /_ccr/auto_follow auto_follow_patterns.get cluster:admin/xpack/ccr/auto_follow_pattern/get
GET /_ccr/auto_follow/{name} auto_follow_patterns.get \
cluster:admin/xpack/ccr/auto_follow_pattern/get
GET /_transform transforms.get cluster:monitor/transform/get
GET /_transform/{transform_id} transforms.get cluster:monitor/transform/get
GET /_ml/anomaly_detectors anomaly_detectors.get cluster:monitor/xpack/ml/job/get
GET /_ml/anomaly_detectors/{job_id} anomaly_detectors.get cluster:monitor/xpack/ml/job/get
GET /_ml/datafeeds datafeeds.get cluster:monitor/xpack/ml/datafeeds/get
GET /_ml/datafeeds/{datafeed_id} datafeeds.get cluster:monitor/xpack/ml/datafeeds/get
GET /_ml/data_frame/analytics data_frame_analytics.get \
cluster:monitor/xpack/ml/data_frame/analytics/get
GET /_ml/data_frame/analytics/{id} data_frame_analytics.get \
cluster:monitor/xpack/ml/data_frame/analytics/get
GET /_ml/trained_models trained_models.get cluster:monitor/xpack/ml/inference/get
GET /_ml/trained_models/{model_id} trained_models.get cluster:monitor/xpack/ml/inference/get
GET /_ml/calendars calendars.get cluster:monitor/xpack/ml/calendars/get
GET /_ml/calendars/{calendar_id} calendars.get cluster:monitor/xpack/ml/calendars/get
GET /_ml/filters filters.get cluster:admin/xpack/ml/filters/get
GET /_ml/filters/{filter_id} filters.get cluster:admin/xpack/ml/filters/get
GET /_rollup/job rollup_jobs.get cluster:monitor/xpack/rollup/get
GET /_rollup/job/{id} rollup_jobs.get cluster:monitor/xpack/rollup/get
GET /_snapshot/{repository}/{snapshot} snapshots cluster:admin/snapshot/get
GET /_tasks tasks cluster:monitor/tasks/lists
GET /_cluster/pending_tasks pending_tasks cluster:monitor/task
GET /_remote/info remote_clusters cluster:monitor/remote/info
GET /_slm/status snapshot_lifecycles cluster:admin/slm/status
GET /_synonyms synonyms cluster:admin/synonyms/get
GET /_nodes/shutdown node_shutdowns cluster:monitor/shutdown/get
GET /_snapshot/_status snapshot_status cluster:admin/snapshot/status
GET /_application/search_application search_applications \
cluster:admin/xpack/application/search_application/list
GET /_query_rules query_rules cluster:admin/xpack/query_rules/list
GET /_inference inference_endpoints cluster:monitor/xpack/inference/get
GET /_security/role_mapping role_mappings cluster:admin/xpack/security/role_mapping/get
""",
        "by_query": """
POST+ /{index}/_delete_by_query delete_by_query indices:data/write/delete/byquery
POST+ /{index}/_update_by_query update_by_query indices:data/write/update/byquery
""",
        "reindex": """
POST+ /_reindex reindex indices:data/write/reindex
""",
        "tasks": """
POST /_delete_by_query/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
POST /_update_by_query/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
POST /_reindex/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
GET /_tasks/{task_id} get_task cluster:monitor/task/get
POST /_tasks/{task_id}/_cancel cancel cluster:admin/tasks/cancel
POST /_tasks/_cancel cancel cluster:admin/tasks/cancel
""",
        "scripts": """
PUT,POST+ /_scripts/{id} put_script cluster:admin/script/put
PUT,POST+ /_scripts/{id}/{context} put_script cluster:admin/script/put
GET /_scripts/{id} get_script cluster:admin/script/get
DELETE /_scripts/{id} delete_script cluster:admin/script/delete
GET,POST+ /_scripts/painless/_execute execute cluster:admin/scripts/painless/execute
GET /_script_language languages cluster:admin/script_language/get
""",
        "ingest": """
GET /_ingest/pipeline get_pipelines cluster:admin/ingest/pipeline/get
GET /_ingest/pipeline/{id} get_pipelines cluster:admin/ingest/pipeline/get
PUT+ /_ingest/pipeline/{id} put_pipeline cluster:admin/ingest/pipeline/put
DELETE /_ingest/pipeline/{id} delete_pipelines cluster:admin/ingest/pipeline/delete
GET,POST+ /_ingest/pipeline/_simulate simulate cluster:admin/ingest/pipeline/simulate
GET,POST+ /_ingest/pipeline/{id}/_simulate simulate cluster:admin/ingest/pipeline/simulate
""",
        "lifecycles": """
GET /_ilm/policy get_policies cluster:admin/ilm/get
GET /_ilm/policy/{policy} get_policies cluster:admin/ilm/get
PUT+ /_ilm/policy/{policy} put_policy cluster:admin/ilm/put
DELETE /_ilm/policy/{policy} delete_policy cluster:admin/ilm/delete
GET /_ilm/status status cluster:admin/ilm/operation_mode/get
POST /_ilm/start start cluster:admin/ilm/start
POST /_ilm/stop stop cluster:admin/ilm/stop
GET /{index}/_ilm/explain explain indices:admin/ilm/explain
POST /{index}/_ilm/remove remove_policy indices:admin/ilm/remove_policy
POST /{index}/_ilm/retry retry indices:admin/ilm/retry
""",
        "field_capabilities": """
GET,POST+ /_field_caps field_capabilities indices:data/read/field_caps
GET,POST+ /{index}/_field_caps field_capabilities indices:data/read/field_caps
""",
        "query_checks": """
GET,POST+ /_validate/query validate indices:admin/validate/query
GET,POST+ /_search_shards search_shards indices:admin/shards/search_shards
GET,POST+ /{index}/_validate/query validate indices:admin/validate/query
GET,POST+ /{index}/_search_shards search_shards indices:admin/shards/search_shards
GET,POST+ /{index}/_explain/{id} explain indices:data/read/explain
GET,POST+ /{index}/_terms_enum terms_enum indices:admin/xpack/terms_enum
""",
        "async_searches": """
POST+ /_async_search submit indices:data/read/async_search/submit
POST+ /{index}/_async_search submit indices:data/read/async_search/submit
GET /_async_search/{id} get indices:data/read/async_search/get
DELETE /_async_search/{id} delete indices:data/read/async_search/delete
GET /_async_search/status/{id} status cluster:monitor/async_search/status
""",
        "nodes": """
GET /_nodes info cluster:monitor/nodes/info
GET /_nodes/{metric} info cluster:monitor/nodes/info
GET /_nodes/{node_id}/{metric} info cluster:monitor/nodes/info
GET /_nodes/stats stats cluster:monitor/nodes/stats
GET /_nodes/stats/{metric} stats cluster:monitor/nodes/stats
GET /_nodes/stats/{metric}/{index_metric} stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats/{metric} stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats/{metric}/{index_metric} stats cluster:monitor/nodes/stats
GET /_nodes/usage usage cluster:monitor/nodes/usage
GET /_nodes/usage/{metric} usage cluster:monitor/nodes/usage
GET /_nodes/{node_id}/usage usage cluster:monitor/nodes/usage
GET /_nodes/{node_id}/usage/{metric} usage cluster:monitor/nodes/usage
GET /_nodes/hot_threads hot_threads cluster:monitor/nodes/hot_threads
GET /_nodes/{node_id}/hot_threads hot_threads cluster:monitor/nodes/hot_threads
POST+ /_nodes/reload_secure_settings reload cluster:admin/nodes/reload_secure_settings
POST+ /_nodes/{node_id}/reload_secure_settings reload cluster:admin/nodes/reload_secure_settings
GET /_cluster/stats cluster_stats cluster:monitor/stats
GET /_cluster/stats/nodes/{node_id} cluster_stats cluster:monitor/stats
POST+ /_cluster/reroute reroute cluster:admin/reroute
GET /_info/{target} cluster_info cluster:monitor/nodes/stats
GET /_health_report health_report cluster:monitor/health_api
GET /_health_report/{feature} health_report cluster:monitor/health_api
GET /_features features cluster:admin/features/get
POST /_features/_reset reset_features cluster:admin/features/reset
""",
        "resizing": """
PUT,POST+ /{index}/_clone/{target} clone indices:admin/resize
PUT,POST+ /{index}/_shrink/{target} shrink indices:admin/resize
PUT,POST+ /{index}/_split/{target} split indices:admin/resize
GET /_shard_stores shard_stores indices:monitor/shard_stores
GET /{index}/_shard_stores shard_stores indices:monitor/shard_stores
GET,POST /{index}/_reload_search_analyzers reload_search_analyzers indices:admin/reload_analyzers
GET /_resolve/cluster resolve_cluster indices:admin/resolve/cluster
GET /_resolve/cluster/{name} resolve_cluster indices:admin/resolve/cluster
GET,POST+ /_cluster/allocation/explain explain_allocation cluster:monitor/allocation/explain
""",
    },
)

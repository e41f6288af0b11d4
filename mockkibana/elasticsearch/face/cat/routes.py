"""The routes of the cat APIs."""

from __future__ import annotations

from mockkibana.elasticsearch.face.rest_route import read_routes

ROUTES = read_routes(
    __package__,
    {
        "indices": """
GET /_cat/indices indices indices:monitor/stats
GET /_cat/indices/{index} indices indices:monitor/stats
GET /_cat/aliases aliases indices:admin/aliases/get
GET /_cat/aliases/{name} aliases indices:admin/aliases/get
GET /_cat/count count indices:data/read/search
GET /_cat/count/{index} count indices:data/read/search
GET /_cat/shards shards indices:monitor/stats
GET /_cat/shards/{index} shards indices:monitor/stats
GET /_cat/segments segments indices:monitor/segments
GET /_cat/segments/{index} segments indices:monitor/segments
GET /_cat/templates templates indices:admin/index_template/get
GET /_cat/templates/{name} templates indices:admin/index_template/get
GET /_cat/component_templates component_templates cluster:admin/component_template/get
GET /_cat/component_templates/{name} component_templates cluster:admin/component_template/get
""",
        "cluster": """
GET /_cat help_ cluster:monitor/main
GET /_cat/health health cluster:monitor/health
GET /_cat/allocation allocation cluster:monitor/state
GET /_cat/allocation/{node_id} allocation cluster:monitor/state
GET /_cat/tasks tasks cluster:monitor/tasks/lists
GET /_cat/thread_pool thread_pool cluster:monitor/state
GET /_cat/thread_pool/{thread_pool_patterns} thread_pool cluster:monitor/state
GET /_cat/nodes node_table cluster:monitor/state
GET /_cat/master master cluster:monitor/state
GET /_cat/nodeattrs node_attributes cluster:monitor/state
GET /_cat/pending_tasks pending_tasks cluster:monitor/task
GET /_cat/plugins plugins cluster:monitor/state
GET /_cat/repositories repositories cluster:admin/repository/get
GET /_cat/snapshots snapshots cluster:admin/snapshot/get
GET /_cat/snapshots/{repository} snapshots cluster:admin/snapshot/get
GET /_cat/fielddata fielddata cluster:monitor/state
GET /_cat/fielddata/{fields} fielddata cluster:monitor/state
GET /_cat/recovery recovery cluster:monitor/state
GET /_cat/recovery/{index} recovery cluster:monitor/state
GET /_cat/transforms transforms cluster:monitor/transform/get
GET /_cat/ml/anomaly_detectors anomaly_detectors cluster:monitor/xpack/ml/job/get
GET /_cat/ml/datafeeds datafeeds cluster:monitor/xpack/ml/datafeeds/get
GET /_cat/ml/data_frame/analytics data_frame_analytics \
cluster:monitor/xpack/ml/data_frame/analytics/get
GET /_cat/ml/trained_models trained_models cluster:monitor/xpack/ml/inference/get
""",
    },
)

"""A stateful fake Elasticsearch: the cluster, and its HTTP face."""

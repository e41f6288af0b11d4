"""JSON as Elasticsearch reads it: bodies, parameters, and the errors of both."""

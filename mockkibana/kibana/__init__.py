"""Kibana: connectors, their runs, spaces and status."""

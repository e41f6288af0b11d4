"""Kibana's routes over HTTP: Flask views, and the checks that every request passes."""

"""The query DSL: a module for each family of queries, which its `QUERIES` names.

`query_parser` finds the modules by themselves: adding a query touches nothing else.
"""

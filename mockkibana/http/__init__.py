"""Plain HTTP values: requests and answers, a route table, bodies, paths, and faults on the wire."""

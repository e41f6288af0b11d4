"""The cluster: everything that a node can be asked to do, without HTTP."""

"""mockkibana as a test tool: the handle, the pytest plugin, and interception."""

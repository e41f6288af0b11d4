"""What is the mock's own: everything under `/_mock/`."""

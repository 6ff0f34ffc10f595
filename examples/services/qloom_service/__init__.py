"""What the example services share: the server, its statuses, and the parts of streams. Copy it with the service that you copy."""

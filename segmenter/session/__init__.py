"""What the user has and how it changes: values, without Qt."""

"""The command line: arguments in, the same calls as the window, files out."""

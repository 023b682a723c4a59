"""What fills the window: nothing yet, or an image being worked on."""

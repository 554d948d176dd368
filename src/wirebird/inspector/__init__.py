"""The inspector at `/_wirebird`: what the views of this process are and do, as a live view."""

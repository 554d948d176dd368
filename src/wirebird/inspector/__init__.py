"""The page at `/_wirebird` that shows the views of a process and what they do."""

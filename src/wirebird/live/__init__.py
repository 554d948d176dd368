"""What applications are written with: views, components, the socket, streams, messages."""

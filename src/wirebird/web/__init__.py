"""The ASGI application: routes, the first render, the socket, assets and layouts."""

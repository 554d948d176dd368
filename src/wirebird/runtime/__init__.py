"""The life of views: one mailbox each, many on one connection, none harmed by another."""

"""Twelve tasks for a language model, each with a test: how far does the guide take it?"""

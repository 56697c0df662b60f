"""Quantization of neural networks from scratch: one room for each part of the course."""

"""The window around the pages: sidebar, toasts, job strip, crash notice."""
